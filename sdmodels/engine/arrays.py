"""What do the functions that take whole arrays (VECTOR SELECT, VECTOR RANK, ...) come to at one element?

Meanings: Vensim reference manual, "Arrays, Vectors, and Subscripts". What is sorted, ranked, reordered or
allocated is the last subscript of the first argument; the element asked for is the last of the left-hand side,
which may belong to another range of the same size.
"""

import math
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Final

from sdmodels.engine.algebra import (
    above,
    at_least,
    below,
    both,
    call,
    choose,
    differ,
    either,
    equal,
    largest,
    over,
    plus,
    smallest,
    times,
)
from sdmodels.engine.allocation import allocated, shares
from sdmodels.engine.matrices import LARGEST, inverse_at
from sdmodels.engine.owner import Owner, Where
from sdmodels.structure.expression import (
    MISSING,
    Arithmetic,
    Call,
    Element,
    Expression,
    Number,
    Reference,
    references,
)
from sdmodels.structure.model import Dimension
from sdmodels.structure.subscripts import scalar_name


def over_elements(owner: Owner, expression: Call, where: Where) -> Expression:
    """Return what a function of :data:`sdmodels.structure.functions.OVER_ELEMENTS` comes to.

    Raises
    ------
    StructureError
        If the function has no range to run over, or the left-hand side has another size.
    """
    match expression.function, expression.arguments:
        case "ELMCOUNT", (Element(name),):
            return Number(float(len(_range(owner, "ELMCOUNT", name).elements)))
        case "VECTOR SELECT", (selection, vector, missing, action, error):
            return _select(owner, selection, vector, (missing, action, error), where)
        case (("VECTOR SORT ORDER" | "VECTOR RANK" | "VECTOR REORDER"), (vector, second)):
            return _ordered(owner, expression.function, vector, second, where)
        case "VECTOR ELM MAP", (Reference() as base, offset):
            return _mapped(owner, base, offset, where)
        case "INVERT MATRIX", (Reference() as matrix, size):
            return _inverted(owner, matrix, owner.flat(size, where), where)
        case "ALLOCATE AVAILABLE", (request, Reference() as profile, available):
            subscript, elements = _running(owner, expression.function, request)
            here = [{**where, subscript: element} for element in elements]
            requests = tuple(owner.flat(request, each) for each in here)
            profiles = tuple(
                tuple(owner.flat(part, each) for part in _profile(owner, profile)) for each in here
            )
            return allocated(
                owner, requests, profiles, owner.flat(available, where), _place(owner, elements, "ALLOCATE")
            )
        case "ALLOCATE BY PRIORITY", (request, priority, size, width, supply):
            subscript, elements = _running(owner, expression.function, request)
            _check_size(owner, expression.function, owner.flat(size, where), len(elements))
            here = [{**where, subscript: element} for element in elements]
            requests = tuple(owner.flat(request, each) for each in here)
            priorities = tuple(owner.flat(priority, each) for each in here)
            profiles = shares(priorities, owner.flat(width, where))
            return allocated(
                owner, requests, profiles, owner.flat(supply, where), _place(owner, elements, "ALLOCATE")
            )
    raise owner.error(
        f"{expression.function} cannot be called like this.",
        "Give it a variable with subscripts, as in the reference manual.",
    )


def _range(owner: Owner, function: str, subscript: str) -> Dimension:
    bare = subscript.removesuffix("!")
    if bare not in owner.dimensions:
        raise owner.error(
            f"{function} runs over the single element '{bare}'.", "Give it a subscript range instead."
        )
    return owner.dimensions[bare]


def _running(owner: Owner, function: str, argument: Expression) -> tuple[str, tuple[str, ...]]:
    """Return the subscript that a function runs over, the last one of its argument, and its elements."""
    found = next((part for part in references(argument) if part.subscripts), None)
    if found is None:
        raise owner.error(f"{function} runs over nothing.", "Give it a variable with subscripts.")
    elements = _range(owner, function, found.subscripts[-1]).elements
    owner.count(len(elements))
    return found.subscripts[-1], elements


def _place(owner: Owner, elements: tuple[str, ...], function: str, subscript_from_last: int = 1) -> int:
    """Return which of ``elements`` the left-hand side asks for."""
    if len(owner.place) < subscript_from_last:
        raise owner.error(f"{function} has a value for each element.", "Give the variable a subscript.")
    subscript, element = owner.place[-subscript_from_last]
    if element in elements:
        return elements.index(element)
    ranges = [owner.dimensions[subscript]] if subscript in owner.dimensions else owner.dimensions.values()
    for dimension in ranges:
        if element in dimension.elements and len(dimension.elements) == len(elements):
            return dimension.elements.index(element)
    raise owner.error(
        f"{function} runs over {len(elements)} elements; the left-hand side's last subscript has no such range.",
        "Give the left-hand side and the first argument last subscripts of the same size.",
    )


