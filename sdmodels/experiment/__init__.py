"""What to try: policies, scenarios and samples, run as one ensemble."""

from sdmodels.engine.reductions import Reduction
from sdmodels.experiment.derivatives import differentiate, jacobian
from sdmodels.experiment.evaluation import evaluate
from sdmodels.experiment.outcomes import measure, statistic_of, summarise
from sdmodels.experiment.request import Integration, ModelLike, as_entry, visible
from sdmodels.experiment.series_files import read_series
from sdmodels.experiment.simulation import simulate
from sdmodels.experiment.threshold import Threshold, find_threshold

__all__ = [
    "Integration",
    "ModelLike",
    "Threshold",
    "Reduction",
    "as_entry",
    "differentiate",
    "evaluate",
    "find_threshold",
    "jacobian",
    "measure",
    "read_series",
    "simulate",
    "statistic_of",
    "summarise",
    "visible",
]
