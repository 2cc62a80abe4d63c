"""Which functions does an XMILE file define itself?"""

from dataclasses import dataclass

from sdmodels.readers.xmile_document import Document, child, children, name_in, text_of
from sdmodels.readers.xmile_entries import Entry, entries_of, name_of
from sdmodels.structure.names import key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A function of the file's own: its value is ``equation``, computed from parameters and its own entries."""

    name: str
    parameters: tuple[str, ...]
    equation: str
    entries: tuple[Entry, ...]
    line: int


def macros_of(document: Document) -> dict[tuple[str, int], Macro]:
    """Return the macros by what is compared of their names and by how many parameters they have.

    Raises
    ------
    ModelFileError
        If a macro has no equation, a default for a parameter, or a time of its own.
    """
    found: dict[tuple[str, int], Macro] = {}
    for macro in _macros(document):
        key = (key_of(macro.name), len(macro.parameters))
        if key in found:
            raise document.error(
                macro.line,
                f"the macro '{macro.name}' is defined a second time.",
                f"It stands on line {found[key].line} too, with as many parameters.",
                "Remove one of the two.",
            )
        found[key] = macro
    return found


def _macros(document: Document) -> list[Macro]:
    found = []
    for node in children(document.root, "macro"):
        name = name_of(document, node)
        equation = child(node, "eqn")
        if equation is None:
            raise document.error(
                node.sourceline, f"the macro '{name}' has no equation.", "<macro>", "Give it an <eqn>."
            )
        if child(node, "sim_specs") is not None or any(p.attrib for p in children(node, "parm")):
            raise document.unsupported(
                node.sourceline,
                f"the macro '{name}' has a time of its own or defaults, which is not supported.",
                f'<macro name="{name}">',
                "Write the macro's equations out in the model.",
            )
        found.append(
            Macro(
                name=name,
                parameters=tuple(name_in(text_of(p)) for p in children(node, "parm")),
                equation=text_of(equation),
                entries=entries_of(document, child(node, "variables")),
                line=equation.sourceline,
            )
        )
    return found
