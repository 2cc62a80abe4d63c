"""How is a line of LLVM's language written, over vectors whose lanes are members?"""

import struct
from collections.abc import Sequence

# Intel's instructions VPERMPD and VPERMI2PD: a number out of one or two registers by its place.
PERMUTE = "llvm.x86.avx512.permvar.df.512"
PERMUTE_TWO = "llvm.x86.avx512.vpermi2var.pd.512"


def literal(value: float) -> str:
    """Return ``value`` as LLVM writes a double: its 64 bits, so that nothing is rounded."""
    return "0x" + struct.pack(">d", value).hex().upper()


class Writer:
    """Writes instructions, one text line each, over vectors of ``lanes`` members.

    Attributes
    ----------
    entry
        Lines that belong at the beginning of the function: room for values that change.
    lines
        All others.
    permutes
        Whether the processor has AVX-512: it looks a number up in a register of eight or two of them.
    """

    def __init__(self, lanes: int, *, permutes: bool = False) -> None:
        self.lanes = lanes
        self.permutes = permutes
        self.vector = f"<{lanes} x double>"
        self.mask = f"<{lanes} x i1>"
        self.integers = f"<{lanes} x i64>"
        self.entry: list[str] = []
        self.lines: list[str] = []
        self._count = 0

    def fresh(self, what: str = "v") -> str:
        """Return a name that no value and no block has yet, without its ``%``."""
        self._count += 1
        return f"{what}{self._count}"

    def emit(self, instruction: str) -> str:
        """Write ``instruction`` and return the name of its value."""
        name = f"%{self.fresh()}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    def do(self, instruction: str) -> None:
        """Write an instruction that has no value."""
        self.lines.append(f"  {instruction}")

    def block(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")

    def room(self, kind: str) -> str:
        """Return the address of room for a value that changes."""
        name = f"%{self.fresh('room')}"
        self.entry.append(f"  {name} = alloca {kind}")
        return name

    def load(self, address: str, kind: str | None = None, align: int | None = None) -> str:
        """Return the value at ``address``, a vector if no other kind is given."""
        alignment = f", align {align}" if align else ""
        return self.emit(f"load {kind or self.vector}, ptr {address}{alignment}")

    def store(self, value: str, address: str, kind: str | None = None, align: int | None = None) -> None:
        """Write ``value`` to ``address``."""
        alignment = f", align {align}" if align else ""
        self.do(f"store {kind or self.vector} {value}, ptr {address}{alignment}")

    def stream(self, value: str, address: str) -> None:
        """Write a vector past the caches where it fills whole lines of them: nobody reads it soon.

        The address is a multiple of 64 bytes then.
        """
        if self.lanes >= 8:
            self.do(f"store {self.vector} {value}, ptr {address}, align 64, !nontemporal !0")
        else:
            self.store(value, address, align=8)

    def place(self, base: str, *indices: tuple[str | int, str | int]) -> str:
        """Return the address in an array of numbers: the sum of ``index * stride`` for each pair, from ``base``."""
        total = ""
        for index, stride in indices:
            part = str(index) if stride == 1 else self.emit(f"mul i64 {index}, {stride}")
            total = self.emit(f"add i64 {total}, {part}") if total else part
        return self.emit(f"getelementptr double, ptr {base}, i64 {total}")

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

    def select_integers(self, condition: str, then: str, otherwise: str) -> str:
        """Return, lane by lane, the whole number ``then`` where ``condition`` holds."""
        kind = self.integers
        return self.emit(f"select {self.mask} {condition}, {kind} {then}, {kind} {otherwise}")

    def compare(self, predicate: str, left: str, right: str) -> str:
        """Return the mask of lanes where the comparison holds."""
        return self.emit(f"fcmp {predicate} {self.vector} {left}, {right}")

    def join(self, operation: str, left: str, right: str) -> str:
        """Return a floating-point operation on two vectors."""
        return self.emit(f"{operation} {self.vector} {left}, {right}")

    def integer(self, operation: str, left: str, right: str | int) -> str:
        """Return an operation on two vectors of whole numbers."""
        other = self.integer_splat(right) if isinstance(right, int) else right
        return self.emit(f"{operation} {self.integers} {left}, {other}")

    def bits(self, value: str) -> str:
        """Return the bits of a vector of numbers as whole numbers."""
        return self.emit(f"bitcast {self.vector} {value} to {self.integers}")

    def from_bits(self, value: str) -> str:
        """Return the numbers that whole numbers are the bits of."""
        return self.emit(f"bitcast {self.integers} {value} to {self.vector}")

    def any_lane(self, mask: str) -> str:
        """Return whether a mask holds in any lane."""
        bits = self.emit(f"bitcast {self.mask} {mask} to i{self.lanes}")
        return self.emit(f"icmp ne i{self.lanes} {bits}, 0")

    def by_lane(self, function: str, arguments: Sequence[str]) -> str:
        """Return a function of the C library, called once a lane."""
        result = "undef"
        for lane in range(self.lanes):
            parts = [self.emit(f"extractelement {self.vector} {part}, i32 {lane}") for part in arguments]
            called = ", ".join(f"double {part}" for part in parts)
            value = self.emit(f"call double @{function}({called})")
            result = self.emit(f"insertelement {self.vector} {result}, double {value}, i32 {lane}")
        return result

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """Return a polynomial, constant term first, by Horner's rule."""
        total = self.splat(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            total = self.join("fadd", self.join("fmul", total, x), self.splat(coefficient))
        return total

    def part(self, value: str, element: str, first: int) -> str:
        """Return eight lanes of a vector, from ``first`` on."""
        if self.lanes == 8:
            return value
        kind = f"<{self.lanes} x {element}>"
        places = ", ".join(f"i32 {lane}" for lane in range(first, first + 8))
        return self.emit(f"shufflevector {kind} {value}, {kind} undef, <8 x i32> <{places}>")

    def whole(self, parts: Sequence[str]) -> str:
        """Return one vector made of one or two parts of eight lanes."""
        if len(parts) == 1:
            return parts[0]
        places = ", ".join(f"i32 {lane}" for lane in range(16))
        kind = "<8 x double>"
        return self.emit(f"shufflevector {kind} {parts[0]}, {kind} {parts[1]}, <16 x i32> <{places}>")

    def entry_of(self, numbers: Sequence[float], places: str) -> str:
        """Return, for each of eight lanes, the one of up to sixteen numbers at its place (AVX-512)."""
        filled = [*numbers, *[0.0] * (16 - len(numbers))]
        low, high = (
            "<" + ", ".join(f"double {literal(number)}" for number in half) + ">"
            for half in (filled[:8], filled[8:])
        )
        kind, integers = "<8 x double>", "<8 x i64>"
        if len(numbers) <= 8:
            called = f"@{PERMUTE}({kind} {low}, {integers} {places})"
        else:
            called = f"@{PERMUTE_TWO}({kind} {low}, {integers} {places}, {kind} {high})"
        return self.emit(f"call {kind} {called}")
