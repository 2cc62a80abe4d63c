"""Is every variable documented, and is every variable used?"""

import re

from sdmodels.catalogue import Entry, Text
from sdmodels.structure.expression import references
from sdmodels.structure.graph import influences
from sdmodels.structure.model import Constant, Data, Lookup, Model, Variable
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of
from sdmodels.validation.finding import Finding, not_run

DOCUMENTATION = Text(en="Every variable has a unit and a documentation", zh="每个变量都有单位和说明")
UNUSED = Text(en="Every variable is used", zh="每个变量都被使用")
RULE_OF_THREE = Text(en="Few equations have more than three causes", zh="多数方程的原因不超过三个")
MOST_CAUSES = 3
SHOWN = 10
# What counts as saying where a number is from: the words themselves, a year of publication, an address.
_ORIGIN = re.compile(
    r"assumption|assumed|source|definition|假设|假定|来源|定义|\b(?:18|19|20)\d\d[a-z]?\b|doi|https?://",
    re.IGNORECASE,
)


def documentation(entry: Entry) -> Finding:
    """Look for variables without unit or documentation, and numbers without a source.

    Every constant and every table function says "source", "assumption" or "definition" (来源, 假设, 定义), or
    cites a year or an address. The 0/1 switches that the manifest names are no statements about the world.
    ``measured`` is the number of variables that lack something.
    """
    manifest, model = entry.manifest, entry.model
    if manifest is None:
        return not_run("documentation", DOCUMENTATION, "Only a model with a manifest promises documentation.")
    switches = {key_of(loop.switch) for loop in manifest.loops if loop.switch is not None}
    lacking = [
        f"{model.where(variable.line)}: '{name}' has no {', no '.join(lacks)}"
        for name, variable in model.variables.items()
        if (lacks := _lacks(variable, is_switch=key_of(name) in switches))
    ]
    more = f"\n    and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else ""
    evidence = "\n    ".join(lacking[:SHOWN]) + more
    return Finding(
        check="documentation",
        title=DOCUMENTATION,
        status="failed" if lacking else "passed",
        message=f"{entry.path}: {len(lacking)} variables are not documented.\n    {evidence}\n"
        "Write the unit, what the variable is, and for a number its source or the word 'assumption'."
        if lacking
        else f"All {len(model.variables)} variables have a unit and a documentation, every number its source.",
        measured=float(len(lacking)),
        bound=0.0,
    )


def _lacks(variable: Variable, *, is_switch: bool) -> list[str]:
    lacks = [] if variable.units.strip() else ["unit"]
    if not variable.documentation.strip():
        return [*lacks, "documentation"]
    is_number = isinstance(variable, Constant | Lookup) and not is_switch
    if is_number and _ORIGIN.search(variable.documentation) is None:
        lacks.append("source")
    return lacks


def unused(entry: Entry) -> Finding:
    """Name the variables that act on nothing, and that the manifest does not ask for. It never fails."""
    model, manifest = entry.model, entry.manifest
    used = _referred_to(model) | {key_of(variable_of(outcome.variable)) for outcome in entry.outcomes}
    if manifest is not None:
        asked = (*manifest.figures.trajectories, *(manifest.figures.phase or ()))
        expected = [e.variable for check in manifest.reality_checks for e in check.expectations]
        balanced = [n for row in manifest.conservations for n in (*row.stocks, *row.inflows, *row.outflows)]
        used |= {key_of(variable_of(name)) for name in (*asked, *expected, *balanced)}
    names = [name for name in model.variables if key_of(name) not in used]
    listed = ", ".join(f"'{name}'" for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return Finding(
        check="unused",
        title=UNUSED,
        status="passed",
        message=f"Nothing uses {listed}{more}; remove what no reader needs."
        if names
        else "Every variable acts on another one or is an outcome.",
        measured=float(len(names)),
    )


def rule_of_three(entry: Entry) -> Finding:
    """Name the equations with more than three causes, which few readers can follow. It never fails.

    Notes
    -----
    Richardson's rule of three, an item of the documentation report of SDM-Doc [1]_. Table functions, data and
    time are no causes; ``measured`` is the number of equations.

    References
    ----------
    .. [1] I. J. Martinez-Moyano, "Documentation for model transparency", System Dynamics Review 28(2), 2012.
    """
    causes = {name: len(sources) for name, sources in influences(entry.model).items()}
    many = {name: count for name, count in causes.items() if count > MOST_CAUSES}
    first = sorted(many, key=lambda name: -many[name])[:SHOWN]
    listed = ", ".join(f"'{name}' ({many[name]})" for name in first)
    more = f" and {len(many) - SHOWN} more" if len(many) > SHOWN else ""
    return Finding(
        check="rule_of_three",
        title=RULE_OF_THREE,
        status="passed",
        message=f"{len(many)} of {len(causes)} equations have more than {MOST_CAUSES} causes: {listed}{more}."
        if many
        else f"No equation has more than {MOST_CAUSES} causes.",
        measured=float(len(many)),
    )


def _referred_to(model: Model) -> set[str]:
    """Return what stands in an equation of another variable, initial values and tables included."""
    return {
        key_of(reference.name)
        for name, variable in model.variables.items()
        if not isinstance(variable, Lookup | Data)
        for equation in variable.equations
        for expression in (equation.expression, equation.initial)
        if expression is not None
        for reference in references(expression)
        if key_of(reference.name) != key_of(name)
    }
