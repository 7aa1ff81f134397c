"""Which fields a record has and which a schema names, both as JSON Pointers: ``/lines/*/amount``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from controlplane.foundation.pointers import escaped, unescaped

#: Of one record, and of one schema.
MOST: Final = 500
DEEPEST: Final = 12
#: Elements of a list that are looked at.
ELEMENTS: Final = 20
#: What can be the name of a field. All else may be a value that somebody uses as a name, and is written ``*``.
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.:-]{0,63}")
_MOST_DIGITS: Final = 4
_KINDS: Final[Mapping[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


def fields_of(record: Any) -> dict[str, set[str]]:
    """Pointers of a record with the kinds of their values, as JSON calls them. Values are not looked at any further."""
    found: dict[str, set[str]] = {}
    waiting: list[tuple[str, Any, int]] = [("", record, 0)]
    while waiting and len(found) < MOST:
        pointer, value, depth = waiting.pop(0)
        if pointer:
            found.setdefault(pointer, set()).add(_KINDS.get(type(value), "string"))
        if depth < DEEPEST:
            waiting += [(f"{pointer}/{name}", inner, depth + 1) for name, inner in _inside(value)]
    return found


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((name_of(name), inner) for name, inner in value.items())
    elif isinstance(value, list):
        yield from (("*", inner) for inner in value[:ELEMENTS])


def name_of(name: str) -> str:
    """A segment of a pointer: the name, or ``*`` where it may be a value."""
    is_name = _NAME.fullmatch(name) and sum(letter.isdigit() for letter in name) <= _MOST_DIGITS
    return escaped(name) if is_name else "*"


def named_in(schema: Any) -> set[str]:
    """Pointers of what a JSON Schema names, through its own ``$defs``; bounded where those refer to themselves."""
    found: set[str] = set()
    waiting: list[tuple[str, Any, int]] = [("", schema, 0)]
    while waiting and len(found) < MOST:
        pointer, part, depth = waiting.pop(0)
        if pointer:
            found.add(pointer)
        if depth >= DEEPEST:
            continue
        for one in _spread(schema, part):
            waiting += [(f"{pointer}/{name}", inner, depth + 1) for name, inner in _named(one)]
    return found


def _spread(whole: Any, part: Any) -> list[Any]:
    """The part itself and all that it is made of at the same place."""
    waiting, found, seen = [part], [], set[int]()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict) or id(one) in seen:
            continue
        seen.add(id(one))
        found.append(one)
        waiting += [inner for word in ("allOf", "anyOf", "oneOf") for inner in one.get(word) or () if one.get(word)]
        if isinstance(reference := one.get("$ref"), str):
            waiting.append(_at(whole, reference))
    return found


def _at(whole: Any, reference: str) -> Any:
    value = whole
    for part in reference.removeprefix("#").split("/")[1:]:
        value = value.get(unescaped(part)) if isinstance(value, dict) else None
    return value if reference.startswith("#") else None


def _named(part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    properties = part.get("properties")
    if isinstance(properties, dict):
        yield from ((name_of(name), inner) for name, inner in properties.items())
    for word in ("items", "additionalProperties"):
        if isinstance(inner := part.get(word), dict):
            yield "*", inner


def topmost(pointers: set[str], known: set[str]) -> list[str]:
    """Of the pointers those whose parent is known: what is inside of something new needs no saying."""
    return sorted(one for one in pointers if (parent := one.rpartition("/")[0]) in known or not parent)
