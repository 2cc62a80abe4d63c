"""How does each equation of a Program change with the variables in it, and what need be computed only once?

Beside each equation stand its slopes: the derivatives with respect to the variables that it names. What an
equation and its slopes have in common becomes an equation of its own, under a hidden name, and so does each
slope that is more than a number, a variable, or a choice between such and nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sdmodels.engine.program import Assignment
from sdmodels.structure.differentiation import partials, root_partials, steep
from sdmodels.structure.expression import (
    Conditional,
    Expression,
    Number,
    Reference,
    Root,
    children,
    rebuild,
    walk,
)
from sdmodels.structure.simplification import is_choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Sloped:
    """An equation and its slopes.

    Attributes
    ----------
    assignments
        The equation and, before and after it, what is computed for it and for its slopes, in order.
    slopes
        By the name of the variable; a variable without one does not change the equation.
    steep
        Whether a slope can be infinite where the value is not (SQRT at 0).
    """

    name: str
    assignments: tuple[Assignment, ...]
    slopes: Mapping[str, Expression]
    steep: bool


def sloped(equations: Iterable[Assignment], *, without: frozenset[str], where: str = "") -> list[Sloped]:
    """Return each equation with its slopes.

    Parameters
    ----------
    without
        Names that nothing changes, such as data: slopes with respect to them are left out.
    where
        What the hidden names say beside the name of their equation.
    """
    found = []
    for equation in equations:
        rooted, expression = _roots_named(equation, where)
        found += [_sloped(part, without, where) for part in rooted]
        found.append(_sloped(Assignment(name=equation.name, expression=expression), without, where))
    return found


def _sloped(equation: Assignment, without: frozenset[str], where: str) -> Sloped:
    expression = equation.expression
    slopes = _slopes(equation, without)
    sharing = _Sharing(equation, slopes, where)
    sharing.define(equation.name, sharing.inside(expression))
    # What the equation needs stands before it; the slopes, which may need the equation, behind it.
    named = {name: sharing.slope(name, slope) for name, slope in slopes.items()}
    return Sloped(
        name=equation.name, assignments=tuple(sharing.assignments), slopes=named, steep=steep(expression)
    )


def _slopes(equation: Assignment, without: frozenset[str]) -> dict[str, Expression]:
    match equation.expression:
        case Root() as root:
            found = root_partials(root, equation.name)
        case expression:
            found = partials(expression)
    return {name: slope for name, slope in found.items() if name not in without}


def is_leaf(expression: Expression) -> bool:
    """Tell whether there is nothing to compute."""
    return isinstance(expression, Number | Reference)


def _roots_named(equation: Assignment, where: str) -> tuple[list[Assignment], Expression]:
    """Take each root inside an equation out of it, so that its value has a name."""
    rooted: list[Assignment] = []
    if isinstance(equation.expression, Root) or not _has_root(equation.expression):
        return rooted, equation.expression

    def take_out(part: Expression) -> Expression:
        if not isinstance(part, Root):
            return rebuild(part, take_out)
        name = f"{equation.name} ({where}root {len(rooted) + 1})"
        rooted.append(Assignment(name=name, expression=part))
        return Reference(name)

    return rooted, take_out(equation.expression)


def _has_root(expression: Expression) -> bool:
    return any(isinstance(part, Root) for part in walk(expression))


class _Sharing:
    """Gives a name to what an equation and its slopes use more than once."""

    def __init__(self, equation: Assignment, slopes: Mapping[str, Expression], where: str) -> None:
        self.owner = equation.name
        self.where = where
        self.assignments: list[Assignment] = []
        self.whole = equation.expression
        self.uses: Counter[int] = Counter()
        self.known: dict[int, Expression] = {}
        # Living expressions keep their identity.
        self.living = (equation.expression, *slopes.values())
        seen: set[int] = set()
        for root in self.living:
            self.uses[id(root)] += 1
            self._count(root, seen)

    def _count(self, expression: Expression, seen: set[int]) -> None:
        if id(expression) in seen:
            return
        seen.add(id(expression))
        for part in _parts(expression):
            self.uses[id(part)] += 1
            self._count(part, seen)

    def inside(self, expression: Expression) -> Expression:
        """Return ``expression`` with what is shared inside it by name."""
        return expression if isinstance(expression, Root) else rebuild(expression, self.named)

    def named(self, expression: Expression) -> Expression:
        """Return ``expression``, or its name if it is used more than once."""
        if is_leaf(expression):
            return expression
        if expression is self.whole:
            return Reference(self.owner)
        if id(expression) not in self.known:
            found = self.inside(expression)
            if self.uses[id(expression)] > 1:
                found = self._hide(f"part {len(self.assignments) + 1}", found)
            self.known[id(expression)] = found
        return self.known[id(expression)]

    def slope(self, name: str, slope: Expression) -> Expression:
        """Return a slope as a number, a name, or a choice between these and nothing."""
        if is_choice(slope) and isinstance(slope, Conditional):
            condition = self._leaf(f"condition for {name}", slope.condition)
            branches = [self.slope(name, branch) for branch in (slope.then, slope.otherwise)]
            return Conditional(condition, *branches)
        return self._leaf(f"slope in {name}", slope)

    def _leaf(self, what: str, expression: Expression) -> Expression:
        found = self.named(expression)
        return found if is_leaf(found) else self._hide(what, found)

    def _hide(self, what: str, expression: Expression) -> Expression:
        return self.define(f"{self.owner} ({self.where}{what})", expression)

    def define(self, name: str, expression: Expression) -> Expression:
        """Have ``name`` computed next; return the reference to it."""
        self.assignments.append(Assignment(name=name, expression=expression))
        return Reference(name)


def _parts(expression: Expression) -> tuple[Expression, ...]:
    # What is inside a root cannot be computed outside of it: it may need the unknown.
    return () if isinstance(expression, Root) else children(expression)
