"""What is to be known about a model before it is run?"""

from collections.abc import Mapping

from sdmodels.catalogue import Entry, Language, Text
from sdmodels.report import words
from sdmodels.report.table import Cell, Table, readable
from sdmodels.structure.hidden_stocks import hidden_stocks, number_of_states
from sdmodels.structure.subscripts import constant_values


def description(entry: Entry, language: Language) -> dict[str, Table]:
    """Return the tables that describe a model, by what they are about; empty ones are left out."""
    tables = {
        "levers": _levers(entry, language),
        "policies": _alternatives(entry, language, "policies"),
        "scenarios": _alternatives(entry, language, "scenarios"),
        "outcomes": _outcomes(entry, language),
        "stocks": _stocks(entry, language),
        "stocks_inside": _stocks_inside(entry, language),
        "loops": _loops(entry, language),
        "uncertainties": _uncertainties(entry, language),
    }
    if entry.manifest is None:
        tables["constants"] = _constants(entry)
    return {name: table for name, table in tables.items() if table.rows}


def _own_value(entry: Entry, name: str) -> float | None:
    values = list(constant_values(entry.model, name).values())
    return values[0] if len(values) == 1 else None


def _levers(entry: Entry, language: Language) -> Table:
    rows = [
        {
            "name": lever.name,
            "title": lever.title.in_language(language),
            "value": _own_value(entry, lever.name),
            "minimum": lever.minimum,
            "maximum": lever.maximum,
            "unit": entry.unit_of(lever.name, language),
            "meaning": lever.meaning.in_language(language),
        }
        for lever in entry.levers
    ]
    named = (words.NAME,) if language == "en" else (words.NAME, words.TITLE)
    return Table(
        title=Text(en="Levers", zh="政策杠杆"),
        columns=(*named, words.VALUE, words.MINIMUM, words.MAXIMUM, words.UNIT, words.MEANING),
        rows=tuple(rows),
    )


def _alternatives(entry: Entry, language: Language, which: str) -> Table:
    titles = {
        "policies": Text(en="Policies", zh="政策"),
        "scenarios": Text(en="Scenarios", zh="情景"),
    }
    alternatives = entry.policies if which == "policies" else entry.scenarios
    rows: list[Mapping[str, Cell]] = [
        {
            "id": alternative.id,
            "title": alternative.title.in_language(language),
            "meaning": alternative.meaning.in_language(language),
        }
        for alternative in alternatives
    ]
    return Table(title=titles[which], columns=(words.ID, words.TITLE, words.MEANING), rows=tuple(rows))


def _outcomes(entry: Entry, language: Language) -> Table:
    rows = [
        {
            "id": outcome.id,
            "title": outcome.title.in_language(language),
            "variable": outcome.variable,
            "statistic": outcome.statistic,
            "better": outcome.better,
        }
        for outcome in entry.outcomes
    ]
    chinese = words.WORDS_IN_CHINESE
    shown = [
        {
            "variable": entry.title_of(str(row["variable"]), language),
            "statistic": chinese[str(row["statistic"])] if language == "zh" else str(row["statistic"]),
        }
        for row in rows
    ]
    variable = words.column("variable", "variable", "变量")
    return Table(
        title=Text(en="Outcomes", zh="结果"),
        columns=(words.ID, words.TITLE, variable, words.STATISTIC),
        rows=tuple(rows),
        shown=tuple(shown),
    )


def _stocks(entry: Entry, language: Language) -> Table:
    rows = [
        {
            "name": stock.name,
            "title": entry.title_of(stock.name, language),
            "unit": entry.unit_of(stock.name, language),
            "documentation": stock.documentation,
        }
        for stock in entry.model.stocks
    ]
    named = (words.NAME,) if language == "en" else (words.NAME, words.TITLE)
    documentation = words.column("documentation", "documentation", "说明")
    return Table(
        title=Text(en="Stocks", zh="存量"), columns=(*named, words.UNIT, documentation), rows=tuple(rows)
    )


