"""The fields of a JSON Schema as rows of a table: what each holds, whether it has to be there, how personal it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from controlplane.foundation.pointers import escaped, unescaped

#: Rows of one page, and how deep fields within fields are followed.
MOST: Final = 500
DEEPEST: Final = 8
_LONGEST: Final = 120
#: Keywords that bound values, shown as they are written.
_BOUNDS: Final = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
)
_MARKS: Final = ("deprecated", "readOnly", "writeOnly")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``marks`` are short words with a tone; ``keys`` the kinds of business keys that are taken from it."""

    path: str
    type: str
    required: bool
    description: str = ""
    bounds: str = ""
    marks: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said of fields beside their schema: the pointers of personal and secret ones, and business keys."""

    root: Any
    personal: Sequence[str] = ()
    secret: Sequence[str] = ()
    keys: Sequence[Mapping[str, str]] = ()
    _by_value: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in self.keys:
            self._by_value.setdefault(str(key.get("value", "")).strip(), []).append(str(key.get("kind", "")))

    def marks(self, schema: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
        """What is said of the field that stands there."""
        if _covered(pointer, self.secret):
            yield "secret", "bad"
        elif _covered(pointer, self.personal):
            yield "personal", "warn"
        yield from ((_MARK_WORDS[mark], "") for mark in _MARKS if schema.get(mark) is True)

    def keys_at(self, path: str) -> tuple[str, ...]:
        """The kinds of business keys whose expression is just this field."""
        return tuple(self._by_value.get(f"record.{path}", ()))


_MARK_WORDS: Final = {"deprecated": "deprecated", "readOnly": "read only", "writeOnly": "write only"}


def fields_of(reading: Reading) -> tuple[list[Field], bool]:
    """The fields, outer before inner and required ones first, and whether there are more than are shown."""
    found: list[Field] = []
    for one in _fields(reading, _whole(reading, reading.root), "", "", 0):
        if len(found) == MOST:
            return found, True
        found.append(one)
    return found, False


def _fields(reading: Reading, schema: Mapping[str, Any], path: str, pointer: str, depth: int) -> Iterator[Field]:
    if depth >= DEEPEST:
        return
    required = {name for name in _listed(schema.get("required")) if isinstance(name, str)}
    described = schema.get("properties")
    # What has to be there is a field, even where nothing else is said of it.
    properties = dict.fromkeys(required) | (dict(described) if _is(described) else {})
    for name in sorted(properties, key=lambda name: (name not in required, name)):
        inner = _whole(reading, properties[name])
        here = f"{path}.{name}" if path else name
        at = f"{pointer}/{escaped(name)}"
        yield _field(reading, inner, here, at, required=name in required)
        yield from _inside(reading, inner, here, at, depth + 1)


def _inside(reading: Reading, schema: Mapping[str, Any], path: str, pointer: str, depth: int) -> Iterator[Field]:
    while _is(items := schema.get("items")) and "properties" not in schema and depth < DEEPEST:
        schema, path, pointer, depth = _whole(reading, items), f"{path}[]", f"{pointer}/*", depth + 1
    yield from _fields(reading, schema, path, pointer, depth)


def _field(reading: Reading, schema: Mapping[str, Any], path: str, pointer: str, *, required: bool) -> Field:
    said = schema.get("description") or schema.get("title") or ""
    bounds = [f"{word} {_value(schema[word])}" for word in _BOUNDS if word in schema]
    return Field(
        path,
        type_of(reading, schema),
        required,
        said if isinstance(said, str) else "",
        ", ".join(bounds),
        tuple(reading.marks(schema, pointer)),
        reading.keys_at(path),
    )


def type_of(reading: Reading, schema: Mapping[str, Any], depth: int = 0) -> str:
    """What may stand there, in words: "string or null", "list of object", "one of "paid", "open"", "anything"."""
    if depth >= DEEPEST:
        return "…"
    if "const" in schema or isinstance(schema.get("enum"), list):
        values = [schema["const"]] if "const" in schema else schema["enum"]
        words = ", ".join(_value(one) for one in values[:6]) + (" …" if len(values) > 6 else "")  # noqa: PLR2004
        return f"one of {words}" if len(values) > 1 else words or "nothing"
    for word in ("oneOf", "anyOf"):
        if parts := _listed(schema.get(word)):
            types = dict.fromkeys(type_of(reading, _whole(reading, part), depth + 1) for part in parts[:6])
            return " or ".join(types)[:_LONGEST] + (" …" if len(parts) > 6 else "")  # noqa: PLR2004
    named = schema.get("type")
    types_ = [named] if isinstance(named, str) else _listed(named)
    words = " or ".join(_named(reading, str(one), schema, depth) for one in types_)
    return words or ("object" if "properties" in schema else "anything")


def _named(reading: Reading, type_: str, schema: Mapping[str, Any], depth: int) -> str:
    if type_ == "array":
        items = schema.get("items")
        inner = type_of(reading, _whole(reading, items), depth + 1) if _is(items) else ""
        return f"list of {inner}"[:_LONGEST] if inner else "list"
    if type_ == "string" and isinstance(schema.get("format"), str):
        return f"string ({schema['format']})"
    return type_


def _whole(reading: Reading, schema: Any) -> Mapping[str, Any]:
    """A schema with what it refers to and all of its parts in one; references that lead elsewhere are left."""
    found: dict[str, Any] = {}
    waiting, seen = [schema], 0
    while waiting and seen < 50:  # noqa: PLR2004 - more parts than this is a circle
        one, seen = waiting.pop(0), seen + 1
        if not _is(one):
            continue
        waiting += [part for part in _listed(one.get("allOf")) if _is(part)]
        if isinstance(reference := one.get("$ref"), str) and reference.startswith("#"):
            waiting.append(_followed(reading.root, reference))
        for word, value in one.items():
            _put(found, word, value)
    return found


def _put(found: dict[str, Any], word: str, value: Any) -> None:
    if word == "properties" and _is(value) and _is(found.get(word)):
        found[word] = {**value, **found[word]}
    elif word == "required" and isinstance(value, list) and isinstance(found.get(word), list):
        found[word] = [*found[word], *value]
    else:
        found.setdefault(word, value)


def _followed(root: Any, reference: str) -> Any:
    for part in reference.removeprefix("#").split("/")[1:]:
        root = root.get(unescaped(part)) if _is(root) else None
    return root


def _covered(pointer: str, pointers: Sequence[str]) -> bool:
    """Whether the field, or something around it, is named."""
    return any(pointer == one or pointer.startswith(f"{one}/") for one in pointers if one)


def _is(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
