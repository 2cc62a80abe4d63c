"""Which functions may an equation call, and with how many arguments?"""

from collections.abc import Mapping
from types import MappingProxyType

from sdmodels.structure.expression import TableKind

# What both evaluators compute themselves. Names and meanings: Vensim reference manual, "Functions".
PRIMITIVES: Mapping[str, int] = MappingProxyType(
    {
        "ABS": 1,
        "ARCCOS": 1,
        "ARCSIN": 1,
        "ARCTAN": 1,
        "COS": 1,
        "ERFC": 1,
        "EXP": 1,
        "INTEGER": 1,
        "LN": 1,
        "MAX": 2,
        "MIN": 2,
        "SIN": 1,
        "SQRT": 1,
        "TAN": 1,
    }
)

# What lowering writes out in terms of the primitives and of Time.
DERIVED: Mapping[str, int] = MappingProxyType(
    {
        "COSH": 1,
        "FLOOR": 1,
        "LOG": 2,
        "LOG10": 1,
        "MODULO": 2,
        "PI": 0,
        "POWER": 2,
        "PULSE": 2,
        "PULSE TRAIN": 4,
        "QUANTUM": 2,
        "RAMP": 3,
        "ROUND": 1,
        "SINH": 1,
        "STEP": 2,
        "TANH": 1,
        "XIDZ": 3,
        "ZIDZ": 2,
    }
)

ANY_NUMBER = 1000

# The same, with more or fewer arguments than above or with some that may be left out: from, to.
FLEXIBLE: Mapping[str, range] = MappingProxyType(
    {
        "MAX": range(2, ANY_NUMBER),
        "MIN": range(2, ANY_NUMBER),
        "RAMP": range(2, 4),
        "SAFEDIV": range(2, 4),
        # XMILE's PULSE(volume, first time[, interval]), unlike Vensim's PULSE(start, width).
        "VOLUME PULSE": range(2, 4),
    }
)

# What is written out with a look at the model: GAMMA LN needs hidden auxiliaries.
SPECIAL: Mapping[str, range] = MappingProxyType({"GAMMA LN": range(1, 2), "GET TIME VALUE": range(3, 4)})

# What depends on Time without naming it.
OF_TIME = frozenset({"GET TIME VALUE", "PULSE", "PULSE TRAIN", "RAMP", "STEP", "VOLUME PULSE"})

# What remembers: trends, fixed delays, samples.
MEMORY: Mapping[str, range] = MappingProxyType(
    {
        "DELAY FIXED": range(2, 4),
        "FORECAST": range(3, 5),
        "NPV": range(4, 5),
        "PREVIOUS": range(2, 3),
        "SAMPLE IF TRUE": range(3, 4),
        "TREND": range(2, 4),
    }
)

# What draws random numbers. The last argument of Vensim's and an optional last one of XMILE's is a seed.
RANDOM: Mapping[str, range] = MappingProxyType(
    {
        "EXPRND": range(1, 3),
        "NORMAL": range(2, 4),
        "RANDOM 0 1": range(1),
        "RANDOM EXPONENTIAL": range(4, 6),
        "RANDOM NORMAL": range(4, 6),
        "RANDOM TRIANGULAR": range(5, 7),
        "RANDOM UNIFORM": range(2, 4),
    }
)

# What reads a table function, the first argument, in a way of its own.
ON_TABLES: Mapping[str, range] = MappingProxyType(
    {
        "LOOKUP AREA": range(3, 4),
        "LOOKUP BACKWARD": range(2, 3),
        "LOOKUP EXTRAPOLATE": range(2, 3),
        "LOOKUP FORWARD": range(2, 3),
        "LOOKUP INVERT": range(2, 3),
        "LOOKUP SLOPE": range(3, 4),
    }
)

# The kind that a table counts as where one of these reads it.
KINDS: Mapping[str, TableKind] = MappingProxyType(
    {"LOOKUP BACKWARD": "hold", "LOOKUP EXTRAPOLATE": "extrapolate", "LOOKUP FORWARD": "forward"}
)

# What takes whole arrays.
OVER_ELEMENTS: Mapping[str, range] = MappingProxyType(
    {
        "ALLOCATE AVAILABLE": range(3, 4),
        "ALLOCATE BY PRIORITY": range(5, 6),
        "ELMCOUNT": range(1, 2),
        "INVERT MATRIX": range(2, 3),
        "VECTOR ELM MAP": range(2, 3),
        "VECTOR RANK": range(2, 3),
        "VECTOR REORDER": range(2, 3),
        "VECTOR SELECT": range(5, 6),
        "VECTOR SORT ORDER": range(2, 3),
    }
)

# What runs over a dimension marked with "!".
AGGREGATIONS = frozenset({"SUM", "PROD", "VMIN", "VMAX"})

# How many arguments a call of each function may have.
ARITIES: Mapping[str, range] = MappingProxyType(
    {
        **{name: range(arity, arity + 1) for name, arity in {**PRIMITIVES, **DERIVED}.items()},
        **dict.fromkeys(AGGREGATIONS, range(1, 2)),
        **FLEXIBLE,
        **SPECIAL,
        **MEMORY,
        **RANDOM,
        **ON_TABLES,
        **OVER_ELEMENTS,
    }
)


def wanted_arguments(function: str) -> str:
    """Return how many arguments a function takes, in words."""
    arity = ARITIES[function]
    if arity.stop == ANY_NUMBER:
        return f"{arity[0]} or more"
    return str(arity[0]) if len(arity) == 1 else f"{arity[0]} to {arity[-1]}"
