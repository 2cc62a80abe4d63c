"""How much does each of several requesters get of what is scarce?

Vensim's rule (reference manual, "Allocation Overview"): each request falls as a price rises, along a curve of a
given shape around the requester's priority; the price is the one at which all requests add up to what there is.
ALLOCATE BY PRIORITY is the same with rectangles that end at the priorities.
"""

import math
from typing import TypeAlias

from sdmodels.engine.algebra import (
    at_least,
    below,
    call,
    choose,
    clamped,
    either,
    equal,
    largest,
    minus,
    negative,
    over,
    plus,
    smallest,
    times,
)
from sdmodels.engine.owner import Owner
from sdmodels.engine.special import normal_probability
from sdmodels.structure.expression import Expression, Number, Reference, Root

Profile: TypeAlias = tuple[Expression, ...]

FIXED, RECTANGLE = 0.0, 1.0
# How many widths from its centre each curve is within 1e-16 of its end: rectangle, triangle, normal and
# exponential; the largest serves for all.
REACH = 37.0


def shares(priorities: tuple[Expression, ...], width: Expression) -> tuple[Profile, ...]:
    """Return the profiles of ALLOCATE BY PRIORITY: whoever is first is served first, over ``width``."""
    return tuple(
        (Number(RECTANGLE), minus(priority, times(width, 0.5)), width, Number(0.0)) for priority in priorities
    )


def allocated(
    owner: Owner,
    requests: tuple[Expression, ...],
    profiles: tuple[Profile, ...],
    available: Expression,
    place: int,
) -> Expression:
    """Return what the requester at ``place`` gets.

    Not a number where a request, what is available or a width makes no sense, where the fixed quantities alone
    are more than there is, or the curve is of another type than 0 (fixed quantity) to 4 (exponential).
    """
    requests = tuple(owner.named("request", request) for request in requests)
    profiles = tuple(tuple(owner.named("profile", part) for part in profile) for profile in profiles)
    available = owner.named("available", available)
    price = owner.shared(
        ("price", requests, profiles, available), lambda: _price(owner, requests, profiles, available)
    )
    request = requests[place]
    enough = at_least(available, plus(*requests))
    scarce = choose(equal(available, 0.0), 0.0, _wanted(request, profiles[place], price))
    fixed = plus(*(choose(equal(p[0], FIXED), r, 0.0) for r, p in zip(requests, profiles, strict=True)))
    senseless = either(below(smallest(available, *requests), 0.0), below(available, fixed))
    return choose(senseless, math.nan, choose(enough, request, scarce))


def _price(
    owner: Owner, requests: tuple[Expression, ...], profiles: tuple[Profile, ...], available: Expression
) -> Expression:
    unknown = owner.fresh("price")
    price = Reference(unknown)
    wanted = [_wanted(*each, price) for each in zip(requests, profiles, strict=True)]
    low = smallest(*(minus(priority, times(REACH, width)) for _, priority, width, _ in profiles))
    high = largest(*(plus(priority, times(REACH, width)) for _, priority, width, _ in profiles))
    return owner.named("price", Root(unknown, minus(plus(*wanted), available), low, high))


def _wanted(request: Expression, profile: Profile, price: Expression) -> Expression:
    """Return how much is requested at a price."""
    type_, priority, width, _ = profile
    # How far the price lies above the priority, in widths.
    off = over(minus(price, priority), width)
    rectangle = clamped(minus(0.5, off), 0.0, 1.0)
    half_below = smallest(largest(plus(off, 0.5), 0.0), 0.5)
    half_above = smallest(largest(minus(0.5, off), 0.0), 0.5)
    triangle = choose(
        below(off, 0.0),
        minus(1.0, times(2.0, half_below, half_below)),
        times(2.0, half_above, half_above),
    )
    normal = normal_probability(negative(off))
    tail = times(0.5, call("EXP", negative(call("ABS", off))))
    exponential = choose(below(off, 0.0), minus(1.0, tail), tail)
    share: Expression = Number(math.nan)
    for number, shape in enumerate((rectangle, triangle, normal, exponential), start=1):
        share = choose(equal(type_, float(number)), shape, share)
    curve = times(request, choose(below(0.0, width), share, math.nan))
    return choose(either(equal(request, 0.0), equal(type_, FIXED)), request, curve)
