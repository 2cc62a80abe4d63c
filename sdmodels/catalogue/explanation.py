"""Which key of a manifest breaks the schema, and what should stand there instead?"""

import json
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sdmodels.catalogue.faults import SCHEMA_FAULT, Fault
from sdmodels.errors import did_you_mean

Schema: TypeAlias = type[BaseModel]
Location: TypeAlias = tuple[int | str, ...]
KIND = "kind"
"""The key that says which of several tables is meant."""


def explain(error: ValidationError, document: Mapping[str, Any], schema: Schema) -> tuple[Fault, ...]:
    """Return the faults of ``document``, unknown keys first, since one of them often explains a missing key.

    Parameters
    ----------
    error
        What validating ``document`` against ``schema`` raised.
    """
    details = _innermost([_as_written(detail, document) for detail in error.errors(include_url=False)])
    unknown = [detail for detail in details if detail["type"] == "extra_forbidden"]
    others = [detail for detail in details if detail not in unknown and not _explained(detail, unknown)]
    return tuple(_fault(detail, document, schema) for detail in (*unknown, *others))


def _as_written(detail: ErrorDetails, document: Mapping[str, Any]) -> ErrorDetails:
    """Return the error at a place of the file.

    For a table of several kinds pydantic puts the kind into the location, and blames the table if there is no
    such kind.
    """
    location: Location = ()
    here: Any = document
    entered = True
    for part in detail["loc"]:
        if entered and isinstance(here, Mapping) and part == here.get(KIND):
            entered = False  # the kind comes first; after it a key may have the same name
            continue
        if not (isinstance(here, Mapping) if isinstance(part, str) else isinstance(here, list)):
            break  # which of several types was tried is no place in the file
        entered = True
        location += (part,)
        here = _entered(here, part)
    if not detail["type"].startswith("union_tag"):
        return {**detail, "loc": location}
    kind = "missing" if KIND not in here else "literal_error"
    return {**detail, "type": kind, "loc": (*location, KIND), "input": here.get(KIND)}


def _entered(written: Any, part: int | str) -> Any:
    match written:
        case Mapping():
            return written.get(part)
        case list() if isinstance(part, int) and part < len(written):
            return written[part]
    return None


