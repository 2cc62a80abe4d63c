"""Which single numbers is a variable made of, and what are they called?

A scalar is named ``Name``, or ``Name[element,element]`` for one element of a variable with subscripts.
"""

import re
from itertools import product

from sdmodels.errors import UnknownNameError
from sdmodels.structure.expression import Number
from sdmodels.structure.model import (
    Constant,
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
    """Return the elements that one equation is for; ``[()]`` for a scalar."""
    ranges = [model.dimensions[s].elements if s in model.dimensions else (s,) for s in equation.subscripts]
    return list(product(*ranges))


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
