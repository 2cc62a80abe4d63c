"""How are the exponential function, the logarithm and powers computed in every lane at once?

Largest errors seen over millions of points, in units in the last place: exponential 0.71 (0.8 where the result
is subnormal), logarithm 0.83, power 0.74 (0.95 where the result is near the ends of the numbers). The tests
allow one unit from the C library.

References
----------
.. [1] W. J. Cody, W. Waite, Software Manual for the Elementary Functions, 1980: reduction by a logarithm of 2
   in two parts.
.. [2] FDLIBM, e_log.c and e_pow.c, Sun Microsystems 1993: the two parts, the coefficients ``_LOGARITHM`` and
   the plan of a power.
.. [3] J.-M. Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed. 2018, chapters 4 and 10: exact sums
   and products.
"""

import math
from typing import Final

from sdmodels.engine.native.formula import Formula

# The upper part has 21 zeros at its end, so that up to 2000 times of it are exact.
_LN2: Final = (6.93147180369123816490e-01, 1.90821492927058770002e-10)
_PER_LN2: Final = 1.4426950408889634
# Beyond, the result is infinite, or 0.
_LARGEST, _SMALLEST = 710.0, -746.0
# 1/2!, 1/3!, ...: with |r| up to 0.35 what is left out is below 2**-57.
_EXPONENTIAL: Final = tuple(1.0 / math.factorial(n) for n in range(2, 14))
_LOGARITHM: Final = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
# 3/5, 3/7, ...: the series of the inverse hyperbolic tangent, times 3, from its third term on; the argument is
# up to 0.172, and what is left out below 2**-70.
_INVERSE_TANGENT: Final = tuple(3.0 / n for n in range(5, 29, 2))
_TWO_THIRDS: Final = (0.6666666567325592, 9.934107462565104e-09)  # the first has 26 bits
_BIAS: Final = 1023
_ONE: Final = 0x3FF0000000000000
_ROOT_OF_HALF: Final = 0x3FE6A09E00000000
_TO_52: Final = 0x4330000000000000  # the bits of 2**52
_TINY: Final = 2.0**-1022
# A larger exponent is left to the C library.
_LARGE_EXPONENT: Final = 2.0**64


def exponential(out: Formula, x: str) -> str:
    """Return the exponential function of ``x``."""
    return _exponential(out, _held(out, x))


def _held(out: Formula, x: str) -> str:
    """Return ``x`` between the ends of what has a result; what is not a number stays so."""
    floored = out.choose(out.holds("olt", x, _SMALLEST), _SMALLEST, x)
    return out.choose(out.holds("ogt", x, _LARGEST), _LARGEST, floored)


def _exponential(out: Formula, x: str, rest: str | None = None) -> str:
    """Return exp(x + rest): 2**n exp(r), where r is ``high - low``."""
    n, biased = out.rounded(out.times(x, _PER_LN2), bias=2 * _BIAS)
    high = out.minus(x, out.times(n, _LN2[0]))
    low = out.times(n, _LN2[1])
    if rest is not None:
        low = out.minus(low, rest)
    r = out.minus(high, low)
    curved = out.times(out.times(r, r), out.balanced(r, _EXPONENTIAL))
    # 1 + high, and exactly what this sum lost.
    main = out.add(high, 1.0)
    lost = out.minus(high, out.minus(main, 1.0))
    value = out.add(main, out.add(lost, out.minus(curved, low)))
    # In two steps: 2**n alone may be beyond the numbers where the result is not.
    half = out.integer("lshr", biased, 1)
    for part in (half, out.integer("sub", biased, half)):
        value = out.times(value, out.from_bits(out.integer("shl", part, 52)))
    return value


def _parts(out: Formula, x: str, exponent: str | float = 2.0**52 + _BIAS) -> tuple[str, str]:
    """Return m from the root of 1/2 to that of 2, and k as a number, where x is m 2**k and positive and normal."""
    moved = out.integer("add", out.bits(x), _ONE - _ROOT_OF_HALF)
    fraction = out.integer("and", moved, (1 << 52) - 1)
    m = out.from_bits(out.integer("add", fraction, _ROOT_OF_HALF))
    k = out.from_bits(out.integer("or", out.integer("lshr", moved, 52), _TO_52))
    return m, out.minus(k, exponent)


def logarithm(out: Formula, x: str) -> str:
    """Return the natural logarithm of ``x``: minus infinity at 0, not a number below."""
    small = out.holds("olt", x, _TINY)
    normal = out.choose(small, out.times(x, 2.0**54), x)
    m, k = _parts(out, normal, out.choose(small, 2.0**52 + _BIAS + 54, 2.0**52 + _BIAS))
    f = out.minus(m, 1.0)
    s = out.over(f, out.add(f, 2.0))
    z = out.times(s, s)
    series = out.times(z, out.balanced(z, _LOGARITHM))
    half_square = out.times(out.times(f, 0.5), f)
    bent = out.add(out.times(s, out.add(half_square, series)), out.times(k, _LN2[1]))
    value = out.minus(out.times(k, _LN2[0]), out.minus(out.minus(half_square, bent), f))
    # Infinity and what is not a number are their own logarithms.
    value = out.choose(out.holds("olt", x, math.inf), value, x)
    value = out.choose(out.holds("olt", x, 0.0), math.nan, value)
    return out.choose(out.holds("oeq", x, 0.0), -math.inf, value)


