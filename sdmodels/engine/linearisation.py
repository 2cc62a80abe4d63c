"""What is a Program when each of its equations stands beside its slopes?"""

from collections.abc import Callable
from dataclasses import replace

from sdmodels.engine.arrangement import Changing, changing_in, flow_of
from sdmodels.engine.program import Assignment, Program
from sdmodels.engine.slopes import Sloped, is_leaf, sloped
from sdmodels.engine.tangents import Tangents
from sdmodels.structure.expression import Reference

Naming = Callable[[str, str], str]


class Linearisation:
    """A Program's later equations and their slopes.

    Attributes
    ----------
    rigid
        The data and the random numbers, which no input changes.
    step, observed
        The equations of the Program.
    flows
        What drives the states, memories and pipelines, as equations with names: see :meth:`flow_name`.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.rigid = frozenset({*(series.name for series in program.series), *program.draws})
        self.changing = tuple(part.name for part in changing_in(program))
        flows = [
            Assignment(name=self.flow_name(part.name), expression=flow_of(part))
            for part in changing_in(program)
        ]
        self.step = sloped(program.step, without=self.rigid)
        self.flows = sloped(flows, without=self.rigid)
        self.observed = sloped(program.observed, without=self.rigid)

    def flow_name(self, name: str) -> str:
        """Return the name of the equation that drives a state, memory or pipeline."""
        return f"{name} (flow)"

    def driven(self) -> list[Changing]:
        """Return the states, memories and pipelines, driven by the equations in ``flows``."""
        program = self.program
        return [
            *(replace(s, rate=Reference(self.flow_name(s.name))) for s in program.states),
            *(replace(m, following=Reference(self.flow_name(m.name))) for m in program.memories),
            *(replace(p, input=Reference(self.flow_name(p.name))) for p in program.pipelines),
        ]


def followed(equations: list[Sloped], tangents: Tangents, name_of: Naming) -> list[Assignment]:
    """Return the equations, their slopes and their tangents, in order; the tangents become known.

    Parameters
    ----------
    name_of
        The name of a tangent, by variable and direction.
    """
    found: list[Assignment] = []
    for equation in equations:
        found += equation.assignments
        for direction in tangents.directions:
            tangent = tangents.along(equation, direction)
            if not is_leaf(tangent):
                name = name_of(equation.name, direction)
                found.append(Assignment(name=name, expression=tangent))
                tangent = Reference(name)
            tangents.set(equation.name, direction, tangent)
    return found
