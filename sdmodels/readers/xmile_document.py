"""What does an XMILE file hold, and on which line?

The XML is read without entities and without the network. Namespaces are not compared: exporters differ in
theirs, and several write ``isee:`` without declaring it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from sdmodels.errors import ModelFileError, UnsupportedError

_ABOUT_NAMESPACES = "NAMESPACE"
_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The XML of a model file."""

    path: Path
    content: bytes
    root: Any

    def error(self, line: int, what: str, evidence: str, remedy: str) -> ModelFileError:
        """Return the error that points at a line."""
        return ModelFileError(f"{self.path}:{line}: {what}\n    {evidence[:200]}\n{remedy}")

    def unsupported(self, line: int, what: str, evidence: str, remedy: str) -> UnsupportedError:
        """Return the error for what the library does not do."""
        return UnsupportedError(f"{self.path}:{line}: {what}\n    {evidence[:200]}\n{remedy}")


def document_of(path: Path) -> Document:
    """Read the XML of a model file.

    Raises
    ------
    ModelFileError
        If the file cannot be opened, is not well-formed, declares a document type (which could hold entities),
        is deeper or longer than any model, or is not XMILE.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelFileError(
            f"{path}: the model file cannot be read.\n    {error.strerror or error}\n"
            "Check the path and the permissions."
        ) from error
    # Recovery is for undeclared prefixes and the like only; any other error of the parser ends the reading.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _broken(path, error.lineno or 0, str(error)) from error
    for entry in parser.error_log:
        if entry.domain_name != _ABOUT_NAMESPACES:
            raise _broken(path, entry.line, entry.message)
    if root is None:
        raise _broken(path, 1, "It has no element.")
    if root.getroottree().docinfo.doctype:
        raise _broken(path, 1, "It declares a document type, which no model needs.")
    if tag(root) not in ("xmile", "stmx"):
        raise ModelFileError(
            f"{path}:{root.sourceline}: the file is not an XMILE model.\n    It begins with <{tag(root)}>.\n"
            "Save the model as XMILE: its first element is <xmile>."
        )
    return Document(path=path, content=content, root=root)


def _broken(path: Path, line: int, evidence: str) -> ModelFileError:
    return ModelFileError(
        f"{path}:{line}: the file is not well-formed XML.\n    {' '.join(evidence.split())[:_SHOWN]}\n"
        "Save the model again in the tool that it comes from."
    )


def tag(node: Any) -> str:
    """Return a node's name without its namespace; empty for comments and processing instructions."""
    if not isinstance(node.tag, str):
        return ""
    return str(node.tag).rpartition("}")[2].rpartition(":")[2]


def is_extension(node: Any) -> bool:
    """Return whether a node is a vendor's addition to XMILE, such as ``isee:prefs``."""
    return ":" in node.tag.rpartition("}")[2] or "isee" in node.tag.rpartition("}")[0].lower()


def children(node: Any, *names: str) -> Iterator[Any]:
    """Yield the elements of these names directly inside ``node``; all elements if no name is given."""
    for child in node:
        if tag(child) and (not names or tag(child) in names):
            yield child


def child(node: Any, name: str) -> Any | None:
    """Return the first element of that name directly inside ``node``."""
    return next(children(node, name), None)


def attribute(node: Any, name: str) -> str | None:
    """Return the value of an attribute, in whatever namespace."""
    for key, value in node.attrib.items():
        if key.rpartition("}")[2].rpartition(":")[2] == name:
            return str(value)
    return None


def text_of(node: Any | None) -> str:
    """Return all text inside a node, without comments; empty for ``None``."""
    if node is None:
        return ""
    return "".join(piece for piece in node.xpath(".//text()") if piece.getparent() is not None)


def name_in(text: str) -> str:
    r"""Return a name as it is shown: ``\n`` and line ends are blanks."""
    return " ".join(text.replace("\\n", " ").split())
