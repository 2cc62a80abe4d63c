"""How is a constant disturbed by pink noise, whatever policies and scenarios set it to?

Every reference to the constant becomes one to ``constant * max(0, 1 + deviation * noise)``. The constant itself
stays, so that draws, settings, policies and scenarios act on it as ever, and the noise acts on what they leave.
"""

import math
from dataclasses import dataclass, replace

from sdmodels.catalogue import Entry
from sdmodels.engine.trajectories import Method
from sdmodels.errors import InputError
from sdmodels.experiment.settings import find_input
from sdmodels.structure.expression import (
    TIME,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Number,
    Reference,
    rebuild,
)
from sdmodels.structure.model import Auxiliary, Constant, Data, Equation, Lookup, Model, Stock, Variable
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """Pink noise on a constant: a first-order autoregressive process, exact for the time step.

    Attributes
    ----------
    constant
        What is disturbed.
    correlation
        Time constant of the noise: its autocorrelation is ``exp(-lag / correlation)`` [the model's unit of time].
    begins
        When it begins to act, after the initial time, so that initial values are those without noise; it is
        stationary from the first [the model's unit of time].
    """

    constant: str
    correlation: float
    begins: float

    @property
    def deviation(self) -> str:
        """Name of the constant that holds the relative standard deviation of the noise; 0 unless it is set."""
        return self._name("deviation")

    @property
    def noise(self) -> str:
        """Name of the noise itself: a stock of mean 0 and standard deviation 1 [dimensionless]."""
        return self._name("noise")

    @property
    def disturbed(self) -> str:
        """Name of what stands in equations in the constant's place."""
        return self._name("value")

    def _name(self, part: str) -> str:
        return f"{self.constant} (disturbed: {part})"


def disturb(entry: Entry, disturbance: Disturbance, *, method: Method) -> Entry:
    """Return the entry with room for noise on a constant; without a deviation its runs are the same as before.

    Members draw from the stream of their sample: the same noise under every policy and scenario.

    Parameters
    ----------
    method
        By which it is integrated: with Euler the noise is exact; with Runge-Kutta its standard deviation is, and
        its correlation is to ``(time step / correlation) ^ 5 / 120`` a step.

    Raises
    ------
    UnknownNameError
        If there is no such constant.
    InputError
        If it is no constant, or has subscripts; if the noise is shorter than a time step, or acts on initial
        values.

    Notes
    -----
    The stock follows ``dN/dt = (white - N) / time`` with white noise of a standard deviation that depends on the
    time step, as Vensim's macro PINK NOISE does; its time and deviation are chosen so that both statistics are
    those asked for at any time step, not only at short ones.
    """
    model = entry.model
    name = find_input(entry, disturbance.constant)
    _check(model, name, disturbance)
    named = replace(disturbance, constant=name)
    variables: dict[str, Variable] = {
        each.name: _redirected(each, name, named.disturbed) for each in model.variables.values()
    }
    # Behind all others, so that each place of the model that draws random numbers draws the same as before.
    variables |= _added(model, named, method)
    return replace(entry, model=replace(model, variables=variables))


def _check(model: Model, name: str, disturbance: Disturbance) -> None:
    variable, time = model[variable_of(name)], model.time
    if not isinstance(variable, Constant):
        raise InputError(
            f"'{variable.name}' is disturbed, which is not a constant.\n"
            f"    {model.where(variable.line)}: {variable.name}\nDisturb a constant that it depends on."
        )
    if name != variable.name:
        raise InputError(
            f"'{variable.name}' has subscripts and cannot be disturbed.\n"
            f"    {model.where(variable.line)}: {name}\nDisturb a constant without subscripts."
        )
    if not disturbance.correlation >= time.time_step:
        raise InputError(
            f"The noise on '{name}' has a time constant of {disturbance.correlation:g}.\n"
            f"    The time step is {time.time_step:g}.\n"
            "Give a time constant of a time step or more; noise without memory depends on the time step."
        )
    if not disturbance.begins > time.initial_time:
        raise InputError(
            f"The noise on '{name}' begins at {disturbance.begins:g}.\n"
            f"    The run begins at {time.initial_time:g}, and initial values are those without noise.\n"
            "Let the noise begin later."
        )


def _redirected(variable: Variable, name: str, target: str) -> Variable:
    """Return a variable whose equations take the disturbed value; the constant itself has none."""
    match variable:
        case Stock() | Auxiliary() | Constant():
            return replace(
                variable,
                equations=tuple(
                    replace(
                        equation,
                        expression=_turned(equation.expression, name, target),
                        initial=None if equation.initial is None else _turned(equation.initial, name, target),
                    )
                    for equation in variable.equations
                ),
            )
        case Lookup() | Data():
            return variable


def _turned(expression: Expression, name: str, target: str) -> Expression:
    if isinstance(expression, Reference):
        return Reference(target) if key_of(expression.name) == key_of(name) else expression
    return rebuild(expression, lambda part: _turned(part, name, target))


def _added(model: Model, disturbance: Disturbance, method: Method) -> dict[str, Variable]:
    step = model.time.time_step
    rate, white = _pink(step / disturbance.correlation, method)
    noise, deviation = Reference(disturbance.noise), Reference(disturbance.deviation)
    flow = Arithmetic("*", Number(rate / step), Arithmetic("-", _normal(white), noise))
    relative = Arithmetic("+", Number(1.0), Arithmetic("*", deviation, noise))
    # A thousandth of a step on, so that rounding of Time never shifts the noise by one step.
    begun = Comparison(">=", Arithmetic("+", TIME, Number(step / 1000)), Number(disturbance.begins))
    factor = Conditional(begun, Call("MAX", (Number(0.0), relative)), Number(1.0))
    value = Arithmetic("*", Reference(disturbance.constant), factor)
    own = model[disturbance.constant]
    return {
        disturbance.deviation: Constant(
            name=disturbance.deviation, equations=(Equation(expression=Number(0.0)),), units="Dmnl"
        ),
        disturbance.noise: Stock(
            name=disturbance.noise, equations=(Equation(expression=flow, initial=_normal(1.0)),), units="Dmnl"
        ),
        disturbance.disturbed: Auxiliary(
            name=disturbance.disturbed,
            equations=(Equation(expression=value, line=own.line),),
            units=own.units,
            documentation=own.documentation,
        ),
    }


def _normal(deviation: float) -> Expression:
    return Call("NORMAL", (Number(0.0), Number(deviation)))


def _pink(steps: float, method: Method) -> tuple[float, float]:
    """Return how much of the way to the white noise is gone in a step, and the white noise's deviation.

    Parameters
    ----------
    steps
        The time step over the time constant.

    Notes
    -----
    A step takes ``N`` to ``kept * N + (1 - kept) * white``, which in the stationary state has the variance
    ``(1 - kept)^2 var(white) / (1 - kept^2)``.
    """
    if method == "euler":
        kept = math.exp(-steps)
        rate = -math.expm1(-steps)
    else:
        kept = 1 - steps + steps**2 / 2 - steps**3 / 6 + steps**4 / 24
        rate = steps
    return rate, math.sqrt((1 + kept) / (1 - kept))
