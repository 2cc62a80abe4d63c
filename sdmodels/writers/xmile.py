"""How is a Model written as XMILE 1.0, which Stella, Simlin and others read?

Every equation is written with its subscripts filled in, one for each element. A table function is an ``<aux>``
with a graph and no equation, read by ``LOOKUP(name, x)``: the form that Stella and Simlin know.
Values agree with those of this library to rounding: XMILE adds the inflows first, then takes the outflows away.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sdmodels.errors import ExportError
from sdmodels.structure.expression import LookupCall, Table
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
from sdmodels.writers.flows import Flows, flows_of
from sdmodels.writers.xmile_dimensions import Spans, spans_of
from sdmodels.writers.xmile_equations import Place, equation
from sdmodels.writers.xmile_names import identifier, number, shown
from sdmodels.writers.xmile_tables import Graph, Tables, graph_of, is_graphical, tables_of

NAMESPACE: Final = "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"
# What the standard leaves to vendors: how often results are saved.
ISEE: Final = "http://iseesystems.com/XMILE"


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
    flows = flows_of(model)
    added = {new.name: new for new in (each.new for each in flows.values()) if new is not None}
    spans = spans_of(replace(model, variables={**model.variables, **added}))
    writing = _Writing(model=model, flows=flows, tables=tables_of(model), spans=spans)
    root = ET.Element("xmile", {"version": "1.0", "xmlns": NAMESPACE, "xmlns:isee": ISEE})
    _header(root, model)
    _times(root, model)
    _dimensions(root, spans.all)
    variables = ET.SubElement(ET.SubElement(root, "model"), "variables")
    for variable in model.variables.values():
        writing.variable(variables, variable)
    writing.inline_tables(variables)
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


def _dimensions(root: ET.Element, dimensions: Collection[Dimension]) -> None:
    if not dimensions:
        return
    listed = ET.SubElement(root, "dimensions")
    for dimension in dimensions:
        node = ET.SubElement(listed, "dim", {"name": shown(dimension.name)})
        for element in dimension.elements:
            ET.SubElement(node, "elem", {"name": shown(element)})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    model: Model
    flows: Mapping[str, Flows]
    tables: Tables
    spans: Spans

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

    def inline_tables(self, parent: ET.Element) -> None:
        """Write the tables that have no name in the model."""
        for name, graph in self.tables.inline.values():
            _graphical(ET.SubElement(parent, "aux", {"name": shown(name)}), graph)

    def _computed(self, parent: ET.Element, variable: Stock | Auxiliary | Constant, kind: str) -> None:
        node = _described(parent, variable, kind)
        contents = {
            elements: self._content(variable, one, elements)
            for one in variable.equations
            for elements in instances(self.model, one)
        }
        _filled(node, contents, self.spans.of.get(variable.name, ()))
        if kind == "stock":
            flows = self.flows[variable.name]
            for direction, names in (("inflow", flows.inflows), ("outflow", flows.outflows)):
                for name in names:
                    ET.SubElement(node, direction).text = identifier(name)
        _limits(node, variable)

    def _content(
        self, variable: Stock | Auxiliary | Constant, one: Equation, elements: tuple[str, ...]
    ) -> "_Content":
        place = Place(
            model=self.model,
            variable=variable.name,
            equation=one,
            elements=dict(zip(one.subscripts, elements, strict=True)),
            tables=self.tables,
        )
        if isinstance(variable, Stock):
            # The net flow stands in the flows; a stock's own equation is its initial value.
            return _Content(equation=equation(one.expression if one.initial is None else one.initial, place))
        whole = one.expression
        if is_graphical(variable) and isinstance(whole, LookupCall) and isinstance(whole.table, Table):
            return _Content(
                equation=equation(whole.argument, place),
                table=graph_of(self.model, variable, one, whole.table),
            )
        initial = None if one.initial is None else equation(one.initial, place)
        return _Content(equation=equation(whole, place), initial=initial)

    def _lookup(self, parent: ET.Element, variable: Lookup) -> None:
        names = {
            name: table for (owner, _), (name, table) in self.tables.defined.items() if owner == variable.name
        }
        for one in variable.equations:
            for name in [name for name, table in names.items() if table == one.table]:
                node = _described(parent, replace(variable, name=name), "aux")
                _graphical(node, graph_of(self.model, variable, one, names.pop(name)))
                _limits(node, variable)

    def _data(self, parent: ET.Element, variable: Data) -> None:
        contents = {}
        for one in variable.equations:
            if one.points is None:
                raise _refusal(
                    self.model, variable, one, "data that the caller gives", "Give it values in the model."
                )
            if one.kind == "raw":
                remedy = "Let it be interpolated."
                raise _refusal(self.model, variable, one, "data without values between its points", remedy)
            drawn = graph_of(self.model, variable, one, one.table(one.points))
            for elements in instances(self.model, one):
                contents[elements] = _Content(equation="TIME", table=drawn)
        node = _described(parent, variable, "aux")
        _filled(node, contents, self.spans.of.get(variable.name, ()))
        _limits(node, variable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What an XMILE file says about one element of a variable."""

    equation: str
    initial: str | None = None
    table: Graph | None = None

    def write(self, node: ET.Element) -> None:
        ET.SubElement(node, "eqn").text = self.equation
        if self.initial is not None:
            ET.SubElement(node, "init_eqn").text = self.initial
        if self.table is not None:
            _graphical(node, self.table)


def _refusal(
    model: Model,
    variable: Variable,
    one: Equation | TableEquation | SeriesEquation,
    what: str,
    remedy: str,
) -> ExportError:
    return ExportError(
        f"{model.where(one.line)}: '{variable.name}' is {what}, which cannot be written as XMILE.\n"
        f"    {one.text[:200]}\n{remedy}"
    )


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


def _graphical(parent: ET.Element, graph: Graph) -> None:
    node = ET.SubElement(parent, "gf", {"type": graph.type})
    for key, values in (("xpts", graph.xs), ("ypts", graph.ys)):
        ET.SubElement(node, key).text = ",".join(number(value).strip("()") for value in values)


def _filled(
    node: ET.Element, contents: Mapping[tuple[str, ...], _Content], dimensions: Iterable[Dimension]
) -> None:
    """Write what a variable is, once or for each of its elements."""
    if set(contents) == {()}:
        contents[()].write(node)
        return
    listed = ET.SubElement(node, "dimensions")
    for dimension in dimensions:
        ET.SubElement(listed, "dim", {"name": shown(dimension.name)})
    for elements, content in contents.items():
        subscript = ", ".join(shown(element) for element in elements)
        content.write(ET.SubElement(node, "element", {"subscript": subscript}))
