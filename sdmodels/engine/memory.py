"""What do functions that remember (TREND, FORECAST, DELAY FIXED, ...) stand for?

Meanings: Vensim reference manual, entry of each function; XMILE 1.0, section 3.5.
"""

from sdmodels.engine.algebra import call, choose, minus, negative, over, plus, times
from sdmodels.engine.derived import zidz
from sdmodels.engine.owner import Owner
from sdmodels.structure.expression import Expression, Number


def remembering(owner: Owner, function: str, arguments: tuple[Expression, ...]) -> Expression:
    """Return what a function of :data:`sdmodels.structure.functions.MEMORY` stands for.

    Stocks, memories and pipelines that it needs are hidden in ``owner``.
    """
    match function, arguments:
        case "TREND", (input_, average_time, *initial):
            return _trend(owner, input_, average_time, _or_zero(initial))
        case "FORECAST", (input_, average_time, horizon, *initial):
            return _forecast(owner, input_, average_time, horizon, _or_zero(initial))
        case "SAMPLE IF TRUE", (condition, input_, initial):
            return _sampled(owner, condition, input_, initial)
        case "DELAY FIXED", (input_, delay_time, *initial):
            return owner.piped(input_, delay_time, initial[0] if initial else input_)
        case "PREVIOUS", (input_, initial):
            return owner.remembered("previous value", initial, lambda _: input_)
        case "NPV", (stream, rate, initial, factor):
            return _present_value(owner, stream, rate, initial, factor)
    raise ValueError(f"{function} is not called with {len(arguments)} arguments")


def _or_zero(optional: list[Expression]) -> Expression:
    return optional[0] if optional else Number(0.0)


def _sampled(owner: Owner, condition: Expression, input_: Expression, initial: Expression) -> Expression:
    condition, input_ = owner.named("condition", condition), owner.named("input", input_)
    kept = owner.remembered("sample", initial, lambda kept: choose(condition, input_, kept))
    return choose(condition, input_, kept)


def _average(
    owner: Owner, input_: Expression, average_time: Expression, initial_trend: Expression
) -> Expression:
    initial = over(input_, plus(1.0, times(initial_trend, average_time)))
    return owner.stock("average", initial, lambda average: over(minus(input_, average), average_time))


def _trend(
    owner: Owner, input_: Expression, average_time: Expression, initial_trend: Expression
) -> Expression:
    input_, average_time = owner.named("input", input_), owner.named("average time", average_time)
    average = _average(owner, input_, average_time, initial_trend)
    return zidz(minus(input_, average), times(average_time, call("ABS", average)))


def _forecast(
    owner: Owner,
    input_: Expression,
    average_time: Expression,
    horizon: Expression,
    initial_trend: Expression,
) -> Expression:
    input_, average_time = owner.named("input", input_), owner.named("average time", average_time)
    average = _average(owner, input_, average_time, initial_trend)
    trend = zidz(minus(input_, average), times(average_time, average))
    return times(input_, plus(1.0, times(trend, horizon)))


def _present_value(
    owner: Owner, stream: Expression, rate: Expression, initial: Expression, factor: Expression
) -> Expression:
    step = owner.time.time_step
    stream, rate = owner.named("stream", stream), owner.named("discount rate", rate)
    discount = owner.stock(
        "discount",
        Number(1.0),
        lambda now: over(negative(times(now, rate)), plus(1.0, times(rate, step))),
    )
    value = owner.stock("present value", initial, lambda _: times(stream, discount))
    return times(plus(value, times(stream, step, discount)), factor)
