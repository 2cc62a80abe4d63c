"""How do policies compare in a table: median, range, and difference from the baseline?"""

from collections.abc import Mapping, Sequence

import pandas as pd
import xarray as xr

from sdmodels.catalogue import Entry, Language, Outcome, Text
from sdmodels.experiment import measure, summarise
from sdmodels.report import words
from sdmodels.report.table import Cell, Table, readable


def outcome_summary(outcomes: Sequence[Outcome], behaviour: xr.Dataset) -> pd.DataFrame:
    """Return the summary of :func:`sdmodels.experiment.summarise` with one column more.

    ``change`` is the median over the members of each member's difference from its own baseline run, as a
    share of the baseline's; empty without a baseline.
    """
    measured = measure(behaviour, outcomes)
    summary = summarise(measured)
    summary["change"] = _change_from_baseline(measured, summary)
    return summary


def _change_from_baseline(measured: pd.DataFrame, summary: pd.DataFrame) -> pd.Series:
    keys = ["scenario", "sample", "outcome"]
    base = measured[measured["policy"] == "baseline"].set_index(keys)["value"]
    if base.empty:
        return pd.Series([None] * len(summary), dtype=object)
    paired = measured.join(base.rename("base"), on=keys)
    scale = paired["base"].abs().where(paired["base"] != 0)
    paired["change"] = (paired["value"] - paired["base"]) / scale
    medians = paired.groupby(["scenario", "policy", "outcome"], sort=False)["change"].median()
    found = [medians.get((r.scenario, r.policy, r.outcome)) for r in summary.itertuples()]
    values = [None if value is None or pd.isna(value) else float(value) for value in found]
    return pd.Series(values, dtype=object)


def outcome_table(entry: Entry, summary: pd.DataFrame, language: Language) -> Table:
    """Return the outcomes of each policy as a table; one block of rows an outcome."""
    several = summary["scenario"].nunique() > 1
    ensemble = bool((summary["members"] > 1).any())
    titles = {outcome.id: outcome.title for outcome in entry.outcomes}
    policies = {policy.id: policy.title for policy in entry.policies}
    scenarios = {scenario.id: scenario.title for scenario in entry.scenarios}
    order = {outcome.id: place for place, outcome in enumerate(entry.outcomes)}
    ordered = summary.sort_values("outcome", key=lambda column: column.map(order), kind="stable")
    rows: list[Mapping[str, Cell]] = []
    shown: list[Mapping[str, str]] = []
    for row in ordered.to_dict("records"):
        rows.append({str(key): value for key, value in row.items()})
        change = row["change"]
        shown.append(
            {
                "outcome": _title(titles, row["outcome"], language),
                "policy": _title(policies, row["policy"], language),
                "scenario": _title(scenarios, row["scenario"], language),
                "unit": entry.manifest.unit_in(row["unit"], language) if entry.manifest else row["unit"],
                "median": readable(float(row["median"])),
                "change": "" if change is None or row["policy"] == "baseline" else _percent(change),
            }
        )
        if len(shown) > 1 and rows[-2]["outcome"] == row["outcome"]:
            # Named once, at the head of its block.
            shown[-1] = {**shown[-1], "outcome": ""}
    columns = [words.OUTCOME, words.POLICY, words.MEDIAN]
    if several:
        columns.insert(1, words.SCENARIO)
    if ensemble:
        columns += [words.LOW, words.HIGH]
    else:
        columns[-1] = words.VALUE
        rows = [{**row, "value": row["median"]} for row in rows]
    columns += [words.UNIT]
    if any(texts["change"] for texts in shown):
        columns += [words.CHANGE]
    return Table(
        title=Text(en="Outcomes", zh="结果"), columns=tuple(columns), rows=tuple(rows), shown=tuple(shown)
    )


def _percent(share: float) -> str:
    """Return a change in percent; what rounds to nothing has no sign."""
    text = f"{share:+.1%}"
    return "0.0%" if text in ("-0.0%", "+0.0%") else text


def _title(titles: Mapping[str, Text], id: str, language: Language) -> str:
    return titles[id].in_language(language) if id in titles else id


def figure_table(entry: Entry, summary: pd.DataFrame) -> pd.DataFrame:
    """Return the summary in the form that :func:`sdmodels.figures.outcome_bars` draws."""
    titles = {outcome.id: outcome.title for outcome in entry.outcomes}
    policies = {policy.id: policy.title for policy in entry.policies}
    table = summary.copy()
    table["outcome_zh"] = [titles[id].zh for id in summary["outcome"]]
    table["outcome"] = [titles[id].en for id in summary["outcome"]]
    table["policy_zh"] = [policies[id].zh if id in policies else id for id in summary["policy"]]
    table["policy"] = [policies[id].en if id in policies else id for id in summary["policy"]]
    if entry.manifest is not None:
        table["unit_zh"] = [entry.manifest.unit_in(unit, "zh") for unit in summary["unit"]]
    return table
