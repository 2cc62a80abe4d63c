"""How does a Vensim ``.mdl`` become a Model?

Parsing is PySD's; names, units, documentation, limits and positions are kept, and everything that
cannot be read is an error with file, line and equation, before anything runs.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pysd.translators.structures import abstract_expressions as pysd
from pysd.translators.structures.abstract_model import AbstractElement, AbstractLookup

from sdmodels.readers import spreadsheets
from sdmodels.readers.bounds import FEWER, MOST_SCALARS, combinations, too_many_scalars
from sdmodels.readers.controls import time_spec
from sdmodels.readers.definitions import Scope
from sdmodels.readers.early_values import CONTROLS, EarlyValues
from sdmodels.readers.macros import Macros, Outputs, check, without_outputs
from sdmodels.readers.parsing import Parsed, Positions, parse
from sdmodels.readers.ranges import dimensions_of
from sdmodels.readers.text import Statement, decode, file_aliases, statements
from sdmodels.readers.translation import Names, NotStaticError, translate
from sdmodels.readers.variables import variable_of
from sdmodels.structure.expression import Expression
from sdmodels.structure.model import Auxiliary, Constant, Dimension, Model, Variable
from sdmodels.structure.names import key_of


def read_vensim(path: Path) -> Model:
    """Read a Vensim model.

    Parameters
    ----------
    path
        A file that ends in ``.mdl``.

    Raises
    ------
    ModelFileError
        If the file is missing, broken, or uses what is not supported; names line, equation and remedy.
    """
    text = decode(path)
    found, outputs = _prepared(statements(path, text), file_aliases(text))
    parsed = parse(path, found)
    main = parsed.pop("")
    check(parsed)
    dimensions = dimensions_of(path, main.ranges, partial(spreadsheets.elements, path.parent))
    reading = _Reading(main, parsed, outputs, dimensions)
    variables = reading.variables()
    units = next((e.units for e in main.section.elements if key_of(e.name) == "time step"), "")
    time = time_spec(reading.early_values, units, main.position)
    return Model(
        name=path.stem,
        variables=variables,
        time=time,
        dimensions=dimensions,
        source=path,
        content_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
        fixed={
            name: "the span of time or the order of a delay"
            for name, variable in variables.items()
            if isinstance(variable, Constant) and key_of(name) in reading.early_values.used
        },
    )


def _prepared(
    found: tuple[Statement, ...], aliases: Mapping[str, str]
) -> tuple[tuple[Statement, ...], dict[str, Outputs]]:
    """Take apart calls of macros with several outputs, and name the files that ``?names`` stand for."""
    for alias, file in aliases.items():
        found = tuple(replace(s, equation=s.equation.replace(f"'{alias}'", f"'{file}'")) for s in found)
    headers = {key_of(s.macro.name): s.macro for s in found if s.macro is not None}
    outputs: dict[str, Outputs] = {}
    return tuple(without_outputs(statement, headers, outputs) for statement in found), outputs


class _Reading:
    """The entries of one file on their way to variables."""

    def __init__(
        self,
        main: Parsed,
        macros: Mapping[str, Parsed],
        outputs: Mapping[str, Outputs],
        dimensions: Mapping[str, Dimension],
    ) -> None:
        self.elements = main.section.elements
        self.position = main.position
        _reject_twins(self.elements, main.position, dimensions)
        self.early_values = EarlyValues(self._early_expression)
        extra = [name for o in outputs.values() for name in o.names]
        self.names = _names(self.elements, dimensions, self.early_values, extra)
        self.macros = Macros(macros, self.names, outputs)
        scope = Scope(
            names=self.names,
            dimensions=dimensions,
            position=main.position,
            macro_calls=lambda _caller, _equation: {},
        )
        self.scope = Scope(
            names=self.names,
            dimensions=dimensions,
            position=main.position,
            macro_calls=partial(self.macros.calls_in, scope, ()),
        )
        self.found: dict[str, Variable] = {}

    def variables(self) -> dict[str, Variable]:
        """Return all variables but the settings of time, each followed by what its calls of macros define."""
        controls = frozenset(map(key_of, CONTROLS))
        self._reject_too_many_scalars()
        for element in self.elements:
            variable = variable_of(element, element.name, self.scope)
            if key_of(element.name) not in controls:
                self.found[variable.name] = variable
            elif not isinstance(variable, Auxiliary | Constant) or element.components[0].subscripts[0]:
                raise self.position.error(
                    element.name, 0, f"'{element.name}' must be a single number.", "Give it one number."
                )
            self.found.update(self.macros.variables)
            self.macros.variables.clear()
        return self.found

    def _reject_too_many_scalars(self) -> None:
        """Refuse what would be too many numbers before any table of numbers is written out."""
        verbatim, dimensions = self.names.subscripts, self.scope.dimensions
        total = 0
        for element in self.elements:
            for index, component in enumerate(element.components):
                for group in (component.subscripts[0], *component.subscripts[1]):
                    names = (verbatim.get(key_of(name), name) for name in group)
                    total += combinations(names, dimensions)
                if total > MOST_SCALARS:
                    raise self.position.error(element.name, index, too_many_scalars(element.name), FEWER)

    def _early_expression(self, key: str) -> Expression:
        """Return the equation of a variable that may have to be known before the run."""
        hidden = next((v for n, v in self._hidden() if key_of(n) == key), None)
        if isinstance(hidden, Auxiliary | Constant):
            (first, *_) = hidden.equations
            if not first.subscripts and first.initial is None:
                return first.expression
        own = {key_of(element.name): (element, self.names) for element in self.elements}
        element, names = {**self.macros.entries, **own}.get(key, (None, self.names))
        if element is None:
            raise NotStaticError(f"it depends on '{key}', which is not defined")
        component, *more = element.components
        is_number = not isinstance(component.ast, np.ndarray | pysd.IntegStructure)
        if more or component.subscripts[0] or isinstance(component, AbstractLookup) or not is_number:
            raise NotStaticError(f"it depends on '{element.name}', which is no constant")
        return translate(component.ast, names)

    def _hidden(self) -> list[tuple[str, Variable]]:
        return [*self.macros.variables.items(), *self.found.items()]


def _names(
    elements: list[AbstractElement],
    dimensions: Mapping[str, Dimension],
    early_values: EarlyValues,
    extra: list[str],
) -> Names:
    lookups = [e.name for e in elements if any(_is_lookup(c) for c in e.components)]
    subscripts = [*dimensions, *(element for d in dimensions.values() for element in d.elements)]
    bare = [name.partition("[")[0].strip() for name in extra]
    return Names(
        variables={key_of(name): name for name in (*bare, *(e.name for e in elements))},
        lookups={key_of(name): name for name in lookups},
        subscripts={key_of(name): name for name in subscripts},
        sizes={key_of(name): len(dimension.elements) for name, dimension in dimensions.items()},
        value_at_start=early_values.at_start,
    )


def _is_lookup(component: Any) -> bool:
    return isinstance(component, AbstractLookup) or isinstance(component.ast, pysd.GetLookupsStructure)


def _reject_twins(
    elements: list[AbstractElement], position: Positions, dimensions: Mapping[str, Dimension]
) -> None:
    ranges = {key_of(name) for name in dimensions}
    for element in elements:
        first, _ = position.at(element.name)
        if key_of(element.name) in ranges:
            raise position.error(
                element.name,
                1,
                f"'{element.name}' is the name of a variable and of a subscript range.",
                f"Rename one of the two; the other is on line {first}.",
            )
        counts = [len(component.subscripts[0]) for component in element.components]
        if 0 not in counts and len(set(counts)) > 1:
            raise position.error(
                element.name,
                next(index for index, count in enumerate(counts) if count != counts[0]),
                f"'{element.name}' has {counts[0]} subscripts in one place and another number here.",
                f"Give it as many in each of its equations; the first is on line {first}.",
            )
        if len(element.components) > 1 and any(not c.subscripts[0] for c in element.components):
            raise position.error(
                element.name,
                1,
                f"'{element.name}' is defined a second time.",
                f"Remove one of the two; the other is on line {first}.",
            )
