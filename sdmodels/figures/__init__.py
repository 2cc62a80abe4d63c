"""Figures of behaviour (trajectories, phase portraits, tips, comparisons) and of drawings, in two languages."""

import xarray as xr
from matplotlib.figure import Figure

from sdmodels.catalogue.naming import Language
from sdmodels.figures.causal_diagram import causal_loop_diagram
from sdmodels.figures.comparison import outcome_bars
from sdmodels.figures.drawing import drawing
from sdmodels.figures.experiments import plot_experiment
from sdmodels.figures.fonts import MissingFontWarning
from sdmodels.figures.phase import phase_portrait
from sdmodels.figures.saving import save
from sdmodels.figures.tip import tip_figure
from sdmodels.figures.trajectories import trajectories

__all__ = [
    "Language",
    "MissingFontWarning",
    "causal_loop_diagram",
    "drawing",
    "outcome_bars",
    "phase_portrait",
    "plot",
    "plot_experiment",
    "save",
    "tip_figure",
    "trajectories",
]


def plot(behaviour: xr.Dataset, *variables: str, language: Language = "en") -> Figure:
    """Draw variables over time; the short way to ``trajectories``.

    Parameters
    ----------
    behaviour
        Dimensions ``(member, time)``, as an experiment returns it.
    variables
        Names of the variables to draw; all of them if none is named.
    language
        ``"en"`` or ``"zh"``.
    """
    return trajectories(behaviour, variables or None, language=language)
