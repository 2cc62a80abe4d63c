"""What do the data of a case say about its model, in figures?"""

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sdmodels.catalogue import Language
from sdmodels.figures.calibration_fit import fit_figure
from sdmodels.figures.calibration_growth import growth_figure
from sdmodels.figures.calibration_pairs import pairs_figure
from sdmodels.figures.calibration_predictions import predictions_figure
from sdmodels.figures.calibration_priors import priors_figure, told
from sdmodels.figures.calibration_profiles import profiles_figure
from sdmodels.figures.calibration_ranks import ranks_figure
from sdmodels.figures.calibration_search import waterfall_figure

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration


def plot_calibration(calibration: "Calibration", *, language: Language = "en") -> dict[str, Figure]:
    """Draw all figures that a calibration has something for.

    Parameters
    ----------
    calibration
        As :func:`~sdmodels.calibration.calibrating.calibrate` returns it.
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.

    Returns
    -------
    dict
        By name, in this order: ``fit``, ``waterfall``, ``profiles``, ``pairs``, ``priors``, ``growth``,
        ``predictions``, ``ranks``. What the calibration does not have is left out: profiles that were not asked
        for, pairs of a lone parameter, priors where the data add to none, growth and predictions without a table.
    """
    draws = {
        "fit": fit_figure,
        "waterfall": waterfall_figure,
        "profiles": profiles_figure if calibration.profiles else None,
        "pairs": pairs_figure if calibration.case.space.size > 1 else None,
        "priors": priors_figure if told(calibration) else None,
        "growth": growth_figure if calibration.growth is not None else None,
        "predictions": predictions_figure if calibration.forecasts else None,
        "ranks": ranks_figure,
    }
    return {name: draw(calibration, language) for name, draw in draws.items() if draw is not None}
