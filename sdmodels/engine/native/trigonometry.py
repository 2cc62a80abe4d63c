"""How are sine, cosine, tangent and the inverse of the tangent computed in every lane at once?

Largest errors seen over millions of points, in units in the last place: sine, cosine and the inverse tangent
0.78, the tangent 1.36.

References
----------
.. [1] FDLIBM, e_rem_pio2.c, k_sin.c, k_cos.c and s_atan.c, Sun Microsystems 1993: the parts of half pi and
   all coefficients.
.. [2] W. J. Cody, W. Waite, Software Manual for the Elementary Functions, 1980: reduction in parts.
"""

from typing import Final

from sdmodels.engine.native.formula import Formula

# Up to here a whole number of right angles has 16 bits, and the products with the first two parts are exact.
_LARGE_ANGLE: Final = 1e5
_PER_RIGHT_ANGLE: Final = 0.6366197723675814
_RIGHT_ANGLE: Final = (1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21)
_SINE: Final = (
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
)
_SINE_FIRST: Final = -1.66666666666666324348e-01
_COSINE: Final = (
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
)
_INVERSE_TANGENT: Final = (
    3.33333333333329318027e-01,
    -1.99999999998764832476e-01,
    1.42857142725034663711e-01,
    -1.11111104054623557880e-01,
    9.09088713343650656196e-02,
    -7.69187620504482999495e-02,
    6.66107313738753120669e-02,
    -5.83357013379057348645e-02,
    4.97687799461593236017e-02,
    -3.65315727442169155270e-02,
    1.62858201153657823623e-02,
)
# From where on, turned by which angle (in two parts): arctan x = angle + arctan((x - t)/(1 + t x)), t = 1/2,
# 1, 3/2 and infinity.
_TURNS: Final = (
    (7 / 16, 0.5, (4.63647609000806093515e-01, 2.26987774529616870924e-17)),
    (11 / 16, 1.0, (7.85398163397448278999e-01, 3.06161699786838301793e-17)),
    (19 / 16, 1.5, (9.82793723247329054082e-01, 1.39033110312309984516e-17)),
)
_LAST_TURN: Final = (39 / 16, (1.57079632679489655800e00, 6.12323399573676603587e-17))


def sine(out: Formula, x: str) -> str:
    """Return the sine of ``x``."""
    angle, rest, quarter = _reduced(out, x)
    value = _turned(out, quarter, out.add(*_sine(out, angle, rest)), out.add(*_cosine(out, angle, rest)))
    return _repaired(out, "sin", x, value)


def cosine(out: Formula, x: str) -> str:
    """Return the cosine of ``x``: the sine of a right angle more."""
    angle, rest, quarter = _reduced(out, x)
    quarter = out.integer("add", quarter, 1)
    value = _turned(out, quarter, out.add(*_sine(out, angle, rest)), out.add(*_cosine(out, angle, rest)))
    return _repaired(out, "cos", x, value)


def tangent(out: Formula, x: str) -> str:
    """Return the tangent of ``x``: a quotient, mended by what its two sides were rounded by."""
    angle, rest, quarter = _reduced(out, x)
    odd = _bit(out, quarter, 1)
    sides = []
    for main, small in (_sine(out, angle, rest), _cosine(out, angle, rest)):
        side = out.add(main, small)
        sides.append((side, out.minus(small, out.minus(side, main))))
    (opposite, opposite_rest), (adjacent, adjacent_rest) = sides
    over = out.choose(odd, _negative(out, adjacent), opposite)
    over_rest = out.choose(odd, _negative(out, adjacent_rest), opposite_rest)
    under = out.choose(odd, opposite, adjacent)
    under_rest = out.choose(odd, opposite_rest, adjacent_rest)
    quotient = out.over(over, under)
    missing = out.over(out.minus(out.times(quotient, under_rest), over_rest), under)
    return _repaired(out, "tan", x, out.minus(quotient, missing))


def inverse_tangent(out: Formula, x: str) -> str:
    """Return the angle whose tangent is ``x``."""
    size = out.magnitude(x)
    start, (first, second) = _LAST_TURN
    far = out.holds("oge", size, start)
    # Not a number is in no range and comes out as itself.
    top, bottom = out.choose(far, -1.0, size), out.choose(far, size, 1.0)
    angle, rest = out.choose(far, first, 0.0), out.choose(far, second, 0.0)
    near = out.inverse(far)
    for start, turn, parts in _TURNS:
        here = out.both(near, out.holds("oge", size, start))
        top = out.choose(here, out.minus(size, turn), top)
        bottom = out.choose(here, out.add(out.times(size, turn), 1.0), bottom)
        angle, rest = out.choose(here, parts[0], angle), out.choose(here, parts[1], rest)
    t = out.over(top, bottom)
    square = out.times(t, t)
    bent = out.times(t, out.times(square, out.balanced(square, _INVERSE_TANGENT)))
    value = out.minus(angle, out.minus(out.minus(bent, rest), t))
    return out.from_bits(out.integer("or", out.bits(value), out.sign(x)))


def _reduced(out: Formula, x: str) -> tuple[str, str, str]:
    """Return an angle of up to 45 degrees in two parts, and the number of right angles taken away."""
    n, quarter = out.rounded(out.times(x, _PER_RIGHT_ANGLE))
    first = out.minus(x, out.times(n, _RIGHT_ANGLE[0]))
    second = out.times(n, _RIGHT_ANGLE[1])
    left = out.minus(first, second)
    # What the difference lost, whichever part is larger (Knuth's sum of two numbers).
    back = out.minus(left, first)
    lost = out.minus(out.minus(first, out.minus(left, back)), out.add(second, back))
    # Taken away, not added: so -0 keeps its sign.
    missing = out.minus(out.times(n, _RIGHT_ANGLE[2]), lost)
    angle = out.minus(left, missing)
    return angle, out.minus(out.minus(left, angle), missing), quarter


def _bit(out: Formula, quarter: str, bit: int) -> str:
    chosen = out.integer("and", quarter, bit)
    return out.emit(f"icmp ne {out.integers} {chosen}, zeroinitializer")


def _turned(out: Formula, quarter: str, opposite: str, adjacent: str) -> str:
    value = out.choose(_bit(out, quarter, 1), adjacent, opposite)
    return out.choose(_bit(out, quarter, 2), _negative(out, value), value)


def _negative(out: Formula, x: str) -> str:
    return out.emit(f"fneg {out.vector} {x}")


def _sine(out: Formula, x: str, rest: str) -> tuple[str, str]:
    """Return the sine of an angle of up to 45 degrees as two numbers, still to be added."""
    square = out.times(x, x)
    cube = out.times(square, x)
    inner = out.minus(out.times(rest, 0.5), out.times(cube, out.balanced(square, _SINE)))
    inner = out.minus(out.minus(out.times(square, inner), rest), out.times(cube, _SINE_FIRST))
    return x, _negative(out, inner)


def _cosine(out: Formula, x: str, rest: str) -> tuple[str, str]:
    """Return the cosine of an angle of up to 45 degrees as two numbers, still to be added."""
    square = out.times(x, x)
    half = out.times(square, 0.5)
    main = out.minus(1.0, half)
    lost = out.minus(out.minus(1.0, main), half)
    bent = out.times(square, out.times(square, out.balanced(square, _COSINE)))
    return main, out.add(lost, out.minus(bent, out.times(x, rest)))


def _repaired(out: Formula, function: str, x: str, value: str) -> str:
    large = out.holds("uge", out.magnitude(x), _LARGE_ANGLE)
    return out.repaired(function, [x], value, large)
