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

# Delays and smooths that PySD's table of structures gives as they are.
_SHARED: Final = ("delay", "delay1", "delay3", "delayn", "smth1", "smth3", "smthn", "trend", "forcst")
# They share a name with a function of Vensim's, or nearly, but not its meaning or arguments.
_REFUSED: Final = frozenset(
    {"lognormal", "poisson", "self", "rank", "stddev", "lookupinv"}
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


def _modulo(value: Any, divisor: Any) -> Any:
    """Return the remainder of the division that is rounded down: ``-7 MOD 3`` is 2."""
    return _arithmetic(
        "-", value, _arithmetic("*", divisor, _plain("FLOOR", _arithmetic("/", value, divisor)))
    )


def _size(array: Any) -> Any:
    """Return how many elements an array has: the sum of a 1 for each of them."""
    return _plain("SUM", _plain("IF THEN ELSE", 1.0, 1.0, array))


def _as(name: str) -> Callable[..., Any]:
    """Return what calls one of our functions with the same arguments."""
    return lambda *arguments: _plain(name, *arguments)


# How many arguments each may have, and what it stands for.
_WRITTEN: Final[Mapping[str, tuple[tuple[int, ...], Callable[..., Any]]]] = MappingProxyType(
    {
        "init": ((1,), pysd.InitialStructure),
        "int": ((1,), _as("FLOOR")),
        "exprnd": ((1, 2), _as("EXPRND")),
        "inf": ((0,), lambda: math.inf),
        "log10": ((1,), _as("LOG10")),
        "mean": ((1,), lambda array: _arithmetic("/", _plain("SUM", array), _size(array))),
        "size": ((1,), _size),
        "max": ((1,), _as("VMAX")),
        "min": ((1,), _as("VMIN")),
        "mod": ((2,), _modulo),
        "normal": ((2, 3), _as("NORMAL")),
        "pi": ((0,), lambda: math.pi),
        "previous": ((2,), _as("PREVIOUS")),
        "pulse": ((2, 3), _as("VOLUME PULSE")),
        "ramp": ((2, 3), _as("RAMP")),
        "random": ((2, 3), _as("RANDOM UNIFORM")),
        "safediv": ((2, 3), _as("SAFEDIV")),
    }
)
