"""Which functions may an equation call, and with how many arguments?"""

from collections.abc import Mapping
from types import MappingProxyType

# What both evaluators compute themselves. Names and meanings: Vensim reference manual, "Functions".
PRIMITIVES: Mapping[str, int] = MappingProxyType(
    {
        "ABS": 1,
        "ARCCOS": 1,
        "ARCSIN": 1,
        "ARCTAN": 1,
        "COS": 1,
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
        "LOG": 2,
        "MODULO": 2,
        "PI": 0,
        "POWER": 2,
        "PULSE": 2,
        "PULSE TRAIN": 4,
        "QUANTUM": 2,
        "RAMP": 3,
        "SINH": 1,
        "STEP": 2,
        "TANH": 1,
        "XIDZ": 3,
        "ZIDZ": 2,
    }
)

# What runs over a dimension marked with "!".
AGGREGATIONS = frozenset({"SUM", "PROD", "VMIN", "VMAX"})

ARITIES: Mapping[str, int] = MappingProxyType({**PRIMITIVES, **DERIVED, **dict.fromkeys(AGGREGATIONS, 1)})
