"""Does a JSON document hold exactly what is expected, and where does it not?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from sdmodels.errors import StructureError

NOT_FINITE = ("inf", "-inf", "nan")
"""How JSON, which has finite numbers only, writes the others: as texts."""


def number_to_data(value: float) -> float | str:
    """Return a number as JSON can hold it, to the last bit."""
    return float(value) if math.isfinite(value) else str(float(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a parsed JSON document and where it stands in it, such as ``variables[3].units``.

    Every method returns what is asked for, or raises StructureError: nothing is converted, guessed or run.
    """

    value: Any
    at: str = "the document"

    def fields(self, *names: str) -> tuple["Part", ...]:
        """Return the values of an object that has these keys and no others, in this order."""
        if not isinstance(self.value, dict):
            self._refuse("an object")
        if set(self.value) != set(names):
            self._refuse(f"an object with the keys {', '.join(names)}")
        return tuple(Part(value=self.value[name], at=f"{self.at}.{name}") for name in names)

    def field(self, name: str) -> "Part":
        """Return the value of one key of an object, whatever its other keys are."""
        if not isinstance(self.value, dict) or name not in self.value:
            self._refuse(f"an object with the key {name}")
        return Part(value=self.value[name], at=f"{self.at}.{name}")

    def items(self) -> tuple["Part", ...]:
        """Return the parts of a list."""
        if not isinstance(self.value, list):
            self._refuse("a list")
        return tuple(Part(value=value, at=f"{self.at}[{i}]") for i, value in enumerate(self.value))

    def pairs(self) -> tuple[tuple[str, "Part"], ...]:
        """Return keys and values of an object with any keys."""
        if not isinstance(self.value, dict) or not all(isinstance(key, str) for key in self.value):
            self._refuse("an object")
        return tuple((key, Part(value=v, at=f"{self.at}.{key}")) for key, v in self.value.items())

    def text(self) -> str:
        """Return a text."""
        if not isinstance(self.value, str):
            self._refuse("a text")
        return str(self.value)

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(part.text() for part in self.items())

    def choice(self, known: Sequence[Any]) -> Any:
        """Return one of the known texts."""
        if not isinstance(self.value, str) or self.value not in known:
            self._refuse(f"one of {', '.join(map(repr, known))}")
        return self.value

    def number(self) -> float:
        """Return a number; those that are not finite are one of :data:`NOT_FINITE`."""
        if isinstance(self.value, str) and self.value in NOT_FINITE:
            return float(self.value)
        if not isinstance(self.value, float) or not math.isfinite(self.value):
            self._refuse("a number with a decimal point, or 'inf', '-inf', 'nan'")
        return float(self.value)

    def numbers(self) -> tuple[float, ...]:
        """Return a list of numbers."""
        return tuple(part.number() for part in self.items())

    def number_or_none(self) -> float | None:
        """Return a number, or None for null."""
        return None if self.value is None else self.number()

    def whole(self, *, least: int) -> int:
        """Return a whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < least:
            self._refuse(f"a whole number of {least} or more")
        return int(self.value)

    def _refuse(self, expected: str) -> NoReturn:
        raise refused(self, f"is not {expected}")


def refused(part: Part, what: str) -> StructureError:
    """Return the error that points at a part of a document."""
    found = repr(part.value)
    shown = found if len(found) <= 100 else f"{found[:97]}..."
    return StructureError(f"This is no model as data: {part.at} {what}.\n    {shown}\nWrite it with to_data.")
