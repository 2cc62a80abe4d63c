"""Does the model have the tables that a manifest speaks of, and can they be stretched as it says?"""

from collections.abc import Iterable, Iterator

from sdmodels.catalogue.claims import LookupShape
from sdmodels.catalogue.faults import Fault
from sdmodels.catalogue.manifest import Manifest
from sdmodels.structure.model import Model
from sdmodels.structure.names import key_of
from sdmodels.structure.stretching import obstacles, tables_of, with_slopes


def stretchable(model: Model, manifest: Manifest) -> Model:
    """Return the model with the slopes that a manifest gives its tables; :func:`wrong_tables` judges them."""
    named = ((row, model[row.name].name) for row in manifest.tables if row.name in model)
    slopes = (row.stretched(table) for row, table in named)
    return with_slopes(model, [slope for slope in slopes if slope is not None])


def wrong_tables(rows: Iterable[LookupShape], model: Model) -> Iterator[Fault]:
    """Yield what is wrong with the rows, whose names the model has.

    Parameters
    ----------
    model
        With the slopes of the manifest, see :func:`stretchable`.
    """
    for row in rows:
        variable = model[row.name]
        heights = [y for _, table in tables_of(variable) for y in table.ys]
        if not heights:
            yield Fault(
                what=f"key 'name' in [[table]] '{row.name}' names an equation that holds no table",
                evidence=f'name = "{row.name}"',
                remedy=f"Name a lookup, or an equation WITH LOOKUP ({model.where(variable.line)}).",
            )
            continue
        if row.within is not None and not row.within[0] <= min(heights) <= max(heights) <= row.within[1]:
            low, high = row.within
            yield Fault(
                what=f"the model's own heights leave 'within' in [[table]] '{row.name}'",
                evidence=f"heights {min(heights):g} to {max(heights):g}, within = [{low:g}, {high:g}]",
                remedy=f"Widen the limits, or change the table ({model.where(variable.line)}).",
            )
        yield from _unstretchable(row, model)


def _unstretchable(row: LookupShape, model: Model) -> Iterator[Fault]:
    slope = row.stretched(model[row.name].name)
    if slope is None:
        return
    if key_of(slope.name) in map(key_of, model.variables):
        yield Fault(
            what=f"the slope of [[table]] '{row.name}' has the name of a variable",
            evidence=f"'{slope.name}', line {model[slope.name].line}",
            remedy="Rename the variable.",
        )
    for line, reason in obstacles(model, slope):
        yield Fault(
            what=f"[[table]] '{row.name}' has a 'slope', but its table cannot be stretched",
            evidence=f"{reason}, line {line}",
            remedy="Remove 'slope' (or 'within'), or change how the table is read.",
        )
