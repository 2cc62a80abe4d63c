"""What to try: policies, scenarios and samples, run as one ensemble."""

from sdmodels.experiment.outcomes import measure, statistic_of, summarise
from sdmodels.experiment.simulation import Integration, ModelLike, as_entry, simulate, visible

__all__ = [
    "Integration",
    "ModelLike",
    "as_entry",
    "measure",
    "simulate",
    "statistic_of",
    "summarise",
    "visible",
]
