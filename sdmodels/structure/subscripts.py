"""Which single numbers is a variable made of, and what are they called?

A scalar is named ``Name``, or ``Name[element,element]`` for one element of a variable with subscripts.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import product

from sdmodels.errors import UnknownNameError
from sdmodels.structure.expression import Number
from sdmodels.structure.model import (
    Constant,
    Dimension,
    Equation,
    Lookup,
    Model,
    SeriesEquation,
    TableEquation,
    Variable,
)
from sdmodels.structure.names import key_of

# A quoted name may hold brackets of its own.
_SCALAR = re.compile(r'\s*(?P<name>"(?:\\"|[^"])*"|[^\[]*?)\s*(?:\[(?P<elements>[^\]]*)\])?\s*')


def split(scalar: str) -> tuple[str, tuple[str, ...]]:
    """Return the name of the variable and the elements; no elements for a plain name."""
    found = _SCALAR.fullmatch(scalar)
    if found is None:
        return scalar, ()
    elements = found["elements"]
    return found["name"], tuple(part.strip() for part in elements.split(",")) if elements else ()


def variable_of(scalar: str) -> str:
    """Return the name of the variable that a scalar belongs to."""
    return split(scalar)[0]


def scalar_name(name: str, elements: tuple[str, ...]) -> str:
    """Return ``Name`` or ``Name[element,element]``."""
    return f"{name}[{','.join(elements)}]" if elements else name


def instances(model: Model, equation: Equation | TableEquation | SeriesEquation) -> list[tuple[str, ...]]:
    """Return the elements that one equation is for, without its exceptions; ``[()]`` for a scalar."""

    def all_of(subscripts: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
        return product(*(_elements(model.dimensions, subscript) for subscript in subscripts))

    excepted = {elements for subscripts in equation.exceptions for elements in all_of(subscripts)}
    return [elements for elements in all_of(equation.subscripts) if elements not in excepted]


def _elements(dimensions: Mapping[str, Dimension], subscript: str) -> tuple[str, ...]:
    """Return the elements of a range, or the element itself."""
    return dimensions[subscript].elements if subscript in dimensions else (subscript,)


def corresponding(
    dimensions: Mapping[str, Dimension], subscript: str, where: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the elements of the range ``subscript`` that can be meant at the elements in ``where``.

    Parameters
    ----------
    where
        The element that each subscript of the left-hand side has at the moment.

    Returns
    -------
    tuple
        One element where the equation is clear; none where nothing corresponds, several where it is ambiguous.

    Notes
    -----
    A range on the left-hand side itself comes first, then one that is mapped to or from one of its ranges, then
    one that contains or equals one of them, or is mapped to or from a range that does (Vensim reference
    manual, "Subscript mapping").
    """
    if subscript in where:
        return (where[subscript],)
    wanted = dimensions[subscript]
    current = {name: element for name, element in where.items() if name in dimensions}
    direct = (
        _mapped(dimensions, wanted, dimensions[name], element)
        for name, element in current.items()
        if name in wanted.mappings or subscript in dimensions[name].mappings
    )
    found = [element for element in direct if element is not None]
    if not found:
        for name, element in current.items():
            if set(dimensions[name].elements) <= set(wanted.elements):
                found.append(element)
            found += _indirectly(dimensions, wanted, dimensions[name], element)
    return tuple(dict.fromkeys(found))


def _indirectly(
    dimensions: Mapping[str, Dimension], wanted: Dimension, current: Dimension, element: str
) -> list[str]:
    """Return what belongs to ``element`` by a mapping between ranges that contain the two."""
    found = []
    for one in dimensions.values():
        for other in one.mappings:
            for start, end in ((one, dimensions[other]), (dimensions[other], one)):
                if set(current.elements) <= set(start.elements) and set(wanted.elements) <= set(end.elements):
                    meant = _mapped(dimensions, end, start, element)
                    if meant is not None and meant in wanted.elements:
                        found.append(meant)
    return found