def _innermost(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out what is only wrong because something inside it is: a list that lacks its broken item."""
    locations = [detail["loc"] for detail in details]

    def holds_another(outer: Location) -> bool:
        return any(outer == inner[: len(outer)] and outer != inner for inner in locations)

    # A value of several types has an error for each; the first says enough.
    return [
        detail
        for number, detail in enumerate(details)
        if not holds_another(detail["loc"]) and detail["loc"] not in locations[:number]
    ]


def _explained(detail: ErrorDetails, unknown: Sequence[ErrorDetails]) -> bool:
    """Tell whether the key is missing because it is misspelt."""
    *table, key = detail["loc"] or ("",)
    return detail["type"] == "missing" and any(
        list(other["loc"][:-1]) == table and did_you_mean(str(other["loc"][-1]), [str(key)])
        for other in unknown
    )


def _fault(detail: ErrorDetails, document: Mapping[str, Any], schema: Schema) -> Fault:
    location = detail["loc"]
    if detail["type"] == SCHEMA_FAULT:
        context = detail["ctx"]
        place = f" {_place(location, document, schema)}" if location else ""
        evidence = context["evidence"] or _written(_at(document, location))
        return Fault(what=context["problem"] + place, evidence=evidence, remedy=context["remedy"])
    item = location[-1] if isinstance(location[-1], int) else None
    table = location[: -1 if item is None else -2]
    key = str(location[len(table)])
    verb, remedy = _verdict(detail, _header((*table, key)), _schema_at(schema, table, document))
    what = f"key '{key}'" if item is None else f"item {item + 1} of key '{key}'"
    holder = _at(document, table)
    evidence = f"{key} = {_written(holder[key])}" if key in holder else _written(holder)
    return Fault(what=f"{what} {verb} {_place(table, document, schema)}", evidence=evidence, remedy=remedy)


def _header(location: Location) -> str:
    """Return ``policy.change`` for a change of any policy."""
    return ".".join(part for part in location if isinstance(part, str))


def _verdict(detail: ErrorDetails, header: str, table: Schema) -> tuple[str, str]:
    """Return what is wrong with the key, and the remedy."""
    keys, key = _annotations(table), header.rpartition(".")[2]
    match detail["type"]:
        case "extra_forbidden":
            return "is not known", did_you_mean(key, keys, otherwise=f"Known: {', '.join(keys)}.")
        case "missing":
            return "is missing", f"Write {_form(header, keys[key])}."
        case "string_pattern_mismatch":
            return "is wrong", "Write letters a to z, digits, '_' and '-' only."
        case "string_too_short" | "too_short":
            return "is empty", f"Write {_form(header, keys[key])}."
        case "too_long":
            return "is too long", f"Write {_form(header, keys[key])}."
        case "string_type" | "float_type" | "int_type" | "literal_error" | "tuple_type" | "model_type":
            return "is wrong", _correction(header, keys[key], detail["input"])
    return "is wrong", detail["msg"].replace("Input", f"'{key}'") + "."


def _correction(header: str, annotation: Any, written: object) -> str:
    options = _options(annotation) or _options(_item(annotation))
    otherwise = f"Write {_form(header, annotation)}."
    return did_you_mean(written, options, otherwise=otherwise) if isinstance(written, str) else otherwise


def _annotations(schema: Schema) -> dict[str, Any]:
    """Return the type of each key as the file writes it."""
    return {
        str(field.validation_alias or name): field.annotation for name, field in schema.model_fields.items()
    }


def _form(header: str, annotation: Any) -> str:
    """Return what the value of a key looks like in the file."""
    annotation, inner, key = _bare(annotation), _model_in(annotation), header.rpartition(".")[2]
    options = _options(annotation)
    if options:
        return f"{key} = one of {', '.join(json.dumps(option) for option in options)}"
    numbers = _numbers(annotation)
    if numbers:
        example = ", ".join(map(str, range(numbers)))
        return f"{key} = [{example}], a list of {numbers} numbers"
    if get_origin(annotation) is tuple:
        items = "0.5, 1.5, ..." if _item(annotation) is float else '"...", "..."'
        return f"a list, {key} = [{items}]" if inner is None else f"a table [[{header}]], in two brackets"
    if inner is not None:
        keys = _annotations(inner)
        short = all(_bare(part) is str for part in keys.values())
        inline = ", ".join(f'{name} = "..."' for name in keys)
        return f"{key} = {{ {inline} }}" if short else f"a table [{header}], in one bracket"
    plain = {float: "a number", int: "a whole number"}
    return f"{key} = {plain[annotation]}" if annotation in plain else f'{key} = "...", a text in quotes'


def _numbers(annotation: Any) -> int:
    """Return how many numbers a list has; 0 for anything else."""
    parts = get_args(annotation) if get_origin(annotation) is tuple else ()
    return len(parts) if parts and set(parts) == {float} else 0


def _bare(annotation: Any) -> Any:
    """Return the type without ``Annotated`` and without ``None``."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation = get_args(annotation)[0]
    return annotation


def _item(annotation: Any) -> Any:
    """Return the type of the items of a list, or nothing."""
    bare = _bare(annotation)
    return _bare(get_args(bare)[0]) if get_origin(bare) is tuple else None


def _options(annotation: Any) -> tuple[str, ...]:
    bare = _bare(annotation)
    return get_args(bare) if get_origin(bare) is Literal else ()


def _model_in(annotation: Any) -> Schema | None:
    """Return the table that a key holds, or holds a list of; of several kinds what they have in common."""
    tables = _tables_in(annotation)
    return _of_kind(tables, None) if tables else None


def _tables_in(annotation: Any) -> tuple[Schema, ...]:
    if get_origin(annotation) in (Annotated, tuple):
        return _tables_in(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(table for part in get_args(annotation) for table in _tables_in(part))
    return (annotation,) if isinstance(annotation, type) and issubclass(annotation, BaseModel) else ()


def _of_kind(tables: tuple[Schema, ...], written: Any) -> Schema:
    """Return the table that is written, by its kind where there are several."""
    if len(tables) == 1:
        return tables[0]
    kind = written.get(KIND) if isinstance(written, Mapping) else None
    fitting = (table for table in tables if kind in _options(_annotations(table)[KIND]))
    (common,) = {table.__bases__[0] for table in tables}
    return next(fitting, common)


def _schema_at(schema: Schema, location: Location, document: Any) -> Schema:
    tables: tuple[Schema, ...] = (schema,)
    for part in location:
        document = document[part]
        if isinstance(part, str):
            tables = _tables_in(_annotations(schema)[part]) or (schema,)
        schema = _of_kind(tables, document)
    return schema


def _at(document: Any, location: Location) -> Any:
    for part in location:
        document = document[part]
    return document


def _place(table: Location, document: Mapping[str, Any], schema: Schema) -> str:
    """Return ``in [[policy.change]] number 1 of [[policy]] number 2`` and the like."""
    names: list[str] = []
    steps: list[str] = []
    for index, part in enumerate(table):
        if isinstance(part, int):
            steps[-1] = f"[[{'.'.join(names)}]] number {part + 1}"
            continue
        names.append(part)
        inner = _schema_at(schema, table[: index + 1], document)
        short = all(_bare(kind) is str for kind in _annotations(inner).values())
        steps.append(f"'{part}'" if short else f"[{'.'.join(names)}]")
    return f"in {' of '.join(reversed(steps))}" if steps else "at the top level"


def _written(value: object) -> str:
    """Return a value as a manifest writes it, on one line."""
    match value:
        case Mapping():
            return f"{{ {', '.join(f'{key} = {_written(inner)}' for key, inner in value.items())} }}"
        case list():
            return f"[{', '.join(_written(inner) for inner in value)}]"
        case str() | bool():
            return json.dumps(value, ensure_ascii=False)
    return str(value)
