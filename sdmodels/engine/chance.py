"""Which numbers do the random functions draw?

Each place in the model that calls one draws from a stream of its own, at each element of a subscripted
variable, each step and each member; the seed of the run decides, not the one in the equation. A distribution
is truncated exactly: an even draw between the probabilities of the two ends is turned into a value.
Meanings: Vensim reference manual, "RANDOM Number Functions"; XMILE 1.0, "Statistical functions".
"""

from sdmodels.engine.algebra import (
    above,
    below,
    call,
    choose,
    clamped,
    largest,
    minus,
    negative,
    over,
    plus,
    times,
)
from sdmodels.engine.owner import Owner
from sdmodels.engine.special import normal_probability, normal_quantile
from sdmodels.structure.expression import Expression


def random(owner: Owner, function: str, arguments: tuple[Expression, ...]) -> Expression:
    """Return what a function of :data:`sdmodels.structure.functions.RANDOM` stands for."""
    match function, arguments:
        case "RANDOM 0 1", ():
            return owner.drawn()
        case "RANDOM UNIFORM", (low, high, *_):
            low = owner.named("minimum", low)
            return plus(low, times(minus(high, low), owner.drawn()))
        case "RANDOM NORMAL", (low, high, mean, deviation, *_):
            return _truncated_normal(owner, low, high, mean, deviation)
        case "NORMAL", (mean, deviation, *_):
            return plus(mean, times(deviation, normal_quantile(owner, owner.drawn())))
        case "RANDOM EXPONENTIAL", (low, high, start, stretch, *_):
            return _truncated_exponential(owner, low, high, start, stretch)
        case "EXPRND", (mean, *_):
            return negative(times(mean, call("LN", owner.drawn())))
        case "RANDOM TRIANGULAR", (low, high, start, peak, stop, *_):
            return _truncated_triangular(owner, low, high, start, peak, stop)
    raise ValueError(f"{function} is not called with {len(arguments)} arguments")


def _truncated_normal(
    owner: Owner, low: Expression, high: Expression, mean: Expression, deviation: Expression
) -> Expression:
    low, high = owner.named("minimum", low), owner.named("maximum", high)
    mean, deviation = owner.named("mean", mean), owner.named("deviation", deviation)
    left = owner.named("left end", over(minus(low, mean), deviation))
    right = owner.named("right end", over(minus(high, mean), deviation))
    # Probabilities are exact to the last digit on the left only: what lies right of the mean is mirrored.
    mirrored = owner.named("mirrored", above(left, 0.0))
    first = normal_probability(choose(mirrored, negative(right), left))
    last = normal_probability(choose(mirrored, negative(left), right))
    standard = owner.named("standard", normal_quantile(owner, _between(owner, first, last)))
    value = plus(mean, times(deviation, choose(mirrored, negative(standard), standard)))
    return clamped(choose(above(deviation, 0.0), value, mean), low, high)


def _between(owner: Owner, first: Expression, last: Expression) -> Expression:
    """Return an even draw between two probabilities."""
    first = owner.named("first", first)
    return plus(first, times(minus(last, first), owner.drawn()))


def _truncated_exponential(
    owner: Owner, low: Expression, high: Expression, start: Expression, stretch: Expression
) -> Expression:
    stretch, high = owner.named("stretch", stretch), owner.named("maximum", high)
    least = owner.named("minimum", largest(low, start))
    covered = minus(1.0, call("EXP", over(minus(least, high), stretch)))
    beyond = call("LN", minus(1.0, times(owner.drawn(), covered)))
    return clamped(minus(least, times(stretch, beyond)), least, high)


def _truncated_triangular(
    owner: Owner,
    low: Expression,
    high: Expression,
    start: Expression,
    peak: Expression,
    stop: Expression,
) -> Expression:
    low, high = owner.named("minimum", low), owner.named("maximum", high)
    start, peak, stop = owner.named("start", start), owner.named("peak", peak), owner.named("stop", stop)
    width = owner.named("width", minus(stop, start))
    rising, falling = owner.named("rise", minus(peak, start)), owner.named("fall", minus(stop, peak))

    def probability(value: Expression) -> Expression:
        into = owner.named("end", clamped(value, start, stop))
        before = owner.named("before", minus(into, start))
        after = owner.named("after", minus(stop, into))
        left = over(times(before, before), times(width, rising))
        right = minus(1.0, over(times(after, after), times(width, falling)))
        return choose(below(into, peak), left, choose(below(into, stop), right, 1.0))

    drawn = owner.named("probability", _between(owner, probability(low), probability(high)))
    left = plus(start, call("SQRT", times(drawn, width, rising)))
    right = minus(stop, call("SQRT", times(minus(1.0, drawn), width, falling)))
    value = choose(below(times(drawn, width), rising), left, right)
    return clamped(value, low, high)
