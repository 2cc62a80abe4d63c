"""Where does a manifest name variables, and does the model have them?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sdmodels.catalogue.faults import Fault
from sdmodels.catalogue.manifest import Manifest
from sdmodels.catalogue.tables import Change, Expectation, Lever, Uncertainty
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
    """A place in the manifest that names a variable, and what kinds of variable it may name."""

    place: str
    key: str
    name: str
    kinds: tuple[type[Variable], ...]


def changes_of(manifest: Manifest) -> Iterator[tuple[str, Change]]:
    """Yield every change of a constant, and the place where it is written."""
    for table, alternatives in (
        ("policy", manifest.policies),
        ("scenario", manifest.scenarios),
        ("reality_check", manifest.reality_checks),
    ):
        for alternative in alternatives:
            for change in alternative.changes:
                yield f"[[{table}.change]] of '{alternative.id}'", change


def expectations_of(manifest: Manifest) -> Iterator[tuple[str, Expectation]]:
    """Yield every expectation of a reality check, and the place where it is written."""
    for check in manifest.reality_checks:
        for expectation in check.expectations:
            yield f"[[reality_check.expect]] of '{check.id}'", expectation


def ranges_of(manifest: Manifest) -> Iterator[tuple[str, Lever | Uncertainty]]:
    """Yield every lever and uncertainty, and the place where it is written."""
    for number, lever in enumerate(manifest.levers, start=1):
        yield f"[[lever]] number {number}", lever
    for number, uncertainty in enumerate(manifest.uncertainties, start=1):
        yield f"[[uncertainty]] number {number}", uncertainty


def _mentions(manifest: Manifest) -> Iterator[Mention]:
    for place, value in (*ranges_of(manifest), *changes_of(manifest)):
        yield Mention(place=place, key="name", name=value.name, kinds=CONSTANT)
    for outcome in manifest.outcomes:
        place = f"[[outcome]] '{outcome.id}'"
        yield Mention(place=place, key="variable", name=outcome.variable, kinds=COURSE)
    for loop in manifest.loops:
        place = f"[[loop]] '{loop.id}'"
        for name in loop.variables:
            yield Mention(place=place, key="variables", name=name, kinds=COURSE)
        if loop.switch is not None:
            yield Mention(place=place, key="switch", name=loop.switch, kinds=CONSTANT)
    for number, row in enumerate(manifest.variables, start=1):
        yield Mention(place=f"[[variable]] number {number}", key="name", name=row.name, kinds=ANY)
    for key, names in (
        ("trajectories", manifest.figures.trajectories),
        ("phase", manifest.figures.phase or ()),
    ):
        for name in names:
            yield Mention(place="[figures]", key=key, name=name, kinds=COURSE)
    for place, expectation in expectations_of(manifest):
        yield Mention(place=place, key="variable", name=expectation.variable, kinds=COURSE)
    yield from _claims(manifest)


def _claims(manifest: Manifest) -> Iterator[Mention]:
    for name in manifest.non_negative or ():
        yield Mention(place="the list at the top", key="non_negative", name=name, kinds=COURSE)
    for conservation in manifest.conservations:
        place = f"[[conservation]] '{conservation.id}'"
        for name in conservation.stocks:
            yield Mention(place=place, key="stocks", name=name, kinds=(Stock,))
        for key, names in (("inflows", conservation.inflows), ("outflows", conservation.outflows)):
            for name in names:
                yield Mention(place=place, key=key, name=name, kinds=COURSE)
    for table in manifest.tables:
        yield Mention(place=f"[[table]] '{table.name}'", key="name", name=table.name, kinds=TABLE)
    for knock_out in manifest.knock_outs:
        if knock_out.variable is not None:
            place = f"[[knock_out]] of '{knock_out.loop}'"
            yield Mention(place=place, key="variable", name=knock_out.variable, kinds=COURSE)


def wrong_names(manifest: Manifest, model: Model) -> Iterator[Fault]:
    """Yield what the model does not have, or has as something else."""
    for mention in _mentions(manifest):
        evidence = f'{mention.key} = "{mention.name}"'
        variable = _variable(mention.name, model)
        fitting = [name for name, known in model.variables.items() if isinstance(known, mention.kinds)]
        if variable is None:
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
