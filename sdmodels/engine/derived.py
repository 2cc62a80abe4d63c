"""What do Vensim's functions of time and guarded divisions mean in terms of plain arithmetic?

Meanings: Vensim reference manual, entry of each function.
"""

import math

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


def written_out(function: str, arguments: tuple[Expression, ...], *, time_step: float) -> Expression:
    """Return what a function of :data:`sdmodels.structure.functions.DERIVED` stands for, any other as a call.

    Parameters
    ----------
    time_step
        Of the run [its unit of time]: steps and pulses are placed between two times.
    """
    match function, arguments:
        case "XIDZ", (numerator, denominator, otherwise):
            near_zero = Comparison("<", Call("ABS", (denominator,)), SMALL)
            return Conditional(near_zero, otherwise, Arithmetic("/", numerator, denominator))
        case "ZIDZ", (numerator, denominator):
            return written_out("XIDZ", (numerator, denominator, ZERO), time_step=time_step)
        case "MODULO", (value, divisor):
            return Arithmetic("-", value, Arithmetic("*", divisor, _whole(value, divisor)))
        case "QUANTUM", (value, quantum):
            rounded = Arithmetic("*", quantum, _whole(value, quantum))
            return Conditional(Comparison(">", quantum, ZERO), rounded, value)
        case "LOG", (value, base):
            return Arithmetic("/", Call("LN", (value,)), Call("LN", (base,)))
        case "POWER", (value, exponent):
            return Arithmetic("^", value, exponent)
        case "PI", ():
            return Number(math.pi)
        case (("SINH" | "COSH" | "TANH"), (value,)):
            return _hyperbolic(function, value)
        case (("STEP" | "RAMP" | "PULSE" | "PULSE TRAIN"), _):
            return _of_time(function, arguments, time_step)
    return Call(function, arguments)


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
        case "RAMP", (slope, start, finish):
            elapsed = Arithmetic("-", Call("MIN", (TIME, finish)), start)
            return Conditional(Comparison(">", TIME, start), Arithmetic("*", slope, elapsed), ZERO)
        case "PULSE", (start, width):
            end = Arithmetic("+", start, lasting(width))
            return Logical("and", Comparison(">", now, start), Comparison("<", now, end))
        case "PULSE TRAIN", (start, width, between, end):
            phase = written_out("MODULO", (Arithmetic("-", now, start), between), time_step=time_step)
            running = Logical("and", Comparison(">", now, start), Comparison("<", TIME, end))
            return Logical("and", running, Comparison("<", phase, lasting(width)))
    raise ValueError(f"{function} is not called with {len(arguments)} arguments")
