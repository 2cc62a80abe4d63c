"""How is a Model written as a document that people read: all equations, units and tables, in Markdown?"""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from sdmodels.structure.expression import Expression, LookupCall, Number, Reference, Table, references, walk
from sdmodels.structure.formatting import written
from sdmodels.structure.model import (
    Auxiliary,
    Constant,
    Data,
    Equation,
    Lookup,
    Model,
    SeriesEquation,
    Stock,
    TableEquation,
    Variable,
)
from sdmodels.structure.names import key_of
from sdmodels.writers.flows import flows_of
from sdmodels.writers.xmile_names import bare

Language: TypeAlias = Literal["en", "zh"]

WIDTH: Final = 100
"""Of an equation [character]."""

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "equations": ("equations", "方程"),
        "stocks": ("Stocks", "存量"),
        "flows": ("Flows", "流量"),
        "auxiliaries": ("Auxiliaries", "辅助变量"),
        "constants": ("Constants", "常量"),
        "lookups": ("Table functions", "表函数"),
        "data": ("Data", "数据变量"),
        "time": ("Time settings", "时间设置"),
        "unit": ("Unit", "单位"),
        "limits": ("limits", "界限"),
        "uses": ("Uses", "用到"),
        "name": ("name", "名称"),
        "value": ("value", "取值"),
        "meaning": ("documentation", "说明"),
        "table": ("Table", "数值表"),
        "given": ("The values are given by the caller.", "数值由使用者给出。"),
        "INITIAL TIME": ("initial time", "起始时间"),
        "FINAL TIME": ("final time", "终止时间"),
        "TIME STEP": ("time step", "时间步长"),
        "SAVEPER": ("save period", "保存间隔"),
        "interpolate": (
            "straight lines between the points, level beyond the ends",
            "点间线性插值，两端之外取端点值",
        ),
        "extrapolate": ("straight lines that run on beyond the ends", "点间线性插值，两端之外外推"),
        "hold": ("the height of the last point passed", "取前一点的值"),
        "forward": ("the height of the next point", "取后一点的值"),
        ":": (": ", "："),
        ";": ("; ", "；"),
        ",": (", ", "、"),
    }
)
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|#~$])")
# A line may end after a comma and before an operator, but never within a name.
_UNBROKEN: Final = re.compile(r"(?<!,) (?!(?:[-+*/^=]|<>|<=?|>=?|:\w+:) )")
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_OF_AN_ANCHOR: Final = re.compile(r"[^\w]+")


