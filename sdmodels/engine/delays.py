"""Which stocks do SMOOTH and DELAY of any order stand for?"""

from sdmodels.engine.algebra import above, call, choose, clamped, minus, over, plus, times
from sdmodels.engine.owner import Owner, Where
from sdmodels.structure.expression import TIME, Call, Delay, Expression, Initial, Reference, Smooth, children
from sdmodels.structure.functions import MEMORY, OF_TIME, RANDOM
from sdmodels.structure.model import Auxiliary, Constant, Lookup, Model
from sdmodels.structure.names import key_of

# Delay times are computed: a share of a step that is lost to rounding is no step less.
ROUNDING = 1e-6
CONTROLS = frozenset({"initial time", "final time", "time step", "saveper"})


def delayed(owner: Owner, expression: Smooth | Delay, where: Where) -> Expression:
    """Return what comes out of a delay; the stocks in a row are hidden in ``owner``."""
    input_ = owner.flat(expression.input, where)
    time = owner.flat(expression.delay_time, where)
    initial = owner.flat(expression.initial, where)
    match expression:
        case Smooth(order=order):
            return _smoothed(owner, input_, time, initial, order)
        case Delay(order=1):
            return _flowing(owner, input_, time, initial)
        case Delay(order=order):
            return _in_a_row(owner, expression, input_, time, initial, order)


def _smoothed(
    owner: Owner, input_: Expression, time: Expression, initial: Expression, order: int
) -> Expression:
    each = over(time, float(order))
    for _ in range(order):
        input_ = _approaching(owner, input_, each, initial)
    return input_


def _approaching(owner: Owner, input_: Expression, time: Expression, initial: Expression) -> Expression:
    """Return one stock that follows ``input_``."""
    return owner.stock("smooth", initial, lambda level: over(minus(input_, level), time))


def _flowing(owner: Owner, input_: Expression, time: Expression, initial: Expression) -> Expression:
    """Return what flows out of one stock, in which material stays ``time`` on average."""
    stock = owner.stock("delay", times(initial, time), lambda level: minus(input_, over(level, time)))
    return over(stock, time)


def _in_a_row(
    owner: Owner,
    expression: Delay,
    input_: Expression,
    time: Expression,
    initial: Expression,
    order: int,
) -> Expression:
    """Return what flows out of several stocks in a row.

    In DELAY N Vensim leaves out as many of them, from the first on, as have no time step of their own at the
    initial time: DELAY N of order 3 over two and a half steps is one of order 2. DELAY3 keeps its three stages
    however short they are. Vensim's outputs of ``delay_pipeline`` and ``arguments`` in ``test-models`` say so.
    """
    if not expression.drops_stages:
        each = over(time, float(order))
        for _ in range(order):
            input_ = _flowing(owner, input_, each, initial)
        return input_
    room = call("INTEGER", plus(over(time, owner.time.time_step), ROUNDING))
    used = clamped(room, 1.0, float(order))
    used = owner.named("order", used) if owner.stays(expression.delay_time) else owner.held("order", used)
    each = owner.named("delay time", over(time, used))
    outflow = input_
    for stage in range(order):
        arriving = input_ if stage == 0 else choose(above(used, float(order - stage)), outflow, input_)
        outflow = _flowing(owner, arriving, each, initial)
    return outflow


def stays(expression: Expression, model: Model, asked: tuple[str, ...] = ()) -> bool:
    """Return whether an expression of the model depends on constants alone: it does not change over time."""
    match expression:
        case Initial():
            return True
        case Smooth() | Delay():
            return False
        case Call(function, _) if function in MEMORY or function in RANDOM or function in OF_TIME:
            return False
        case Reference(name):
            return _variable_stays(name, model, asked)
    return all(stays(part, model, asked) for part in children(expression))


def _variable_stays(name: str, model: Model, asked: tuple[str, ...]) -> bool:
    if key_of(name) in CONTROLS:
        return True
    variable = model.variables.get(name)
    if Reference(name) == TIME or name in asked:
        return False
    match variable:
        case Constant() | Lookup():
            return True
        case Auxiliary(equations=equations):
            return all(stays(equation.expression, model, (*asked, name)) for equation in equations)
    return False
