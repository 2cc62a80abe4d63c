"""How does an expression become LLVM instructions over a vector of members?

The text of LLVM's own language is written directly. No fast-math flag is set: members that leave the
finite numbers must be seen, and the same numbers must come out on every machine.
"""

import struct
from collections.abc import Mapping
from typing import assert_never

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
# Functions of the C library, called lane by lane.
LIBRARY: Mapping[str, str] = {
    "ARCCOS": "acos",
    "ARCSIN": "asin",
    "ARCTAN": "atan",
    "COS": "cos",
    "EXP": "exp",
    "LN": "log",
    "SIN": "sin",
    "TAN": "tan",
    "^": "pow",
}


def literal(value: float) -> str:
    """Return ``value`` as LLVM writes a double: its 64 bits, so that nothing is rounded."""
    return "0x" + struct.pack(">d", value).hex().upper()


class Emitter:
    """Writes instructions, one text line each, over vectors of ``lanes`` members."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.vector = f"<{lanes} x double>"
        self.mask = f"<{lanes} x i1>"
        self.integers = f"<{lanes} x i64>"
        self.lines: list[str] = []
        self._count = 0

    def fresh(self) -> str:
        """Return a name that no value has yet."""
        self._count += 1
        return f"%v{self._count}"

    def emit(self, instruction: str) -> str:
        """Write ``instruction`` and return the name of its value."""
        name = self.fresh()
        self.lines.append(f"  {name} = {instruction}")
        return name

    def do(self, instruction: str) -> None:
        """Write an instruction that has no value."""
        self.lines.append(f"  {instruction}")

    def block(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")

    def splat(self, value: float) -> str:
        """Return a literal vector with ``value`` in every lane."""
        return "<" + ", ".join([f"double {literal(value)}"] * self.lanes) + ">"

    def integer_splat(self, value: int) -> str:
        """Return a literal vector of whole numbers."""
        return "<" + ", ".join([f"i64 {value}"] * self.lanes) + ">"

    def spread(self, scalar: str, element: str = "double") -> str:
        """Return a vector with the value named ``scalar`` in every lane."""
        kind = f"<{self.lanes} x {element}>"
        first = self.emit(f"insertelement {kind} undef, {element} {scalar}, i32 0")
        zeros = f"<{self.lanes} x i32> zeroinitializer"
        return self.emit(f"shufflevector {kind} {first}, {kind} undef, {zeros}")

    def select(self, condition: str, then: str, otherwise: str) -> str:
        """Return, lane by lane, ``then`` where ``condition`` holds."""
        return self.emit(f"select {self.mask} {condition}, {self.vector} {then}, {self.vector} {otherwise}")

    def compare(self, predicate: str, left: str, right: str) -> str:
        """Return the mask of lanes where the comparison holds."""
        return self.emit(f"fcmp {predicate} {self.vector} {left}, {right}")

    def join(self, operation: str, left: str, right: str) -> str:
        """Return a floating-point operation on two vectors."""
        return self.emit(f"{operation} {self.vector} {left}, {right}")

    def number(self, expression: Expression, values: Mapping[str, str]) -> str:
        """Return the vector that ``expression`` comes to; ``values`` has the names of the variables' vectors."""
        match expression:
            case Number(value):
                return self.splat(value)
            case Reference(name):
                return values[name]
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
                return self._lookup(table, self.number(argument, values))
            case LookupCall() | Smooth() | Delay() | Initial() | Element() | Root():
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
        match expression.operator, expression.right:
            case "^", right:
                return self._by_lane("pow", [left, self.number(right, values)])
            case operator, right:
                return self.join(_ARITHMETIC[operator], left, self.number(right, values))

    def _call(self, function: str, arguments: list[str]) -> str:
        if function in _VECTOR_INTRINSICS:
            name = f"@llvm.{_VECTOR_INTRINSICS[function]}.v{self.lanes}f64"
            return self.emit(f"call {self.vector} {name}({self.vector} {arguments[0]})")
        if function in ("MIN", "MAX"):
            left, right = arguments
            first = self.compare("olt" if function == "MIN" else "ogt", left, right)
            chosen = self.select(first, left, right)
            # A comparison with not-a-number is false and chooses the right; a left one must win too.
            return self.select(self.compare("uno", left, left), left, chosen)
        return self._by_lane(LIBRARY[function], arguments)

    def _by_lane(self, function: str, arguments: list[str]) -> str:
        result = "undef"
        for lane in range(self.lanes):
            parts = [
                self.emit(f"extractelement {self.vector} {argument}, i32 {lane}") for argument in arguments
            ]
            called = ", ".join(f"double {part}" for part in parts)
            value = self.emit(f"call double @{function}({called})")
            result = self.emit(f"insertelement {self.vector} {result}, double {value}, i32 {lane}")
        return result

    def _lookup(self, table: Table, x: str) -> str:
        """Write a table as a sum of clamped segments: no branch, so that every lane can differ.

        Each comparison is false for not-a-number, which therefore runs through to the result. The same
        operations in the same order as :func:`sdmodels.structure.evaluation.read_table`: a constant gives the
        same bits whether it was folded or read in the kernel.
        """
        total = self.splat(table.ys[0])
        if table.kind == "hold":
            for here, height in list(zip(table.xs, table.ys, strict=True))[1:]:
                passed = self.compare("oge", x, self.splat(here))
                total = self.select(passed, self.splat(height), total)
            return self.select(self.compare("uno", x, x), x, total)
        if len(table.xs) == 1:
            return self.select(self.compare("uno", x, x), x, total)
        zero = self.splat(0.0)
        for index, (low, high) in enumerate(zip(table.xs, table.xs[1:], strict=False)):
            rise = table.ys[index + 1] - table.ys[index]
            if rise == 0 and index > 0:
                continue
            along = self.join("fsub", x, self.splat(low))
            floored = self.select(self.compare("olt", along, zero), zero, along)
            width = self.splat(high - low)
            clamped = self.select(self.compare("ogt", floored, width), width, floored)
            part = self.join("fmul", clamped, self.splat(rise / (high - low)))
            total = self.join("fadd", total, part)
        # The last point exactly: the sum may be off by rounding.
        beyond = self.compare("oge", x, self.splat(table.xs[-1]))
        return self.select(beyond, self.splat(table.ys[-1]), total)
