"""Which models are measured, and what differs between their members?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from sdmodels.catalogue import Entry, Uncertainty, load
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import Kernel, compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Floats, final_step
from sdmodels.experiment.sampling import draw

SIR: Final = Path(__file__).parent / "models" / "sir.mdl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A model ready to run as an ensemble.

    Attributes
    ----------
    inputs
        Shape ``(inputs, members)`` [unit of each].
    """

    name: str
    entry: Entry
    program: Program
    kernel: Kernel
    inputs: Floats

    @property
    def members(self) -> int:
        """How many runs the ensemble has."""
        return int(self.inputs.shape[1])

    def final(self, *, threads: int = 1) -> Floats:
        """Run all members in native code; return the final values, shape ``(outputs, members)``."""
        steps = final_step(self.program)
        return run(self.kernel, self.inputs, steps=steps, threads=threads).values[:, 0]


def sir(members: int) -> Case:
    """Return the infection model: 3 stocks, 3,200 steps, 3 uncertain constants."""
    entry = load(SIR)
    return _case("SIR", entry, tuple(stock.name for stock in entry.model.stocks), members)


def hotline(members: int) -> Case:
    """Return the hotline model with its uncertain constants; the variables of its outcomes are kept."""
    entry = load("hotline")
    outputs = tuple(dict.fromkeys(outcome.variable for outcome in entry.outcomes))
    return _case("hotline", entry, outputs, members)


def _case(name: str, entry: Entry, outputs: tuple[str, ...], members: int) -> Case:
    draws = draw(uncertainties(entry), members=members, seed=0)
    program = lower(entry.model, inputs=list(draws), outputs=outputs)
    return Case(
        name=name,
        entry=entry,
        program=program,
        kernel=compile_program(program),
        inputs=np.array(list(draws.values())),
    )


def uncertainties(entry: Entry) -> tuple[Uncertainty, ...]:
    """Return those of the manifest; of a bare model the constants that have a range in the file."""
    if entry.manifest is not None:
        return entry.uncertainties
    return tuple(
        Uncertainty(name=c.name, minimum=c.minimum, maximum=c.maximum, source="range in the model file")
        for c in entry.model.constants
        if c.minimum is not None and c.maximum is not None
    )
