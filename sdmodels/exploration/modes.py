"""Which behaviour does the model have where in its plausible parameter space?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Entry
from sdmodels.engine.trajectories import Floats, Progress
from sdmodels.errors import InputError, unknown
from sdmodels.experiment import ModelLike, as_entry
from sdmodels.experiment.settings import find_input
from sdmodels.exploration.classes import MECHANISMS, SHAPES, Classes, classify
from sdmodels.exploration.deciding import decisive, rules
from sdmodels.exploration.mode_given import given_table, given_title, meets
from sdmodels.exploration.mode_runs import run_curves, sharp_tips
from sdmodels.exploration.mode_search import ModeSearch
from sdmodels.exploration.mode_tables import closer_shares, places, robustness, shares, variant_shares
from sdmodels.exploration.sample import sample_of
from sdmodels.structure.subscripts import variable_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """The behaviour of every member, and what the classes come to.

    Attributes
    ----------
    curves
        Dimensions ``(member, value)``: ``burden`` and ``condition``. Along ``member``: ``status`` (``"ok"``, or
        why the member is in no class), ``shape``, ``mechanism`` (empty where not ok), ``optimum``, ``onset``,
        ``tip`` [unit of the lever], ``sharp`` (whether a jump remains in a part of the tip's step), and every
        input under its name.
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
        with tolerances halved and doubled, with every second value of the lever, and with tips only where a
        jump remains when it is looked at closer (``sharp``), against all; and, where something is given, those
        of the members that meet it (``"given ..."``, see :func:`.given_title`).
    given
        As :func:`~sdmodels.exploration.mode_given.given_table` returns it; no rows where nothing is given.
    given_shares
        As ``shares``, of the members that meet every condition. Which these are stands in the curves, as
        ``given``, along ``member``.
    """

    entry: Entry
    search: ModeSearch
    curves: xr.Dataset
    shares: pd.DataFrame
    places: pd.DataFrame
    decisive: pd.DataFrame
    rules: pd.DataFrame
    robustness: pd.DataFrame
    given: pd.DataFrame
    given_shares: pd.DataFrame

    @property
    def failed(self) -> int:
        """How many members are in no class."""
        return int((self.curves["status"].values != "ok").sum())

    @property
    def meeting(self) -> int:
        """How many of the members in a class meet every condition that is given."""
        return int(self.given_shares["members"].iloc[-1])


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
    raw = run_curves(entry, search, sample, values=search.values, members=search.members, progress=progress)
    return _classified(entry, search, raw, sample, progress)


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


def _classified(
    entry: Entry,
    search: ModeSearch,
    raw: xr.Dataset,
    sample: Mapping[str, Floats],
    progress: Progress | None,
) -> Modes:
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
    inside = {name: column[fine] for name, column in sample.items()}
    sharp = sharp_tips(entry, search, inside, classes, progress, before=raw["burden"].size)
    initial = {name: raw[name].values[0] for name in search.initial}
    met = meets(search.given, initial, fine.size)
    known = {**sample, **{name: values for name, values in initial.items() if name not in sample}}
    inputs = {name: known[name][fine] for name in dict.fromkeys([*sample, *search.features])}
    of_given = classes.of(met[fine])
    asked = {
        name: (classes.shape if name in SHAPES else classes.mechanism) == name for name in search.interest
    }
    return Modes(
        entry=entry,
        search=search,
        curves=_curves(entry, search, raw, status, classes, sharp, known, met),
        shares=shares(classes),
        places=places(classes, entry.model[variable_of(search.lever)].units),
        decisive=decisive(inputs, asked),
        rules=rules(inputs, asked),
        robustness=pd.concat(
            [
                robustness(values, burden[fine], condition[fine], search.tolerances, _half(fine)),
                closer_shares(classes, sharp),
                *([variant_shares(given_title(search.given).en, of_given)] if search.given else []),
            ],
            ignore_index=True,
        ),
        given=given_table(entry, search.given, {name: initial[name][fine] for name in search.initial}),
        given_shares=shares(of_given),
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
    sharp: NDArray[np.bool_],
    inputs: Mapping[str, Floats],
    met: NDArray[np.bool_],
) -> xr.Dataset:
    """Return everything that is known of each member, those in no class included."""
    model, fine = entry.model, status == "ok"
    lever = {"units": model[variable_of(search.lever)].units}
    columns: dict[str, tuple[str, NDArray[Any], dict[str, str]]] = {"status": ("member", status, {})}
    for name, known in (("shape", classes.shape), ("mechanism", classes.mechanism)):
        texts = np.full(fine.size, "", dtype=known.dtype)
        texts[fine] = known
        columns[name] = ("member", texts, {})
    for name, where in (("optimum", classes.optimum), ("onset", classes.onset), ("tip", classes.tip)):
        numbers = np.full(fine.size, np.nan)
        numbers[fine] = where
        columns[name] = ("member", numbers, lever)
    columns["sharp"] = ("member", np.zeros(fine.size, dtype=bool), {})
    columns["sharp"][1][fine] = sharp
    if search.given:
        columns["given"] = ("member", met, {})
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
