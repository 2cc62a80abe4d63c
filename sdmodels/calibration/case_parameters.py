"""Which parameters does a case have: those that it lists, and the ranges of its model?"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sdmodels.calibration.faults import at, fault
from sdmodels.calibration.space import Space
from sdmodels.calibration.tables import Parameter, Problem
from sdmodels.catalogue import Entry, Text
from sdmodels.catalogue.tables import first_twice
from sdmodels.errors import SDModelsError
from sdmodels.experiment.settings import check_value, find_input
from sdmodels.structure.model import Lookup
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of


def parameters_of(path: Path, problem: Problem, model: Entry) -> tuple[Parameter, ...]:
    """Return the parameters of a case under the model's own names.

    Raises
    ------
    CalibrationError
        If the model does not have what one sets, or not within these bounds.
    """
    found = []
    for parameter in problem.parameters:
        named = parameter
        if parameter.name is not None:
            try:
                name = find_input(model, parameter.name)
                named = parameter.model_copy(update={"name": name})
                if isinstance(model.model[variable_of(name)], Lookup):
                    raise fault(
                        path,
                        f"the parameter '{parameter.id}' sets a whole table",
                        f'name = "{parameter.name}"',
                        f"Name its slope, '{name} (slope)', where model.toml has one.",
                    )
                for bound in (parameter.minimum, parameter.maximum):
                    check_value(model, name, bound)
            except SDModelsError as error:
                raise at(path, f"parameter '{parameter.id}'", error) from error
        found.append(named)
    taken = [key_of(parameter.name) for parameter in found if parameter.name is not None]
    for name in taken:
        if taken.count(name) > 1:
            raise fault(path, "two parameters set the same", name, "Keep one of the two.")
    if problem.ranges:
        found += _ranges(model, taken)
    twice = first_twice([parameter.id for parameter in found])
    if twice is not None:
        raise fault(
            path,
            f"the id '{twice}' is that of a range of the manifest, too",
            f'id = "{twice}"',
            "Choose another id.",
        )
    _require_room(path, found)
    return tuple(found)


def _ranges(model: Entry, taken: Sequence[str]) -> list[Parameter]:
    """Return a parameter for every uncertain constant of the manifest that none sets yet."""
    return [
        Parameter(
            id=re.sub(r"[^a-z0-9]+", "_", each.name.casefold()).strip("_"),
            name=each.name,
            title=model.named(each.name)
            if each.name in model.model.variables
            else _slope_title(model, each.name),
            minimum=each.minimum,
            maximum=each.maximum,
            scale="log" if each.distribution == "log uniform" else "lin",
            source=each.source,
        )
        for each in model.uncertainties
        if key_of(each.name) not in taken
    ]


def _slope_title(model: Entry, name: str) -> Text:
    return Text(en=name, zh=model.title_of(name, "zh"))


def _require_room(path: Path, parameters: Sequence[Parameter]) -> None:
    """Do nothing if every prior has something between the bounds of its parameter."""
    shares = np.array([[-1.0, 0.0, 1.0]])
    for parameter in parameters:
        with np.errstate(invalid="ignore"):
            values = Space(parameters=(parameter,)).values_of(shares)
        if not (np.diff(values) > 0).all():
            raise fault(
                path,
                f"the prior of the parameter '{parameter.id}' has nothing between the bounds",
                f"minimum = {parameter.minimum:g}, maximum = {parameter.maximum:g}",
                "Widen the bounds to where the prior is, or correct the prior.",
            )
