"""How are names and numbers written in XMILE?"""

import math
import re
from typing import Final

from sdmodels.errors import ExportError

# Names that XMILE would take for something else unless they are quoted.
_RESERVED: Final = frozenset(
    {
        "and",
        "or",
        "not",
        "mod",
        "if",
        "then",
        "else",
        "time",
        "dt",
        "starttime",
        "stoptime",
        "pi",
        "inf",
        "self",
    }
)
_QUOTED: Final = re.compile(r'"(?:\\.|[^"])*"')
_PLAIN: Final = re.compile(r"[^\W\d]\w*")


def bare(name: str) -> str:
    """Return a name without the quotes that Vensim puts around special characters."""
    stripped = name.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"':
        return stripped[1:-1].replace('\\"', '"')
    return stripped


def shown(name: str) -> str:
    """Return a name as an attribute writes it: without outer quotes, inner ones escaped as in an equation."""
    return bare(name).replace("\\", "\\\\").replace('"', '\\"')


def identifier(name: str) -> str:
    """Return a name as an equation writes it: blanks as underscores, in quotes if it must be.

    >>> identifier("Order Backlog"), identifier("cost/benefit"), identifier("then")
    ('Order_Backlog', '"cost/benefit"', '"then"')
    """
    joined = "_".join(bare(name).split())
    if _PLAIN.fullmatch(joined) and joined.lower() not in _RESERVED:
        return joined
    return f'"{shown(name)}"'


def number(value: float) -> str:
    """Return a number to the last bit."""
    if math.isnan(value):
        raise ExportError(
            "A number of the model is not a number.\n    nan\nXMILE has no way to write it; give it a value."
        )
    if math.isinf(value):
        return "INF" if value > 0 else "(-INF)"
    text = repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return f"({text})" if math.copysign(1.0, value) < 0 else text


def opened(text: str) -> str:
    """Return the text of an expression without parentheses around the whole."""
    closed = text.startswith("(") and text.endswith(")") and _is_one_pair(text)
    return text[1:-1] if closed else text


def _is_one_pair(text: str) -> bool:
    depth = 0
    for position, character in enumerate(_QUOTED.sub(lambda found: "_" * len(found[0]), text)):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return position == len(text) - 1
    return False
