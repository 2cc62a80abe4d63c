"""Which functions does native code compute in every lane at once, instead of a call of the C library a lane?

Each is written once a module, and only where the program uses it. The same bits come out on every processor,
for any number of lanes, whatever the other members are; not so for the lanes that are left to the C library.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sdmodels.engine.native.exponentials import exponential, logarithm, power
from sdmodels.engine.native.formula import Formula, repair_function
from sdmodels.engine.native.trigonometry import cosine, inverse_tangent, sine, tangent
from sdmodels.engine.native.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorFunction:
    """A function over vectors.

    Attributes
    ----------
    body
        Writes it; one argument, or two.
    repaired
        The function of the C library that stands in for exceptional lanes, if there are any.
    """

    body: Callable[..., str]
    arity: int = 1
    repaired: str | None = None


VECTOR_FUNCTIONS: Final[Mapping[str, VectorFunction]] = {
    "ARCTAN": VectorFunction(body=inverse_tangent),
    "COS": VectorFunction(body=cosine, repaired="cos"),
    "EXP": VectorFunction(body=exponential),
    "LN": VectorFunction(body=logarithm),
    "SIN": VectorFunction(body=sine, repaired="sin"),
    "TAN": VectorFunction(body=tangent, repaired="tan"),
    "^": VectorFunction(body=power, arity=2, repaired="pow"),
}


def call(out: Writer, function: str, arguments: Iterable[str]) -> str:
    """Return the vector that a function of :data:`VECTOR_FUNCTIONS` comes to."""
    given = ", ".join(f"{out.vector} {argument}" for argument in arguments)
    return out.emit(f"call {out.vector} @{_name(function)}({given})")


def function_texts(functions: Iterable[str], lanes: int, attributes: str) -> list[str]:
    """Return the text of each function, and of what repairs its exceptional lanes."""
    texts = []
    for function in sorted(set(functions)):
        vector = VECTOR_FUNCTIONS[function]
        if vector.repaired is not None:
            texts.append(repair_function(vector.repaired, vector.arity, lanes, attributes))
        texts.append(_text(function, vector, lanes, attributes))
    return texts


def _name(function: str) -> str:
    return "vector_power" if function == "^" else f"vector_{function.lower()}"


def _text(function: str, vector: VectorFunction, lanes: int, attributes: str) -> str:
    out = Formula(lanes)
    names = ("%x", "%y")[: vector.arity]
    result = vector.body(out, *names)
    given = ", ".join(f"{out.vector} {name}" for name in names)
    # Not copied to each call: as fast at run time, and a model of many calls compiles several times faster.
    head = f"define internal {out.vector} @{_name(function)}({given}) noinline {attributes} {{"
    return "\n".join([head, *out.lines, f"  ret {out.vector} {result}", "}"])
