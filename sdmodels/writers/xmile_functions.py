"""What is written in XMILE for a call of one of our functions?

Functions that XMILE has with the same meaning are called by their name there. Where a name has another meaning,
or there is none, the call is written out in arithmetic. Meanings: XMILE 1.0 [1]_, sections 3.3 and 3.5, and the
Vensim reference manual.

References
----------
.. [1] OASIS, XML Interchange Language for System Dynamics (XMILE) Version 1.0, 2015.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sdmodels.writers.xmile_names import opened

# Our name, and XMILE's for the same function of the same arguments.
_SAME_MEANING: Final[Mapping[str, str]] = MappingProxyType(
    {name: name for name in ("ABS", "ARCCOS", "ARCSIN", "ARCTAN", "COS", "EXP", "LN", "LOG10", "SIN", "SQRT")}
    | {name: name for name in ("PREVIOUS", "SAFEDIV", "STEP", "TAN", "TREND")}
    | {"DELAY FIXED": "DELAY", "FLOOR": "INT", "FORECAST": "FORCST", "VOLUME PULSE": "PULSE"}
)


def _towards_zero(text: str) -> str:
    """Return what cuts a number towards zero: XMILE's INT rounds down."""
    return f"(IF {text} < 0 THEN -INT(-{text}) ELSE INT({text}))"


# Half a step on, so that rounding of the time never shifts a pulse.
_NOW: Final = "TIME + DT / 2"
_SINCE: Final = f"({_NOW} - {{0}})"
_PHASE: Final = f"(IF {{2}} > 0 THEN {_SINCE} - {{2}} * {_towards_zero(f'({_SINCE} / {{2}})')} ELSE {_SINCE})"
_WIDTH: Final = "(IF {1} > 0 THEN {1} ELSE DT)"
_LEAST: Final = "MAX({0}, {2})"
_DRAWN: Final = f"({_LEAST} - {{3}} * LN(1 - RANDOM(0, 1) * (1 - EXP(({_LEAST} - {{1}}) / {{3}}))))"

# {0}, {1}, ... are the arguments, each in parentheses if it needs them. By name and number of arguments; a seed
# is left out, for here each place draws numbers of its own, whatever its seed.
_WRITTEN_OUT: Final[Mapping[tuple[str, int], str]] = MappingProxyType(
    {
        ("COSH", 1): "((EXP({0}) + EXP(-{0})) / 2)",
        ("EXPRND", 1): "EXPRND({0})",
        ("EXPRND", 2): "EXPRND({0})",
        ("INTEGER", 1): _towards_zero("{0}"),
        ("LOG", 2): "(LN({0}) / LN({1}))",
        ("MODULO", 2): f"({{0}} - {{1}} * {_towards_zero('({0} / {1})')})",
        ("NORMAL", 2): "NORMAL({0}, {1})",
        ("NORMAL", 3): "NORMAL({0}, {1})",
        ("POWER", 2): "({0} ^ {1})",
        # XMILE's PULSE is a volume in one step, Vensim's a height of 1 that lasts.
        ("PULSE", 2): f"(IF {_NOW} > {{0}} AND {_NOW} < {{0}} + {_WIDTH} THEN 1 ELSE 0)",
        ("PULSE TRAIN", 4): f"(IF {_NOW} > {{0}} AND TIME < {{3}} AND {_PHASE} < {_WIDTH} THEN 1 ELSE 0)",
        ("QUANTUM", 2): f"(IF {{1}} > 0 THEN {{1}} * {_towards_zero('({0} / {1})')} ELSE {{0}})",
        ("RAMP", 2): "(IF TIME > {1} THEN {0} * (TIME - {1}) ELSE 0)",
        ("RAMP", 3): "(IF TIME > {1} THEN {0} * (MIN(TIME, {2}) - {1}) ELSE 0)",
        ("RANDOM 0 1", 0): "RANDOM(0, 1)",
        # The even draw, turned into a value between the two ends.
        ("RANDOM EXPONENTIAL", 4): f"MIN(MAX({_DRAWN}, {_LEAST}), {{1}})",
        ("RANDOM UNIFORM", 2): "RANDOM({0}, {1})",
        ("RANDOM UNIFORM", 3): "RANDOM({0}, {1})",
        # Halves go away from zero.
        ("ROUND", 1): "(IF {0} < 0 THEN -INT(0.5 - {0}) ELSE INT({0} + 0.5))",
        ("SINH", 1): "((EXP({0}) - EXP(-{0})) / 2)",
        ("TANH", 1): "((EXP({0}) - EXP(-{0})) / (EXP({0}) + EXP(-{0})))",
        # Vensim takes a denominator below 1e-6 for zero, XMILE's SAFEDIV only zero itself.
        ("XIDZ", 3): "(IF ABS({1}) < 1e-06 THEN {2} ELSE {0} / {1})",
        ("ZIDZ", 2): "(IF ABS({1}) < 1e-06 THEN 0 ELSE {0} / {1})",
    }
)
# With any seed as a fifth argument.
_SEEDED: Final = {("RANDOM EXPONENTIAL", 5): ("RANDOM EXPONENTIAL", 4)}


def written_call(function: str, arguments: Sequence[str]) -> str | None:
    """Return a call as XMILE writes it; ``None`` if it has no counterpart there.

    Parameters
    ----------
    arguments
        As XMILE writes them, each in parentheses unless it is a name, a number or a call.
    """
    if function in _SAME_MEANING:
        return f"{_SAME_MEANING[function]}({', '.join(map(opened, arguments))})"
    if function in ("MAX", "MIN"):
        return _nested(function, arguments)
    if function == "PI":
        return repr(math.pi)
    template = _template(function, len(arguments))
    return None if template is None else template.format(*arguments)


def repeated_arguments(function: str, count: int) -> tuple[int, ...]:
    """Return which arguments stand more than once in what a call is written as: they are computed anew there."""
    template = _template(function, count) or ""
    return tuple(place for place in range(count) if template.count(f"{{{place}}}") > 1)


def _template(function: str, count: int) -> str | None:
    return _WRITTEN_OUT.get(_SEEDED.get((function, count), (function, count)))


def _nested(function: str, arguments: Sequence[str]) -> str:
    """Return the extreme of several numbers: XMILE's MAX and MIN take two."""
    text, *rest = arguments
    for argument in rest:
        text = f"{function}({opened(text)}, {opened(argument)})"
    return text
