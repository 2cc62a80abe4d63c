"""What does a call of a function stand for?

Each family of functions has a module; what they have in common is that the result is made of primitives,
tables, hidden scalars and roots only.
"""

from sdmodels.engine.algebra import plus
from sdmodels.engine.arrays import over_elements
from sdmodels.engine.chance import random
from sdmodels.engine.derived import written_out
from sdmodels.engine.memory import remembering
from sdmodels.engine.owner import Owner, Where
from sdmodels.engine.special import gamma_ln
from sdmodels.engine.tables import on_table
from sdmodels.structure.expression import TIME, Call, Expression, Number, Reference
from sdmodels.structure.functions import MEMORY, ON_TABLES, OVER_ELEMENTS, RANDOM


def called(owner: Owner, expression: Call, where: Where) -> Expression:
    """Return what a call stands for at the elements in ``where``; what it hides is named after ``owner``.

    Raises
    ------
    StructureError
        If the arguments do not fit the function, and only a look at the whole model tells.
    """
    function, arguments = expression.function, expression.arguments
    if function in OVER_ELEMENTS:
        return over_elements(owner, expression, where)
    if function in ON_TABLES:
        table, *rest = arguments
        if not isinstance(table, Reference):
            raise owner.error(f"{function} needs a table function.", "Name a lookup as its first argument.")
        flat = tuple(owner.flat(argument, where) for argument in rest)
        found = on_table(owner, function, owner.table(table, where), flat)
        return owner.stretched(table.name, found)
    flat = tuple(owner.flat(argument, where) for argument in arguments)
    if function in MEMORY:
        return remembering(owner, function, flat)
    if function in RANDOM:
        return random(owner, function, flat)
    if function == "GAMMA LN":
        return gamma_ln(owner, flat[0])
    if function == "GET TIME VALUE":
        return _time_value(owner, *flat)
    return written_out(function, flat, time_step=owner.time.time_step)


def _time_value(owner: Owner, relative_to: Expression, offset: Expression, measure: Expression) -> Expression:
    """Return the time of the model, moved by ``offset``; a calendar and a clock it has not."""
    if relative_to == Number(0.0) and measure == Number(0.0):
        return plus(TIME, offset)
    raise owner.error(
        "GET TIME VALUE is read for the time of the model only: GET TIME VALUE(0, offset, 0).",
        "Compute years, months or days from Time; a run must not depend on the clock.",
    )
