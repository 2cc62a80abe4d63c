"""How does an expression become LLVM instructions over a vector of members?

The text of LLVM's own language is written directly. No fast-math flag is set: members that leave the
finite numbers must be seen, and the same numbers must come out on every machine.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import assert_never

from sdmodels.engine.native.exponentials import power_of_constant
from sdmodels.engine.native.formula import Formula
from sdmodels.engine.native.mathematics import VECTOR_FUNCTIONS, call
from sdmodels.engine.native.tables import table_height
from sdmodels.engine.native.writer import PERMUTE, PERMUTE_TWO
from sdmodels.engine.program import Assignment
from sdmodels.structure.evaluation import HALVINGS
from sdmodels.structure.expression import (
    Arithmetic,
    ArithmeticOperator,
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

_ARITHMETIC: Mapping[ArithmeticOperator, str] = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}
# Ordered comparisons are false for not-a-number, "<>" is true: as in NumPy and C.
_COMPARISONS: Mapping[ComparisonOperator, str] = {
    "=": "oeq",
    "<>": "une",
    "<": "olt",
    "<=": "ole",
    ">": "ogt",
    ">=": "oge",
}
_VECTOR_INTRINSICS: Mapping[str, str] = {"ABS": "fabs", "SQRT": "sqrt", "INTEGER": "trunc"}
# Functions of the C library, called lane by lane where there is no function over vectors, or for lanes with
# exceptional arguments.
LIBRARY: Mapping[str, str] = {
    "ARCCOS": "acos",
    "ARCSIN": "asin",
    "ARCTAN": "atan",
    "COS": "cos",
    "ERFC": "erfc",
    "EXP": "exp",
    "LN": "log",
    "SIN": "sin",
    "TAN": "tan",
    "^": "pow",
}


class Emitter(Formula):
    """Writes expressions; the same part of an expression (the same value in memory) is written once.

    Attributes
    ----------
    called
        The functions over vectors that were used.
    """

    def __init__(self, lanes: int, *, permutes: bool = False) -> None:
        super().__init__(lanes, permutes=permutes)
        self.called: set[str] = set()
        self._written: dict[int, tuple[Expression, str]] = {}

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Forget at the end what was written inside: its values are not known behind it."""
        before = dict(self._written)
        yield
        self._written = before

    def assigned(self, assignments: Iterable[Assignment], known: Mapping[str, str]) -> dict[str, str]:
        """Write assignments; return the names of the vectors of all variables."""
        values = dict(known)
        for assignment in assignments:
            values[assignment.name] = self.number(assignment.expression, values)
        return values

    def number(self, expression: Expression, values: Mapping[str, str]) -> str:
        """Return the vector that ``expression`` comes to; ``values`` has the names of the variables' vectors."""
        match expression:
            case Number(value):
                return self.splat(value)
            case Reference(name):
                return values[name]
        # The expression is kept beside its value: as long as it lives no other has its identity.
        if id(expression) not in self._written:
            self._written[id(expression)] = (expression, self._number(expression, values))
        return self._written[id(expression)][1]

    def _number(self, expression: Expression, values: Mapping[str, str]) -> str:
        match expression:
            case Number() | Reference():
                return self.number(expression, values)
            case Negation(operand):
                return self.emit(f"fneg {self.vector} {self.number(operand, values)}")
            case Arithmetic():
                return self._arithmetic(expression, values)
            case Comparison() | Logical() | Not():
                truth = self.truth(expression, values)
                return self.select(truth, self.splat(1.0), self.splat(0.0))
            case Conditional(condition, then, otherwise):
                truth = self.truth(condition, values)
                return self.select(truth, self.number(then, values), self.number(otherwise, values))
            case Call(function, arguments):
                return self._call(function, [self.number(argument, values) for argument in arguments])
            case LookupCall(Table() as table, argument):
                return table_height(self, table, self.number(argument, values))
            case Root():
                return self._root(expression, values)
            case LookupCall() | Smooth() | Delay() | Initial() | Element():
                raise ValueError(f"{type(expression).__name__} is written out by lowering")
            case _:
                assert_never(expression)

    def truth(self, expression: Expression, values: Mapping[str, str]) -> str:
        """Return the mask of lanes where ``expression`` is not zero."""
        match expression:
            case Comparison(comparison, left, right):
                sides = self.number(left, values), self.number(right, values)
                return self.compare(_COMPARISONS[comparison], *sides)
            case Logical(logical, left, right):
                sides = self.truth(left, values), self.truth(right, values)
                return self.emit(f"{logical} {self.mask} {sides[0]}, {sides[1]}")
            case Not(operand):
                every = "<" + ", ".join(["i1 true"] * self.lanes) + ">"
                return self.emit(f"xor {self.mask} {self.truth(operand, values)}, {every}")
            case _:
                return self.compare("une", self.number(expression, values), self.splat(0.0))

    def _arithmetic(self, expression: Arithmetic, values: Mapping[str, str]) -> str:
        left = self.number(expression.left, values)
        if expression.operator == "^" and isinstance(expression.right, Number):
            found = power_of_constant(self, left, expression.right.value)
            if found is not None:
                return found
        right = self.number(expression.right, values)
        if expression.operator == "^":
            return self._function("^", [left, right])
        return self.join(_ARITHMETIC[expression.operator], left, right)

    def _call(self, function: str, arguments: list[str]) -> str:
        if function in _VECTOR_INTRINSICS:
            name = f"@llvm.{_VECTOR_INTRINSICS[function]}.v{self.lanes}f64"
            return self.emit(f"call {self.vector} {name}({self.vector} {arguments[0]})")
        if function in ("MIN", "MAX"):
            left, right = arguments
            if right.startswith("<"):
                # A literal is a number: on the left it needs no look whether it is one.
                left, right = right, left
            first = self.compare("olt" if function == "MIN" else "ogt", left, right)
            chosen = self.select(first, left, right)
            if left.startswith("<"):
                return chosen
            # A comparison with not-a-number is false and chooses the right; a left one must win too.
            return self.select(self.compare("uno", left, left), left, chosen)
        return self._function(function, arguments)

    def _function(self, function: str, arguments: list[str]) -> str:
        if function not in VECTOR_FUNCTIONS:
            return self.by_lane(LIBRARY[function], arguments)
        self.called.add(function)
        return call(self, function, arguments)

    def _root(self, root: Root, values: Mapping[str, str]) -> str:
        """Write a loop that halves the bracket around the root."""
        low, high, count = self.room(self.vector), self.room(self.vector), self.room("i64")
        self.store(self.number(root.low, values), low)
        self.store(self.number(root.high, values), high)
        self.store("0", count, "i64")
        halve, found = self.fresh("halve"), self.fresh("found")
        self.do(f"br label %{halve}")
        self.block(halve)
        below, above = self.load(low), self.load(high)
        middle = self._middle(below, above)
        with self.scope():
            falling = self.number(root.function, {**values, root.unknown: middle})
            positive = self.compare("ogt", falling, self.splat(0.0))
        self.store(self.select(positive, middle, below), low)
        self.store(self.select(positive, above, middle), high)
        number = self.emit(f"add i64 {self.load(count, 'i64')}, 1")
        self.store(number, count, "i64")
        again = self.emit(f"icmp slt i64 {number}, {HALVINGS}")
        self.do(f"br i1 {again}, label %{halve}, label %{found}")
        self.block(found)
        return self._middle(self.load(low), self.load(high))

    def _middle(self, low: str, high: str) -> str:
        return self.join("fmul", self.splat(0.5), self.join("fadd", low, high))


def declarations(lanes: int, *, permutes: bool) -> list[str]:
    """Return the declarations of what the instructions call."""
    eight = "<8 x double>"
    registers = [
        f"declare {eight} @{PERMUTE}({eight}, <8 x i64>)",
        f"declare {eight} @{PERMUTE_TWO}({eight}, <8 x i64>, {eight})",
    ]
    vector = f"<{lanes} x double>"
    masked = f"<{lanes} x ptr>, i32, <{lanes} x i1>, {vector}"
    return [
        *(registers if permutes else ()),
        *(f"declare double @{name}(double)" for name in LIBRARY.values() if name != "pow"),
        "declare double @pow(double, double)",
        *(f"declare {vector} @llvm.{name}.v{lanes}f64({vector})" for name in ("fabs", "sqrt", "trunc")),
        f"declare {vector} @llvm.masked.gather.v{lanes}f64.v{lanes}p0({masked})",
    ]
