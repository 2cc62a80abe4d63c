"""Does the model have the variables that a file beside it names?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sdmodels.catalogue.faults import Fault
from sdmodels.errors import did_you_mean
from sdmodels.structure.model import Auxiliary, Constant, Lookup, Model, Stock, Variable
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import elements_of, split

CONSTANT = (Constant,)
COURSE = (Stock, Auxiliary, Constant)  # what has a value at every time
TABLE = (Lookup, Auxiliary)  # a table by its name, or by the equation that holds it
ANY = (Stock, Auxiliary, Constant, Lookup)

_WANTED: Mapping[tuple[type[Variable], ...], str] = MappingProxyType(
    {CONSTANT: "a constant", (Stock,): "a stock", TABLE: "a table"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place in a file that names a variable, and what kinds of variable it may name."""

    place: str
    key: str
    name: str
    kinds: tuple[type[Variable], ...]


def wrong_names(mentions: Iterable[Mention], model: Model) -> Iterator[Fault]:
    """Return what the model lacks, or has as another kind of variable."""
    for mention in mentions:
        evidence = f'{mention.key} = "{mention.name}"'
        variable = _variable(mention.name, model)
        if variable is None:
            names = (*model.variables, *model.slopes)
            fitting = [name for name in names if isinstance(model[name], mention.kinds)]
            yield Fault(
                what=f"key '{mention.key}' in {mention.place} names no variable of {model.name}",
                evidence=evidence,
                remedy=did_you_mean(
                    mention.name, fitting, otherwise="Write a name as the model file has it."
                ),
            )
        elif not isinstance(variable, mention.kinds):
            wanted = _WANTED.get(mention.kinds, "a variable with a course in time")
            yield Fault(
                what=f"key '{mention.key}' in {mention.place} does not name {wanted}",
                evidence=f"{evidence} is {_kind(variable)}",
                remedy=f"Name {wanted}, or make '{variable.name}' one ({model.where(variable.line)}).",
            )


def _kind(variable: Variable) -> str:
    name = type(variable).__name__.lower()
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _variable(name: str, model: Model) -> Variable | None:
    """Return the variable that a manifest means: by its name for all elements, or by one of its scalars."""
    bare, elements = split(name)
    if bare not in model:
        return None
    variable = model[bare]
    wanted = [key_of(element) for element in elements]
    known = ([key_of(element) for element in each] for each in elements_of(model, variable))
    return variable if not elements or wanted in known else None
