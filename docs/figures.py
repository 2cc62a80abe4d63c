"""Make every figure of the README and of docs.

    python docs/figures.py [--out docs/figures]

The diagrams are the drawings in the model files, as `sdmodels draw` makes them: a folder a model, a file a view.
"""

import argparse
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sdmodels import Change, Entry, Policy, Text, find_threshold, load, plot, read_views, save, simulate
from sdmodels.catalogue import Language, identifiers
from sdmodels.figures import tip_figure, trajectories
from sdmodels.report.drawings import write_drawing

CONDITION = "Routine Work Condition"
INITIAL = "Initial Routine Work Condition"
SHOWN = 0.5


def closed_form(entry: Entry, intensity: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[str]]:
    """Return the tip (as decay, NaN where there is none) and the regime at each intensity."""
    names = ["Tipping Decay", "Load", "Slack", "Loop Gain"]
    behaviour = simulate(entry, {"Application Intensity": intensity}, outputs=names, times="final")
    tip, load_, slack, gain = (behaviour[name].values[:, -1] for name in names)
    regimes = [
        {(True, False): "I", (True, True): "II", (False, False): "III", (False, True): "IV"}[spare, strong]
        for spare, strong in zip(load_ < slack, gain > 1, strict=True)
    ]
    fragile = np.array([regime == "II" for regime in regimes])
    return np.where(fragile & (tip < 1), tip, np.nan), regimes


def simulated_tip(entry: Entry, intensity: float) -> float:
    """Return the decay beyond which runs end lower than they began."""

    def recovers(behaviour: xr.Dataset) -> NDArray[np.bool_]:
        course = behaviour[CONDITION].values
        return np.asarray(course[:, -1] > course[:, 0])

    # At 1 nothing can rise, and below the corner (0.51) everything does: the range lies between the two.
    found = find_threshold(
        entry,
        INITIAL,
        between=(0.52, 0.999),
        switched=recovers,
        settings={"Application Intensity": intensity},
        outputs=[CONDITION],
    )
    return 1 - found.value


def tip(language: Language) -> Figure:
    """Draw the simulated tip of the pocket model beside its closed form."""
    entry = load("hotline_pocket")
    decay = np.linspace(0, 0.3, 61)
    runs = simulate(entry, {INITIAL: 1 - decay, "Application Intensity": SHOWN}, outputs=[CONDITION])
    intensity = np.linspace(0.02, 0.9, 441)
    curve, regimes = closed_form(entry, intensity)
    simulated = np.arange(0.44, 0.60, 0.02)
    threshold, _ = closed_form(entry, np.array([SHOWN]))
    return tip_figure(
        initial_decay=decay,
        final_condition=runs[CONDITION].values[:, -1],
        closed_form_threshold=float(threshold[0]),
        intensity=intensity,
        closed_form_tip=curve,
        regime=regimes,
        simulated_intensity=simulated,
        simulated_tip=[simulated_tip(entry, float(value)) for value in simulated],
        intensity_shown=SHOWN,
        language=language,
    )


def step(language: Language) -> Figure:
    """Draw a step in application intensity: scarce hours, spare hours, loops cut, and scarce hours without it."""
    entry = load("hotline")
    high = Change(name="Application Intensity", value=0.8, begins=52)
    no_text = Text(en="see the figure", zh="见图")

    def experiment(id: str, en: str, zh: str, *changes: Change) -> Policy:
        return Policy(id=id, title=Text(en=en, zh=zh), meaning=no_text, changes=changes)

    few = Change(name="Establishment", value=255, begins=52)
    many = Change(name="Establishment", value=345, begins=52)
    cut = [Change(name=f"Switch {loop}", value=0) for loop in ("Busier But Ineffective", "Left Undone")]
    experiments = [
        experiment("scarce", "step in intensity, 255 posts", "提高强度，编制 255", high, few),
        experiment("spare", "step in intensity, 345 posts", "提高强度，编制 345", high, many),
        experiment(
            "cut",
            "step in intensity, 255 posts, crowding out cut",
            "提高强度，编制 255，切断挤占",
            high,
            few,
            *cut,
        ),
        experiment("posts", "no step, 255 posts", "强度不变，编制 255", few),
    ]
    names = ["Unresolved Burden", "New Orders", CONDITION, "Trust In Hotline"]
    behaviour = simulate(entry, policy=experiments, members=400, seed=1, outputs=names)
    titles = {"en": "A step in application intensity to 0.8", "zh": "应用强度阶跃至 0.8"}
    return trajectories(behaviour, names, bands=[50], language=language, title=titles[language])


def policies(language: Language) -> Figure:
    """Draw the hotline under the baseline and three policies."""
    names = ["Order Backlog", "Attention To Orders", CONDITION, "Trust In Hotline"]
    chosen = ["baseline", "high_intensity"]
    behaviour = simulate("hotline", policy=chosen, members=400, seed=1, outputs=names)
    return plot(behaviour, *names, language=language)


def drawings(folder: Path, language: Language) -> list[Path]:
    """Write the views of every model that has been drawn; leave none of a view that is gone."""
    files = []
    for id in identifiers():
        entry = load(id)
        if read_views(entry.path):
            files += write_drawing(entry, folder / id, language)
            for old in set((folder / id).glob(f"*_{language}.svg")) - set(files):
                old.unlink()
    return files


def main() -> None:
    """Make the figures in both languages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "figures")
    folder = parser.parse_args().out
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        for make in (tip, step, policies):
            print(save(make(language), folder / f"{make.__name__}_{language}.png"))
        for file in drawings(folder, language):
            print(file)


if __name__ == "__main__":
    main()
