"""Which checks belong together?

References
----------
J. W. Forrester & P. M. Senge, "Tests for building confidence in system dynamics models", TIMS Studies in the
Management Sciences 14, 1980.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from sdmodels.catalogue import Text
from sdmodels.validation.finding import Finding

Group: TypeAlias = Literal["structure", "base run", "conservation", "integration", "extremes", "feedback"]

TITLES: Mapping[Group, Text] = MappingProxyType(
    {
        "structure": Text(en="STRUCTURE", zh="【结构】"),
        "base run": Text(en="BASE RUN", zh="【基准运行】"),
        "conservation": Text(en="CONSERVATION", zh="【守恒】"),
        "integration": Text(en="INTEGRATION", zh="【积分误差】"),
        "extremes": Text(en="EXTREME CONDITIONS", zh="【极端条件】"),
        "feedback": Text(en="FEEDBACK", zh="【反馈】"),
    }
)
_GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "units": "structure",
        "documentation": "structure",
        "unused": "structure",
        "rule_of_three": "structure",
        "tables": "structure",
        "finite": "base run",
        "equilibrium": "base run",
        "stocks": "conservation",
        "conservation": "conservation",
        "time_step": "integration",
        "euler_rk4": "integration",
        "time_constants": "integration",
        "random_members": "extremes",
        "reality": "extremes",
        "loop": "feedback",
        "switches": "feedback",
        "knock_out": "feedback",
        "first_predictions": "feedback",
    }
)


def group_of(finding: Finding) -> Group:
    """Return the group of a check, by what stands before the first colon of its id."""
    return _GROUPS[finding.check.partition(":")[0]]