def to_markdown(
    model: Model,
    *,
    language: Language = "en",
    heading: str = "",
    title_of: Callable[[str], str] = str,
    unit_of: Callable[[str], str] | None = None,
    time_unit: str = "",
) -> str:
    """Return all equations of a model as Markdown: by kind, and within a kind in the order of the file.

    Parameters
    ----------
    language
        Of the headings. Names and documentation stay as the model has them.
    heading
        What the model is called; its name if not given.
    title_of
        What a variable is called beside its name, such as its Chinese name.
    unit_of
        How the unit of a variable is written; as in the model if not given.
    time_unit
        How the unit of time is written; as in the model if not given.
    """

    def own_unit(name: str) -> str:
        return model.variables[name].units

    page = _Page(
        model=model,
        language=language,
        title_of=title_of,
        unit_of=own_unit if unit_of is None else unit_of,
        time_unit=time_unit or model.time.units,
    )
    return page.document(heading or model.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    model: Model
    language: Language
    title_of: Callable[[str], str]
    unit_of: Callable[[str], str]
    time_unit: str

    def word(self, key: str) -> str:
        english, chinese = _WORDS[key]
        return chinese if self.language == "zh" else english

    def document(self, heading: str) -> str:
        """Return the whole page: a heading, links to the sections, the sections."""
        sections = {key: members for key, members in self._sections().items() if members}
        links = " · ".join(f"[{self.word(key)}](#{key})" for key in [*sections, "time"])
        parts = [f"# {escaped(heading)}{self.word(':')}{self.word('equations')}", links]
        for key, members in sections.items():
            parts.append(f'<a id="{key}"></a>\n\n## {self.word(key)}')
            if key == "constants":
                parts.append(self._constants(members))
            else:
                parts += [self._entry(variable) for variable in members]
        parts.append(self._time())
        return "\n\n".join(parts) + "\n"

    def _sections(self) -> dict[str, list[Variable]]:
        named = {name for f in flows_of(self.model).values() for name in (*f.inflows, *f.outflows)}
        found: dict[str, list[Variable]] = {
            key: [] for key in ("stocks", "flows", "auxiliaries", "constants", "lookups", "data")
        }
        for variable in self.model.variables.values():
            match variable:
                case Stock():
                    found["stocks"].append(variable)
                case Auxiliary():
                    found["flows" if variable.name in named else "auxiliaries"].append(variable)
                case Constant():
                    found["constants"].append(variable)
                case Lookup():
                    found["lookups"].append(variable)
                case Data():
                    found["data"].append(variable)
        return found

    def _entry(self, variable: Variable) -> str:
        parts = [f'<a id="{anchor(variable.name)}"></a>\n\n### {self._named(variable)}']
        if not isinstance(variable, Lookup | Data):
            parts.append(_block([_equation(variable, one) for one in variable.equations]))
        parts += filter(None, [escaped(variable.documentation), self._unit_and_limits(variable)])
        for equation in variable.equations:
            parts += self._tables(variable, equation)
        used = self._used(variable)
        if used:
            links = self.word(",").join(f"[{escaped(bare(name))}](#{anchor(name)})" for name in used)
            parts.append(f"{self.word('uses')}{self.word(':')}{links}")
        return "\n\n".join(parts)

    def _named(self, variable: Variable) -> str:
        title = self.title_of(variable.name)
        name = escaped(bare(variable.name))
        return name if key_of(title) == key_of(variable.name) else f"{name} · {escaped(title)}"

    def _unit_and_limits(self, variable: Variable) -> str:
        parts = []
        unit = self.unit_of(variable.name) or variable.units
        if unit:
            parts.append(f"{self.word('unit')}{self.word(':')}{escaped(unit)}")
        limits = _limits(variable)
        if limits:
            parts.append(f"{self.word('limits')}{self.word(':')}{limits}")
        return self.word(";").join(parts)

    def _used(self, variable: Variable) -> list[str]:
        found: dict[str, None] = {}
        for equation in variable.equations:
            if isinstance(equation, Equation):
                for whole in (equation.expression, *_initial(equation)):
                    tables = [p.table for p in walk(whole) if isinstance(p, LookupCall)]
                    named = [table for table in tables if isinstance(table, Reference)]
                    found |= dict.fromkeys(reference.name for reference in (*references(whole), *named))
        return [name for name in found if name in self.model.variables and name != variable.name]

    def _tables(self, variable: Variable, equation: Equation | TableEquation | SeriesEquation) -> list[str]:
        match equation:
            case Equation(expression=expression):
                tables = [part.table for part in walk(expression) if isinstance(part, LookupCall)]
                found = [table for table in tables if isinstance(table, Table)]
            case TableEquation(table=table):
                found = [table]
            case SeriesEquation(points=points):
                if points is None:
                    return [self.word("given")]
                found = [points]
        subscripts = _subscripts(equation.subscripts) if isinstance(variable, Lookup | Data) else ""
        return [self._table(table, escaped(subscripts)) for table in found]

    def _table(self, table: Table, subscripts: str) -> str:
        xs, ys = ([written(Number(value)) for value in values] for values in (table.xs, table.ys))
        rows = [_row(["x", "y"]), "|--:|--:|", *(_row(pair) for pair in zip(xs, ys, strict=True))]
        head = f"{self.word('table')}{subscripts}{self.word(':')}{self.word(table.kind)}"
        return "\n".join([head, "", *rows])

    def _constants(self, members: Iterable[Variable]) -> str:
        heads = [self.word(key) for key in ("name", "value", "unit", "limits", "meaning")]
        rows = [_row(heads), "|---|--:|---|---|---|"]
        for constant in members:
            for equation in constant.equations:
                if not isinstance(equation, Equation):
                    continue
                mark = f'<a id="{anchor(constant.name)}"></a>' if equation is constant.equations[0] else ""
                name = f"{mark}{self._named(constant)}{escaped(_subscripts(equation.subscripts))}"
                unit = escaped(self.unit_of(constant.name) or constant.units)
                texts = [written(equation.expression), unit, _limits(constant)]
                rows.append(_row([name, *texts, escaped(constant.documentation)]))
        return "\n".join(rows)

    def _time(self) -> str:
        time = self.model.time
        values = {
            "INITIAL TIME": time.initial_time,
            "FINAL TIME": time.final_time,
            "TIME STEP": time.time_step,
            "SAVEPER": time.save_period,
        }
        rows = [_row([self.word(key) for key in ("name", "value", "unit")]), "|---|--:|---|"]
        for name, value in values.items():
            shown = f"{name} · {self.word(name)}"
            rows.append(_row([shown, written(Number(value)), escaped(self.time_unit)]))
        return f'<a id="time"></a>\n\n## {self.word("time")}\n\n' + "\n".join(rows)


def escaped(text: str) -> str:
    """Return a text in which Markdown finds nothing of its own."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def anchor(name: str) -> str:
    """Return what links to a variable point at."""
    return "v-" + _OF_AN_ANCHOR.sub("-", key_of(name)).strip("-")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _block(equations: Iterable[str]) -> str:
    lines = [
        line
        for equation in equations
        for line in textwrap.wrap(
            _UNBROKEN.sub(_NO_BREAK, equation),
            WIDTH,
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]
    return "\n".join(["```text", *lines, "```"]).replace(_NO_BREAK, " ")


def _equation(variable: Variable, equation: Equation | TableEquation | SeriesEquation) -> str:
    assert isinstance(equation, Equation)
    left = f"{variable.name}{_subscripts(equation.subscripts)}"
    if equation.exceptions:
        left += " :EXCEPT: " + ",".join(_subscripts(exception) for exception in equation.exceptions)
    right = written(equation.expression)
    if equation.initial is not None:
        kind = "INTEG" if isinstance(variable, Stock) else "ACTIVE INITIAL"
        right = f"{kind}({right}, {written(equation.initial)})"
    return f"{left} = {right}"


def _initial(equation: Equation) -> tuple[Expression, ...]:
    return () if equation.initial is None else (equation.initial,)


def _subscripts(subscripts: tuple[str, ...]) -> str:
    return f"[{','.join(subscripts)}]" if subscripts else ""


def _limits(variable: Variable) -> str:
    if variable.minimum is None and variable.maximum is None:
        return ""
    low, high = (
        "?" if value is None else written(Number(value)) for value in (variable.minimum, variable.maximum)
    )
    return f"{low} … {high}"
