"""How does an XMILE file (``.xmile``, ``.stmx``, ``.itmx``, ``.xml``) become a Model?

Names, units, documentation, limits and lines are kept, and everything that cannot be read is an error with
file, line and equation, before anything runs.
"""

import hashlib
from pathlib import Path

from sdmodels.readers.bounds import MOST_ELEMENTS, size_between
from sdmodels.readers.xmile_assembly import Assembly
from sdmodels.readers.xmile_document import (
    Document,
    attribute,
    child,
    children,
    document_of,
    is_extension,
    name_in,
    tag,
)
from sdmodels.readers.xmile_entries import name_of
from sdmodels.readers.xmile_macros import macros_of
from sdmodels.readers.xmile_modules import modules_of
from sdmodels.readers.xmile_time import time_of
from sdmodels.structure.model import Dimension, Model


def read_xmile(path: Path) -> Model:
    """Read an XMILE model.

    Parameters
    ----------
    path
        A file as the XMILE standard 1.0 has it, or as Stella and iThink write it.

    Raises
    ------
    ModelFileError
        If the file is missing, broken, or uses what is not supported; names line, equation and remedy.
    """
    document = document_of(path)
    _refuse_other_files(document)
    time = time_of(document)
    assembly = Assembly(
        document=document,
        time=time,
        dimensions=_dimensions(document),
        modules=modules_of(document),
        macros=macros_of(document),
    )
    return Model(
        name=path.stem,
        variables=assembly.variables(),
        time=time,
        dimensions=assembly.dimensions,
        source=path,
        content_hash=hashlib.sha256(document.content).hexdigest(),
    )


def _refuse_other_files(document: Document) -> None:
    """Refuse what brings in equations or values from elsewhere: without them the model would be another one.

    ``<include>`` and ``<import>``: XMILE 1.0, chapter 2. What is exported changes nothing.
    """
    for node in document.root.iter():
        kind = tag(node)
        imports = kind == "import" and tag(node.getparent()) == "data"
        if not (kind == "include" or imports) or is_extension(node):
            continue
        if imports and (attribute(node, "enabled") or "true").strip().lower() in ("false", "0"):
            continue
        resource = attribute(node, "resource") or ""
        brought = "values" if imports else "equations"
        raise document.unsupported(
            node.sourceline,
            f"the model takes {brought} from another file by <{kind}>, which is not supported.",
            f'<{kind} resource="{resource}"/>',
            f"Write these {brought} into the model's own file and remove <{kind}>.",
        )


def _dimensions(document: Document) -> dict[str, Dimension]:
    scope = child(document.root, "dimensions")
    found: dict[str, Dimension] = {}
    total = 0
    for node in () if scope is None else children(scope, "dim"):
        name = name_of(document, node)
        elements = tuple(name_in(attribute(elem, "name") or "") for elem in children(node, "elem"))
        size = attribute(node, "size") or ""
        asked = len(elements) or (size_between("1", size.strip()) if size.strip().isdecimal() else 0)
        total += asked
        if total > MOST_ELEMENTS:
            raise document.error(
                node.sourceline,
                f"with '{name}' the dimensions have more than {MOST_ELEMENTS:,} elements.",
                f"<dim name={name!r} size={size!r}>",
                "Give the dimension fewer elements.",
            )
        if not elements and size.strip().isdecimal():
            elements = tuple(str(place + 1) for place in range(int(size)))
        if not elements or not all(elements):
            raise document.error(
                node.sourceline,
                f"the dimension '{name}' has no elements.",
                f"<dim name={name!r} size={size!r}>",
                'Give it a size, or an <elem name="..."/> for each.',
            )
        found[name] = Dimension(name=name, elements=elements)
    return found
