"""What do Vensim's functions of time and guarded divisions mean in terms of plain arithmetic?

Meanings: Vensim reference manual, entry of each function.
"""

import math

from sdmodels.engine.algebra import (
    above,
    at_least,
    below,
    both,
    choose,
    equal,
    largest,
    minus,
    over,
    plus,
    smallest,
    times,
)
from sdmodels.structure.expression import (
    TIME,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Logical,
    Negation,
    Number,
)

# Vensim takes a denominator below this for zero (reference manual, "XIDZ"; PySD uses the same number).
SMALL = Number(1e-6)
ZERO = Number(0.0)


def zidz(numerator: Expression, denominator: Expression) -> Expression:
    """Return a quotient, 0 where the denominator is zero in Vensim's sense."""
    return _guarded(numerator, denominator, ZERO)


def _guarded(numerator: Expression, denominator: Expression, otherwise: Expression) -> Expression:
    near_zero = Comparison("<", Call("ABS", (denominator,)), SMALL)
    return Conditional(near_zero, otherwise, Arithmetic("/", numerator, denominator))


def written_out(function: str, arguments: tuple[Expression, ...], *, time_step: float) -> Expression:
    """Return what a function of :data:`sdmodels.structure.functions.DERIVED` stands for, any other as a call.

    Parameters
    ----------
    time_step
        Of the run [its unit of time]: steps and pulses are placed between two times.
    """
    match function, arguments:
        case "XIDZ", (numerator, denominator, otherwise):
            return _guarded(numerator, denominator, otherwise)
        case "ZIDZ", (numerator, denominator):
            return zidz(numerator, denominator)
        case "SAFEDIV", (numerator, denominator, *otherwise):
            nothing = otherwise[0] if otherwise else ZERO
            return choose(equal(denominator, 0.0), nothing, over(numerator, denominator))
        case "MODULO", (value, divisor):
            return _remainder(value, divisor)
        case "QUANTUM", (value, quantum):
            rounded = Arithmetic("*", quantum, _whole(value, quantum))
            return Conditional(Comparison(">", quantum, ZERO), rounded, value)
        case "MIN", (_, _, _, *_):
            return smallest(*arguments)
        case "MAX", (_, _, _, *_):
            return largest(*arguments)
        case "FLOOR", (value,):
            cut = Call("INTEGER", (value,))
            return choose(below(value, cut), minus(cut, 1.0), cut)
        case "ROUND", (value,):
            halves = choose(below(value, 0.0), minus(value, 0.5), plus(value, 0.5))
            return Call("INTEGER", (halves,))
        case "LOG10", (value,):
            return over(Call("LN", (value,)), math.log(10.0))
        case "LOG", (value, base):
            return Arithmetic("/", Call("LN", (value,)), Call("LN", (base,)))
        case "POWER", (value, exponent):
            return Arithmetic("^", value, exponent)
        case "PI", ():
            return Number(math.pi)
        case (("SINH" | "COSH" | "TANH"), (value,)):
            return _hyperbolic(function, value)
        case (("STEP" | "RAMP" | "PULSE" | "PULSE TRAIN" | "VOLUME PULSE"), _):
            return _of_time(function, arguments, time_step)
    return Call(function, arguments)


def _remainder(value: Expression, divisor: Expression) -> Expression:
    return Arithmetic("-", value, Arithmetic("*", divisor, _whole(value, divisor)))


def _whole(value: Expression, divisor: Expression) -> Expression:
    return Call("INTEGER", (Arithmetic("/", value, divisor),))


def _hyperbolic(function: str, value: Expression) -> Expression:
    up, down = Call("EXP", (value,)), Call("EXP", (Negation(value),))
    sine, cosine = Arithmetic("-", up, down), Arithmetic("+", up, down)
    match function:
        case "SINH":
            return Arithmetic("/", sine, Number(2.0))
        case "COSH":
            return Arithmetic("/", cosine, Number(2.0))
    return Arithmetic("/", sine, cosine)


def _of_time(function: str, arguments: tuple[Expression, ...], time_step: float) -> Expression:
    # Half a step on, so that rounding of Time never shifts a step by one time step.
    now = Arithmetic("+", TIME, Number(time_step / 2))

    def lasting(width: Expression) -> Expression:
        return Conditional(Comparison(">", width, ZERO), width, Number(time_step))

    match function, arguments:
        case "STEP", (height, start):
            return Conditional(Comparison(">", now, start), height, ZERO)
        case "RAMP", (slope, start, *finish):
            elapsed = Arithmetic("-", smallest(TIME, *finish), start)
            return Conditional(Comparison(">", TIME, start), Arithmetic("*", slope, elapsed), ZERO)
        case "PULSE", (start, width):
            end = Arithmetic("+", start, lasting(width))
            return Logical("and", Comparison(">", now, start), Comparison("<", now, end))
        case "PULSE TRAIN", (start, width, between, end):
            # Without a time between pulses there is one; no pulse is shorter than a time step.
            since = minus(now, start)
            phase = choose(above(between, 0.0), _remainder(since, between), since)
            running = Logical("and", Comparison(">", now, start), Comparison("<", TIME, end))
            return Logical("and", running, Comparison("<", phase, largest(width, Number(time_step))))
        case "VOLUME PULSE", (volume, first, *interval):
            return _volume_pulse(volume, first, interval, now, time_step)
    raise ValueError(f"{function} is not called with {len(arguments)} arguments")


def _volume_pulse(
    volume: Expression, first: Expression, interval: list[Expression], now: Expression, time_step: float
) -> Expression:
    """Return XMILE's PULSE: a volume that passes within one time step, once or at every interval."""
    since = minus(now, first)
    if interval:
        # An interval of zero means a single pulse (XMILE 1.0, section 3.5.4).
        repeats = both(above(interval[0], 0.0), at_least(since, 0.0))
        since = choose(repeats, _remainder(since, interval[0]), since)
    within = both(at_least(since, 0.0), below(since, time_step))
    return times(over(volume, time_step), within)