def _mapped(
    dimensions: Mapping[str, Dimension], wanted: Dimension, current: Dimension, element: str
) -> str | None:
    """Return the element of ``wanted`` that belongs to ``element`` of ``current``, by either's mapping."""
    for meant, part in zip(wanted.elements, wanted.mappings.get(current.name, ()), strict=False):
        if element in _elements(dimensions, part):
            return meant
    forward = current.mappings.get(wanted.name, ())
    for own, part in zip(current.elements, forward, strict=False):
        if own == element and part not in dimensions:
            return part
    return None


def place_of(dimensions: Mapping[str, Dimension], element: str) -> int:
    """Return the place of an element, from 1 on, in its family: the largest range that has it."""
    family = max((d for d in dimensions.values() if element in d.elements), key=lambda d: len(d.elements))
    return family.elements.index(element) + 1


def elements_of(model: Model, variable: Variable) -> tuple[tuple[str, ...], ...]:
    """Return the elements that a variable is defined for, in the order of the file; ``((),)`` for a scalar."""
    found = (elements for equation in variable.equations for elements in instances(model, equation))
    return tuple(dict.fromkeys(found))


def scalar_names(model: Model) -> dict[str, str]:
    """Return every scalar of the model that has a value over time: its name by its variable's name."""
    return {
        scalar_name(name, elements): name
        for name, variable in model.variables.items()
        if not isinstance(variable, Lookup)
        for elements in elements_of(model, variable)
    }


def find_scalar(model: Model, name: str) -> str:
    """Return the scalar that ``name`` means, as the model writes it.

    Raises
    ------
    UnknownNameError
        If the model has no such variable or element, or the elements are missing.
    """
    bare, wanted = split(name)
    variable = model[bare]
    if not wanted and not isinstance(variable, Lookup) and not variable.equations[0].subscripts:
        return variable.name
    known = elements_of(model, variable)
    for elements in () if isinstance(variable, Lookup) else known:
        if [key_of(element) for element in elements] == [key_of(element) for element in wanted]:
            return scalar_name(variable.name, elements)
    if isinstance(variable, Lookup):
        raise UnknownNameError(
            f"'{variable.name}' is a table function; it has no value of its own.\n"
            f"    {model.where(variable.line)}\nName a stock, an auxiliary or a constant."
        )
    raise UnknownNameError(
        f"'{name}' is not one number.\n"
        f"    '{variable.name}' is defined for {listed(variable.name, known)}.\nName one of these."
    )


def scalars_of(model: Model, names: Iterable[str]) -> tuple[str, ...]:
    """Return the scalars that are meant: a variable with subscripts stands for all its elements.

    Raises
    ------
    UnknownNameError
        If the model has no such variable or element, or it is a table function.
    """
    found: list[str] = []
    for name in names:
        bare, elements = split(name)
        variable = model[bare]
        known = elements_of(model, variable)
        if elements or isinstance(variable, Lookup) or known == ((),):
            found.append(find_scalar(model, name))
        else:
            found += [scalar_name(variable.name, each) for each in known]
    return tuple(dict.fromkeys(found))


def rounds(model: Model, names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return a path of variables in scalars: once, or once for each element where they have subscripts.

    Empty if the variables have different numbers of elements, and the path does not say which is meant.
    """
    scalars = [scalars_of(model, [name]) for name in names]
    count = max(map(len, scalars), default=0)
    if any(len(found) not in (1, count) for found in scalars):
        return []
    return [tuple(found[min(index, len(found) - 1)] for found in scalars) for index in range(count)]


def listed(name: str, known: tuple[tuple[str, ...], ...]) -> str:
    """Return the first few scalars of a variable, for messages."""
    shown = ", ".join(scalar_name(name, elements) for elements in known[:4])
    return shown + (", ..." if len(known) > 4 else "")


def constant_values(model: Model, name: str) -> dict[str, float]:
    """Return the numbers that a constant has in the model file, by scalar: all of them, or the one named.

    Empty for what is not a constant, and for an element that does not exist.
    """
    bare, wanted = split(name)
    variable = model[bare]
    if not isinstance(variable, Constant):
        return {}
    return {
        scalar_name(variable.name, elements): equation.expression.value
        for equation in variable.equations
        if isinstance(equation.expression, Number)
        for elements in instances(model, equation)
        if not wanted or [key_of(e) for e in elements] == [key_of(e) for e in wanted]
    }
