"""What does a whole study of a model consist of, and where is it written?"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import pandas as pd
import xarray as xr

from sdmodels.calibration.accepted import posterior_settings
from sdmodels.catalogue import BASELINE, Entry, Language
from sdmodels.engine.trajectories import Progress
from sdmodels.errors import InputError
from sdmodels.experiment import ModelLike, as_entry, simulate
from sdmodels.figures import outcome_bars, phase_portrait, save, trajectories
from sdmodels.report.files import write_bands, write_summary, write_variables
from sdmodels.report.outcomes import figure_table, outcome_summary
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of

Draws: TypeAlias = Literal["posterior", "ranges"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The baseline and the policies of a model, run, measured and written.

    Attributes
    ----------
    behaviour
        Trajectories of what the figures and outcomes need, dims ``(member, time)``.
    summary
        Outcomes by policy: median and middle 90 % of the members, with units.
    files
        What was written.
    case
        The case whose posterior the members are drawn from; ``None`` for ranges.
    """

    entry: Entry
    behaviour: xr.Dataset
    summary: pd.DataFrame
    files: tuple[Path, ...]
    case: str | None = None


def study(
    model: ModelLike,
    *,
    out: str | os.PathLike[str] | None = None,
    members: int = 200,
    seed: int = 0,
    draws: Draws | None = None,
    language: Language = "en",
    progress: Progress | None = None,
) -> Study:
    """Simulate the baseline and the policies of a model, and write tables and figures.

    Policies and outcomes are those that the manifest names for a study; all of them where it names none.

    Parameters
    ----------
    model
        A catalogue id, or the path of a model file with a manifest beside it.
    out
        Folder to write to; ``out/<model>`` if not given.
    members
        Runs a policy.
    draws
        Where members come from: the posterior of the case that the manifest names, or the ranges of the uncertain
        constants; if not given, the posterior where there is one. One member takes the model's own numbers.

    Raises
    ------
    InputError
        If the model has no manifest, which names policies and outcomes; or the posterior is asked for, and it
        names no case.
    """
    entry = as_entry(model)
    if entry.manifest is None:
        raise InputError(
            f"{entry.path} has no manifest, so there are no policies and outcomes to study.\n"
            "    A manifest is a file model.toml beside the model file.\n"
            f"Write one (docs/manifest.md), or run `sdmodels simulate {entry.path}`."
        )
    figures = entry.manifest.figures
    outcomes = [each for each in entry.outcomes if not figures.outcomes or each.id in figures.outcomes]
    names = figure_variables(entry)
    needed = [*names, *(figures.phase or ()), *(outcome.variable for outcome in outcomes)]
    case = entry.manifest.calibration
    if draws == "posterior" and case is None:
        raise InputError(
            f"{entry.id} is calibrated to no case, so there is no posterior to draw from.\n"
            "    no 'calibration' in its model.toml\n"
            "Leave --draws out, or name the case there."
        )
    if draws == "ranges" or members == 1:
        case = None
    settings = {} if case is None else posterior_settings(entry, case, members=members, seed=seed)
    behaviour = simulate(
        entry,
        settings,
        policy=[BASELINE.id, *figures.policies] if figures.policies else list(entry.policies),
        members=members,
        seed=seed,
        outputs=list(dict.fromkeys(needed)),
        progress=progress,
    )
    summary = outcome_summary(outcomes, behaviour)
    folder = Path(out) if out is not None else Path("out") / entry.id
    files = _written(entry, behaviour, summary, names, folder, language)
    return Study(entry=entry, behaviour=behaviour, summary=summary, files=tuple(files), case=case)


def figure_variables(entry: Entry) -> list[str]:
    """Return the variables that a figure of this model shows: the manifest's choice, else the stocks."""
    if entry.manifest is not None and entry.manifest.figures.trajectories:
        return list(entry.manifest.figures.trajectories)
    from_stocks = [stock.name for stock in entry.model.stocks]
    return from_stocks or [auxiliary.name for auxiliary in entry.model.auxiliaries]


def shown(behaviour: xr.Dataset, names: Sequence[str], most: int = 12) -> list[str]:
    """Return those of the behaviour's variables that ``names`` speak of, elements included."""
    wanted = {key_of(name) for name in names}
    found = [
        str(variable)
        for variable in behaviour.data_vars
        if key_of(str(variable)) in wanted or key_of(variable_of(str(variable))) in wanted
    ]
    return found[:most]


def _written(
    entry: Entry,
    behaviour: xr.Dataset,
    summary: pd.DataFrame,
    names: Sequence[str],
    folder: Path,
    language: Language,
) -> list[Path]:
    files = [
        write_bands(behaviour, names, folder / "trajectories.csv"),
        write_summary(summary, folder / "outcomes.csv"),
        write_variables(entry, folder / "variables.csv"),
        save(trajectories(behaviour, names, language=language), folder / "trajectories.png"),
    ]
    phase = entry.manifest.figures.phase if entry.manifest else None
    if phase is not None:
        files.append(save(phase_portrait(behaviour, *phase, language=language), folder / "phase.png"))
    if not summary.empty:
        bars = outcome_bars(figure_table(entry, summary), interval="90 %", language=language)
        files.append(save(bars, folder / "outcomes.png"))
    return files
