"""What do outcomes come to as a function of chosen inputs, made once and called often?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sdmodels.engine import interpreter
from sdmodels.engine.derivatives import derivative_name, with_derivatives
from sdmodels.engine.ensemble import run_reduced, weights_at
from sdmodels.engine.kernels import kernel_of
from sdmodels.engine.native.compilation import Kernel, compile_program, cores
from sdmodels.engine.native.processor import host
from sdmodels.engine.program import Program
from sdmodels.engine.reductions import Reduction, reduced
from sdmodels.engine.trajectories import Floats, Progress, Reduced, Steps, periodic_steps
from sdmodels.errors import unknown
from sdmodels.experiment.preparation import Prepared, prepare
from sdmodels.experiment.request import Request
from sdmodels.experiment.schedule import base_name

# A kernel for derivatives is called with one point, or with those of many searches at once.
FEW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    """Machine code with what it is always given."""

    kernel: Kernel
    steps: Steps
    weights: Floats

    @staticmethod
    def of(kernel: Kernel) -> "_Machine":
        steps = periodic_steps(kernel.program)
        return _Machine(kernel=kernel, steps=steps, weights=weights_at(kernel, steps))


@dataclass(frozen=True, kw_only=True)
class Response:
    """Reductions of one policy under one scenario, as a function of some of its inputs.

    What takes time is done once: the design, the lowering, and the machine code (on first use).

    Attributes
    ----------
    inputs
        Which inputs vary, in the order of the rows of :meth:`at`.
    reductions
        What is returned, in the order of the rows.
    """

    asked: Request
    prepared: Prepared
    rows: tuple[str, ...]
    inputs: tuple[str, ...]
    reductions: tuple[Reduction, ...]

    def at(self, inputs: Floats, *, progress: Progress | None = None) -> tuple[Floats, Reduced]:
        """Return the reductions, shape ``(reductions, members)`` [unit of each]; not a number where a run failed.

        Parameters
        ----------
        inputs
            Shape ``(inputs, members)`` [unit of each].
        """
        program = self.prepared.program
        found = self._reduced(program, self._plain, self.reductions, self._filled(inputs), progress)
        return _without_failed(found.values, found), found

    def slopes_at(self, inputs: Floats) -> tuple[Floats, Floats]:
        """Return the reductions and their exact derivatives.

        Returns
        -------
        tuple
            Shapes ``(reductions, members)`` and ``(reductions, inputs, members)`` [unit of the reduction / unit
            of the input]; not a number where a run, or a derivative, left the finite numbers.

        Raises
        ------
        ValueError
            If a reduction is an extreme: only what adds up has a derivative.
        """
        if any(reduction.kind != "sum" for reduction in self.reductions):
            raise ValueError("only totals, means and values at a time have derivatives")
        program, machine = self._derived
        wanted = tuple(self._directions(program))
        found = self._reduced(program, machine, wanted, self._filled(inputs), None)
        values = _without_failed(found.values, found)
        each = values.reshape(len(self.reductions), len(self.inputs) + 1, -1)
        return each[:, 0], each[:, 1:]

    @property
    def threads(self) -> int:
        """On how many threads members run."""
        return self.asked.how.threads or cores()

    def on(self, threads: int) -> "Response":
        """Return the same on so many threads; no number changes."""
        return replace(self, asked=replace(self.asked, how=replace(self.asked.how, threads=threads)))

    def _filled(self, inputs: Floats) -> Floats:
        """Return all rows of the program for as many members as ``inputs`` has."""
        filled = np.repeat(self.prepared.inputs, inputs.shape[1], axis=1)
        filled[[self.rows.index(name) for name in self.inputs]] = inputs
        return filled

    def _directions(self, program: Program) -> list[Reduction]:
        found = []
        for reduction in self.reductions:
            for name in (None, *self.inputs):
                variable = reduction.variable if name is None else derivative_name(reduction.variable, name)
                if variable not in program.outputs:
                    raise unknown("output of the program", variable, program.outputs)
                found.append(
                    Reduction(
                        variable=variable,
                        statistic=reduction.statistic,
                        begins=reduction.begins,
                        ends=reduction.ends,
                    )
                )
        return found

    def _reduced(
        self,
        program: Program,
        machine: _Machine | None,
        reductions: Sequence[Reduction],
        filled: Floats,
        progress: Progress | None,
    ) -> Reduced:
        if machine is None:
            trajectories = interpreter.integrate(
                program,
                filled,
                steps=periodic_steps(program),
                method=self.asked.method,
                given=self.prepared.given,
            )
            return reduced(trajectories, reductions, program.outputs)
        return run_reduced(
            machine.kernel,
            filled,
            steps=machine.steps,
            weights=machine.weights,
            given=self.prepared.given,
            threads=self.asked.how.threads,
            progress=progress,
        )

    @cached_property
    def _plain(self) -> _Machine | None:
        if self.asked.how.engine == "interpreter":
            return None
        # Kept for whoever prepares the same runs for another number of threads.
        kernel = kernel_of(
            self.prepared.model, *self.prepared.names, method=self.asked.method, reductions=self.reductions
        )
        return _Machine.of(kernel)

    @cached_property
    def _derived(self) -> tuple[Program, _Machine | None]:
        program = with_derivatives(self.prepared.program, self.inputs)
        if self.asked.how.engine == "interpreter":
            return program, None
        lanes = host().lanes(len(program.step), members=FEW)
        wanted = tuple(self._directions(program))
        kernel = compile_program(program, method=self.asked.method, reductions=wanted, lanes=lanes)
        return program, _Machine.of(kernel)


def _without_failed(values: Floats, found: Reduced) -> Floats:
    return np.where(found.failed_step < 0, values, np.nan)


def response(
    asked: Request,
    inputs: Sequence[str],
    reductions: Sequence[Reduction],
    *,
    settings: Mapping[str, float],
    seed: int = 0,
) -> Response:
    """Prepare runs whose inputs are given later.

    Parameters
    ----------
    asked
        With one policy and one scenario.
    inputs
        What varies: names of ``settings``, and parts of changes over time by :meth:`.Slot.name`.
    reductions
        What is wanted of each run.
    settings
        A value that each of the constants, initial values of stocks and slopes of tables may have [unit of each].

    Raises
    ------
    UnknownNameError
        If there is no such input.
    InputError
        If a value is out of bounds.
    """
    layout = asked.design(settings, members=1, seed=seed, within_bounds=False)
    # What a policy moves over time starts from a constant of another name.
    rows = [name if name in layout.inputs else base_name(name) for name in inputs]
    for name, row in zip(inputs, rows, strict=True):
        if row not in layout.inputs:
            raise unknown("input of these runs", name, layout.inputs)
    outputs = tuple(dict.fromkeys(reduction.variable for reduction in reductions))
    return Response(
        asked=asked,
        prepared=prepare(layout, outputs, asked.method, seed),
        rows=tuple(layout.inputs),
        inputs=tuple(rows),
        reductions=tuple(reductions),
    )
