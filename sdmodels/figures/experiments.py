"""What does the result of an experiment look like?

Every kind has its ``case`` here; a new kind adds one.
"""

from typing import assert_never

from matplotlib.figure import Figure

from sdmodels.catalogue import Course, ModeMap, NoiseTest, PolicyRanking, Ramp, ShockTest, Sweep
from sdmodels.catalogue.naming import Language
from sdmodels.exploration import ExperimentResult
from sdmodels.exploration.modes import Modes
from sdmodels.exploration.noise import EarlyWarnings
from sdmodels.exploration.ranking import Ranking
from sdmodels.exploration.shock import Shocks
from sdmodels.figures.course import course_figure
from sdmodels.figures.modes import modes_figure
from sdmodels.figures.noise import noise_figure
from sdmodels.figures.ramp import ramp_figure
from sdmodels.figures.ranking import ranking_figure
from sdmodels.figures.shock import shock_figure
from sdmodels.figures.sweep import sweep_figure


def plot_experiment(result: ExperimentResult, *, language: Language = "en") -> Figure:
    """Draw what an experiment came to, with its findings marked.

    Parameters
    ----------
    result
        As :func:`sdmodels.run_experiment` returns it.
    language
        ``"en"`` or ``"zh"``.
    """
    experiment = result.experiment
    match experiment:
        case Sweep():
            return sweep_figure(result, experiment, language=language)
        case Ramp():
            return ramp_figure(result, experiment, language=language)
        case Course():
            return course_figure(result, experiment, language=language)
        case ModeMap():
            return modes_figure(result.detail(Modes), language, title=experiment.title, note=experiment.note)
        case ShockTest():
            return shock_figure(result.detail(Shocks), language, title=experiment.title, note=experiment.note)
        case NoiseTest():
            return noise_figure(
                result.detail(EarlyWarnings), language, title=experiment.title, note=experiment.note
            )
        case PolicyRanking():
            return ranking_figure(
                result.detail(Ranking), language, title=experiment.title, note=experiment.note
            )
        case _:
            assert_never(experiment)
