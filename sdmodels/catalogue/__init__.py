"""Which models are there, what are they called, and what may be asked of them?"""

from sdmodels.catalogue.agreement import validate
from sdmodels.catalogue.claims import Conservation, KnockOut, LookupShape
from sdmodels.catalogue.entry import Entry, identifiers, load
from sdmodels.catalogue.location import data_folder
from sdmodels.catalogue.manifest import BASELINE, NORMAL, Manifest
from sdmodels.catalogue.mutations import Mutation, Mutations
from sdmodels.catalogue.naming import Language, unit_in
from sdmodels.catalogue.reading import read_manifest, read_mutations
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
    "NORMAL",
    "Change",
    "Conservation",
    "Entry",
    "Expectation",
    "ExpectedStatistic",
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
    "Policy",
    "RealityCheck",
    "Scenario",
    "Statistic",
    "Text",
    "Uncertainty",
    "UnitName",
    "VariableName",
    "data_folder",
    "identifiers",
    "load",
    "read_manifest",
    "read_mutations",
    "unit_in",
    "validate",
]
