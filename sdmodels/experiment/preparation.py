"""What does the engine need for the runs of a design?"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sdmodels.engine.kernels import kernel_of, program_of
from sdmodels.engine.native.compilation import Kernel, compile_program
from sdmodels.engine.native.processor import host
from sdmodels.engine.program import Program
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.series import series_of, tabulated
from sdmodels.engine.trajectories import Floats, Given, Method, grid_times
from sdmodels.errors import InputError
from sdmodels.experiment.design import Design
from sdmodels.experiment.request import require_steps
from sdmodels.experiment.settings import Points
from sdmodels.structure.expression import MISSING, Table
from sdmodels.structure.model import Model, SeriesEquation
from sdmodels.structure.subscripts import find_scalar, instances, scalar_name, variable_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A model's Program and all that its runs are given.

    Attributes
    ----------
    inputs
        Shape ``(inputs, members)``, in the order of the program [unit of each].
    """

    model: Model
    program: Program
    method: Method
    inputs: Floats
    given: Given
    names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]

    @property
    def has_gaps(self) -> bool:
        """Whether a value may be missing (:NA:)."""
        data = self.given.series.values()
        return self.program.has_gaps or any((values == MISSING).any() for values in data)

    def kernel(self, reductions: tuple[Reduction, ...] = ()) -> Kernel:
        """Return the machine code, for as many members at a time as there are at most."""
        lanes = self._lanes(self.program)
        return kernel_of(self.model, *self.names, method=self.method, reductions=reductions, lanes=lanes)

    def compiler(self, program: Program) -> Callable[[], Kernel]:
        """Return what makes the machine code of a program that was made from this one."""
        return partial(compile_program, program, method=self.method, lanes=self._lanes(program))

    def _lanes(self, program: Program) -> int:
        return host().lanes(len(program.step), members=self.inputs.shape[1])


def prepare(layout: Design, outputs: tuple[str, ...], method: Method, seed: int) -> Prepared:
    """Lower the model of a design, and bring its inputs into the order of the Program.

    Raises
    ------
    InputError
        If a data variable that the outputs need has no data.
    """
    tables = tuple(layout.tables)
    by_member = tuple(name for name, points in layout.series.items() if points.members > 1)
    saved = tuple(find_scalar(layout.model, name) for name in outputs)
    names = (tuple(layout.inputs), saved, by_member, tables)
    program = program_of(layout.model, *names)
    rows = [values[None, :] for values in layout.inputs.values()]
    rows += [np.broadcast_to(layout.tables[name].ys, _shape(layout, name)) for name in tables]
    inputs = np.concatenate(rows) if rows else np.empty((0, layout.members))
    require_steps(program.time, method)
    times = grid_times(program.time, method)
    own = series_of(layout.model)
    given = {s.name: _values(layout, s.name, own[s.name], times) for s in program.series}
    given = {name: np.where(np.isnan(values), MISSING, values) for name, values in given.items()}
    return Prepared(
        model=layout.model,
        program=program,
        method=method,
        inputs=inputs,
        given=Given(series=given, seed=seed, streams=layout.sample),
        names=names,
    )


def _shape(layout: Design, table: str) -> tuple[int, int]:
    return layout.tables[table].xs.size, layout.members


def _values(layout: Design, name: str, own: Table | None, times: Floats) -> Floats:
    """Return a series at the times of the run, shape ``(times, 1)`` or ``(times, members)``."""
    if name in layout.series:
        return _by_member(layout.series[name], _equation_of(layout.model, name), times)
    if own is None:
        variable = layout.model[variable_of(name)]
        raise InputError(
            f"'{name}' is a data variable, and there are no data for it.\n"
            f"    {layout.model.where(variable.line)}: {variable.name}\n"
            "Give it values over time: a pandas Series in Python, or --data FILE.csv."
        )
    return tabulated([own], times)


def _equation_of(model: Model, name: str) -> SeriesEquation:
    for data in model.data:
        for equation in data.equations:
            if any(scalar_name(data.name, elements) == name for elements in instances(model, equation)):
                return equation
    raise ValueError(f"{name} is no data variable")


def _by_member(points: Points, equation: SeriesEquation, times: Floats) -> Floats:
    xs = tuple(map(float, points.xs))
    return tabulated([equation.table(Table(xs, tuple(ys))) for ys in points.ys.T.tolist()], times)
