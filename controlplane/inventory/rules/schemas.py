"""What a canonical schema is made of: its attributes, and how one version differs from another. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

#: Attributes may be objects of attributes, so deep.
DEEPEST: Final = 4
LONGEST: Final = 200
MOST: Final = 500
PERSONAL: Final = ("none", "personal", "sensitive")
UNTYPED: Final = "any"
_FIRST: Final = ("$schema", "type", "description", "required")


class BadSchema(ValueError):
    """It is no canonical schema; the words say why."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: where it stands, what its values are, how personal it is, whether it names its record."""

    pointer: str
    type: str
    description: str = ""
    personal: str = "none"
    is_identifier: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of two versions: ``how`` is ``added``, ``removed`` or ``changed``."""

    how: str
    what: str
    words: str


def content_hash(schema: Mapping[str, Any], operations: Iterable[str]) -> str:
    """SHA-256 over what a version says: the order of attributes and of operations does not count."""
    content = {"schema": schema, "operations": sorted(operations)}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def attributes(schema: Any) -> list[Attribute]:
    """The attributes of a schema in its order, objects before what they hold; :class:`BadSchema`."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get("properties"), Mapping):
        raise BadSchema("A canonical schema is an object with properties.")
    found = list(_attributes(schema["properties"], "", 1))
    if len(found) > MOST:
        raise BadSchema(f"An entity may have {MOST} attributes, this one has {len(found):,}.")
    return found


def _attributes(properties: Mapping[Any, Any], above: str, depth: int) -> Iterator[Attribute]:
    for name, schema in properties.items():
        pointer = f"{above}/{name}"
        if _is_odd(name):
            raise BadSchema(f"{pointer}: an attribute's name is a word without blanks, dots, / and ~.")
        if len(pointer) > LONGEST or depth > DEEPEST:
            raise BadSchema(f"{pointer[:60]}: an attribute stands at most {DEEPEST} deep, in {LONGEST} characters.")
        if not isinstance(schema, Mapping):
            raise BadSchema(f"{pointer}: an attribute is described by a schema of its own.")
        yield _attribute(pointer, schema)
        if isinstance(inner := schema.get("properties"), Mapping):
            yield from _attributes(inner, pointer, depth + 1)


def _is_odd(name: Any) -> bool:
    return not isinstance(name, str) or not name.isprintable() or bool(set(name) & set("/~. ")) or not name


def _attribute(pointer: str, schema: Mapping[str, Any]) -> Attribute:
    personal = schema.get("x-personal", "none")
    if personal not in PERSONAL:
        raise BadSchema(f"{pointer}: x-personal is one of {', '.join(PERSONAL)}, not {personal!r}.")
    return Attribute(
        pointer=pointer,
        type=_type(schema),
        description=str(schema.get("description", "")),
        personal=personal,
        is_identifier=schema.get("x-identifier") is True,
    )


def _type(schema: Mapping[str, Any]) -> str:
    """``string``, ``string or null``, ``string (date)``."""
    given = schema.get("type", UNTYPED)
    words = " or ".join(map(str, given)) if isinstance(given, list) else str(given)
    form = schema.get("format")
    return (f"{words} ({form})" if form else words)[:40]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What ``after`` changes: attributes that came, went or became otherwise, and which of them are needed."""
    old = {one.pointer: one for one in attributes(before)}
    new = {one.pointer: one for one in attributes(after)}
    changes = [Change("added", pointer, new[pointer].type) for pointer in new if pointer not in old]
    changes += [Change("removed", pointer, old[pointer].type) for pointer in old if pointer not in new]
    for pointer, one in new.items():
        if pointer in old and old[pointer] != one:
            changes.append(Change("changed", pointer, "; ".join(_differing(old[pointer], one))))
    was, becomes = set(before.get("required", ())), set(after.get("required", ()))
    changes += [Change("changed", f"/{name}", "needed now") for name in sorted(becomes - was)]
    changes += [Change("changed", f"/{name}", "no longer needed") for name in sorted(was - becomes)]
    return changes


def _differing(old: Attribute, new: Attribute) -> Iterator[str]:
    for word in ("type", "personal", "is_identifier", "description"):
        was, becomes = getattr(old, word), getattr(new, word)
        if was != becomes:
            yield f"{word.replace('_', ' ')}: {was or 'nothing'} → {becomes or 'nothing'}"


def ordered(schema: Mapping[str, Any], pointers: Sequence[str], above: str = "") -> dict[str, Any]:
    """The schema with its properties in the order of ``pointers``: the database keeps none of its own."""
    found = dict(schema)
    if not isinstance(properties := found.get("properties"), Mapping):
        return found
    places = {pointer: place for place, pointer in enumerate(pointers)}
    names = sorted(properties, key=lambda name: (places.get(f"{above}/{name}", len(places)), name))
    found["properties"] = {
        name: ordered(inner, pointers, f"{above}/{name}") if isinstance(inner := properties[name], Mapping) else inner
        for name in names
    }
    first = [word for word in _FIRST if word in found]
    rest = sorted(word for word in found if word not in _FIRST and word != "properties")
    return {word: found[word] for word in (*first, *rest, "properties")}
