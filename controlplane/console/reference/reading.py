"""The OpenAPI document in the words of a page: areas, operations, and what each takes, gives and refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Area", "Entry", "Field", "Named", "areas", "shapes"]

Schema = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """One value: ``kind`` in words, and the shape that it links to, if it is one."""

    name: str
    kind: str
    shape: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation. ``gives`` is a shape, or words for what is none; ``refusals`` are (status, words)."""

    method: str
    path: str
    summary: str
    rest: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    status: str
    gives: Field
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Area:
    """The operations of one heading."""

    title: str
    entries: tuple[Entry, ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.title.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Named:
    """A shape that answers are made of."""

    name: str
    meaning: str
    fields: tuple[Field, ...]


def areas(document: Schema) -> list[Area]:
    """All operations by area, in the document's order."""
    found: dict[str, list[Entry]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                said = methods[method]
                found.setdefault(said["tags"][0], []).append(_entry(document, method, path, said))
    return [Area(title, tuple(entries)) for title, entries in found.items()]


def shapes(document: Schema) -> list[Named]:
    """Every shape of answers that has fields, by name; those of requests stand with their operations."""
    return [
        Named(name, _words(schema), tuple(_fields(schema)))
        for name, schema in sorted(document["components"]["schemas"].items())
        if "properties" in schema and not name.endswith("Request")
    ]


def _entry(document: Schema, method: str, path: str, said: Schema) -> Entry:
    words = _words(said)
    (status, good), *refused = sorted(said["responses"].items())
    return Entry(
        method=method.upper(),
        path=path,
        summary=str(said.get("summary", "")),
        rest=" ".join(words.partition("\n")[2].split()),
        parameters=tuple(_parameter(one) for one in said.get("parameters", ())),
        body=tuple(_body(document, said)),
        status=status,
        gives=_given(good),
        refusals=tuple((code, _words(answer)) for code, answer in refused),
    )


def _parameter(one: Schema) -> Field:
    schema = one.get("schema", {})
    return Field(one["name"], _kind(schema), "", bool(one.get("required")), _words(one) or _words(schema))


def _words(schema: Schema) -> str:
    """The description, without the marks that generators of clients turn into code."""
    return str(schema.get("description", "")).replace("`", "")


def _body(document: Schema, said: Schema) -> Iterator[Field]:
    for content in said.get("requestBody", {}).get("content", {}).values():
        yield from _fields(_resolved(document, content["schema"]))


def _given(good: Schema) -> Field:
    kind, content = next(iter(good["content"].items()))
    schema = content.get("schema", {})
    return Field("", kind if kind != "application/json" else _kind(schema), _shape(schema), required=True, meaning="")


def _fields(schema: Schema) -> Iterator[Field]:
    required = set(schema.get("required", ()))
    for name, one in schema.get("properties", {}).items():
        yield Field(name, _kind(one), _shape(one), name in required, _words(one))


def _resolved(document: Schema, schema: Schema) -> Schema:
    reference = str(schema.get("$ref", ""))
    found: Schema = document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema
    return found


def _shape(schema: Schema) -> str:
    """The shape that a schema is, or is a list of; empty for plain values."""
    for one in (schema, schema.get("items", {}), *schema.get("allOf", ()), *schema.get("oneOf", ())):
        if "$ref" in one:
            name = str(one["$ref"]).rpartition("/")[2]
            return "" if name.endswith(("Enum", "Request")) else name
    return ""


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removesuffix("Enum").removesuffix("Request")
    if "enum" in schema:
        return ", ".join(map(str, filter(None, schema["enum"])))
    for several in ("allOf", "oneOf"):
        if several in schema:
            return " or ".join(_kind(one) for one in schema[several])
    kinds = schema.get("type", "any value")
    words = [kinds] if isinstance(kinds, str) else list(kinds)
    if words[0] == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return " or ".join([str(schema.get("format", words[0])), *words[1:]])
