"""What does a call of a macro stand for?

Each call gets the macro's equations as variables of its own, named after the variable that calls:
``Caller (MACRO NAME 1: local)``. A model has no macros any more.
"""

import re
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from pysd.translators.structures.abstract_model import AbstractElement

from sdmodels.errors import ModelFileError, UnsupportedError
from sdmodels.readers.bounds import MOST_INSTANCES
from sdmodels.readers.definitions import Scope
from sdmodels.readers.early_values import CONTROLS
from sdmodels.readers.parsing import Parsed
from sdmodels.readers.text import MacroHeader, Statement
from sdmodels.readers.translation import Names
from sdmodels.readers.variables import variable_of
from sdmodels.structure.expression import TIME, Expression, Number, Reference, walk
from sdmodels.structure.model import Auxiliary, Equation, Variable
from sdmodels.structure.names import key_of

_LOGIC: Final = re.compile(r":(?:AND|OR|NOT|NA):", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """``MACRO(inputs : names)``: the variables of the caller that a call defines beside its own value."""

    macro: str
    names: tuple[str, ...]
    statement: Statement


def without_outputs(
    statement: Statement, macros: Mapping[str, MacroHeader], found: dict[str, Outputs]
) -> Statement:
    """Take the outputs out of all calls of macros, which PySD does not parse.

    Each such call gets a name of its own, under which ``found`` has its outputs.
    """
    words = [r"[\s_]+".join(map(re.escape, key.split())) for key, header in macros.items() if header.outputs]
    if not words:
        return statement
    called = re.compile(rf"(?<!\w)(?P<name>{'|'.join(words)})\s*\(", re.IGNORECASE)
    equation, position = statement.equation, 0
    while call := called.search(equation, position):
        position = call.end()
        colon = _colon(equation, call.end())
        if colon is None:
            continue
        ends = equation.index(")", colon)
        outputs = Outputs(
            macro=key_of(call["name"]),
            names=tuple(part.strip() for part in equation[colon + 1 : ends].split(",")),
            statement=statement,
        )
        alias = f"call {len(found) + 1} of a macro with outputs"
        found[key_of(alias)] = outputs
        arguments = equation[call.end() : colon]
        equation = f"{equation[: call.start()]}{alias}({arguments}{equation[ends:]}"
        position = call.start() + len(alias)
    return statement if equation == statement.equation else replace(statement, parsed=equation)


def _colon(equation: str, start: int) -> int | None:
    """Return where the outputs begin in the arguments from ``start`` on."""
    depth = 1
    position = start
    while position < len(equation) and depth > 0:
        if logic := _LOGIC.match(equation, position):
            position = logic.end()
            continue
        depth += {"(": 1, ")": -1}.get(equation[position], 0)
        if equation[position] == ":" and depth == 1:
            return position
        position += 1
    return None


class Macros:
    """The macros of a file; ``variables`` collects what their calls define, ``entries`` what it is read from."""

    def __init__(self, parsed: Mapping[str, Parsed], names: Names, outputs: Mapping[str, Outputs]) -> None:
        self.parsed = parsed
        self.names = names
        self.outputs = outputs
        self.variables: dict[str, Variable] = {}
        self.entries: dict[str, tuple[AbstractElement, Names]] = {}
        self.calls: dict[tuple[str, str], int] = {}
        self.defined: list[Outputs] = []
        self.count = 0
        # Inside of a macro a variable of the model is called ``name$``.
        self.whole: dict[str, Expression] = {
            key_of(f"{name}$"): Reference(name) for name in names.variables.values()
        }

    def calls_in(
        self, scope: Scope, inside: tuple[str, ...], caller: str, equation: Equation
    ) -> Mapping[str, Callable[[tuple[Expression, ...]], Expression]]:
        """Return what calls in ``equation`` of ``caller`` stand for, within the calls of the macros ``inside``."""
        plain = {
            key: partial(self._called, key, scope, inside, caller, equation, None) for key in self.parsed
        }
        several = {
            alias: partial(self._called, outputs.macro, scope, inside, caller, equation, outputs)
            for alias, outputs in self.outputs.items()
        }
        return {**plain, **several}

    def _called(
        self,
        key: str,
        outer: Scope,
        inside: tuple[str, ...],
        caller: str,
        equation: Equation,
        outputs: Outputs | None,
        arguments: tuple[Expression, ...],
    ) -> Expression:
        parsed = self.parsed[key]
        header = parsed.header
        assert header is not None
        if key in inside:
            raise UnsupportedError(f"the macro {header.name}, which calls itself")
        if len(arguments) != len(header.inputs):
            raise UnsupportedError(
                f"the macro {header.name} with {len(arguments)} inputs instead of {len(header.inputs)}"
            )
        self.count += 1
        if self.count > MOST_INSTANCES:
            raise UnsupportedError(
                f"the macro {header.name}, with which the model has more than {MOST_INSTANCES:,} calls of macros"
            )
        self.calls[caller, key] = number = self.calls.get((caller, key), 0) + 1

        def hidden(local: str) -> str:
            return f"{caller} ({header.name} {number}: {local})"

        given = {
            key_of(name): self._input(hidden(name), argument, header.name, equation)
            for name, argument in zip(header.inputs, arguments, strict=True)
        }
        for element in parsed.section.elements:
            # Every variable of the macro has the subscripts of the equation that calls.
            given[key_of(element.name)] = Reference(hidden(element.name), equation.subscripts)
        if key not in given:
            raise UnsupportedError(f"the macro {header.name}, which has no equation for its own name")
        scope = self._scope(parsed, outer, given, equation, (*inside, key))
        for element in parsed.section.elements:
            self.entries[key_of(hidden(element.name))] = (element, scope.names)
        for element in parsed.section.elements:
            self.variables[hidden(element.name)] = variable_of(element, hidden(element.name), scope)
        if outputs is not None:
            self._define_outputs(header, given, equation, outputs)
        return given[key]

    def _input(self, name: str, argument: Expression, macro: str, equation: Equation) -> Expression:
        """Return what stands for an input: a number or a variable itself, all else a variable of its own."""
        subscripts = [s for part in walk(argument) if isinstance(part, Reference) for s in part.subscripts]
        if any(subscript.endswith("!") for subscript in subscripts):
            raise UnsupportedError(f"the macro {macro} inside of SUM and the like")
        if isinstance(argument, Number | Reference):
            return argument
        self.variables[name] = Auxiliary(name=name, equations=(replace(equation, expression=argument),))
        return Reference(name, equation.subscripts)

    def _scope(
        self,
        parsed: Parsed,
        outer: Scope,
        given: Mapping[str, Expression],
        equation: Equation,
        inside: tuple[str, ...],
    ) -> Scope:
        # Inside of a macro the time of the model is called ``Time$`` or ``Time``, and so are its settings.
        whole: dict[str, Expression] = {
            key_of(f"{name}$"): Reference(name) for name in (*CONTROLS, TIME.name)
        }
        controls = {key_of(name): name for name in CONTROLS}
        locals_ = {key_of(element.name): element.name for element in parsed.section.elements}
        inputs = {key_of(name): name for name in (parsed.header.inputs if parsed.header else ())}
        names = replace(
            self.names,
            variables={**controls, **inputs, **locals_},
            lookups={},
            given=ChainMap(dict(given), whole, self.whole),
            value_at_start=outer.names.value_at_start,
        )
        scope = Scope(
            names=names,
            dimensions=outer.dimensions,
            position=parsed.position,
            macro_calls=lambda _caller, _equation: {},
            calling=equation,
        )
        return replace(scope, macro_calls=partial(self.calls_in, scope, inside))

    def _define_outputs(
        self,
        header: MacroHeader,
        given: Mapping[str, Expression],
        equation: Equation,
        outputs: Outputs,
    ) -> None:
        if outputs.statement.macro is not None:
            raise UnsupportedError(f"the macro {header.name} with several outputs inside of another macro")
        if any(known is outputs for known in self.defined):
            # SMOOTH and its like take their input for their initial value too, and so call a second time.
            return
        self.defined.append(outputs)
        if len(outputs.names) > len(header.outputs):
            raise UnsupportedError(f"the macro {header.name} with {len(outputs.names)} outputs")
        for name, output in zip(outputs.names, header.outputs, strict=False):
            bare = name.partition("[")[0].strip()
            if key_of(output) not in given:
                raise UnsupportedError(
                    f"the output '{output}' of the macro {header.name}, which has no equation"
                )
            defined = replace(equation, expression=given[key_of(output)])
            before = self.variables.get(bare)
            equations = (*before.equations, defined) if isinstance(before, Auxiliary) else (defined,)
            self.variables[bare] = Auxiliary(name=bare, equations=equations)


def check(macros: Mapping[str, Parsed]) -> None:
    """Refuse macros that set what belongs to the whole model."""
    for parsed in macros.values():
        for element in parsed.section.elements:
            if key_of(element.name) in map(key_of, CONTROLS):
                raise ModelFileError(
                    f"{parsed.position.path}:{parsed.position.at(element.name)[0]}: "
                    f"a macro sets '{element.name}'.\n    {parsed.position.at(element.name)[1]}\n"
                    "Set it in the model."
                )
