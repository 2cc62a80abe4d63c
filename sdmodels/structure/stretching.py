"""How does a model take up factors that stretch its tables, and which tables cannot be stretched?"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from sdmodels.structure.expression import Call, Expression, LookupCall, Reference, Table, walk
from sdmodels.structure.model import Auxiliary, Constant, Data, Lookup, Model, Slope, Stock, Variable
from sdmodels.structure.names import key_of

# A stretched table is found backwards, by its area or by its slope in other ways than the height is.
_OTHERWISE: Final = ("LOOKUP AREA", "LOOKUP INVERT", "LOOKUP SLOPE")
_BEYOND: Final = "LOOKUP EXTRAPOLATE"


def with_slopes(model: Model, slopes: Iterable[Slope]) -> Model:
    """Return the model with factors that may stretch its tables; nothing is stretched as yet."""
    return replace(model, slopes={slope.name: slope for slope in slopes})


def taken_up(model: Model, names: Iterable[str]) -> Model:
    """Return the model in which those of the factors that are named are constants and stretch their tables.

    Other names, and factors that are taken up already, change nothing.
    """
    wanted = {key_of(name) for name in names}
    added: dict[str, Variable] = {
        name: model[name] for name in model.slopes if key_of(name) in wanted and name not in model.variables
    }
    return replace(model, variables={**model.variables, **added}) if added else model


def obstacles(model: Model, slope: Slope) -> Iterator[tuple[int, str]]:
    """Yield why a table cannot be stretched, a clause each, and the line of the model file that says so.

    Only heights are stretched; and a table that runs on beyond its ends leaves any limits there.
    """
    variable = model[slope.table]
    kinds = [(line, table.kind) for line, table in tables_of(variable)]
    if isinstance(variable, Lookup):
        for name, line, call in _reading(model, variable):
            if call.function in _OTHERWISE:
                yield line, f"'{name}' reads it with {call.function}"
            elif call.function == _BEYOND:
                kinds.append((line, "extrapolate"))
    else:
        lines = [line for line, _ in kinds]
        yield from ((line, "one equation holds several tables") for line in lines if lines.count(line) > 1)
    if slope.within is not None:
        yield from (
            (line, "it runs on beyond its ends, where no limits hold")
            for line, kind in kinds
            if kind == "extrapolate"
        )


def tables_of(variable: Variable) -> Iterator[tuple[int, Table]]:
    """Yield every table of a lookup, or in the equations of another variable, and the line of each."""
    match variable:
        case Lookup():
            yield from ((equation.line, equation.table) for equation in variable.equations)
        case Stock() | Auxiliary() | Constant():
            for equation in variable.equations:
                for part in walk(equation.expression):
                    if isinstance(part, LookupCall) and isinstance(part.table, Table):
                        yield equation.line, part.table


def _reading(model: Model, lookup: Lookup) -> Iterator[tuple[str, int, Call]]:
    """Yield the calls of functions that take this lookup, where they stand."""
    for name, variable in model.variables.items():
        if isinstance(variable, Lookup | Data):
            continue
        for equation in variable.equations:
            for expression in (equation.expression, equation.initial):
                for part in () if expression is None else walk(expression):
                    if isinstance(part, Call) and part.arguments[:1] and _names(part.arguments[0], lookup):
                        yield name, equation.line, part


def _names(expression: Expression, lookup: Lookup) -> bool:
    return isinstance(expression, Reference) and expression.name == lookup.name
