"""How does behaviour change with the inputs, exactly?

The answer is a Program again, so that either evaluator runs it. Each stock gets, for each input, a further stock:
its derivative, whose net flow is the derivative of its net flow. A step of Euler or Runge-Kutta of all of them is
the derivative of the step: the numbers are exact for the discrete scheme, not only for small steps.
"""

from collections.abc import Sequence

from sdmodels.engine.arrangement import Changing, arranged, changing_in
from sdmodels.engine.linearisation import Linearisation, followed
from sdmodels.engine.program import Assignment, Memory, Pipeline, Program, State
from sdmodels.engine.slopes import sloped
from sdmodels.engine.tangents import Tangents, reached
from sdmodels.errors import unknown
from sdmodels.structure.expression import Number, Reference
from sdmodels.structure.simplification import ONE, is_number


def derivative_name(output: str, input_: str) -> str:
    """Return the name under which the derivative of ``output`` by ``input_`` is saved."""
    return f"d({output})/d({input_})"


def with_derivatives(
    program: Program, inputs: Sequence[str], outputs: Sequence[str] | None = None
) -> Program:
    """Return a Program that also computes derivatives, exact for Euler and for Runge-Kutta.

    Parameters
    ----------
    inputs
        Out of ``program.inputs``.
    outputs
        Out of ``program.outputs``; all of them if not given.

    Returns
    -------
    Program
        With the outputs of ``program`` and behind them, for each output all inputs in turn, the derivatives under
        their :func:`derivative_name` [unit of the output / unit of the input]. The values of the other outputs
        are the same, bit for bit. A member whose derivative leaves the finite numbers fails like one whose value
        does, and says so by the derivative's name.

    Raises
    ------
    UnknownNameError
        If the Program has no such input or output.
    StructureError
        If a variable of the model has the name of a derivative.

    Notes
    -----
    Kinks and jumps: see :mod:`sdmodels.structure.differentiation`. Data and random numbers do not change with any
    input. A pipeline delays by whole time steps: its delay time moves nothing but at a jump, and has the
    derivative 0.
    """
    wanted = program.outputs if outputs is None else tuple(dict.fromkeys(outputs))
    for name in inputs:
        if name not in program.inputs:
            raise unknown("input of the program", name, program.inputs)
    for name in wanted:
        if name not in program.outputs:
            raise unknown("output of the program", name, program.outputs)
    return _Derivatives(program, tuple(dict.fromkeys(inputs))).program_with(wanted)


class _Derivatives:
    def __init__(self, program: Program, directions: tuple[str, ...]) -> None:
        self.program = program
        self.directions = directions
        self.linear = Linearisation(program)
        self.at_first = Tangents(directions)
        self.tangents = Tangents(directions)
        self.held: list[str] = []
        self.initial = self._initial()
        self.moving = {direction: self._moving(direction) for direction in directions}

    def program_with(self, wanted: Sequence[str]) -> Program:
        linear = self.linear
        for name in linear.changing:
            for direction in self.directions:
                if name in self.moving[direction]:
                    moving = derivative_name(name, direction)
                    first = self.at_first.of(name, direction)
                    self.initial.append(Assignment(name=moving, expression=first))
                    self.tangents.set(name, direction, Reference(moving))
        equations = [*linear.step, *linear.flows, *linear.observed]
        later = followed(equations, self.tangents, derivative_name)
        outputs = [derivative_name(name, direction) for name in wanted for direction in self.directions]
        for name in wanted:
            for direction in self.directions:
                tangent = self.tangents.of(name, direction)
                output = derivative_name(name, direction)
                if tangent != Reference(output):
                    later.append(Assignment(name=output, expression=tangent))
        return arranged(
            self.program,
            initial=self.initial,
            later=later,
            held=self.held,
            changing=[*linear.driven(), *self._derived()],
            outputs=outputs,
        )

    def _initial(self) -> list[Assignment]:
        """Follow the inputs through the initial time; what is held goes on from there."""
        program, linear = self.program, self.linear
        for name in self.directions:
            self.at_first.set(name, name, ONE)
            self.tangents.set(name, name, ONE)
        equations = sloped(program.initial, without=linear.rigid, where="initial ")

        def name_of(name: str, direction: str) -> str:
            return f"{derivative_name(name, direction)} (initial)"

        found = followed(equations, self.at_first, name_of)
        for name in program.held:
            for direction in self.directions:
                tangent = self.at_first.of(name, direction)
                if isinstance(tangent, Reference):
                    kept = derivative_name(name, direction)
                    found.append(Assignment(name=kept, expression=tangent))
                    self.held.append(kept)
                    tangent = Reference(kept)
                self.tangents.set(name, direction, tangent)
        return found

    def _moving(self, direction: str) -> frozenset[str]:
        """Return the states, memories and pipelines that change with an input."""
        linear = self.linear
        changing = frozenset(linear.changing)
        for name in changing & frozenset(self.program.inputs):
            self.tangents.set(name, direction, Number(0.0))
        names = [*self.program.inputs, *self.program.held]
        sources = [name for name in names if not is_number(self.tangents.of(name, direction), 0.0)]
        sources += [name for name in changing if not is_number(self.at_first.of(name, direction), 0.0)]
        leads = {linear.flow_name(name): name for name in changing}
        return reached([*linear.step, *linear.flows], sources, leads) & changing

    def _derived(self) -> list[Changing]:
        return [
            self._derived_from(part, direction)
            for part in changing_in(self.program)
            for direction in self.directions
            if part.name in self.moving[direction]
        ]

    def _derived_from(self, part: Changing, direction: str) -> Changing:
        name = derivative_name(part.name, direction)
        flow = self.tangents.of(self.linear.flow_name(part.name), direction)
        match part:
            case State():
                return State(name=name, rate=flow)
            case Memory():
                return Memory(name=name, following=flow)
            case Pipeline():
                return Pipeline(name=name, input=flow, delay_time=part.delay_time)
