"""What does a model of any size look like, when only its size matters?"""

import random
from typing import Final

from sdmodels.structure.expression import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    LookupCall,
    Number,
    Reference,
    Table,
)
from sdmodels.structure.model import Auxiliary, Constant, Equation, Model, Stock, TimeSpec

ONE: Final = Number(1.0)
# Of the equations, one in so many is a stock.
STOCK_EVERY: Final = 5
CONSTANTS: Final = 10


def chain(equations: int, *, seed: int = 0) -> Model:
    """Return a model of that many stocks and auxiliaries, and ten constants.

    Each auxiliary is computed from the one before it, a stock and a constant; each stock follows an auxiliary
    with a delay. All values stay between -2 and 2. The same seed makes the same model.
    """
    chance = random.Random(seed)
    constants = {f"Constant {i}": Number(chance.uniform(0.2, 0.9)) for i in range(CONSTANTS)}
    stocks = [f"Stock {i}" for i in range(equations // STOCK_EVERY)]
    auxiliaries = [f"Auxiliary {i}" for i in range(equations - len(stocks))]
    variables: dict[str, Constant | Stock | Auxiliary] = {
        name: Constant(name=name, equations=(Equation(expression=value),))
        for name, value in constants.items()
    }
    before = stocks[0]
    for name in auxiliaries:
        parts = (
            Reference(before),
            Reference(chance.choice(stocks)),
            Reference(chance.choice(list(constants))),
        )
        equation = Equation(expression=_bounded(chance.randrange(6), *parts))
        variables[name] = Auxiliary(name=name, equations=(equation,))
        before = name
    for name in stocks:
        gap = Arithmetic("-", Reference(chance.choice(auxiliaries)), Reference(name))
        rate = Arithmetic("/", gap, Number(chance.uniform(2.0, 9.0)))
        start = Number(chance.random())
        variables[name] = Stock(name=name, equations=(Equation(expression=rate, initial=start),))
    time = TimeSpec(initial_time=0, final_time=100, time_step=0.25, save_period=1)
    return Model(name=f"a chain of {equations} equations", variables=variables, time=time)


def _bounded(kind: int, before: Expression, stock: Expression, share: Expression) -> Expression:
    """Return one of six equations; each stays between -2 and 2 if its parts do."""
    match kind:
        case 0:
            rest = Arithmetic("*", Arithmetic("-", ONE, share), stock)
            return Arithmetic("+", Arithmetic("*", share, before), rest)
        case 1:
            return Call("MIN", (before, Call("MAX", (stock, share))))
        case 2:
            return Conditional(Comparison(">", before, stock), share, Arithmetic("-", ONE, share))
        case 3:
            table = Table((-2.0, -0.5, 0.0, 0.5, 1.0, 2.0), (0.1, 0.3, 0.4, 0.8, 1.1, 1.2))
            return LookupCall(table, Arithmetic("*", before, share))
        case 4:
            return Arithmetic("/", before, Arithmetic("+", ONE, Call("ABS", (stock,))))
        case _:
            return Call("EXP", (Arithmetic("*", Number(-1.0), Call("ABS", (before,))),))
