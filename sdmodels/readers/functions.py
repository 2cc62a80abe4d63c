"""Which of our functions does a file mean by the name that it calls, and in which order are the arguments?"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from pysd.translators.structures import abstract_expressions as pysd

from sdmodels.errors import UnsupportedError
from sdmodels.structure.expression import Call, Expression, Number
from sdmodels.structure.functions import ARITIES, wanted_arguments
from sdmodels.structure.names import key_of

_FUNCTIONS: Final = MappingProxyType({key_of(name): name for name in ARITIES})

# Other names, older ones of Vensim and those of XMILE, for functions with the same arguments.
_SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "arccosine": "ARCCOS",
        "arcsine": "ARCSIN",
        "arctangent": "ARCTAN",
        "forcst": "FORECAST",
        "int": "FLOOR",
        "random": "RANDOM UNIFORM",
        "tabxtrapl": "LOOKUP EXTRAPOLATE",
        "uniform": "RANDOM UNIFORM",
    }
)

# Where PySD hands the arguments over in another order: which of them comes first, second, ...
_ORDERS: Final[Mapping[str, tuple[str, tuple[int, ...]]]] = MappingProxyType(
    {
        # (start, between, width, end); Vensim writes (start, width, between, end).
        "pulse train": ("PULSE TRAIN", (0, 2, 1, 3)),
        "xpulse": ("VOLUME PULSE", (1, 0)),
        "xpulse train": ("VOLUME PULSE", (2, 0, 1)),
        "xramp": ("RAMP", (0, 1)),
    }
)


def is_function(key: str) -> bool:
    """Return whether a file may call a function by this name (see :func:`.key_of`)."""
    return key in _ORDERS or key in _SYNONYMS or key in _FUNCTIONS


def function_call(key: str, arguments: Sequence[Expression]) -> Call:
    """Return a call of the function that a file calls ``key`` (see :func:`.key_of`).

    Raises
    ------
    UnsupportedError
        If there is no such function, or it takes another number of arguments.
    """
    function, order = _ORDERS.get(key, (_SYNONYMS.get(key) or _FUNCTIONS.get(key), None))
    if function is None:
        raise UnsupportedError(key.upper())
    if order is not None and len(order) == len(arguments):
        arguments = [arguments[place] for place in order]
    if len(arguments) not in ARITIES[function]:
        raise UnsupportedError(
            f"{function} with {len(arguments)} arguments instead of {wanted_arguments(function)}"
        )
    return Call(function, tuple(arguments))


def structured_call(ast: Any, inner: Callable[[Any], Expression]) -> Call:
    """Return the call that one of PySD's structures stands for."""
    match ast:
        case pysd.DelayFixedStructure():
            return Call("DELAY FIXED", (inner(ast.input), inner(ast.delay_time), inner(ast.initial)))
        case pysd.TrendStructure():
            return Call("TREND", (inner(ast.input), inner(ast.average_time), inner(ast.initial_trend)))
        case pysd.ForecastStructure():
            basic = (inner(ast.input), inner(ast.average_time), inner(ast.horizon))
            initial = inner(ast.initial_trend)
            return Call("FORECAST", basic if initial == Number(0.0) else (*basic, initial))
        case pysd.SampleIfTrueStructure():
            return Call("SAMPLE IF TRUE", (inner(ast.condition), inner(ast.input), inner(ast.initial)))
        case pysd.AllocateAvailableStructure():
            return Call("ALLOCATE AVAILABLE", (inner(ast.request), inner(ast.pp), inner(ast.avail)))
        case pysd.AllocateByPriorityStructure():
            parts = (ast.request, ast.priority, ast.size, ast.width, ast.supply)
            return Call("ALLOCATE BY PRIORITY", tuple(inner(part) for part in parts))
    raise UnsupportedError(type(ast).__name__)
