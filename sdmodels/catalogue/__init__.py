"""Which models are there, what are they called, and what may be asked of them?"""

from sdmodels.catalogue.agreement import fitted, validate
from sdmodels.catalogue.claims import Conservation, KnockOut, LookupShape
from sdmodels.catalogue.conditions import Given
from sdmodels.catalogue.early_warning import Noise, NoiseTest
from sdmodels.catalogue.entry import Entry, identifiers, load
from sdmodels.catalogue.experiment_times import begin_of, final_time_of
from sdmodels.catalogue.experiments import (
    Before,
    Bound,
    Course,
    Date,
    Experiment,
    Panel,
    Ramp,
    Sweep,
    Variant,
)
from sdmodels.catalogue.location import data_folder
from sdmodels.catalogue.manifest import BASELINE, NORMAL, Manifest
from sdmodels.catalogue.mutations import Mutation, Mutations
from sdmodels.catalogue.naming import Language, unit_in
from sdmodels.catalogue.policy_ranking import Choice, Group, PolicyRanking
from sdmodels.catalogue.proposed import EVERY, Arm, Tip
from sdmodels.catalogue.reading import (
    read_catalogued,
    read_experiments,
    read_manifest,
    read_mutations,
)
from sdmodels.catalogue.searches import (
    Mechanism,
    ModeMap,
    ModeTolerances,
    Shape,
    Shock,
    ShockTest,
)
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
    SlopeRange,
    Statistic,
    Text,
    Uncertainty,
    UnitName,
    VariableName,
)
from sdmodels.catalogue.views import NoteName, ViewName

__all__ = [
    "BASELINE",
    "EVERY",
    "NORMAL",
    "Arm",
    "Before",
    "Bound",
    "Change",
    "Choice",
    "Course",
    "Date",
    "Conservation",
    "Entry",
    "Expectation",
    "ExpectedStatistic",
    "Experiment",
    "Figures",
    "Given",
    "KnockOut",
    "Group",
    "Language",
    "Lever",
    "LookupShape",
    "Loop",
    "Manifest",
    "Mutation",
    "Mutations",
    "Mechanism",
    "ModeMap",
    "ModeTolerances",
    "Noise",
    "NoiseTest",
    "NoteName",
    "Outcome",
    "Panel",
    "Policy",
    "PolicyRanking",
    "Ramp",
    "RealityCheck",
    "Scenario",
    "Shape",
    "Shock",
    "ShockTest",
    "SlopeRange",
    "Statistic",
    "Sweep",
    "Text",
    "Tip",
    "Uncertainty",
    "UnitName",
    "VariableName",
    "Variant",
    "ViewName",
    "begin_of",
    "data_folder",
    "final_time_of",
    "fitted",
    "identifiers",
    "load",
    "read_catalogued",
    "read_experiments",
    "read_manifest",
    "read_mutations",
    "unit_in",
    "validate",
]