def _ordered(owner: Owner, function: str, vector: Expression, second: Expression, where: Where) -> Expression:
    subscript, elements = _running(owner, function, vector)
    place = _place(owner, elements, function)
    values = tuple(owner.flat(vector, {**where, subscript: element}) for element in elements)
    direction = owner.flat(second, where)
    match function:
        case "VECTOR REORDER":
            return _element(direction, values, otherwise=Number(math.nan))
        case "VECTOR RANK":
            return plus(_rank(owner, values, direction, place), 1.0)
    owner.count(len(values) ** 2)
    ranks = [_rank(owner, values, direction, index) for index in range(len(values))]
    return plus(*(times(float(index), equal(rank, float(place))) for index, rank in enumerate(ranks)))


def _rank(owner: Owner, values: tuple[Expression, ...], direction: Expression, place: int) -> Expression:
    """Return how many values come before the one at ``place``; of equal ones the earlier comes first."""

    def count() -> Expression:
        mine = values[place]
        return plus(
            *(
                either(choose(above(direction, 0.0), below(value, mine), above(value, mine)), tie)
                for index, value in enumerate(values)
                if index != place
                for tie in [equal(value, mine) if index < place else Number(0.0)]
            )
        )

    return owner.shared(("rank", values, direction, place), lambda: owner.named("rank", count()))


def _element(position: Expression, values: tuple[Expression, ...], otherwise: Expression) -> Expression:
    """Return the value at a position counted from 0."""
    found = otherwise
    for index in reversed(range(len(values))):
        found = choose(equal(position, float(index)), values[index], found)
    return found


def _mapped(owner: Owner, base: Reference, offset: Expression, where: Where) -> Expression:
    """Return the value that lies ``offset`` behind ``base``, counted through all elements of the variable."""
    known = [Reference(scalar_name(base.name, elements)) for elements in _in_order(owner, base.name)]
    start = owner.flat(base, where)
    if not isinstance(start, Reference) or start not in known:
        raise owner.error("VECTOR ELM MAP needs one element to count from.", "Name it in the first argument.")
    # Half an element on, so that rounding of a computed position never shifts it by one.
    counted = owner.named("position", plus(known.index(start) + 0.5, owner.flat(offset, where)))
    position = choose(below(counted, 0.0), -1.0, owner.named("place", call("INTEGER", counted)))
    return _element(position, tuple(known), otherwise=Number(MISSING))


def _in_order(owner: Owner, name: str) -> list[tuple[str, ...]]:
    """Return the elements of a variable in the order of its ranges, the last one running fastest."""
    known = owner.known(name)
    orders = []
    for elements in zip(*known, strict=True):
        ranges = [d.elements for d in owner.dimensions.values() if set(elements) <= set(d.elements)]
        orders.append(min(ranges, key=len, default=tuple(dict.fromkeys(elements))))
    return sorted(known, key=lambda each: [order.index(e) for order, e in zip(orders, each, strict=True)])


def _profile(owner: Owner, profile: Reference) -> list[Reference]:
    """Return type, priority, width and extra of a priority profile, named by the first of the four."""
    first = profile.subscripts[-1] if profile.subscripts else ""
    for dimension in owner.dimensions.values():
        at = dimension.elements.index(first) if first in dimension.elements else len(dimension.elements)
        four = dimension.elements[at : at + 4]
        if len(four) == 4:
            return [Reference(profile.name, (*profile.subscripts[:-1], element)) for element in four]
    raise owner.error(
        f"the priority profile '{profile.name}' does not end in the first of four elements.",
        "End it in ptype of a range such as 'pprofile: ptype, ppriority, pwidth, pextra'.",
    )


