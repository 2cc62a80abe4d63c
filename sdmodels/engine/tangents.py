"""How do the variables of a Program change along some directions?

A direction is a small change of one input (or of one stock). The tangent of a variable along it is the sum, over
the variables in its equation, of slope times tangent. Where the tangent is zero by the structure of the model,
nothing is written.
"""

from collections.abc import Iterable, Mapping, Sequence

from sdmodels.engine.slopes import Sloped, is_leaf
from sdmodels.structure.expression import Comparison, Expression
from sdmodels.structure.simplification import ZERO, either, is_number, plus, times


class Tangents:
    """The tangents that are known so far; numbers and names, none other."""

    def __init__(self, directions: Sequence[str]) -> None:
        self.directions = tuple(directions)
        self._known: dict[tuple[str, str], Expression] = {}

    def of(self, name: str, direction: str) -> Expression:
        """Return the tangent of a variable, :data:`.ZERO` if it does not change along the direction."""
        return self._known.get((name, direction), ZERO)

    def set(self, name: str, direction: str, tangent: Expression) -> None:
        """Make a tangent known; a zero is not kept."""
        if is_number(tangent, 0.0):
            self._known.pop((name, direction), None)
        else:
            self._known[name, direction] = tangent

    def along(self, equation: Sloped, direction: str) -> Expression:
        """Return the tangent of an equation as an expression."""
        total: Expression = ZERO
        for name, slope in equation.slopes.items():
            tangent = self.of(name, direction)
            term = times(slope, tangent)
            if equation.steep and not is_leaf(term):
                # An empty tank that stays empty: the slope of SQRT is infinite, the change is none.
                term = either(Comparison("<>", tangent, ZERO), term, ZERO)
            total = plus(total, term)
        return total


def reached(equations: Iterable[Sloped], sources: Iterable[str], drives: Mapping[str, str]) -> frozenset[str]:
    """Return the variables that change, at any time, with ``sources``; these included.

    Parameters
    ----------
    drives
        Which equation is the flow of which state, memory or pipeline.
    """
    leads_to: dict[str, list[str]] = {flow: [driven] for flow, driven in drives.items()}
    for equation in equations:
        for name in equation.slopes:
            leads_to.setdefault(name, []).append(equation.name)
    found: set[str] = set()
    waiting = list(sources)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(leads_to.get(name, ()))
    return frozenset(found)