def _stocks_inside(entry: Entry, language: Language) -> Table:
    rows: list[Mapping[str, Cell]] = [
        {
            "name": name,
            "title": entry.title_of(name, language),
            "stocks": count,
            "unit": entry.unit_of(name, language),
            "documentation": entry.model[name].documentation,
        }
        for name, count in hidden_stocks(entry.model).items()
    ]
    named = (words.NAME,) if language == "en" else (words.NAME, words.TITLE)
    stocks = words.column("stocks", "stocks", "存量数", numeric=True)
    documentation = words.column("documentation", "documentation", "说明")
    return Table(
        title=Text(
            en="Stocks inside of other variables (SMOOTH, DELAY and the like)",
            zh="其他变量内含的存量（SMOOTH、DELAY 等）",
        ),
        columns=(*named, stocks, words.UNIT, documentation),
        rows=tuple(rows),
    )


def _loops(entry: Entry, language: Language) -> Table:
    loops = entry.loops
    rows = [
        {
            "id": loop.id,
            "title": loop.title.in_language(language),
            "polarity": loop.polarity,
            "variables": " → ".join(loop.variables),
        }
        for loop in loops
    ]
    shown = [
        {
            "polarity": words.WORDS_IN_CHINESE[loop.polarity] if language == "zh" else loop.polarity,
            "variables": " → ".join(entry.title_of(name, language) for name in loop.variables),
        }
        for loop in loops
    ]
    return Table(
        title=Text(en="Feedback loops", zh="反馈回路"),
        columns=(words.ID, words.TITLE, words.POLARITY, words.VARIABLES),
        rows=tuple(rows),
        shown=tuple(shown),
    )


def _uncertainties(entry: Entry, language: Language) -> Table:
    rows = [
        {
            "name": uncertainty.name,
            "value": _own_value(entry, uncertainty.name),
            "minimum": uncertainty.minimum,
            "maximum": uncertainty.maximum,
            "unit": entry.unit_of(uncertainty.name, language),
            "distribution": uncertainty.distribution,
            "source": uncertainty.source,
        }
        for uncertainty in entry.uncertainties
    ]
    shown = [{"name": entry.title_of(str(row["name"]), language)} for row in rows]
    return Table(
        title=Text(en="Uncertain constants", zh="不确定常量"),
        columns=(words.NAME, words.VALUE, words.MINIMUM, words.MAXIMUM, words.UNIT, words.SOURCE),
        rows=tuple(rows),
        shown=tuple(shown),
    )


def _constants(entry: Entry) -> Table:
    rows: list[Mapping[str, Cell]] = [
        {
            "name": constant.name,
            "value": _own_value(entry, constant.name),
            "unit": constant.units,
            "meaning": constant.documentation,
        }
        for constant in entry.model.constants
    ]
    return Table(
        title=Text(en="Constants", zh="常量"),
        columns=(words.NAME, words.VALUE, words.UNIT, words.MEANING),
        rows=tuple(rows),
    )


def overview(entry: Entry, language: Language) -> str:
    """Return the lines above the tables: title, summary, size and time."""
    model = entry.model
    time = model.time
    counts = (
        _number_of_stocks(entry, language),
        len(model.auxiliaries),
        len(model.constants),
        len(model.lookups),
    )
    span = f"{readable(time.initial_time)} - {readable(time.final_time)}"
    lines = [entry.title(language)]
    if entry.manifest is not None:
        lines += [entry.manifest.summary.in_language(language), entry.manifest.source]
    if language == "zh":
        unit = entry.manifest.unit_in(time.units, "zh") if entry.manifest else time.units
        sizes = "{} · 辅助变量 {} · 常量 {} · 表函数 {}".format(*counts)
        lines.append(f"{sizes} · 时间 {span} {unit}，步长 {time.time_step:g}")
    else:
        sizes = "{}, {} auxiliaries, {} constants, {} tables".format(*counts)
        lines.append(f"{sizes}; time {span} {time.units}, time step {time.time_step:g}")
    return "\n".join([*lines, str(entry.path)])


def _number_of_stocks(entry: Entry, language: Language) -> str:
    """Return how many stocks there are, and how many variables have some inside."""
    named, inside = len(entry.model.stocks), len(hidden_stocks(entry.model))
    states = number_of_states(entry.model)
    if language == "zh":
        more = f"，另有 {inside} 个变量内含存量（共 {states} 个状态）" if inside else ""
        return f"存量 {named}{more}"
    variables = "variable" if inside == 1 else "variables"
    more = f" (and {inside} {variables} with stocks inside: {states} states)" if inside else ""
    return f"{named} stocks{more}"
