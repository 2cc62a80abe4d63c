"""What may a ``model.toml`` say?

A table is singular in the file (``[[lever]]``) and its attribute plural (``manifest.levers``).
Values are frozen; a wrong one is a ``pydantic.ValidationError`` here and a ``ManifestError`` with
file, key and remedy when it comes from a file (:mod:`sdmodels.catalogue.reading`).
"""

from typing import Self

from pydantic import Field, model_validator

from sdmodels.catalogue.claims import Conservation, KnockOut, LookupShape
from sdmodels.catalogue.faults import schema_fault
from sdmodels.catalogue.naming import TIME_IN_CHINESE, Language, unit_in
from sdmodels.catalogue.tables import (
    Figures,
    Identifier,
    Lever,
    Loop,
    Many,
    Outcome,
    Policy,
    RealityCheck,
    Scenario,
    Table,
    Text,
    Uncertainty,
    UnitName,
    VariableName,
    Words,
    first_twice,
)
from sdmodels.catalogue.views import NoteName, ViewName
from sdmodels.structure.model import slope_name
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import variable_of

BASELINE = Policy(
    id="baseline",
    title=Text(en="Baseline", zh="基准"),
    meaning=Text(en="Nothing changes.", zh="不作任何改变。"),
)
NORMAL = Scenario(
    id="normal",
    title=Text(en="Normal", zh="常态"),
    meaning=Text(en="Nothing unusual happens.", zh="没有异常情况发生。"),
)


class Manifest(Table):
    """What a model's folder says about its model: its names, levers, policies, outcomes and loops.

    Attributes
    ----------
    non_negative
        The variables that never fall below zero, whatever the inputs; ``None`` for all stocks.
    calibration
        The case whose accepted posterior a study draws its members from.
    """

    id: Identifier
    file: Words
    title: Text
    summary: Text
    source: Words
    calibration: Identifier | None = None
    non_negative: Many[Words] | None = None
    levers: Many[Lever] = Field(default=(), validation_alias="lever")
    uncertainties: Many[Uncertainty] = Field(default=(), validation_alias="uncertainty")
    policies: Many[Policy] = Field(default=(), validation_alias="policy")
    scenarios: Many[Scenario] = Field(default=(), validation_alias="scenario")
    outcomes: Many[Outcome] = Field(default=(), validation_alias="outcome")
    loops: Many[Loop] = Field(default=(), validation_alias="loop")
    variables: Many[VariableName] = Field(default=(), validation_alias="variable")
    units: Many[UnitName] = Field(default=(), validation_alias="unit")
    views: Many[ViewName] = Field(default=(), validation_alias="view")
    notes: Many[NoteName] = Field(default=(), validation_alias="note")
    figures: Figures = Figures()
    reality_checks: Many[RealityCheck] = Field(default=(), validation_alias="reality_check")
    conservations: Many[Conservation] = Field(default=(), validation_alias="conservation")
    tables: Many[LookupShape] = Field(default=(), validation_alias="table")
    knock_outs: Many[KnockOut] = Field(default=(), validation_alias="knock_out")

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        for table, key, values in (
            ("lever", "name", [lever.name for lever in self.levers]),
            ("uncertainty", "name", [uncertainty.name for uncertainty in self.every_uncertainty]),
            ("policy", "id", [BASELINE.id, *(policy.id for policy in self.policies)]),
            ("scenario", "id", [NORMAL.id, *(scenario.id for scenario in self.scenarios)]),
            ("outcome", "id", [outcome.id for outcome in self.outcomes]),
            ("loop", "id", [loop.id for loop in self.loops]),
            ("variable", "name", [variable.name for variable in self.variables]),
            ("unit", "name", [unit.name for unit in self.units]),
            ("view", "name", [view.name for view in self.views]),
            ("note", "text", [note.text for note in self.notes]),
            ("reality_check", "id", [check.id for check in self.reality_checks]),
            ("conservation", "id", [conservation.id for conservation in self.conservations]),
            ("table", "name", [table.name for table in self.tables]),
        ):
            twice = first_twice(values)
            if twice is not None:
                reserved = f"; '{twice}' exists always" if twice in (BASELINE.id, NORMAL.id) else ""
                raise schema_fault(
                    f"{key} '{twice}' stands twice in [[{table}]]",
                    f"Give each [[{table}]] its own {key}{reserved}.",
                    evidence=f'{key} = "{twice}"',
                )
        return self

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        for table, alternatives in (("policy", self.policies), ("scenario", self.scenarios)):
            for alternative in alternatives:
                if not alternative.changes:
                    raise schema_fault(
                        f"[[{table}]] '{alternative.id}' changes nothing",
                        f"Write a [[{table}.change]] below it, or remove it.",
                        evidence=f'id = "{alternative.id}"',
                    )
        return self

    @property
    def every_uncertainty(self) -> tuple[Uncertainty, ...]:
        """The uncertain constants, and the slopes of tables behind them."""
        slopes = (table.uncertainty() for table in self.tables)
        return (*self.uncertainties, *(slope for slope in slopes if slope is not None))

    def title_of(self, variable: str, language: Language) -> str:
        """Return what a label calls ``variable``: its Chinese name, or in English the model's own.

        A variable without a Chinese name keeps the model's; an element stays behind the name.
        """
        if language == "en":
            return variable
        name = variable_of(variable)
        key = key_of(name)
        titles = {"time": TIME_IN_CHINESE}
        titles |= {key_of(lever.name): lever.title.zh for lever in self.levers}
        titles |= {key_of(row.name): row.zh for row in self.variables}
        for table in self.tables:
            title = titles.get(key_of(table.name), table.name)
            titles.setdefault(key_of(slope_name(table.name)), f"{title}（斜率）")
        return variable.replace(name, titles[key], 1) if key in titles else variable

    def words_in(self, text: str, language: Language) -> str:
        """Return what a drawing calls a variable, a loop or a view, and what it says in a note.

        A text that the manifest does not know stays as it is.
        """
        titles = {key_of(loop.title.en): loop.title.in_language(language) for loop in self.loops}
        if key_of(text) in titles:
            return titles[key_of(text)]
        name = self.title_of(text, language)
        if name != text or language == "en":
            return name
        known = {key_of(view.name): view.zh for view in self.views}
        known |= {key_of(note.text): note.zh for note in self.notes}
        return known.get(key_of(text), text)

    def view_in(self, title: str, language: Language) -> str:
        """Return the title of a view: in English the drawing's own, and where there is none in Chinese.

        A view without a title of its own may be called after a loop or a variable.
        """
        if language == "en":
            return title
        titles = {key_of(view.name): view.zh for view in self.views}
        return titles.get(key_of(title)) or self.words_in(title, language)

    def unit_in(self, unit: str, language: Language) -> str:
        """Return how a label writes ``unit``: see :func:`sdmodels.catalogue.naming.unit_in`."""
        return unit_in(unit, language, [(row.name, row.zh) for row in self.units])
