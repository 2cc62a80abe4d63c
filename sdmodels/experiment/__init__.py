"""What to try: policies, scenarios and samples, run as one ensemble."""

from sdmodels.engine.reductions import Reduction
from sdmodels.experiment.outcomes import measure, statistic_of, summarise
from sdmodels.experiment.simulation import Integration, ModelLike, as_entry, evaluate, simulate, visible
from sdmodels.experiment.threshold import Threshold, find_threshold

__all__ = [
    "Integration",
    "ModelLike",
    "Threshold",
    "Reduction",
    "as_entry",
    "evaluate",
    "find_threshold",
    "measure",
    "simulate",
    "statistic_of",
    "summarise",
    "visible",
]
