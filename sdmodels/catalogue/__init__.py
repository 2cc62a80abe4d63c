"""Which models are there, what are they called, and what may be asked of them?"""

from sdmodels.catalogue.agreement import validate
from sdmodels.catalogue.claims import Conservation, KnockOut, LookupShape
from sdmodels.catalogue.entry import Entry, identifiers, load
from sdmodels.catalogue.experiment_agreement import begin_of, final_time_of
from sdmodels.catalogue.experiments import (
    EVERY,
    Arm,
    Bound,
    Course,
    Date,
    Experiment,
    Panel,
    Ramp,
    Sweep,
    Tip,
)
from sdmodels.catalogue.location import data_folder
from sdmodels.catalogue.manifest import BASELINE, NORMAL, Manifest
from sdmodels.catalogue.mutations import Mutation, Mutations
from sdmodels.catalogue.naming import Language, unit_in
from sdmodels.catalogue.reading import read_experiments, read_manifest, read_mutations
from sdmodels.catalogue.tables import (
    Change,
    Expectation,
    ExpectedStatistic,
    Figures,
    Lever,
    Loop,
    Outcome,
    Policy,
    RealityCheck,
    Scenario,
    Statistic,
    Text,
    Uncertainty,
    UnitName,
    VariableName,
)

__all__ = [
    "BASELINE",
    "EVERY",
    "NORMAL",
    "Arm",
    "Bound",
    "Change",
    "Course",
    "Date",
    "Conservation",
    "Entry",
    "Expectation",
    "ExpectedStatistic",
    "Experiment",
    "Figures",
    "KnockOut",
    "Language",
    "Lever",
    "LookupShape",
    "Loop",
    "Manifest",
    "Mutation",
    "Mutations",
    "Outcome",
    "Panel",
    "Policy",
    "Ramp",
    "RealityCheck",
    "Scenario",
    "Statistic",
    "Sweep",
    "Text",
    "Tip",
    "Uncertainty",
    "UnitName",
    "VariableName",
    "begin_of",
    "data_folder",
    "final_time_of",
    "identifiers",
    "load",
    "read_experiments",
    "read_manifest",
    "read_mutations",
    "unit_in",
    "validate",
]
