"""Which elements does a name without subscripts, or with ``*``, mean?

XMILE lets an equation for all elements of an array name other arrays without their subscripts (standard,
section 4.1): each element is computed from the same element. Inside SUM and its like a name alone, ``*`` and a
dimension that the left-hand side does not have stand for all elements.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sdmodels.errors import UnsupportedError
from sdmodels.structure.expression import Call, Expression, Reference, rebuild
from sdmodels.structure.functions import AGGREGATIONS
from sdmodels.structure.model import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """The dimensions of the model, those (or the elements) that each variable is declared for, and its tables."""

    dimensions: Mapping[str, Dimension]
    declared: Mapping[str, tuple[str, ...]]
    tables: frozenset[str] = frozenset()

    def complete(
        self, expression: Expression, own: Mapping[str, str], *, aggregated: bool = False
    ) -> Expression:
        """Return ``expression`` with all subscripts written out.

        Parameters
        ----------
        own
            For each dimension of the left-hand side itself, or the element that the equation is for.

        Raises
        ------
        UnsupportedError
            If a variable has more or fewer subscripts than dimensions, ``*`` stands outside of a sum, or a table
            has no argument.
        """
        match expression:
            case Reference(name) if name in self.tables:
                raise UnsupportedError(f"the table '{name}' without an argument")
            case Reference(name, subscripts):
                return Reference(name, self._written_out(name, subscripts, own, aggregated))
            case Call(function, arguments) if function in AGGREGATIONS:
                inside = tuple(self.complete(part, own, aggregated=True) for part in arguments)
                return Call(function, inside)
        return rebuild(expression, lambda part: self.complete(part, own, aggregated=aggregated))

    def _written_out(
        self, name: str, subscripts: tuple[str, ...], own: Mapping[str, str], aggregated: bool
    ) -> tuple[str, ...]:
        declared = self.declared.get(name, ())
        written = subscripts or (("*",) * len(declared) if aggregated else declared)
        if len(written) != len(declared):
            raise UnsupportedError(
                f"'{name}' with {len(written)} subscripts, though it has {len(declared)} dimensions,"
            )
        if "*" in written and not aggregated:
            raise UnsupportedError("'*' outside of SUM and its like")
        return tuple(
            self._one(subscript, dimension, own, aggregated)
            for subscript, dimension in zip(written, declared, strict=True)
        )

    def _one(self, subscript: str, dimension: str, own: Mapping[str, str], aggregated: bool) -> str:
        if subscript == "*":
            # An instance of a macro is declared for one element where its caller is.
            return f"{dimension}!" if dimension in self.dimensions else dimension
        if subscript in own:
            return own[subscript]
        return f"{subscript}!" if aggregated and subscript in self.dimensions else subscript
