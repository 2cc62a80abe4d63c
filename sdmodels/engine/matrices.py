"""What is the inverse of a matrix of formulas, written out?"""

from functools import cache
from typing import Final

from sdmodels.engine.algebra import minus, negative, over, plus, times
from sdmodels.engine.owner import Owner
from sdmodels.structure.expression import Expression

# A determinant has size! products; beyond this size the formulas are longer than they are worth.
LARGEST: Final = 5

Matrix = tuple[tuple[Expression, ...], ...]


def inverse_at(owner: Owner, matrix: Matrix, row: int, column: int) -> Expression:
    """Return the element of the inverse of a square matrix at ``row`` and ``column``.

    Notes
    -----
    Cramer's rule: the cofactor of the mirrored place over the determinant. No pivot has to be chosen, so that
    it is one formula for every member; a matrix without an inverse divides by zero, which marks the member.
    """
    everything = tuple(range(len(matrix)))

    @cache
    def determinant(rows: tuple[int, ...], columns: tuple[int, ...]) -> Expression:
        if not rows:
            return plus(1.0)
        if len(rows) == 1:
            return matrix[rows[0]][columns[0]]
        terms = [
            times(matrix[rows[0]][each], determinant(rows[1:], _without(columns, each))) for each in columns
        ]
        found = terms[0]
        for place, part in enumerate(terms[1:], start=1):
            found = minus(found, part) if place % 2 else plus(found, part)
        key = ("determinant", matrix, rows, columns)
        return owner.shared(key, lambda: owner.named("determinant", found))

    cofactor = determinant(_without(everything, column), _without(everything, row))
    signed = negative(cofactor) if (row + column) % 2 else cofactor
    return over(signed, determinant(everything, everything))


def _without(places: tuple[int, ...], place: int) -> tuple[int, ...]:
    return tuple(each for each in places if each != place)
