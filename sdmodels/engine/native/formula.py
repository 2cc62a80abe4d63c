"""How is a formula written whose last bits matter?

One rounding an operation: nothing is fused, nothing is reordered, so that every processor comes to the same
bits. A lane never looks at another one.
"""

from collections.abc import Sequence
from typing import Final

from sdmodels.engine.native.writer import Writer

Operand = str | float

# Added to a number and taken away again it leaves the nearest whole number, which stands in the last bits of
# the sum: a conversion to an integer would not be defined for what is not a number.
_ROUNDING: Final = 1.5 * 2.0**52
_ROUNDING_BITS: Final = 0x4338000000000000
_UPPER_26: Final = -(1 << 27)
_SIGN: Final = -(1 << 63)


class Formula(Writer):
    """Writes the body of a function over vectors; a plain number stands for itself in every lane."""

    def _vector(self, operand: Operand) -> str:
        return operand if isinstance(operand, str) else self.splat(operand)

    def add(self, left: Operand, right: Operand) -> str:
        """Return the sum, rounded once."""
        return self.join("fadd", self._vector(left), self._vector(right))

    def minus(self, left: Operand, right: Operand) -> str:
        """Return the difference, rounded once."""
        return self.join("fsub", self._vector(left), self._vector(right))

    def times(self, left: Operand, right: Operand) -> str:
        """Return the product, rounded once."""
        return self.join("fmul", self._vector(left), self._vector(right))

    def over(self, left: Operand, right: Operand) -> str:
        """Return the quotient, rounded once."""
        return self.join("fdiv", self._vector(left), self._vector(right))

    def holds(self, predicate: str, left: Operand, right: Operand) -> str:
        """Return the mask of lanes where a comparison holds."""
        return self.compare(predicate, self._vector(left), self._vector(right))

    def choose(self, condition: str, then: Operand, otherwise: Operand) -> str:
        """Return, lane by lane, ``then`` where the mask holds."""
        return self.select(condition, self._vector(then), self._vector(otherwise))

    def both(self, left: str, right: str) -> str:
        """Return the mask of lanes where two masks hold."""
        return self.emit(f"and {self.mask} {left}, {right}")

    def inverse(self, mask: str) -> str:
        """Return the mask of the other lanes."""
        every = "<" + ", ".join(["i1 true"] * self.lanes) + ">"
        return self.emit(f"xor {self.mask} {mask}, {every}")

    def magnitude(self, x: str) -> str:
        """Return the number without its sign."""
        return self.from_bits(self.integer("and", self.bits(x), ~_SIGN))

    def sign(self, x: str) -> str:
        """Return the sign bit, as a whole number."""
        return self.integer("and", self.bits(x), _SIGN)

    def rounded(self, x: str, bias: int = 0) -> tuple[str, str]:
        """Return the whole number nearest to ``x``, up to 2**51, as a number and as an integer plus ``bias``."""
        shifted = self.add(x, _ROUNDING)
        integer = self.integer("sub", self.bits(shifted), _ROUNDING_BITS - bias)
        return self.minus(shifted, _ROUNDING), integer

    def cut(self, x: str) -> str:
        """Return ``x`` without its last 27 bits: the product of two such numbers is exact (Dekker 1971)."""
        return self.from_bits(self.integer("and", self.bits(x), _UPPER_26))

    def balanced(self, x: str, coefficients: Sequence[float]) -> str:
        """Return a polynomial, constant term first, by Estrin's rule: pairs, pairs of pairs, and so on.

        More rounding than Horner's rule, yet few operations wait for one another.
        """
        terms: list[Operand] = list(coefficients)
        power = x
        while len(terms) > 1:
            pairs = zip(terms[::2], terms[1::2], strict=False)
            joined: list[Operand] = [self.add(low, self.times(high, power)) for low, high in pairs]
            terms = joined + terms[len(terms) & ~1 :]
            if len(terms) > 1:
                power = self.times(power, power)
        return self._vector(terms[0])

    def repaired(self, function: str, arguments: Sequence[str], fast: str, exceptional: str) -> str:
        """Return ``fast``, in ``exceptional`` lanes replaced by what the C library's function returns."""
        here, repair, done = (self.fresh(label) for label in ("whole", "repair", "done"))
        self.do(f"br label %{here}")
        self.block(here)
        self.do(f"br i1 {self.any_lane(exceptional)}, label %{repair}, label %{done}")
        self.block(repair)
        given = ", ".join(f"{self.vector} {part}" for part in (*arguments, fast))
        # As whole numbers: LLVM cannot hand over a mask of a single lane.
        needed = self.emit(f"sext {self.mask} {exceptional} to {self.integers}")
        slow = self.emit(f"call {self.vector} @{repair_name(function)}({given}, {self.integers} {needed})")
        self.do(f"br label %{done}")
        self.block(done)
        return self.emit(f"phi {self.vector} [ {fast}, %{here} ], [ {slow}, %{repair} ]")


def repair_name(function: str) -> str:
    """Return the name of the function that calls the C library for some lanes."""
    return f"repair_{function}"


def repair_function(function: str, arity: int, lanes: int, attributes: str) -> str:
    """Return the text of a function that calls the C library's ``function`` where ``%exceptional`` is not 0."""
    out = Writer(lanes)
    parts = [f"%a{number}" for number in range(arity)]
    places = [out.room(out.vector) for _ in parts]
    found, needed = out.room(out.vector), out.room(out.integers)
    for part, place in zip(parts, places, strict=True):
        out.store(part, place)
    out.store("%fast", found)
    out.store("%exceptional", needed, out.integers)
    out.do("br label %check")
    out.block("check")
    out.do("%lane = phi i64 [ 0, %entry ], [ %following, %next ]")
    need = out.load(out.emit(f"getelementptr i64, ptr {needed}, i64 %lane"), "i64")
    out.do(f"br i1 {out.emit(f'icmp ne i64 {need}, 0')}, label %call, label %next")
    out.block("call")
    numbers = [out.load(out.place(place, ("%lane", 1)), "double") for place in places]
    value = out.emit(f"call double @{function}({', '.join(f'double {number}' for number in numbers)})")
    out.store(value, out.place(found, ("%lane", 1)), "double")
    out.do("br label %next")
    out.block("next")
    out.do("%following = add i64 %lane, 1")
    out.do(f"%more = icmp ult i64 %following, {lanes}")
    out.do("br i1 %more, label %check, label %end")
    out.block("end")
    result = out.load(found)
    given = ", ".join(f"{out.vector} {part}" for part in (*parts, "%fast"))
    given = f"{given}, {out.integers} %exceptional"
    head = f"define internal {out.vector} @{repair_name(function)}({given}) cold noinline {attributes} {{"
    return "\n".join([head, "entry:", *out.entry, *out.lines, f"  ret {out.vector} {result}", "}"])
