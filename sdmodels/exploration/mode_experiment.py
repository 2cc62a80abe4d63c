"""Which behaviour does the model have where, as an experiment asks it?"""

from types import MappingProxyType

import numpy as np

from sdmodels.catalogue import Entry, ModeMap, Text, final_time_of
from sdmodels.engine.trajectories import Progress
from sdmodels.exploration.arms import scenario_of
from sdmodels.exploration.classes import Tolerances
from sdmodels.exploration.findings import Finding
from sdmodels.exploration.mode_search import ModeSearch
from sdmodels.exploration.modes import Modes, find_modes
from sdmodels.exploration.result import ExperimentResult
from sdmodels.structure.subscripts import find_scalar, variable_of


def run_modes(
    entry: Entry, asked: ModeMap, *, members: int, seed: int, progress: Progress | None = None
) -> ExperimentResult:
    """Run every member at every value of the lever, and put it in a class.

    Returns
    -------
    ExperimentResult
        Its data are the curves of :class:`~sdmodels.exploration.modes.Modes`, its numbers the shares, with the
        further tables ``places``, ``decisive``, ``rules`` and ``robustness``; with conditions ``given`` and
        ``given_shares`` too.
    """
    modes = find_modes(entry, mode_search(entry, asked, members, seed), progress=progress)
    return ExperimentResult(
        entry=entry,
        experiment=asked,
        members=members,
        seed=seed,
        data=modes.curves,
        numbers=modes.shares,
        findings=_findings(entry, asked, modes),
        runs=modes.curves["burden"].size,
        failed=int(np.isnan(modes.curves["burden"].values).sum()),
        further=MappingProxyType(
            {
                "places": modes.places,
                "decisive": modes.decisive,
                "rules": modes.rules,
                "robustness": modes.robustness,
                **({"given": modes.given, "given_shares": modes.given_shares} if asked.given else {}),
            }
        ),
        details=modes,
    )


def mode_search(entry: Entry, asked: ModeMap, members: int, seed: int) -> ModeSearch:
    """Return the search that a table asks for, with the model's own names."""
    model = entry.model
    return ModeSearch(
        lever=find_scalar(model, asked.lever),
        values=asked.grid,
        burden=find_scalar(model, asked.burden),
        condition=find_scalar(model, asked.condition),
        begins=asked.begins,
        horizon=final_time_of(asked, model.time),
        window=asked.window,
        members=members,
        seed=seed,
        scenario=scenario_of(entry, asked, asked.scenario),
        further=asked.uncertainties,
        features=tuple(dict.fromkeys(find_scalar(model, name) for name in asked.features)),
        given=tuple(
            each.model_copy(update={"variable": find_scalar(model, each.variable)}) for each in asked.given
        ),
        closer=asked.closer,
        interest=tuple(dict.fromkeys(asked.interest)),
        tolerances=Tolerances(**asked.tolerance.model_dump()),
    )


def _findings(entry: Entry, asked: ModeMap, modes: Modes) -> tuple[Finding, ...]:
    """Return where the optimum, the onset and the tip are, over the members that are in a class."""
    search, bound = modes.search, asked.tolerance.bound
    burden, condition, lever = map(entry.named, (search.burden, search.condition, search.lever))
    titles = {
        "optimum": Text(
            en=f"'{burden.en}' is least, and higher on both sides", zh=f"“{burden.zh}”最低，两侧均较高"
        ),
        "onset": Text(
            en=f"'{condition.en}' falls below {bound:g}", zh=f"“{condition.zh}”降到 {bound:g} 以下"
        ),
        "tip": Text(en="It tips between two values", zh="在相邻两值之间突变"),
    }
    fine = modes.curves["status"].values == "ok"
    return tuple(
        Finding(
            id=id,
            arm=asked.id,
            title=title,
            arm_title=asked.title,
            quantity=lever,
            units=entry.model[variable_of(search.lever)].units,
            values=modes.curves[id].values[fine],
        )
        for id, title in titles.items()
    )
