"""What would a competent engineer write in C for the same equations?

One run after another: a loop over members, in it a loop over time, all values local doubles. The table
functions come in three ways, of which the benchmark takes the fastest.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias, assert_never, get_args

from sdmodels.engine.program import Assignment, Program
from sdmodels.structure.evaluation import slope
from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    ComparisonOperator,
    Conditional,
    Delay,
    Element,
    Expression,
    Initial,
    Logical,
    LookupCall,
    Negation,
    Not,
    Number,
    Reference,
    Root,
    Smooth,
    Table,
)

Lookups: TypeAlias = Literal["search", "chain", "clamped"]
Names: TypeAlias = Mapping[str, str]
# Halvings until a bracket of doubles has closed.
HALVINGS: Final = 60
LOOKUPS: Final[tuple[Lookups, ...]] = get_args(Lookups)

_COMPARISONS: Mapping[ComparisonOperator, str] = {
    "=": "==",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_LIBRARY: Mapping[str, str] = {
    "ABS": "fabs",
    "ARCCOS": "acos",
    "ARCSIN": "asin",
    "ARCTAN": "atan",
    "COS": "cos",
    "ERFC": "erfc",
    "EXP": "exp",
    "INTEGER": "trunc",
    "LN": "log",
    "MAX": "larger",
    "MIN": "smaller",
    "SIN": "sin",
    "SQRT": "sqrt",
    "TAN": "tan",
}
_HEAD = """\
#include <math.h>

