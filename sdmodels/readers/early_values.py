"""What does an expression come to before the run, from constants and Time alone?

Control variables and the orders of delays must be known when the model is read.
"""

from collections.abc import Callable
from typing import Final

from sdmodels.readers.translation import NotStaticError
from sdmodels.structure.evaluation import evaluate
from sdmodels.structure.expression import (
    TIME,
    Call,
    Conditional,
    Expression,
    Initial,
    Number,
    Reference,
    rebuild,
)
from sdmodels.structure.names import key_of

CONTROLS: Final = ("INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER")


class EarlyValues:
    """Values that need no run; ``used`` has the keys of all variables that one was computed from."""

    def __init__(self, expression_of: Callable[[str], Expression]) -> None:
        self._expression_of = expression_of
        self._found: dict[str, Expression] = {}
        self._asked: list[str] = []
        self.used: set[str] = set()
        self.timed = False

    def named(self, name: str, time: float | None = None) -> float:
        """Return the value of a variable.

        Parameters
        ----------
        time
            The value of Time [the model's unit of time]; None where Time has none.

        Raises
        ------
        NotStaticError
            If it depends on a stock, on itself, or on a Time that is not there.
        """
        key = key_of(name)
        if key in self._asked:
            raise NotStaticError("it depends on itself")
        self._asked.append(key)
        self.used.add(key)
        try:
            if key not in self._found:
                self._found[key] = self._expression_of(key)
            return self.value(self._found[key], time)
        finally:
            self._asked.pop()

    def at_start(self, expression: Expression) -> float:
        """Return the value of ``expression`` at the initial time."""
        return self.value(expression, self.named("INITIAL TIME"))

    def value(self, expression: Expression, time: float | None) -> float:
        """Return the value of ``expression`` at ``time``; raise NotStaticError as :meth:`named`."""
        try:
            return evaluate(self._resolved(expression, time), {})
        except ValueError as error:
            raise NotStaticError(f"{error}") from error

    def _resolved(self, expression: Expression, time: float | None) -> Expression:
        def inner(part: Expression) -> Expression:
            return self._resolved(part, time)

        match expression:
            case Reference() if expression == TIME:
                self.timed = True
                if time is None:
                    raise NotStaticError("it depends on Time")
                return Number(time)
            case Reference(name, ()):
                return Number(self.named(name, time))
            case Reference(name):
                raise NotStaticError(f"it depends on '{name}', which has subscripts")
            case Conditional(condition, then, otherwise):
                return inner(then if self.value(condition, time) != 0 else otherwise)
            case Initial(operand):
                return self._resolved(operand, self.named("INITIAL TIME"))
            case Call("STEP", (height, start)):
                # As during the run: half a step on, so that rounding never shifts the step.
                now = self.value(TIME, time) + self.named("TIME STEP", time) / 2
                return inner(height) if now > self.value(start, time) else Number(0.0)
            case _:
                return rebuild(expression, inner)
