"""Which stocks, flows, auxiliaries and tables does a part of an XMILE file define?

Element names and meanings: XMILE 1.0 (OASIS Standard, 14 December 2015), chapter 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from sdmodels.readers.xmile_document import (
    Document,
    attribute,
    child,
    children,
    is_extension,
    name_in,
    tag,
    text_of,
)
from sdmodels.structure.expression import Table, TableKind

Kind: TypeAlias = Literal["stock", "flow", "aux", "gf"]
KINDS: tuple[Kind, ...] = ("stock", "flow", "aux", "gf")

_TABLES: Mapping[str, TableKind] = MappingProxyType(
    {
        "continuous": "interpolate",
        "extrapolate": "extrapolate",
        "discrete": "hold",
    }
)
_UNSUPPORTED = frozenset({"conveyor", "queue", "oven", "leak", "overflow", "multiplier", "delay", "spread"})
_READ = frozenset(
    {"eqn", "init_eqn", "units", "doc", "dimensions", "element", "gf", "non_negative", "range", "inflow"}
    | {"outflow", "xscale", "yscale", "xpts", "ypts"}
)
_ONCE = frozenset({"init_eqn", "dimensions", "gf", "non_negative", "xscale", "xpts", "ypts"})
# XMILE 1.0, sections 4.1.3, 4.2 and 4.3.
_MEANINGLESS = frozenset({("stock", "gf"), ("aux", "non_negative"), ("gf", "non_negative")})
_BESIDE_VARIABLES = frozenset(
    {"module", "group", "sim_specs", "behavior", "views", "display", "interface", "style"}
)
# What changes how a variable looks or is entered, not how it behaves.
_IGNORED = frozenset(
    {"scale", "format", "event_poster", "mathml", "display", "label", "documentation", "note"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One equation of a variable: for all its elements, or for one of them.

    The one is named in ``elements``, or counted in ``place`` from 0 on, the last dimension running fastest.
    """

    elements: tuple[str, ...] = ()
    place: int | None = None
    equation: str | None
    initial: str | None
    table: Table | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A variable as the file states it; ``inflows`` and ``outflows`` in their order, which is a priority."""

    kind: Kind
    name: str
    dimensions: tuple[str, ...]
    parts: tuple[Part, ...]
    inflows: tuple[str, ...]
    outflows: tuple[str, ...]
    non_negative: bool | None
    units: str
    documentation: str
    minimum: float | None
    maximum: float | None
    line: int


def entries_of(document: Document, container: Any | None) -> tuple[Entry, ...]:
    """Return what ``<variables>`` defines, in the order of the file; modules are read elsewhere.

    Raises
    ------
    ModelFileError
        If a name or a number is missing or broken, or the entry uses what is not supported.
    """
    if container is None:
        return ()
    found = []
    for node in children(container):
        if tag(node) in KINDS:
            found.append(_entry(document, node))
        elif tag(node) not in _BESIDE_VARIABLES and not is_extension(node):
            raise document.unsupported(
                node.sourceline,
                f"<{tag(node)}> is not supported.",
                f"name: {attribute(node, 'name')}",
                "Write it with stocks, flows and auxiliaries.",
            )
    return tuple(found)


def name_of(document: Document, node: Any) -> str:
    """Return the name of an element.

    Raises
    ------
    ModelFileError
        If it has none.
    """
    name = name_in(attribute(node, "name") or "")
    if not name:
        raise document.error(
            node.sourceline, f"a <{tag(node)}> has no name.", f"<{tag(node)}>", 'Give it one: name="...".'
        )
    return name


def _entry(document: Document, node: Any) -> Entry:
    name = name_of(document, node)
    _reject_unknown(document, node, name)
    low, high = _limits(document, node, name)
    scope = child(node, "dimensions")
    return Entry(
        kind=next(kind for kind in KINDS if kind == tag(node)),
        name=name,
        dimensions=()
        if scope is None
        else tuple(name_of(document, dimension) for dimension in children(scope, "dim")),
        parts=_parts(document, node, name),
        inflows=tuple(text_of(flow).strip() for flow in children(node, "inflow")),
        outflows=tuple(text_of(flow).strip() for flow in children(node, "outflow")),
        non_negative=non_negative(node),
        units=name_in(text_of(child(node, "units"))),
        documentation=" ".join(text_of(child(node, "doc")).split()),
        minimum=low,
        maximum=high,
        line=node.sourceline,
    )


def _reject_unknown(document: Document, node: Any, name: str) -> None:
    seen: set[str] = set()
    for part in children(node):
        kind = tag(part)
        if (tag(node), kind) in _MEANINGLESS:
            raise document.error(
                part.sourceline,
                f"'{name}' is a <{tag(node)}> with <{kind}>, which has no meaning.",
                f"<{tag(node)} name={name!r}>",
                "Remove it.",
            )
        if kind in _ONCE & seen:
            raise document.error(
                part.sourceline,
                f"'{name}' has a second <{kind}>.",
                f"<{tag(node)} name={name!r}>",
                "Remove one of the two.",
            )
        seen.add(kind)
        if kind in _READ | _IGNORED or (is_extension(part) and kind not in _UNSUPPORTED):
            continue
        raise document.unsupported(
            part.sourceline,
            f"'{name}' uses <{kind}>, which is not supported.",
            f"<{tag(node)} name={name!r}> has <{kind}>.",
            "Write it with stocks, flows and auxiliaries.",
        )


def non_negative(node: Any) -> bool | None:
    """Return what ``<non_negative>`` inside a node says; ``None`` if there is none."""
    found = child(node, "non_negative")
    return None if found is None else text_of(found).strip().lower() not in ("false", "0")


def _limits(document: Document, node: Any, name: str) -> tuple[float | None, float | None]:
    found = child(node, "range")
    if found is None:
        return None, None
    low, high = (
        None if value is None else number(document, found, value, f"the range of '{name}'")
        for value in (attribute(found, "min"), attribute(found, "max"))
    )
    return low, high


def number(document: Document, node: Any, text: str, what: str) -> float:
    """Return the number in ``text``.

    Raises
    ------
    ModelFileError
        If there is none; ``what`` says of what.
    """
    try:
        return float(text)
    except ValueError as error:
        raise document.error(
            node.sourceline, f"{what} holds '{text.strip()[:30]}'.", f"<{tag(node)}>", "Write a number."
        ) from error


def _parts(document: Document, node: Any, name: str) -> tuple[Part, ...]:
    equations = list(children(node, "eqn"))
    whole = _part(document, node, name, ())
    if len(equations) > 1:
        # Vensim writes the equations of an array one after the other.
        return tuple(
            replace(whole, place=place, equation=text_of(equation), line=equation.sourceline)
            for place, equation in enumerate(equations)
        )
    elements = [
        _part(document, element, name, _elements(document, element, name))
        for element in children(node, "element")
    ]
    return tuple(
        replace(
            part,
            equation=whole.equation if part.equation is None else part.equation,
            initial=whole.initial if part.initial is None else part.initial,
            table=part.table or whole.table,
        )
        for part in elements or [whole]
    )


def _elements(document: Document, node: Any, name: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in (attribute(node, "subscript") or "").split(","))
    if not all(found):
        raise document.error(
            node.sourceline,
            f"an <element> of '{name}' does not say which one it is.",
            f"subscript={attribute(node, 'subscript')!r}",
            'Name its subscripts: subscript="North, Young".',
        )
    return found


def _part(document: Document, node: Any, name: str, elements: tuple[str, ...]) -> Part:
    equation, initial = child(node, "eqn"), child(node, "init_eqn")
    points = node if tag(node) == "gf" else child(node, "gf")
    return Part(
        elements=elements,
        equation=None if equation is None else text_of(equation),
        initial=None if initial is None else text_of(initial),
        table=None if points is None else table_of(document, points, name),
        line=node.sourceline if equation is None else equation.sourceline,
    )


def table_of(document: Document, node: Any, name: str) -> Table:
    """Return the points of a ``<gf>``.

    Raises
    ------
    ModelFileError
        If points are missing or do not ascend, or the kind is unknown.
    """

    def error(what: str, evidence: str, remedy: str) -> Exception:
        return document.error(node.sourceline, f"the table of '{name}' {what}", evidence, remedy)

    said = attribute(node, "type") or "continuous"
    if attribute(node, "discrete") == "true":
        said = "discrete"
    if said not in _TABLES:
        raise error(f"is of the kind '{said}'.", f"type={said!r}", f"Use one of {', '.join(_TABLES)}.")
    ys = _points(document, child(node, "ypts"), name)
    xs = _points(document, child(node, "xpts"), name) or _spread(document, child(node, "xscale"), name, ys)
    if len(xs) != len(ys) or not ys:
        raise error("is incomplete.", f"{len(xs)} x and {len(ys)} y", "Give as many x as y, at least one.")
    if any(right <= left for left, right in pairwise(xs)):
        raise error("has x that do not ascend.", f"x: {', '.join(map(str, xs))}", "Order the points by x.")
    return Table(xs, ys, _TABLES[said])


def _points(document: Document, node: Any | None, name: str) -> tuple[float, ...]:
    if node is None:
        return ()
    pieces = text_of(node).split(attribute(node, "sep") or ",")
    return tuple(number(document, node, p, f"the table of '{name}'") for p in pieces if p.strip())


def _spread(document: Document, node: Any | None, name: str, ys: tuple[float, ...]) -> tuple[float, ...]:
    """Return as many x as there are ``ys``, at equal distances over the scale."""
    if node is None or len(ys) < 2:
        return ()
    low, high = (
        number(document, node, attribute(node, end) or "nothing", f"the x scale of '{name}'")
        for end in ("min", "max")
    )
    return tuple(low + (high - low) * place / (len(ys) - 1) for place in range(len(ys)))
