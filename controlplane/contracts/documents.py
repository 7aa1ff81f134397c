"""The document of a contract, as somebody brings it: read within bounds, and refused where nobody could judge it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import jsonschema_rs

from controlplane.contracts.diff.dialects import dialect_of
from controlplane.contracts.models import Format
from controlplane.foundation.documents import reading
from controlplane.foundation.documents.reading import DEEPEST, Source
from controlplane.foundation.errors import Invalid

MOST_BYTES: Final = 4 * 1024 * 1024
#: A document in one of these formats has this word at its top, and no JSON Schema has.
_TOLD_BY: Final[Mapping[str, Format]] = {
    "openapi": Format.OPENAPI,
    "swagger": Format.OPENAPI,
    "asyncapi": Format.ASYNCAPI,
}
_AVRO_NAMED: Final = frozenset({"record", "enum", "fixed"})


def read_document(content: bytes, file: str) -> Source:
    """The one document in a file, JSON or YAML, of 4 MB at most; ``Unreadable`` says what is wrong, and where."""
    return reading.read(content, file, MOST_BYTES)


def format_of(document: Any) -> Format:
    """What a document is written in, by what stands at its top; JSON Schema where nothing tells."""
    if not isinstance(document, Mapping):
        return Format.JSON_SCHEMA
    for word, format_ in _TOLD_BY.items():
        if word in document:
            return format_
    kind = document.get("type")
    is_avro = isinstance(kind, str) and kind in _AVRO_NAMED and "name" in document
    return Format.AVRO if is_avro else Format.JSON_SCHEMA


def check_document(format_: Format, document: Any) -> None:
    """Whether this can be a contract's document; :class:`Invalid` says why not. Takes bounded time and memory."""
    _check_bounds(document)
    told = format_of(document)
    if told is not format_ and not (format_ is Format.AVRO and told is Format.JSON_SCHEMA):  # which nothing tells
        raise Invalid(
            f"This is written in {told.label}, and what it would be compared with in {format_.label}. Nothing was "
            "compared: bring the document of the same format.",
            field="document",
        )
    if format_ is Format.JSON_SCHEMA:
        _check_schema(document)
    elif not isinstance(document, Mapping) and format_ is not Format.AVRO:
        raise Invalid(f"A document of {format_.label} is an object; this is none.", field="document")


def _check_schema(schema: Any) -> None:
    if not isinstance(schema, dict | bool):
        raise Invalid("A JSON Schema is an object, or true or false; this is neither.", field="document")
    dialect_of(schema)
    try:
        # Offline: a reference in a schema is a destination that anybody could set.
        jsonschema_rs.validator_for(schema, offline=True)
    except ValueError as error:
        raise Invalid(_why_no_schema(error), field="document") from error


def _why_no_schema(error: ValueError) -> str:
    """In one line: what, and where in the schema."""
    words = str(error).splitlines()[0].rstrip(".")[:300]
    if "Retrieval is disabled" in words:
        address = words.partition("cannot fetch ")[2]
        return f"It refers to {address}, and nothing is fetched: put what it refers to under $defs."
    path = "".join(f"/{part}" for part in getattr(error, "instance_path", ()))
    return f"This is no JSON Schema: {words}{f', at {path}' if path else ''}."


def _check_bounds(document: Any) -> None:
    """Size and depth with everything written out: aliases of YAML make much of little."""
    left, level, depth = MOST_BYTES, [document], 0
    while level:
        left, depth = left - sum(_own_size(one) for one in level), depth + 1
        if left < 0:
            raise Invalid(f"Written out, the document has more than {MOST_BYTES:,} bytes.", field="document")
        if depth > DEEPEST and any(isinstance(one, Mapping | list) for one in level):
            raise Invalid(f"The document is nested deeper than {DEEPEST} levels.", field="document")
        level = list(_first(left, (inner for one in level for inner in _inside(one))))


def _first(most: int, values: Iterable[Any]) -> Iterable[Any]:
    """So many and one more: enough to see that they are too many."""
    for number, value in enumerate(values):
        if number > most:
            return
        yield value


def _own_size(value: Any) -> int:
    if isinstance(value, str):
        return len(value) + 1
    return 1 + sum(len(name) for name in value) if isinstance(value, Mapping) else 1


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()
