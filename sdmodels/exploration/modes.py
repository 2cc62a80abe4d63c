"""Which behaviour does the model have where in its plausible parameter space?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Entry, Scenario, Uncertainty
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import InputError, unknown
from sdmodels.experiment import Integration, ModelLike, as_entry, evaluate
from sdmodels.experiment.sampling import Sampling
from sdmodels.experiment.settings import find_input
from sdmodels.exploration.classes import MECHANISMS, SHAPES, Classes, Tolerances, classify
from sdmodels.exploration.deciding import decisive, rules
from sdmodels.exploration.mode_tables import places, robustness, shares
from sdmodels.exploration.sample import MOST_RUNS, lever_policies, portions, sample_of, shifted
from sdmodels.structure.subscripts import variable_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeSearch:
    """A sample of the parameter space, each member run at every value of a lever.

    Attributes
    ----------
    lever, values
        A constant and its values, rising; the first is the reference [unit of the lever].
    begins
        When the lever jumps to the value; ``None`` for before the run [the model's unit of time].
    burden, condition
        What is better low, and what is 1 while sound; both as means over the last ``window`` of the run.
    horizon
        Final time of the runs; the model's own if ``None`` [the model's unit of time].
    window
        Length of the window [the model's unit of time].
    members, seed, sampling
        Of the sample over all uncertainties of the manifest; a power of two is best.
    further
        Ranges of more constants, such as other levers.
    features
        Variables whose initial value may tell the classes, beside the constants that are drawn, such as the
        spare share of hours.
    interest
        Classes of which it is asked which parameters decide.
    """

    lever: str
    values: tuple[float, ...]
    burden: str
    condition: str
    begins: float | None = None
    horizon: float | None = None
    window: float = 52.0
    members: int = 16_384
    seed: int = 0
    sampling: Sampling = "sobol"
    scenario: str | Scenario = "normal"
    further: tuple[Uncertainty, ...] = ()
    features: tuple[str, ...] = ()
    interest: tuple[str, ...] = ("inverted U", "tip")
    tolerances: Tolerances = field(default_factory=Tolerances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """The behaviour of every member, and what the classes come to.

    Attributes
    ----------
    curves
        Dimensions ``(member, value)``: ``burden`` and ``condition``. Along ``member``: ``status`` (``"ok"``, or
        why the member is in no class), ``shape``, ``mechanism`` (empty where not ok), ``optimum``, ``onset``,
        ``tip`` [unit of the lever], and every input under its name.
    shares
        Columns ``shape, mechanism, members, share, low, high``; ``"all"`` in the margins. Shares are of the
        members that are in a class; ``low`` and ``high`` are Wilson's 95 % interval.
    places
        Columns ``place, members, median, low, high, unit``: optimum, onset and tip over the members that have
        one, with the middle 90 %.
    decisive, rules
        As :func:`~sdmodels.exploration.deciding.decisive` and ``rules`` return them.
    robustness
        Columns ``variant, kind, class, members, share, low, high``: the shares of the first half of the sample,
        with tolerances halved and doubled, and with every second value of the lever, against all.
    """

    entry: Entry
    search: ModeSearch
    curves: xr.Dataset
    shares: pd.DataFrame
    places: pd.DataFrame
    decisive: pd.DataFrame
    rules: pd.DataFrame
    robustness: pd.DataFrame

    @property
    def failed(self) -> int:
        """How many members are in no class."""
        return int((self.curves["status"].values != "ok").sum())


def find_modes(model: ModelLike, search: ModeSearch, *, progress: Progress | None = None) -> Modes:
    """Run every member at every value of the lever, and say which behaviour it shows.

    Parameters
    ----------
    progress
        Called with the runs done and the runs in all.

    Raises
    ------
    UnknownNameError
        If there is no such variable, lever, scenario or class.
    InputError
        If the values do not rise, leave the lever's bounds, or the window is longer than the run.
    SimulationError
        If no member stays finite.
    """
    entry = as_entry(model)
    for name in search.interest:
        if name not in (*SHAPES, *MECHANISMS):
            raise unknown("class of behaviour", name, (*SHAPES, *MECHANISMS))
    if find_input(entry, search.lever) in {find_input(entry, each.name) for each in search.further}:
        raise InputError(
            f"'{search.lever}' is both the lever and a further range.\n    its values: "
            f"{search.values[0]:g} to {search.values[-1]:g}\nLeave it out of the further ranges."
        )
    sample = sample_of(
        entry,
        members=search.members,
        seed=search.seed,
        sampling=search.sampling,
        further=search.further,
        lever=search.lever,
    )
    raw = _run(entry, search, sample, progress)
    return _classified(entry, search, raw, sample)


def _reductions(entry: Entry, search: ModeSearch) -> list[Reduction]:
    final = entry.model.time.final_time if search.horizon is None else search.horizon
    window = {"begins": final - search.window, "ends": final}
    return [
        Reduction(variable=search.burden, statistic="mean", **window),
        Reduction(variable=search.condition, statistic="mean", **window),
        *(Reduction(variable=name, statistic="initial") for name in search.features),
    ]


def _run(
    entry: Entry, search: ModeSearch, sample: Mapping[str, Floats], progress: Progress | None
) -> xr.Dataset:
    """Return burden, condition and features of every run, dimensions ``(value, member)``."""
    policies = lever_policies(search.lever, search.values, search.begins)
    total = search.members * len(policies)
    parts = []
    for part, settings in portions(sample, members=search.members, runs_each=len(policies), most=MOST_RUNS):
        found = evaluate(
            entry,
            settings,
            outcomes=_reductions(entry, search),
            policy=policies,
            scenario=search.scenario,
            integration=Integration(final_time=search.horizon),
            progress=shifted(progress, done=part.start * len(policies), total=total),
        )
        shape = (len(policies), part.stop - part.start)
        parts.append({str(name): found[name].values.reshape(shape) for name in (*found.data_vars, "status")})
    names = ("burden", "condition", *search.features)
    kept = dict(zip((name for name in parts[0] if name != "status"), names, strict=True))
    joined = {new: np.concatenate([part[old] for part in parts], axis=1) for old, new in kept.items()}
    status = np.concatenate([part["status"] for part in parts], axis=1)
    return xr.Dataset(
        {name: (("value", "member"), values) for name, values in (joined | {"status": status}).items()}
    )


def _statuses(raw: xr.Dataset, values: tuple[float, ...]) -> NDArray[np.str_]:
    """Return, for each member, ``"ok"`` or why it is in no class."""
    failed = raw["status"].values != "ok"
    first = np.argmax(failed, axis=0)
    texts = [
        f"{raw['status'].values[first[member], member]} (lever at {values[first[member]]:g})"
        if failed[:, member].any()
        else "ok"
        if raw["burden"].values[0, member] > 0
        else "the burden at the reference is not above zero"
        for member in range(raw.sizes["member"])
    ]
    return np.array(texts)


def _classified(entry: Entry, search: ModeSearch, raw: xr.Dataset, sample: Mapping[str, Floats]) -> Modes:
    status = _statuses(raw, search.values)
    fine = status == "ok"
    if not fine.any():
        raise InputError(
            f"No member of '{entry.id}' can be put in a class.\n    member 0: {status[0]}\n"
            "Choose a burden that is above zero at the reference, and values that the model can bear."
        )
    values = np.array(search.values)
    burden, condition = raw["burden"].values.T, raw["condition"].values.T
    classes = classify(values, burden[fine], condition[fine], search.tolerances)
    features = {name: raw[name].values[0] for name in search.features if name not in sample}
    inputs = {name: column[fine] for name, column in {**sample, **features}.items()}
    asked = {
        name: (classes.shape if name in SHAPES else classes.mechanism) == name for name in search.interest
    }
    return Modes(
        entry=entry,
        search=search,
        curves=_curves(entry, search, raw, status, classes, {**sample, **features}),
        shares=shares(classes),
        places=places(classes, entry.model[variable_of(search.lever)].units),
        decisive=decisive(inputs, asked),
        rules=rules(inputs, asked),
        robustness=robustness(values, burden[fine], condition[fine], search.tolerances, _half(fine)),
    )


def _half(fine: NDArray[np.bool_]) -> int:
    """Return how many of the members in a class are in the first half of the sample."""
    return int(fine[: (fine.size + 1) // 2].sum())


def _curves(
    entry: Entry,
    search: ModeSearch,
    raw: xr.Dataset,
    status: NDArray[np.str_],
    classes: Classes,
    inputs: Mapping[str, Floats],
) -> xr.Dataset:
    """Return everything that is known of each member, those in no class included."""
    model, fine = entry.model, status == "ok"
    lever = {"units": model[variable_of(search.lever)].units}
    columns: dict[str, tuple[str, object, dict[str, str]]] = {"status": ("member", status, {})}
    for name, known in (("shape", classes.shape), ("mechanism", classes.mechanism)):
        texts = np.full(fine.size, "", dtype=known.dtype)
        texts[fine] = known
        columns[name] = ("member", texts, {})
    for name, where in (("optimum", classes.optimum), ("onset", classes.onset), ("tip", classes.tip)):
        numbers = np.full(fine.size, np.nan)
        numbers[fine] = where
        columns[name] = ("member", numbers, lever)
    for name, numbers in inputs.items():
        columns[name] = ("member", numbers, {"units": model[variable_of(name)].units})
    variables = {
        name: (
            ("member", "value"),
            raw[name].values.T,
            {"units": model[variable_of(variable)].units, "variable": variable},
        )
        for name, variable in (("burden", search.burden), ("condition", search.condition))
    }
    return xr.Dataset(
        variables,
        coords={"value": ("value", np.array(search.values), lever), **columns},
        attrs={"model_hash": model.content_hash, "seed": search.seed, "sampling": search.sampling},
    )
