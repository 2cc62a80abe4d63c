"""Which numbers does a Vensim model take from a spreadsheet or a text file beside it?

Reading is PySD's; here its findings become plain arrays, and its errors say what to do.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pysd.py_backend import external
from pysd.translators.structures import abstract_expressions as pysd

from sdmodels.errors import ModelFileError
from sdmodels.structure.expression import Table

_KEYWORDS: Final[Mapping[str, str]] = {
    "interpolate": "interpolate",
    "hold": "hold_backward",
    "forward": "look_forward",
    "raw": "raw",
}


class SpreadsheetError(ModelFileError):
    """A file beside the model does not have what the model asks it for; two lines: what, and what to do."""


class MissingFileError(SpreadsheetError):
    """A file that the model takes numbers from does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where numbers are: a file beside the model, a sheet (or a delimiter), a cell or a named range.

    ``along`` is the row, the column or the named range with the times, or with the xs of a table.
    """

    root: Path
    file: str
    sheet: str
    cell: str
    along: str = ""

    def __str__(self) -> str:
        return f"'{self.file}', '{self.sheet}', cell '{self.cell}'"


def source_of(
    root: Path, ast: pysd.GetConstantsStructure | pysd.GetLookupsStructure | pysd.GetDataStructure
) -> Source:
    """Return where a GET function reads; ``root`` is the folder of the model."""
    match ast:
        case pysd.GetLookupsStructure():
            along = ast.x_row_or_col
        case pysd.GetDataStructure():
            along = ast.time_row_or_col
        case _:
            along = ""
    return Source(root=root, file=str(ast.file), sheet=str(ast.tab), cell=str(ast.cell), along=str(along))


def _inside(source: Source) -> None:
    """Refuse a file outside of the model's folder before anything is opened.

    A model from someone else must not read what is the user's own. Links count as what they lead to. A pipe
    or a device is refused too: opening one may wait for ever.
    """
    folder = source.root.resolve()
    target = (folder / source.file).resolve()
    if not target.is_relative_to(folder):
        raise SpreadsheetError(
            f"the file '{source.file}' that it reads is outside of the model's folder.\n"
            "Put the file beside the model, or in a folder below it, and name it there."
        )
    if target.exists() and not target.is_file():
        raise SpreadsheetError(
            f"'{source.file}' that it reads is no regular file.\nPut a spreadsheet or a text file there."
        )


def constants(source: Source, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the numbers of GET XLS CONSTANTS in the ``shape`` of the subscripts.

    Raises
    ------
    MissingFileError, SpreadsheetError
        If there is no such file, sheet or cell, or a cell holds no number.
    """
    coordinates = _coordinates(shape)
    with _understood(source):
        found = external.ExtConstant(
            source.file, source.sheet, source.cell, coordinates, source.root, coordinates, "Constants"
        )
        found.missing = "ignore"
        found.initialize()
    values = np.asarray(found.data, dtype=np.float64).reshape(shape)
    if not np.isfinite(values).all():
        raise SpreadsheetError(f"{source} holds cells without a number.\nWrite a number into each cell.")
    return values


def lookups(source: Source, shape: tuple[int, ...]) -> NDArray[np.object_]:
    """Return the tables of GET XLS LOOKUPS in the ``shape`` of the subscripts."""
    coordinates = _coordinates(shape)

    def read() -> Any:
        return external.ExtLookup(
            source.file,
            source.sheet,
            source.along,
            source.cell,
            coordinates,
            source.root,
            coordinates,
            "Tables",
        )

    return _tables(source, read, shape)


def series(source: Source, shape: tuple[int, ...], kind: str) -> NDArray[np.object_]:
    """Return the points of GET XLS DATA in the ``shape`` of the subscripts; ``kind`` fills missing cells."""
    coordinates = _coordinates(shape)

    def read() -> Any:
        return external.ExtData(
            source.file,
            source.sheet,
            source.along,
            source.cell,
            _KEYWORDS[kind],
            coordinates,
            source.root,
            coordinates,
            "Data",
        )

    return _tables(source, read, shape)


def elements(root: Path, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Return the elements of GET XLS SUBSCRIPT from its file, sheet, first cell, last cell and prefix."""
    file, sheet, first, last, prefix = (*arguments, "", "", "", "", "")[:5]
    with _understood(Source(root=root, file=file, sheet=sheet, cell=first)):
        return tuple(external.ExtSubscript(file, sheet, first, last, prefix, root).subscript)


def _coordinates(shape: tuple[int, ...]) -> dict[str, list[int]]:
    return {f"subscript {place}": list(range(size)) for place, size in enumerate(shape)}


def _tables(source: Source, read: Callable[[], Any], shape: tuple[int, ...]) -> NDArray[np.object_]:
    with _understood(source):
        found = read()
        found.missing = "ignore"
        found.initialize()
    xs = np.asarray(found.data.coords[found.data.dims[0]], dtype=np.float64)
    values = np.asarray(found.data.values, dtype=np.float64).reshape(len(xs), -1)
    tables = np.empty(values.shape[1], dtype=object)
    for place, ys in enumerate(values.T):
        given = np.isfinite(ys)
        if not given.any():
            raise SpreadsheetError(f"{source} holds a row or column without a number.\nFill it with numbers.")
        tables[place] = Table(tuple(xs[given].tolist()), tuple(ys[given].tolist()))
    return tables.reshape(shape)


@contextmanager
def _understood(source: Source) -> Iterator[None]:
    """Let only files beside the model be read, and turn what that can raise into an error with a remedy."""
    try:
        _inside(source)
        yield
    except SpreadsheetError:
        raise
    except FileNotFoundError as error:
        raise MissingFileError(
            f"the file '{source.file}' that it reads is missing.\nPut it beside the model."
        ) from error
    except (
        ValueError,
        AttributeError,
        KeyError,
        IndexError,
        TypeError,
        OSError,
        ImportError,
        RuntimeError,
    ) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SpreadsheetError(
            f"{source} cannot be read: {reason[:150]}.\nCorrect the file, the sheet or the cell."
        ) from error
    finally:
        external.Excels.clean()
