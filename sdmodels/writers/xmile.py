"""How is a Model written as XMILE 1.0, which Stella, Simlin and others read?

Every equation is written with its subscripts filled in, one for each element. A table function is an ``<aux>``
with a graph and no equation, read by ``LOOKUP(name, x)``: the form that Stella and Simlin know.
Values agree with those of this library to rounding: XMILE adds the inflows first, then takes the outflows away.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Final, TypeAlias

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
from sdmodels.writers.xmile_equations import Place, equation
from sdmodels.writers.xmile_names import identifier, number, shown
from sdmodels.writers.xmile_tables import GRAPHICAL, Tables, is_graphical, points_of, tables_of

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
    writing = _Writing(model=model, flows=flows_of(model), tables=tables_of(model))
    root = ET.Element("xmile", {"version": "1.0", "xmlns": NAMESPACE, "xmlns:isee": ISEE})
    _header(root, model)
    _times(root, model)
    _dimensions(root, model)
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


def _dimensions(root: ET.Element, model: Model) -> None:
    if not model.dimensions:
        return
    listed = ET.SubElement(root, "dimensions")
    for dimension in model.dimensions.values():
        node = ET.SubElement(listed, "dim", {"name": shown(dimension.name)})
        for element in dimension.elements:
            ET.SubElement(node, "elem", {"name": shown(element)})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    model: Model
    flows: Mapping[str, Flows]
    tables: Tables

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
        for table, name in self.tables.inline.items():
            points = points_of(table)
            if points is None:
                raise ExportError(
                    f"{self.model.source or self.model.name}: '{name}' cannot be written as XMILE.\n"
                    f"    {table}\n{_MEND_POINTS}"
                )
            _graphical(ET.SubElement(parent, "aux", {"name": shown(name)}), table, points)

    def _computed(self, parent: ET.Element, variable: Stock | Auxiliary | Constant, kind: str) -> None:
        node = _described(parent, variable, kind)
        contents = {
            elements: self._content(variable, one, elements)
            for one in variable.equations
            for elements in instances(self.model, one)
        }
        _filled(node, variable, contents, self.model)
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
                equation=equation(whole.argument, place), table=self._drawn(variable, one, whole.table)
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
                _graphical(node, *self._drawn(variable, one, names.pop(name)))
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
            drawn = self._drawn(variable, one, one.table(one.points))
            for elements in instances(self.model, one):
                contents[elements] = _Content(equation="TIME", table=drawn)
        node = _described(parent, variable, "aux")
        _filled(node, variable, contents, self.model)
        _limits(node, variable)

    def _drawn(
        self, variable: Variable, one: Equation | TableEquation | SeriesEquation, table: Table
    ) -> "_Drawn":
        points = points_of(table)
        if points is None:
            raise _refusal(self.model, variable, one, "a table that is too steep for a graph", _MEND_POINTS)
        return table, points


_MEND_POINTS: Final = "Give it finite points at x that are further apart."
_Drawn: TypeAlias = tuple[Table, tuple[list[float], list[float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What an XMILE file says about one element of a variable."""

    equation: str
    initial: str | None = None
    table: _Drawn | None = None

    def write(self, node: ET.Element) -> None:
        ET.SubElement(node, "eqn").text = self.equation
        if self.initial is not None:
            ET.SubElement(node, "init_eqn").text = self.initial
        if self.table is not None:
            _graphical(node, *self.table)


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


def _graphical(parent: ET.Element, table: Table, points: tuple[list[float], list[float]]) -> None:
    node = ET.SubElement(parent, "gf", {"type": GRAPHICAL[table.kind]})
    for key, values in zip(("xpts", "ypts"), points, strict=True):
        ET.SubElement(node, key).text = ",".join(number(value).strip("()") for value in values)


def _filled(
    node: ET.Element, variable: Variable, contents: Mapping[tuple[str, ...], _Content], model: Model
) -> None:
    """Write what a variable is, once or for each of its elements."""
    if set(contents) == {()}:
        contents[()].write(node)
        return
    dimensions = [
        _spanned(variable, {elements[i] for elements in contents}, model)
        for i in range(len(next(iter(contents))))
    ]
    missing = set(product(*(d.elements for d in dimensions))) - set(contents)
    if missing:
        raise _partial(variable, model)
    listed = ET.SubElement(node, "dimensions")
    for dimension in dimensions:
        ET.SubElement(listed, "dim", {"name": shown(dimension.name)})
    for elements, content in contents.items():
        subscript = ", ".join(shown(element) for element in elements)
        content.write(ET.SubElement(node, "element", {"subscript": subscript}))


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