def _inverted(owner: Owner, matrix: Reference, size: Expression, where: Where) -> Expression:
    """Return an element of the inverse of the matrix over the last two subscripts."""
    function = "INVERT MATRIX"
    if len(matrix.subscripts) < 2 or matrix.subscripts[-2] == matrix.subscripts[-1]:
        raise owner.error(
            f"{function} inverts over the last two subscripts, which '{matrix.name}' has not here.",
            "Give it a variable that ends in two ranges of different names.",
        )
    row_name, column_name = matrix.subscripts[-2:]
    rows, columns = (_range(owner, function, name).elements for name in (row_name, column_name))
    _check_size(owner, function, size, len(columns))
    if len(rows) != len(columns) or len(rows) > LARGEST:
        raise owner.error(
            f"{function} is read for square matrices of up to {LARGEST} rows; this has {len(rows)} rows and "
            f"{len(columns)} columns.",
            "Solve for what is needed in stocks and auxiliaries, or compute the inverse beforehand.",
        )
    here = tuple(
        tuple(owner.flat(matrix, {**where, row_name: row, column_name: column}) for column in columns)
        for row in rows
    )
    return inverse_at(owner, here, _place(owner, rows, function, 2), _place(owner, columns, function))


def _check_size(owner: Owner, function: str, size: Expression, elements: int) -> None:
    if size != Number(float(elements)):
        raise owner.error(
            f"{function} runs over {elements} elements, not over the size that it is given.",
            "Give it the size as ELMCOUNT of the last subscript, or as that number.",
        )


def _select(
    owner: Owner,
    selection: Expression,
    vector: Expression,
    settings: tuple[Expression, Expression, Expression],
    where: Where,
) -> Expression:
    marked = dict.fromkeys(
        subscript
        for argument in (selection, vector)
        for part in references(argument)
        for subscript in part.subscripts
        if subscript.endswith("!")
    )
    if not marked:
        raise owner.error("VECTOR SELECT runs over nothing.", "Mark a subscript with '!'.")
    ranges = [_range(owner, "VECTOR SELECT", mark).elements for mark in marked]
    owner.count(math.prod(map(len, ranges)))
    here = [{**where, **dict(zip(marked, elements, strict=True))} for elements in product(*ranges)]
    weights = [owner.named("selection", owner.flat(selection, each)) for each in here]
    values = [owner.named("value", owner.flat(vector, each)) for each in here]
    missing, action, error = (owner.flat(setting, where) for setting in settings)
    count = owner.named("count", plus(*(differ(weight, 0.0) for weight in weights)))
    chosen = owner.named("action", call("INTEGER", action))
    found: Expression = Number(math.nan)
    for number, make in enumerate(_ACTIONS):
        found = choose(equal(chosen, float(number)), make(weights, values, count), found)
    return choose(_refused(owner, error, count), math.nan, choose(equal(count, 0.0), missing, found))


def _refused(owner: Owner, error: Expression, count: Expression) -> Expression:
    """Return whether too few (1, 3) or too many (2, 3) are selected."""
    error = owner.named("error action", error)
    few = both(either(equal(error, 1.0), equal(error, 3.0)), equal(count, 0.0))
    many = both(at_least(error, 2.0), above(count, 1.0))
    return either(few, many)


_Terms = list[Expression]


def _joined(
    chosen: Callable[[Expression, Expression], Expression],
    nothing: float,
    join: Callable[..., Expression],
    weights: _Terms,
    values: _Terms,
    _: Expression,
) -> Expression:
    """Join what is selected; ``nothing`` stands for what is not."""
    pairs = zip(weights, values, strict=True)
    return join(*(choose(differ(w, 0.0), chosen(w, value), nothing) for w, value in pairs))


def _mean(
    chosen: Callable[[Expression, Expression], Expression],
    weights: _Terms,
    values: _Terms,
    count: Expression,
) -> Expression:
    return over(_joined(chosen, 0.0, plus, weights, values, count), count)


def _weighted(weight: Expression, value: Expression) -> Expression:
    return times(weight, value)


def _raised(weight: Expression, value: Expression) -> Expression:
    # The manual has selection ^ expression; Vensim's own output is expression ^ selection.
    return Arithmetic("^", value, weight)


def _alone(_: Expression, value: Expression) -> Expression:
    return value


# The numerical actions of VECTOR SELECT, 0 to 10.
_ACTIONS: Final[tuple[Callable[[_Terms, _Terms, Expression], Expression], ...]] = (
    partial(_joined, _weighted, 0.0, plus),
    partial(_joined, _weighted, 1.0, times),
    partial(_joined, _weighted, math.inf, smallest),
    partial(_joined, _weighted, -math.inf, largest),
    partial(_mean, _weighted),
    partial(_joined, _raised, 1.0, times),
    partial(_joined, _alone, 0.0, plus),
    partial(_joined, _alone, 1.0, times),
    partial(_joined, _alone, math.inf, smallest),
    partial(_joined, _alone, -math.inf, largest),
    partial(_mean, _alone),
)
