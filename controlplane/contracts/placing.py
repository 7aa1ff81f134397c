"""Where in a file a finding stands: its path is for people, and this finds the part of the document that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from controlplane.foundation.documents.places import Path, Place
from controlplane.foundation.documents.reading import Source
from controlplane.foundation.pointers import unescaped

_ENDS: Final = (".", "[", " ")
#: References that are followed for one finding; more is a circle.
_MOST_STEPS: Final = 50


def place_of(source: Source, path: str) -> Place:
    """Line and column of ``lines[].price`` in a JSON Schema; of the nearest thing around it that is there."""
    return source.places.of(path_to(source.value, path))


def path_to(document: Any, path: str) -> Path:
    """The same as the names and numbers that lead to it."""
    at: Path = ()
    node, rest = document, path
    while rest:
        node, at = _resolved(document, node, at)
        found = _item(node, rest) if rest.startswith("[") else _member(node, rest)
        if found is None:
            break
        steps, node, rest = found
        at = (*at, *steps)
    return at


def _member(node: Any, rest: str) -> tuple[Path, Any, str] | None:
    """The property that the rest begins with. Names may have dots: the longest wins."""
    properties = node.get("properties") if isinstance(node, Mapping) else None
    if not isinstance(properties, Mapping):
        return None
    fitting = [name for name in properties if rest == name or rest.startswith(tuple(f"{name}{end}" for end in _ENDS))]
    if not fitting:
        return None
    name = max(fitting, key=len)
    return ("properties", name), properties[name], rest[len(name) :].removeprefix(".")


def _item(node: Any, rest: str) -> tuple[Path, Any, str] | None:
    which, _, left = rest[1:].partition("]")
    left = left.removeprefix(".")
    if not isinstance(node, Mapping):
        return None
    for word in ("prefixItems", "items"):
        listed = node.get(word)
        if which.isdecimal() and isinstance(listed, list) and int(which) < len(listed):
            return (word, int(which)), listed[int(which)], left
    return (("items",), node["items"], left) if isinstance(node.get("items"), Mapping) else None


def _resolved(document: Any, node: Any, at: Path) -> tuple[Any, Path]:
    """What stands there, or what it refers to in this document."""
    for _ in range(_MOST_STEPS):
        reference = node.get("$ref") if isinstance(node, Mapping) and "properties" not in node else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        parts = [unescaped(unquote(part)) for part in reference[2:].split("/")]
        found = _followed(document, parts)
        if found is None:
            break
        node, at = found, tuple(parts)
    return node, at


def _followed(document: Any, parts: list[str]) -> Any:
    for part in parts:
        document = document.get(part) if isinstance(document, Mapping) else None
    return document
