"""In which order do the points of a table stand that have one x?

PySD sorts the points of a table, but not stably: which of two points at one x comes first would be chance. The
points are sorted here once more, in the order of the file.
"""

import ast
from dataclasses import replace
from typing import Any

from pysd.translators.structures import abstract_expressions as pysd
from pysd.translators.vensim import vensim_element


def in_order(lookup: pysd.LookupsStructure, points: str) -> pysd.LookupsStructure:
    """Return a table whose points, written as in ``(0,1),(2,3)``, are sorted by x and else stay in place."""
    pairs = sorted(ast.literal_eval(f"[{points}]"), key=lambda pair: float(pair[0]))
    return replace(lookup, x=tuple(float(x) for x, _ in pairs), y=tuple(float(y) for _, y in pairs))


class LookupsVisitor(vensim_element.LookupsVisitor):  # type: ignore[misc]
    """Reads a table function that is an entry of its own."""

    translation: Any

    def visit_regularLookup(self, node: Any, children: Any) -> None:  # noqa: N802 (PySD's name)
        """Keep the points in the order of the file."""
        super().visit_regularLookup(node, children)
        self.translation = in_order(self.translation, children[2])