def power(out: Formula, x: str, y: str) -> str:
    """Return ``x`` to the power ``y``: the exponential of y ln x, where the logarithm has some 68 bits.

    Negative, infinite and subnormal ``x``, huge ``y`` and what is not a number are left to the C library, in
    the lanes that have them.
    """
    high, low = _precise_logarithm(out, x)
    upper = out.cut(out.add(high, low))
    lower = out.minus(low, out.minus(upper, high))
    y_upper = out.cut(y)
    exact = out.times(y_upper, upper)
    small = out.add(out.times(out.minus(y, y_upper), upper), out.times(y, lower))
    product = out.add(exact, small)
    held = _held(out, product)
    rest = out.minus(small, out.minus(product, exact))
    rest = out.choose(out.holds("oeq", held, product), rest, 0.0)
    value = _exponential(out, held, rest)
    # 0 (not -0) is a start like any other for a stock: it does not need the library.
    of_zero = out.choose(out.holds("ogt", y, 0.0), 0.0, out.choose(out.holds("olt", y, 0.0), math.inf, 1.0))
    zero = out.emit(f"icmp eq {out.integers} {out.bits(x)}, zeroinitializer")
    value = out.choose(zero, of_zero, value)
    common = out.both(out.holds("oge", x, _TINY), out.holds("olt", x, math.inf))
    common = out.emit(f"or {out.mask} {common}, {zero}")
    common = out.both(common, out.holds("olt", out.magnitude(y), _LARGE_EXPONENT))
    return out.repaired("pow", [x, y], value, out.inverse(common))


def _precise_logarithm(out: Formula, x: str) -> tuple[str, str]:
    """Return the natural logarithm of a positive ``x`` as the sum of two numbers.

    ln m is 2/3 z (3 + z**2 + 3/5 z**4 + ...) with z = (m - 1)/(m + 1): each factor in two parts, the first of
    26 bits, whose products are exact.
    """
    m, k = _parts(out, x)
    above, below = out.minus(m, 1.0), out.add(m, 1.0)
    reciprocal = out.over(1.0, below)
    z_upper = out.cut(out.times(above, reciprocal))
    below_upper = out.cut(below)
    below_lower = out.minus(m, out.minus(below_upper, 1.0))
    left = out.minus(out.minus(above, out.times(z_upper, below_upper)), out.times(z_upper, below_lower))
    z_lower = out.times(left, reciprocal)
    z = out.add(z_upper, z_lower)
    square = out.times(z, z)
    exact_square = out.times(z_upper, z_upper)
    series = out.times(out.times(square, square), out.balanced(square, _INVERSE_TANGENT))
    series = out.add(series, out.times(z_lower, out.add(z_upper, z)))
    factor = out.cut(out.add(out.add(exact_square, 3.0), series))
    factor_lower = out.minus(series, out.minus(out.minus(factor, 3.0), exact_square))
    exact = out.times(z_upper, factor)
    small = out.add(out.times(z_lower, factor), out.times(factor_lower, z))
    upper = out.cut(out.add(exact, small))
    lower = out.minus(small, out.minus(upper, exact))
    main = out.times(upper, _TWO_THIRDS[0])
    rest = out.add(out.times(upper, _TWO_THIRDS[1]), out.times(lower, 2.0 / 3.0))
    # k ln 2 is larger than the rest, or 0: the sum loses exactly ``lost``.
    whole = out.times(k, _LN2[0])
    total = out.add(whole, main)
    lost = out.minus(main, out.minus(total, whole))
    return total, out.add(lost, out.add(rest, out.times(k, _LN2[1])))


def power_of_constant(out: Formula, x: str, exponent: float) -> str | None:
    """Return ``x`` to a power that multiplication, division or a root reach; None for any other."""
    if exponent == 0:
        return out.splat(1.0)
    if exponent == 1:
        return x
    if exponent == -1:
        return out.over(1.0, x)
    if exponent == 0.5:
        # The root of -0 is -0, and of minus infinity not a number; powers are 0 and infinity there.
        argument = out.add(x, 0.0)
        root = out.emit(f"call {out.vector} @llvm.sqrt.v{out.lanes}f64({out.vector} {argument})")
        return out.choose(out.holds("oeq", x, -math.inf), math.inf, root)
    if exponent in (2, 3, 4):
        square = out.times(x, x)
        return {2: square, 3: out.times(square, x), 4: out.times(square, square)}[int(exponent)]
    return None
