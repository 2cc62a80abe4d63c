"""What can a model do, where in its plausible parameter space, and how surely?"""

from sdmodels.exploration.findings import Finding, summary_of
from sdmodels.exploration.result import ExperimentResult
from sdmodels.exploration.running import run_experiment

__all__ = ["ExperimentResult", "Finding", "run_experiment", "summary_of"]