static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double smaller(double a, double b) { return a < b ? a : b; }
"""


def c_source(program: Program, *, lookups: Lookups) -> str:
    """Return C of a function ``run(inputs, outputs, members)``, Euler's method, final values only.

    ``inputs`` has the shape ``(inputs, members)``, ``outputs`` ``(outputs, members)``.

    Parameters
    ----------
    lookups
        ``search`` for the segment in an array, from its first point on; the same search written out as a
        ``chain`` of comparisons with numbers; or the sum of ``clamped`` segments, without a branch.

    Raises
    ------
    ValueError
        If the program has memories, pipelines, series or draws: no model of the benchmark does.
    """
    if program.memories or program.pipelines or program.series or program.draws:
        raise ValueError("the C peer knows stocks and auxiliaries only")
    return _Source(program, lookups).text()


class _Source:
    def __init__(self, program: Program, lookups: Lookups) -> None:
        self.program = program
        self.lookups = lookups
        self.tables: dict[Table, str] = {}

    def text(self) -> str:
        body = self._body()
        tables = [_table(table, name, self.lookups) for table, name in self.tables.items()]
        return "\n".join([_HEAD, *tables, *body, ""])

    def _body(self) -> list[str]:
        program, time = self.program, self.program.time
        inputs = {name: f"input{index}" for index, name in enumerate(program.inputs)}
        states = {state.name: f"state{index}" for index, state in enumerate(program.states)}
        begin, initial = self._assigned(program.initial, {**inputs, "Time": "time0"}, "initial")
        fixed = {**inputs, **{name: initial[name] for name in program.held}}
        step, now = self._assigned(program.step, {**fixed, **states, "Time": "time"}, "step")
        observed, seen = self._assigned(program.observed, now, "observed")
        flows = [self.number(state.rate, now) for state in program.states]
        clock = f"const double time = time0 + step * {_literal(time.time_step)};"
        return [
            "void run(const double *restrict inputs, double *restrict outputs, const long members) {",
            f"const double time0 = {_literal(time.initial_time)};",
            "for (long member = 0; member < members; member++) {",
            *(
                f"const double {name} = inputs[{i} * members + member];"
                for i, name in enumerate(inputs.values())
            ),
            *begin,
            *(f"double {state} = {initial[name]};" for name, state in states.items()),
            f"for (long step = 0; step < {time.steps}; step++) {{",
            clock,
            *step,
            *(f"const double flow{index} = {flow};" for index, flow in enumerate(flows)),
            *(f"state{index} += {_literal(time.time_step)} * flow{index};" for index in range(len(flows))),
            "}",
            f"const long step = {time.steps};",
            clock,
            *step,
            *observed,
            *(f"outputs[{i} * members + member] = {seen[name]};" for i, name in enumerate(program.outputs)),
            "}",
            "}",
        ]

    def _assigned(
        self, assignments: Iterable[Assignment], known: Names, prefix: str
    ) -> tuple[list[str], dict[str, str]]:
        names, lines = dict(known), []
        for index, assignment in enumerate(assignments):
            lines.append(f"const double {prefix}{index} = {self.number(assignment.expression, names)};")
            names[assignment.name] = f"{prefix}{index}"
        return lines, names

    def number(self, expression: Expression, names: Names) -> str:
        """Return a C expression of type double."""
        match expression:
            case Number(value):
                return _literal(value)
            case Reference(name):
                return names[name]
            case Negation(operand):
                return f"(-{self.number(operand, names)})"
            case Arithmetic("^", left, right):
                return f"pow({self.number(left, names)}, {self.number(right, names)})"
            case Arithmetic(operator, left, right):
                return f"({self.number(left, names)} {operator} {self.number(right, names)})"
            case Comparison() | Logical() | Not():
                return f"({self.truth(expression, names)} ? 1.0 : 0.0)"
            case Conditional(condition, then, otherwise):
                sides = self.number(then, names), self.number(otherwise, names)
                return f"({self.truth(condition, names)} ? {sides[0]} : {sides[1]})"
            case Call(function, arguments):
                return f"{_LIBRARY[function]}({', '.join(self.number(part, names) for part in arguments)})"
            case LookupCall(Table() as table, argument):
                name = self.tables.setdefault(table, f"table{len(self.tables)}")
                return f"{name}({self.number(argument, names)})"
            case Root():
                return self._root(expression, names)
            case LookupCall() | Smooth() | Delay() | Initial() | Element():
                raise ValueError(f"{type(expression).__name__} is written out by lowering")
            case _:
                assert_never(expression)

    def truth(self, expression: Expression, names: Names) -> str:
        """Return a C expression that is true where ``expression`` is not zero."""
        match expression:
            case Comparison(comparison, left, right):
                sides = self.number(left, names), self.number(right, names)
                return f"({sides[0]} {_COMPARISONS[comparison]} {sides[1]})"
            case Logical(logical, left, right):
                sides = self.truth(left, names), self.truth(right, names)
                return f"({sides[0]} {'&&' if logical == 'and' else '||'} {sides[1]})"
            case Not(operand):
                return f"(!{self.truth(operand, names)})"
            case _:
                return f"({self.number(expression, names)} != 0.0)"

    def _root(self, root: Root, names: Names) -> str:
        """Write bisection as a block with a value, which gcc and clang have."""
        function = self.number(root.function, {**names, root.unknown: "middle"})
        return (
            f"({{ double low = {self.number(root.low, names)}, high = {self.number(root.high, names)}; "
            f"for (int halving = 0; halving < {HALVINGS}; halving++) {{ "
            f"const double middle = 0.5 * (low + high); "
            f"if ({function} > 0.0) low = middle; else high = middle; }} "
            "0.5 * (low + high); })"
        )


def _literal(value: float) -> str:
    """Return the shortest decimal that C reads back to the same bits."""
    if value != value:
        return "NAN"
    if value in (float("inf"), float("-inf")):
        return "INFINITY" if value > 0 else "(-INFINITY)"
    return f"({value!r})" if value < 0 else repr(float(value))


def _table(table: Table, name: str, lookups: Lookups) -> str:
    if table.kind in ("hold", "forward") or len(table.xs) == 1:
        lines = _steps(table)
    else:
        lines = {"search": _searched, "chain": _chained, "clamped": _clamped}[lookups](table)
    return "\n".join([f"static inline double {name}(const double x) {{", *lines, "}", ""])


def _steps(table: Table) -> list[str]:
    """Return the height of the last point passed, or of the next one; a single point is both."""
    last = len(table.xs) - 1
    # "hold": the first point counts from minus infinity on; "forward": the last one up to infinity.
    passed = "x >= xs[i + 1]" if table.kind == "hold" else "x > xs[i]"
    return [
        f"static const double xs[] = {_array(table.xs)};",
        f"static const double ys[] = {_array(table.ys)};",
        "int i = 0;",
        f"while (i < {last} && {passed}) i++;",
        "return ys[i];",
    ]


def _clamped(table: Table) -> list[str]:
    """Return the height as a sum: of each segment the part that ``x`` has passed."""
    parts = []
    last = len(table.xs) - 2
    for index, (low, high) in enumerate(zip(table.xs, table.xs[1:], strict=False)):
        passed = f"x - {_literal(low)}"
        if table.kind == "interpolate" or index > 0:
            passed = f"larger({passed}, 0.0)"
        if table.kind == "interpolate" or index < last:
            passed = f"smaller({passed}, {_literal(high - low)})"
        parts.append(f"({passed}) * {_literal(slope(table, index))}")
    return [f"return {' + '.join([_literal(table.ys[0]), *parts])};"]


def _searched(table: Table) -> list[str]:
    last = len(table.xs) - 1
    slopes = [slope(table, index) for index in range(last)]
    ends = ["if (x <= xs[0]) return ys[0];", f"if (x >= xs[{last}]) return ys[{last}];"]
    return [
        f"static const double xs[] = {_array(table.xs)};",
        f"static const double ys[] = {_array(table.ys)};",
        f"static const double slopes[] = {_array(slopes)};",
        *(ends if table.kind == "interpolate" else []),
        "int i = 0;",
        f"while (i < {last - 1} && x > xs[i + 1]) i++;",
        "return ys[i] + (x - xs[i]) * slopes[i];",
    ]


def _chained(table: Table) -> list[str]:
    lines = [f"if (x <= {_literal(table.xs[0])}) return {_literal(table.ys[0])};"]
    last = len(table.xs) - 2
    straight = []
    for index, (x, y) in enumerate(zip(table.xs[:-1], table.ys[:-1], strict=True)):
        rise = slope(table, index)
        line = f"return {_literal(y - rise * x)} + {_literal(rise)} * x;"
        is_open = index == last and table.kind == "extrapolate"
        straight.append(line if is_open else f"if (x <= {_literal(table.xs[index + 1])}) {line}")
    if table.kind == "extrapolate":
        return straight
    return [*lines, *straight, f"return {_literal(table.ys[-1])};"]


def _array(values: Iterable[float]) -> str:
    return f"{{{', '.join(map(_literal, values))}}}"
