"""Which divisions are multiplications by a reciprocal?"""

import math

from sdmodels.structure.expression import Arithmetic, Expression, Number


def without_last_division(expression: Expression) -> Expression:
    """Return ``expression`` without a division or multiplication that a number makes superfluous, bit for bit."""
    match expression:
        case Arithmetic("/", left, Number(value)) if has_exact_reciprocal(value):
            return without_last_division(Arithmetic("*", left, Number(1.0 / value)))
        case Arithmetic("*", part, Number(1.0)) | Arithmetic("*", Number(1.0), part):
            return part
    return expression


def has_exact_reciprocal(value: float) -> bool:
    """Tell whether ``1 / value`` is exact: a product with it is rounded from the same number as the quotient."""
    return abs(math.frexp(value)[0]) == 0.5 and math.isfinite(1.0 / value)
