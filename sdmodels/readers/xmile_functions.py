"""What do the functions of XMILE and Stella mean in terms of those that the readers share?

Meanings: XMILE 1.0, sections 3.3 and 3.5. Where a function has the name of one of Vensim's and another meaning
(PULSE, INT, a remainder below zero), it is written out here.
"""

import math
from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import Any, Final

from pysd.translators.structures import abstract_expressions as pysd
from pysd.translators.xmile.xmile_structures import structures

from sdmodels.errors import UnsupportedError
from sdmodels.structure.names import key_of

# Names that stand for a number, unless the model has a variable of that name.
CONSTANTS: Final[Mapping[str, float]] = MappingProxyType({"pi": math.pi, "inf": math.inf})

_TIME_STEP: Final = pysd.ReferenceStructure("TIME STEP")
_FINAL_TIME: Final = pysd.ReferenceStructure("FINAL TIME")

# Delays and smooths that PySD's table of structures gives as they are.
_SHARED: Final = ("delay", "delay1", "delay3", "delayn", "smth1", "smth3", "smthn", "trend", "forcst")
# They share a name with a function of Vensim's, or nearly, but not its meaning or arguments.
_REFUSED: Final = frozenset(
    {"random", "normal", "lognormal", "poisson", "exprnd", "self", "rank", "stddev", "lookupinv"}
    | {
        "npv",
        "irr",
        "history",
        "endval",
        "counter",
        "montecarlo",
        "interpolate",
        "allocate",
        "smooth",
        "pulse train",
    }
)


def call(name: str, arguments: tuple[Any, ...]) -> Any:
    """Return PySD's abstract expression for a call.

    Raises
    ------
    UnsupportedError
        If the function is not read, or has too many or too few arguments.
    """
    key = key_of(name).removeprefix("std.")
    if key in _REFUSED:
        raise UnsupportedError(key.upper())
    if key in _SHARED:
        return _shared(key, arguments)
    if key in ("min", "max") and len(arguments) != 1:
        return reduce(lambda left, right: _plain(key, left, right), arguments)
    if key in _WRITTEN:
        counts, build = _WRITTEN[key]
        if len(arguments) not in counts:
            raise UnsupportedError(f"{key.upper()} with {len(arguments)} arguments")
        return build(*arguments)
    return _plain(key, *arguments)


def _shared(key: str, arguments: tuple[Any, ...]) -> Any:
    forms = structures[key]
    if len(arguments) not in forms:
        raise UnsupportedError(f"{key.upper()} with {len(arguments)} arguments")
    return forms[len(arguments)](*arguments)


def _plain(name: str, *arguments: Any) -> Any:
    return pysd.CallStructure(pysd.ReferenceStructure(name), arguments)


def _arithmetic(operator: str, left: Any, right: Any) -> Any:
    return pysd.ArithmeticStructure([operator], (left, right))


def _if(operator: str, left: Any, right: Any, then: Any, otherwise: Any) -> Any:
    return _plain("IF THEN ELSE", pysd.LogicStructure([operator], (left, right)), then, otherwise)


def _floor(value: Any) -> Any:
    whole = _plain("INTEGER", value)
    return _if(">", whole, value, _arithmetic("-", whole, 1.0), whole)


def _modulo(value: Any, divisor: Any) -> Any:
    """Return the remainder of the division that is rounded down: ``-7 MOD 3`` is 2."""
    return _arithmetic("-", value, _arithmetic("*", divisor, _floor(_arithmetic("/", value, divisor))))


def _safe_division(numerator: Any, denominator: Any, otherwise: Any = 0.0) -> Any:
    return _if("=", denominator, 0.0, otherwise, _arithmetic("/", numerator, denominator))


def _pulse(volume: Any, first: Any, interval: Any = 0.0) -> Any:
    """Return ``volume`` a time step, spread over that step, once or every ``interval`` from ``first`` on."""
    once = _plain("PULSE", first, _TIME_STEP)
    # The end lies one step on, so that a pulse at the final time is not cut off.
    end = _arithmetic("+", _FINAL_TIME, _TIME_STEP)
    # In PySD's order: start, repeat time, width, end.
    train = _plain("PULSE TRAIN", first, interval, _TIME_STEP, end)
    if isinstance(interval, float):
        running = train if interval > 0 else once
    else:
        running = _if(">", interval, 0.0, train, once)
    return _arithmetic("*", _arithmetic("/", volume, _TIME_STEP), running)


def _ramp(slope: Any, start: Any, end: Any = _FINAL_TIME) -> Any:
    return _plain("RAMP", slope, start, end)


def _size(array: Any) -> Any:
    """Return how many elements an array has: the sum of a 1 for each of them."""
    return _plain("SUM", _plain("IF THEN ELSE", 1.0, 1.0, array))


def _previous(value: Any, initial: Any) -> Any:
    return pysd.DelayFixedStructure(value, _TIME_STEP, initial)


# How many arguments each may have, and what it stands for.
_WRITTEN: Final[Mapping[str, tuple[tuple[int, ...], Callable[..., Any]]]] = MappingProxyType(
    {
        "init": ((1,), pysd.InitialStructure),
        "int": ((1,), _floor),
        "inf": ((0,), lambda: math.inf),
        "log10": ((1,), lambda value: _plain("LOG", value, 10.0)),
        "mean": ((1,), lambda array: _arithmetic("/", _plain("SUM", array), _size(array))),
        "size": ((1,), _size),
        "max": ((1,), lambda array: _plain("VMAX", array)),
        "min": ((1,), lambda array: _plain("VMIN", array)),
        "mod": ((2,), _modulo),
        "pi": ((0,), lambda: math.pi),
        "previous": ((2,), _previous),
        "pulse": ((2, 3), _pulse),
        "ramp": ((2, 3), _ramp),
        "safediv": ((2, 3), _safe_division),
    }
)
