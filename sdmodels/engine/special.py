"""How are the normal distribution and the gamma function written in plain arithmetic?"""

import math
from typing import Final

from sdmodels.engine.algebra import (
    above,
    below,
    call,
    choose,
    minus,
    negative,
    over,
    plus,
    polynomial,
    smallest,
    times,
)
from sdmodels.engine.owner import Owner
from sdmodels.structure.expression import Expression

# Wichura's PPND16 [1]_: numerators and denominators in the middle, in the tails and far out.
_MIDDLE: Final = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
_TAIL: Final = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
_FAR: Final = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)
# Lanczos' approximation of the gamma function with g = 7 and nine terms [2]_.
_LANCZOS_G: Final = 7.0
_LANCZOS: Final = (
    0.99999999999980993227684700473478,
    676.520368121885098567009190444019,
    -1259.13921672240287047156078755283,
    771.3234287776530788486528258894,
    -176.61502916214059906584551354,
    12.507343278686904814458936853,
    -0.13857109526572011689554707,
    9.984369578019570859563e-6,
    1.50563273514931155834e-7,
)


def normal_probability(value: Expression) -> Expression:
    """Return the probability that a standard normal number is below ``value``; exact far out as well."""
    return times(0.5, call("ERFC", times(value, -math.sqrt(0.5))))


def normal_quantile(owner: Owner, probability: Expression) -> Expression:
    """Return the standard normal number of that probability, to the last digits of a double.

    References
    ----------
    .. [1] M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied
       Statistics 37 (1988), 477-484.
    """
    p = owner.named("probability", probability)
    q = owner.named("distance", minus(p, 0.5))
    inside = owner.named("radius", minus(0.180625, times(q, q)))
    tail = smallest(p, minus(1.0, p))
    outside = owner.named("radius", call("SQRT", negative(call("LN", tail))))
    near, far = minus(outside, 1.6), minus(outside, 5.0)
    size = choose(above(outside, 5.0), _ratio(_FAR, far), _ratio(_TAIL, near))
    signed = choose(below(q, 0.0), negative(owner.named("size", size)), owner.named("size", size))
    return choose(
        above(call("ABS", q), 0.425), owner.named("tail", signed), times(q, _ratio(_MIDDLE, inside))
    )


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Expression) -> Expression:
    numerator, denominator = coefficients
    return over(polynomial(numerator, x), polynomial(denominator, x))


def gamma_ln(owner: Owner, value: Expression) -> Expression:
    """Return the natural logarithm of the gamma function; not a number at 0 and below.

    References
    ----------
    .. [2] C. Lanczos, "A precision approximation of the gamma function", SIAM Journal on Numerical Analysis
       B 1 (1964), 86-96.
    """
    given = owner.named("argument", value)
    # Below one half the series is poor: gamma(x) = gamma(x + 1) / x.
    low = below(given, 0.5)
    x = owner.named("argument", choose(low, given, minus(given, 1.0)))
    series = plus(_LANCZOS[0], *(over(c, plus(x, float(i))) for i, c in enumerate(_LANCZOS[1:], start=1)))
    t = owner.named("base", plus(x, _LANCZOS_G + 0.5))
    power = minus(times(plus(x, 0.5), call("LN", t)), t)
    found = owner.named("logarithm", plus(0.5 * math.log(2 * math.pi), power, call("LN", series)))
    return choose(low, minus(found, call("LN", given)), found)
