"""Where does a manifest name variables?"""

from collections.abc import Iterator

from sdmodels.catalogue.manifest import Manifest
from sdmodels.catalogue.mentions import ANY, CONSTANT, COURSE, TABLE, Mention
from sdmodels.catalogue.tables import Change, Expectation, Lever, Uncertainty
from sdmodels.structure.model import Stock


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


def mentions_of(manifest: Manifest) -> Iterator[Mention]:
    """Yield every place that names a variable."""
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
