"""What does a written unit such as ``order/(Week*person)`` mean?

Units are taken literally, as Vensim does: ``Person`` and ``People`` are the same unit only where a list of
synonyms says so [1]_. Every elementary unit is a dimension of its own; pint does the algebra.

References
----------
.. [1] Vensim Help, "Units Synonyms" (ref_units_equiv.html).
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

import pint

from sdmodels.errors import UnitsError
from sdmodels.readers.text import SKETCH_MARK, decode
from sdmodels.structure.names import key_of

Group: TypeAlias = tuple[str, ...]

# What Vensim writes as lines "22:" into the settings of every new model.
DEFAULT_SYNONYMS: tuple[Group, ...] = (
    ("$", "Dollar", "Dollars", "$s"),
    ("Day", "Days"),
    ("Hour", "Hours"),
    ("Month", "Months"),
    ("Person", "People", "Persons"),
    ("Unit", "Units"),
    ("Week", "Weeks"),
    ("Year", "Years"),
)
DIMENSIONLESS: Group = ("Dmnl", "dimensionless", "1")
_SYNONYM_LINE = re.compile(r"^22:(.+)$", re.MULTILINE)
_TOKEN = re.compile(r"\^\s*-?\d+(?:\.\d+)?|[*/()]|[^*/()^]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TINY = 1e-9  # exponents that differ by less came from rounding


def synonyms_of(source: Path | None) -> tuple[Group, ...]:
    """Return Vensim's own synonyms and those in the settings of the model file (its lines ``22:``)."""
    if source is None or not source.is_file():
        return DEFAULT_SYNONYMS
    _, _, settings = decode(source).partition(SKETCH_MARK)
    return (*DEFAULT_SYNONYMS, *(tuple(line.split(",")) for line in _SYNONYM_LINE.findall(settings)))


def fits(left: pint.Unit, right: pint.Unit) -> bool:
    """Return whether two units are the same."""
    return not _exponents(left / right)


def power(unit: pint.Unit, exponent: float) -> pint.Unit:
    """Return ``unit`` to the power of a number."""
    return cast(pint.Unit, unit**exponent)


def _exponents(unit: pint.Unit) -> dict[str, float]:
    """Return the elementary units and their exponents, but for those that rounding left over."""
    found = cast(Mapping[str, float], unit.dimensionality)
    return {name: float(exponent) for name, exponent in found.items() if abs(exponent) >= _TINY}


class Vocabulary:
    """The elementary units of one model, each met for the first time where it is read.

    Parameters
    ----------
    synonyms
        Groups of names that mean the same unit.
    """

    def __init__(self, synonyms: Iterable[Group] = DEFAULT_SYNONYMS) -> None:
        self._registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None)
        self._groups = _joined([DIMENSIONLESS, *synonyms])
        self._units: dict[frozenset[str], pint.Unit] = {}
        self._spellings: list[str] = []

    @property
    def dimensionless(self) -> pint.Unit:
        """The unit of a pure number."""
        return self._registry.Unit("")

    def read(self, text: str) -> pint.Unit:
        """Return the unit that ``text`` means: names, ``* / ^``, parentheses and numbers.

        Raises
        ------
        UnitsError
            If the text has no such form.
        """
        tokens = [token.strip() for token in _TOKEN.findall(text) if token.strip()]
        if "".join(tokens).replace(" ", "") != re.sub(r"\s", "", text) or not tokens:
            raise UnitsError(f"the unit '{text}' cannot be read")
        waiting = _Tokens(text, tokens)
        unit = self._product(waiting)
        if waiting.tokens:
            raise waiting.error()
        return unit

    def write(self, unit: pint.Unit) -> str:
        """Return ``unit`` as text, in the spellings that the model has; ``Dmnl`` if it has no dimension."""
        exponents = {
            self._spellings[int(name.strip("[]").removeprefix("unit"))]: exponent
            for name, exponent in sorted(_exponents(unit).items())
        }
        above = [_raised(name, exponent) for name, exponent in exponents.items() if exponent > 0]
        below = [_raised(name, -exponent) for name, exponent in exponents.items() if exponent < 0]
        if not below:
            return "*".join(above) or "Dmnl"
        divisor = below[0] if len(below) == 1 else f"({'*'.join(below)})"
        return f"{'*'.join(above) or '1'}/{divisor}"

    def _product(self, waiting: "_Tokens") -> pint.Unit:
        unit = self._factor(waiting)
        while waiting.next() in ("*", "/"):
            operator = waiting.take()
            factor = self._factor(waiting)
            unit = unit * factor if operator == "*" else unit / factor
        return unit

    def _factor(self, waiting: "_Tokens") -> pint.Unit:
        token = waiting.take()
        if token == "(":
            unit = self._product(waiting)
            if waiting.take() != ")":
                raise waiting.error()
        elif token[0] in "*/)^":
            raise waiting.error()
        else:
            unit = self._elementary(token)
        if waiting.next().startswith("^"):
            unit = power(unit, float(waiting.take().removeprefix("^")))
        return unit

    def _elementary(self, name: str) -> pint.Unit:
        key = key_of(name)
        if _NUMBER.fullmatch(key):
            return self.dimensionless
        group = next((group for group in self._groups if key in group), frozenset({key}))
        if key_of(DIMENSIONLESS[0]) in group:
            return self.dimensionless
        if group not in self._units:
            identifier = f"unit{len(self._spellings):06d}"
            self._registry.define(f"{identifier} = [{identifier}]")
            self._spellings.append(name)
            self._units[group] = self._registry.Unit(identifier)
        return self._units[group]


class _Tokens:
    def __init__(self, text: str, tokens: list[str]) -> None:
        self.text = text
        self.tokens = tokens

    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self) -> str:
        if not self.tokens:
            raise self.error()
        return self.tokens.pop(0)

    def error(self) -> UnitsError:
        return UnitsError(f"the unit '{self.text}' cannot be read")


def _joined(synonyms: Iterable[Group]) -> list[frozenset[str]]:
    """Return the groups by what is compared, those that share a name as one."""
    groups: list[frozenset[str]] = []
    for names in synonyms:
        joined = frozenset(key_of(name) for name in names if name.strip())
        apart = [group for group in groups if not group & joined]
        groups = [*apart, joined.union(*(group for group in groups if group & joined))]
    return groups


def _raised(name: str, exponent: float) -> str:
    return name if exponent == 1 else f"{name}^{exponent:g}"
