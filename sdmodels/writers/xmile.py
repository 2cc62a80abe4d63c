"""How is a Model written as XMILE 1.0, which Stella, Simlin and others read?

Every equation is written with its subscripts filled in, one for each element. A table function is an ``<aux>``
with a graph and no equation, read by ``LOOKUP(name, x)``: the form that Stella and Simlin know.
Values agree with those of this library to rounding: XMILE adds the inflows first, then takes the outflows away.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from sdmodels.errors import ExportError
from sdmodels.structure.expression import LookupCall, Table, TableKind, walk
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Data,
    Dimension,
    Equation,
    Lookup,
    Model,
    SeriesEquation,
    Stock,
    TableEquation,
    Variable,
)
from sdmodels.structure.subscripts import instances
from sdmodels.writers.flows import Flows, flows_of, unused
from sdmodels.writers.xmile_equations import Place, bare, equation, identifier, number, shown

NAMESPACE: Final = "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"
# What the standard leaves to vendors: how often results are saved.
ISEE: Final = "http://iseesystems.com/XMILE"

_KINDS: Final[Mapping[TableKind, str]] = {
    "interpolate": "continuous",
    "extrapolate": "extrapolate",
    "hold": "discrete",
}


def to_xmile(model: Model) -> str:
    """Return a model as an XMILE document, with units, documentation and limits.

    Parameters
    ----------
    model
        Its net flows are written as flows, see :mod:`sdmodels.writers.flows`.

    Raises
    ------
    ExportError
        If the model has something without a counterpart in XMILE; names file, line, variable and function.
    """
    writing = _Writing(model=model, flows=flows_of(model), tables=_inline_tables(model))
    root = ET.Element("xmile", {"version": "1.0", "xmlns": NAMESPACE, "xmlns:isee": ISEE})
    _header(root, model)
    _times(root, model)
    _dimensions(root, model)
    variables = ET.SubElement(ET.SubElement(root, "model"), "variables")
    for variable in model.variables.values():
        writing.variable(variables, variable)
    for table, name in writing.tables.items():
        _graphical(ET.SubElement(variables, "aux", {"name": shown(name)}), table)
    ET.indent(root, "\t")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _header(root: ET.Element, model: Model) -> None:
    header = ET.SubElement(root, "header")
    ET.SubElement(header, "name").text = model.name
    ET.SubElement(header, "vendor").text = "sdmodels"
    ET.SubElement(header, "product", {"version": "0.1"}).text = "sdmodels"
    most = max((len(e.subscripts) for v in model.variables.values() for e in v.equations), default=0)
    if most:
        options = ET.SubElement(header, "options")
        ET.SubElement(options, "uses_arrays", {"maximum_dimensions": str(most)})


def _times(root: ET.Element, model: Model) -> None:
    time = model.time
    attributes = {"method": "Euler", "time_units": time.units}
    if time.save_period != time.time_step:
        attributes["isee:save_interval"] = number(time.save_period)
    specs = ET.SubElement(root, "sim_specs", attributes)
    values = (("start", time.initial_time), ("stop", time.final_time), ("dt", time.time_step))
    for name, value in values:
        ET.SubElement(specs, name).text = number(value).strip("()")


def _dimensions(root: ET.Element, model: Model) -> None:
    if not model.dimensions:
        return
    listed = ET.SubElement(root, "dimensions")
    for dimension in model.dimensions.values():
        node = ET.SubElement(listed, "dim", {"name": shown(dimension.name)})
        for element in dimension.elements:
            ET.SubElement(node, "elem", {"name": shown(element)})


def _inline_tables(model: Model) -> dict[Table, str]:
    """Return the tables that stand in an equation with more around them, and the names they are given."""
    found: dict[Table, str] = {}
    for variable in model.variables.values():
        for one in variable.equations:
            if not isinstance(one, Equation):
                continue
            for whole in (one.expression, one.initial):
                for part in walk(whole) if whole is not None else ():
                    if isinstance(part, LookupCall) and isinstance(part.table, Table):
                        is_all = part is whole and _is_graphical(variable)
                        if not is_all and part.table not in found:
                            found[part.table] = unused(f"{bare(variable.name)} table", model, found.values())
    return found


def _is_graphical(variable: Variable) -> bool:
    """Say whether the variable is one number read from a table: XMILE keeps the table in the variable."""
    if not isinstance(variable, Auxiliary) or len(variable.equations) != 1:
        return False
    (only,) = variable.equations
    is_read = isinstance(only.expression, LookupCall) and isinstance(only.expression.table, Table)
    return is_read and not only.subscripts and only.initial is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    model: Model
    flows: Mapping[str, Flows]
    tables: Mapping[Table, str]

    def variable(self, parent: ET.Element, variable: Variable) -> None:
        """Write one variable, and the flow that carries its net flow if it needs one."""
        match variable:
            case Lookup():
                self._lookup(parent, variable)
            case Data():
                self._data(parent, variable)
            case Stock():
                self._computed(parent, variable, "stock")
                new = self.flows[variable.name].new
                if new is not None:
                    self._computed(parent, new, "flow")
            case Auxiliary() | Constant():
                names = [name for flows in self.flows.values() for name in (*flows.inflows, *flows.outflows)]
                self._computed(parent, variable, "flow" if variable.name in names else "aux")

    def _computed(self, parent: ET.Element, variable: Stock | Auxiliary | Constant, kind: str) -> None:
        node = _described(parent, variable, kind)
        equations = self._by_element(variable)
        if set(equations) == {()}:
            ET.SubElement(node, "eqn").text = equations[()]
        else:
            _subscripted(node, variable, equations, self.model)
        if kind == "stock":
            flows = self.flows[variable.name]
            for direction, names in (("inflow", flows.inflows), ("outflow", flows.outflows)):
                for name in names:
                    ET.SubElement(node, direction).text = identifier(name)
        if _is_graphical(variable):
            read = variable.equations[0].expression
            assert isinstance(read, LookupCall)
            assert isinstance(read.table, Table)
            _graphical(node, read.table)
        _limits(node, variable)

    def _by_element(self, variable: Stock | Auxiliary | Constant) -> dict[tuple[str, ...], str]:
        found: dict[tuple[str, ...], str] = {}
        for one in variable.equations:
            for elements in instances(self.model, one):
                if not any(self._is_in(elements, exception) for exception in one.exceptions):
                    found[elements] = self._equation(variable, one, elements)
        return found

    def _is_in(self, elements: tuple[str, ...], places: tuple[str, ...]) -> bool:
        dimensions = self.model.dimensions
        ranges = [dimensions[place].elements if place in dimensions else (place,) for place in places]
        return all(element in known for element, known in zip(elements, ranges, strict=True))

    def _equation(
        self, variable: Stock | Auxiliary | Constant, one: Equation, elements: tuple[str, ...]
    ) -> str:
        place = Place(
            model=self.model,
            variable=variable.name,
            equation=one,
            elements=dict(zip(one.subscripts, elements, strict=True)),
            tables=self.tables,
        )
        if isinstance(variable, Stock):
            # The net flow stands in the flows; a stock's own equation is its initial value.
            return equation(one.expression if one.initial is None else one.initial, place)
        if one.initial is not None:
            raise place.lacking("ACTIVE INITIAL")
        if _is_graphical(variable) and isinstance(one.expression, LookupCall):
            return equation(one.expression.argument, place)
        return equation(one.expression, place)

    def _lookup(self, parent: ET.Element, variable: Lookup) -> None:
        (only, *more) = variable.equations
        if more or only.subscripts:
            raise _refusal(self.model, variable, only, "a table function with subscripts")
        node = _described(parent, variable, "aux")
        _graphical(node, _writable(self.model, variable, only, only.table))
        _limits(node, variable)

    def _data(self, parent: ET.Element, variable: Data) -> None:
        (only, *more) = variable.equations
        if more or only.subscripts:
            raise _refusal(self.model, variable, only, "data with subscripts")
        if only.points is None:
            raise _refusal(self.model, variable, only, "data that the caller gives")
        table = _writable(self.model, variable, only, only.points)
        node = _described(parent, variable, "aux")
        ET.SubElement(node, "eqn").text = "TIME"
        _graphical(node, table)
        _limits(node, variable)


def _refusal(model: Model, variable: Variable, one: TableEquation | SeriesEquation, what: str) -> ExportError:
    return ExportError(
        f"{model.where(one.line)}: '{variable.name}' is {what}, which cannot be written as XMILE.\n"
        f"    {one.text[:200]}\nWrite it as one variable for each element, with its own points."
    )


def _writable(model: Model, variable: Variable, one: TableEquation | SeriesEquation, table: Table) -> Table:
    if table.kind not in _KINDS:
        raise _refusal(model, variable, one, f"a table that is read '{table.kind}'")
    return table


def _described(parent: ET.Element, variable: Variable, kind: str) -> ET.Element:
    node = ET.SubElement(parent, kind, {"name": shown(variable.name)})
    _describe(node, variable)
    return node


def _describe(node: ET.Element, variable: Variable) -> None:
    if variable.documentation:
        ET.SubElement(node, "doc").text = variable.documentation
    if variable.units:
        ET.SubElement(node, "units").text = variable.units


def _limits(node: ET.Element, variable: Variable) -> None:
    limits = {"min": variable.minimum, "max": variable.maximum}
    given = {key: repr(v) for key, v in limits.items() if v is not None and math.isfinite(v)}
    if given:
        ET.SubElement(node, "range", given)


def _graphical(parent: ET.Element, table: Table) -> None:
    """Write a table; one that holds its heights ends in two equal points, as XMILE asks (section 3.1.4)."""
    node = ET.SubElement(parent, "gf", {"type": _KINDS[table.kind]})
    xs, ys = list(table.xs), list(table.ys)
    if table.kind == "hold" and (len(ys) < 2 or ys[-1] != ys[-2]):
        xs, ys = [*xs, xs[-1] + 1], [*ys, ys[-1]]
    for key, values in (("xpts", xs), ("ypts", ys)):
        ET.SubElement(node, key).text = ",".join(number(value).strip("()") for value in values)


def _subscripted(
    node: ET.Element, variable: Variable, equations: Mapping[tuple[str, ...], str], model: Model
) -> None:
    dimensions = [
        _spanned(variable, {elements[i] for elements in equations}, model)
        for i in range(len(next(iter(equations))))
    ]
    missing = set(product(*(d.elements for d in dimensions))) - set(equations)
    if missing:
        raise _partial(variable, model)
    listed = ET.SubElement(node, "dimensions")
    for dimension in dimensions:
        ET.SubElement(listed, "dim", {"name": shown(dimension.name)})
    for elements, text in equations.items():
        subscript = ", ".join(shown(element) for element in elements)
        ET.SubElement(ET.SubElement(node, "element", {"subscript": subscript}), "eqn").text = text


def _spanned(variable: Variable, elements: set[str], model: Model) -> Dimension:
    for dimension in model.dimensions.values():
        if set(dimension.elements) == elements:
            return dimension
    raise _partial(variable, model)


def _partial(variable: Variable, model: Model) -> ExportError:
    (first, *_) = variable.equations
    return ExportError(
        f"{model.where(first.line)}: '{variable.name}' is defined for a part of its dimensions only.\n"
        f"    {first.text[:200]}\nXMILE needs an equation for each element; define a range with just these."
    )
