"""How do the entries of an XMILE file become the variables of a Model?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

from pysd.translators.structures import abstract_expressions as pysd

from sdmodels.errors import UnsupportedError, did_you_mean
from sdmodels.readers.bounds import FEWER, MOST_INSTANCES, MOST_SCALARS, combinations, too_many_scalars
from sdmodels.readers.translation import Names, literal, translate
from sdmodels.readers.xmile_document import Document, name_in
from sdmodels.readers.xmile_entries import Entry, Part
from sdmodels.readers.xmile_equations import numbers_in, without_comments
from sdmodels.readers.xmile_limits import Flows, limited, net
from sdmodels.readers.xmile_macros import Macro
from sdmodels.readers.xmile_modules import Modules, Placed, Scope
from sdmodels.readers.xmile_places import Equations, Place
from sdmodels.readers.xmile_subscripts import Arrays
from sdmodels.readers.xmile_time import CONTROLS
from sdmodels.structure.expression import Expression, LookupCall, Number, Reference, Table, walk
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Dimension,
    Equation,
    Lookup,
    Stock,
    TableEquation,
    TimeSpec,
    Variable,
)
from sdmodels.structure.names import key_of

_TIMES: Mapping[str, str] = {
    **{key_of(name): name for name in CONTROLS},
    "dt": "TIME STEP",
    "starttime": "INITIAL TIME",
    "stoptime": "FINAL TIME",
}


def _is_table(entry: Entry) -> bool:
    """Return whether an entry is a table function and nothing else."""
    return all(part.table and not without_comments(part.equation or "") for part in entry.parts)


@dataclass(kw_only=True)
class Assembly:
    """Turns entries into variables, one after the other; macros that equations call add variables of their own."""

    document: Document
    time: TimeSpec
    dimensions: dict[str, Dimension]
    modules: Modules
    macros: Mapping[tuple[str, int], Macro]
    _found: dict[str, Variable] = field(default_factory=dict)
    _declared: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _tables: dict[str, tuple[Table, Entry]] = field(default_factory=dict)
    _connected: dict[str, Flows] = field(default_factory=dict)
    _uniflows: set[str] = field(default_factory=set)
    _keys: set[str] = field(default_factory=set)
    _instances: int = 0

    def variables(self) -> dict[str, Variable]:
        """Return all variables of the model by their full names.

        Raises
        ------
        ModelFileError
            At the first entry that cannot be read.
        """
        placed = [each for each in self.modules.placed if not self._is_control(each.scope, each.entry)]
        for each in placed:
            self._declare(each.name, each.entry)
        self._reject_too_many_scalars(placed)
        names = {scope: self._names(self.modules.names_in(scope)) for scope in self.modules.scopes()}
        for each in placed:
            self._add(each.name, each.entry, names[each.scope], each.non_negative)
        self._add_called_tables()
        return limited(self._found, tuple(self._connected.values()), frozenset(self._uniflows), self._arrays)

    @cached_property
    def _arrays(self) -> Arrays:
        tables = frozenset(name for name in self._tables if self._table_name(name) == name)
        return Arrays(dimensions=self.dimensions, declared=self._declared, tables=tables)

    @cached_property
    def _read(self) -> Equations:
        return Equations(
            document=self.document, arrays=self._arrays, macros=self.macros, instance=self._instance
        )

    def _is_control(self, scope: Scope, entry: Entry) -> bool:
        """Return whether an entry only repeats ``<sim_specs>``, as exporters from Vensim have it."""
        if scope or key_of(entry.name) not in map(key_of, CONTROLS):
            return False
        said = without_comments(entry.parts[0].equation or "")
        stated = dict(
            zip(
                map(key_of, CONTROLS),
                (self.time.initial_time, self.time.final_time, self.time.time_step, self.time.save_period),
                strict=True,
            )
        )
        try:
            differs = float(said) != stated[key_of(entry.name)]
        except ValueError:
            differs = key_of(said) not in ("time step", "dt", key_of(entry.name))
        if differs:
            raise self.document.error(
                entry.line,
                f"'{entry.name}' differs from <sim_specs>.",
                f"{entry.name} = {said}, but <sim_specs> has {stated[key_of(entry.name)]:g}",
                "Correct one of the two.",
            )
        return True

    def _declare(self, name: str, entry: Entry) -> None:
        if key_of(entry.name) == "time":
            raise self.document.error(
                entry.line, f"'{name}' has the name of the time itself.", f"<{entry.kind}>", "Rename it."
            )
        if key_of(name) in self._keys:
            raise self.document.error(
                entry.line, f"'{name}' is defined a second time.", f"<{entry.kind}>", "Remove one of the two."
            )
        known = {key_of(dimension): dimension for dimension in self.dimensions}
        for dimension in entry.dimensions:
            if key_of(dimension) not in known:
                raise self.document.error(
                    entry.line,
                    f"'{name}' has the dimension '{dimension}', which is not defined.",
                    f"Dimensions: {', '.join(self.dimensions) or 'none'}.",
                    did_you_mean(dimension, self.dimensions, otherwise="Define it under <dimensions>."),
                )
        self._keys.add(key_of(name))
        self._declared[name] = tuple(known[key_of(dimension)] for dimension in entry.dimensions)
        if table := entry.parts[0].table:
            self._tables[name] = (table, entry)

    def _reject_too_many_scalars(self, placed: Iterable[Placed]) -> None:
        """Refuse what would be too many numbers before any list of numbers is written out."""
        total = 0
        for each in placed:
            total += combinations(self._declared[each.name], self.dimensions)
            if total > MOST_SCALARS:
                evidence = f"Its dimensions: {', '.join(self._declared[each.name]) or 'none'}."
                raise self.document.error(each.entry.line, too_many_scalars(each.name), evidence, FEWER)

    def _names(self, variables: dict[str, str]) -> Names:
        elements = [element for d in self.dimensions.values() for element in d.elements]
        return Names(
            variables={**_TIMES, **variables},
            lookups={key: self._table_name(name) for key, name in variables.items() if name in self._tables},
            subscripts={key_of(name): name for name in (*elements, *self.dimensions, "*")},
        )

    def _add(
        self, name: str, entry: Entry, names: Names, non_negative: bool, around: Place | None = None
    ) -> None:
        """Add a variable; ``around`` is the equation that calls the macro which it belongs to."""
        if _is_table(entry):
            self._found[name] = self._lookup(name, name)
            return
        equations: list[Equation] = []
        for part in entry.parts:
            equations += self._equations(name, entry, part, names, around)
        kind: type[Stock | Auxiliary | Constant] = Auxiliary
        if entry.kind == "stock":
            kind = Stock
        elif all(isinstance(e.expression, Number) and e.initial is None for e in equations):
            kind = Constant
        self._found[name] = kind(
            name=name,
            equations=tuple(equations),
            units=entry.units,
            documentation=entry.documentation,
            minimum=entry.minimum,
            maximum=entry.maximum,
        )
        if entry.kind == "flow" and non_negative:
            self._uniflows.add(name)
        if entry.kind == "stock":
            self._connected[name] = replace(self._connected[name], non_negative=non_negative)

    def _table_name(self, name: str) -> str:
        """Return what the table of a variable is called; a variable with an equation too has another value."""
        return name if _is_table(self._tables[name][1]) else f"{name} (table)"

    def _lookup(self, name: str, shown: str) -> Lookup:
        table, entry = self._tables[name]
        if self._declared[name] or len(entry.parts) > 1:
            raise self.document.unsupported(
                entry.line,
                f"'{name}' is a table function with subscripts, which is not supported.",
                f"<{entry.kind} name={entry.name!r}>",
                "Give each element a table of its own name.",
            )
        return Lookup(
            name=shown,
            equations=(TableEquation(table=table, line=entry.line, text=f"{entry.name} = <gf>"),),
            units=entry.units,
            documentation=entry.documentation,
        )

    def _add_called_tables(self) -> None:
        """Add the tables of variables that are read at other places than the variable's own equation."""
        called = {
            part.table.name
            for variable in self._found.values()
            if isinstance(variable, Stock | Auxiliary)
            for equation in variable.equations
            for part in walk(equation.expression)
            if isinstance(part, LookupCall) and isinstance(part.table, Reference)
        }
        for name in self._tables:
            if self._table_name(name) in called - self._found.keys():
                self._found[self._table_name(name)] = self._lookup(name, self._table_name(name))

    def _equations(
        self, name: str, entry: Entry, part: Part, names: Names, around: Place | None
    ) -> list[Equation]:
        place = self._place(name, entry, part, names, around)
        values = numbers_in(place.text) if place.subscripts == self._declared[name] != () else None
        if values is not None:
            return [self._stated(entry, at, part, Number(value)) for at, value in self._listed(place, values)]
        return [self._stated(entry, place, part, self._read.expression(place, place.text))]

    def _stated(self, entry: Entry, place: Place, part: Part, value: Expression) -> Equation:
        """Return the equation of one part, whose text comes to ``value``."""
        if part.table is not None:
            value = LookupCall(part.table, value)
        if entry.kind == "stock":
            rate = net(self._flows_of(place, entry))
            return self._equation(place, self._arrays.complete(rate, place.own), value)
        initial = (
            None if part.initial is None else self._read.expression(place, without_comments(part.initial))
        )
        return self._equation(place, literal(value), initial)

    def _equation(self, place: Place, expression: Expression, initial: Expression | None) -> Equation:
        return Equation(
            expression=expression,
            initial=initial,
            subscripts=place.subscripts,
            line=place.line,
            text=f"{place.owner} = {place.text}",
        )

    def _place(self, name: str, entry: Entry, part: Part, names: Names, around: Place | None) -> Place:
        declared = self._declared[name]
        text = without_comments(part.equation or "")
        subscripts = declared
        if part.elements:
            subscripts = self._elements(name, part, declared)
        elif part.place is not None:
            subscripts = self._counted(name, entry, part.place, declared)
        own = dict(zip(declared, subscripts, strict=True))
        place = Place(
            owner=name,
            line=part.line,
            text=text,
            names=names,
            subscripts=subscripts,
            own=own if around is None else around.own,
            within=() if around is None else around.within,
        )
        if not text:
            raise self._read.error(place, f"'{name}' has no equation.", "Give it one.")
        if len(set(declared)) < len(declared) and subscripts == declared:
            raise self._read.unsupported(place, "one dimension twice")
        return place

    def _elements(self, name: str, part: Part, declared: tuple[str, ...]) -> tuple[str, ...]:
        found = []
        for element, dimension in zip(part.elements, declared, strict=False):
            known = {key_of(each): each for each in self.dimensions[dimension].elements}
            found.append(known.get(key_of(element), ""))
        if len(part.elements) != len(declared) or not all(found):
            raise self.document.error(
                part.line,
                f"'{name}' has no element [{', '.join(part.elements)}].",
                f"Its dimensions: {', '.join(declared) or 'none'}.",
                "Name one element of each dimension.",
            )
        return tuple(found)

    def _counted(self, name: str, entry: Entry, place: int, declared: tuple[str, ...]) -> tuple[str, ...]:
        known = self._every_element(declared)
        if len(known) != len(entry.parts):
            raise self.document.error(
                entry.parts[min(place + 1, len(entry.parts) - 1)].line,
                f"'{name}' has {len(entry.parts)} equations for {len(known)} elements.",
                f"Its dimensions: {', '.join(declared) or 'none'}.",
                "Give one equation, or one for each element.",
            )
        return known[place]

    def _every_element(self, declared: tuple[str, ...]) -> list[tuple[str, ...]]:
        return list(product(*(self.dimensions[dimension].elements for dimension in declared)))

    def _listed(self, place: Place, values: tuple[float, ...]) -> list[tuple[Place, float]]:
        """Return the place for each of the numbers, the last dimension running fastest."""
        elements = self._every_element(place.subscripts)
        if len(elements) != len(values):
            what = f"'{place.owner}' has {len(values)} numbers for {len(elements)} elements."
            raise self._read.error(place, what, "Give one for each element.")
        return [
            (
                replace(place, subscripts=each, own=dict(zip(place.subscripts, each, strict=True))),
                value,
            )
            for each, value in zip(elements, values, strict=True)
        ]

    def _flows_of(self, place: Place, entry: Entry) -> Flows:
        """Return what flows into and out of a stock; whether it must stay above zero is said later."""

        def full(flow: str) -> str:
            name = place.names.variables.get(key_of(name_in(flow)))
            if name is None or name in _TIMES.values():
                known = place.names.variables.values()
                remedy = did_you_mean(flow, known, otherwise="Define it, or correct the name.")
                raise self._read.error(place, f"the flow '{flow}' of '{place.owner}' is not defined.", remedy)
            if name in self._tables and self._table_name(name) == name:
                what = f"the flow '{flow}' of '{place.owner}' is a table without an equation."
                raise self._read.error(place, what, "Give the flow an equation.")
            if set(self._declared[name]) != set(self._declared[place.owner]):
                what = f"the flow '{flow}' does not have the dimensions of '{place.owner}'."
                raise self._read.error(place, what, "Give both the same dimensions.")
            return name

        flows = Flows(
            stock=place.owner,
            inflows=tuple(map(full, entry.inflows)),
            outflows=tuple(map(full, entry.outflows)),
            non_negative=False,
        )
        self._connected[place.owner] = flows
        return flows

    def _instance(self, place: Place, macro: Macro, arguments: tuple[Any, ...]) -> Any:
        """Add the variables of one call of a macro, and return the reference to its value."""
        if macro in place.within:
            raise UnsupportedError(f"the macro '{macro.name}' inside itself")
        self._instances += 1
        if self._instances > MOST_INSTANCES:
            raise UnsupportedError(
                f"the macro '{macro.name}', with which the model has more than {MOST_INSTANCES:,} calls of macros"
            )
        name = f"{place.owner} ({macro.name} {self._instances})"
        local = [*macro.parameters, *(entry.name for entry in macro.entries)]
        full = {key_of(each): f"{name}.{each}" for each in local}
        for each in (name, *full.values()):
            self._declared[each] = place.subscripts
        for parameter, argument in zip(macro.parameters, arguments, strict=True):
            value = self._arrays.complete(translate(argument, place.names), place.own)
            self._found[full[key_of(parameter)]] = Auxiliary(
                name=full[key_of(parameter)], equations=(self._equation(place, value, None),)
            )
        names = self._names(full)
        inside = Place(
            owner=name,
            line=macro.line,
            text=without_comments(macro.equation),
            names=names,
            subscripts=place.subscripts,
            own=place.own,
            within=(*place.within, macro),
        )
        for entry in macro.entries:
            self._add(full[key_of(entry.name)], entry, names, bool(entry.non_negative), inside)
        value = self._read.expression(inside, inside.text)
        self._found[name] = Auxiliary(name=name, equations=(self._equation(inside, value, None),))
        place.names.variables[key_of(name)] = name  # type: ignore[index]
        return pysd.ReferenceStructure(name)
