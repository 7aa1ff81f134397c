"""Editing a body that somebody may see only in part: what is hidden stays what it was, and every change is named.

Pure. ``shown`` is the body as its editor saw it, with hidden values in their shape; ``written`` is what came back.
A hidden value can be left where it is, and nothing else: changed, moved or taken away it would be lost unseen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from controlplane.foundation.documents.objects import repeated
from controlplane.foundation.errors import Invalid
from controlplane.foundation.pointers import escaped

MAX_BYTES = 1_000_000
MAX_DEPTH = 60
_INTEGERS = range(-(2**63), 2**64)
#: Stands for what is not there: null is a value.
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``kind`` is added, removed or changed; ``path`` is a JSON Pointer."""

    kind: str
    path: str
    before: Any = None
    after: Any = None


def read(text: str) -> dict[str, Any]:
    """The JSON object in ``text``; :class:`Invalid` says what cannot be kept as it was written."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Invalid(f"A body has {MAX_BYTES:,} bytes at most.", field="body")
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Invalid(
            f"It is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.", field="body"
        ) from error
    if not isinstance(document, dict):
        raise Invalid("A body is a JSON object: it begins with { and ends with }.", field="body")
    _check_depth(document, MAX_DEPTH)
    # Read once more by a parser that tells of what the fast one passes over in silence.
    json.loads(text, object_pairs_hook=_once, parse_int=_whole)
    return document


def parsed(body: bytes) -> Any:
    """A kept body; ``ValueError`` where it is no JSON."""
    return orjson.loads(body)


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise Invalid(f"It is nested deeper than {MAX_DEPTH} levels.", field="body")
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            _check_depth(child, left - 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if (twice := repeated(name for name, _ in pairs)) is not None:
        raise Invalid(f"{twice!r} stands twice in the same object; only one of them would be sent.", field="body")
    return dict(pairs)


def _whole(text: str) -> int:
    number = int(text) if len(text) < 25 else _INTEGERS.stop  # noqa: PLR2004 - longer than any 64-bit number
    if number not in _INTEGERS:
        raise Invalid(f"The number {text[:40]} is larger than 64 bits hold; write it as text.", field="body")
    return number


def restored(original: Any, shown: Any, written: Any, path: str = "") -> Any:
    """``written`` with hidden values put back; :class:`Invalid` names the first that was not left alone."""
    if isinstance(original, Mapping) and isinstance(shown, Mapping) and isinstance(written, Mapping):
        return _restored_object(original, shown, written, path)
    if isinstance(original, list) and isinstance(shown, list) and isinstance(written, list):
        return _restored_list(original, shown, written, path)
    if written is not _ABSENT and written == shown and type(written) is type(shown):
        return original
    if hidden := _hidden_in(original, shown, path):
        raise Invalid(f"{hidden} is hidden from you, so it can only be left as it is.", field="body")
    return written


def _restored_object(
    original: Mapping[str, Any], shown: Mapping[str, Any], written: Mapping[str, Any], path: str
) -> Any:
    for name in original:
        if name not in written:
            restored(original[name], shown.get(name), _ABSENT, f"{path}/{escaped(name)}")
    return {
        name: restored(original[name], shown.get(name), value, f"{path}/{escaped(name)}") if name in original else value
        for name, value in written.items()
    }


def _restored_list(original: list[Any], shown: list[Any], written: list[Any], path: str) -> Any:
    """By place. A list with something hidden in it keeps its length: otherwise nobody knows which one is meant."""
    if len(written) != len(original):
        if hidden := _hidden_in(original, shown, path):
            raise Invalid(f"{hidden} is hidden from you, so the list that it is in keeps its length.", field="body")
        return written
    return [
        restored(was, seen, now, f"{path}/{place}")
        for place, (was, seen, now) in enumerate(zip(original, shown, written, strict=True))
    ]


def _hidden_in(original: Any, shown: Any, path: str) -> str:
    """The first place where what is shown is not what is there; empty when all of it is."""
    if isinstance(original, Mapping) and isinstance(shown, Mapping):
        places = ((f"{path}/{escaped(name)}", value, shown.get(name)) for name, value in original.items())
    elif isinstance(original, list) and isinstance(shown, list):
        places = ((f"{path}/{place}", value, shown[place]) for place, value in enumerate(original))
    else:
        return "" if original == shown else path or "The body"
    return next((found for where, was, seen in places if (found := _hidden_in(was, seen, where))), "")


def holds_dots(value: Any, dots: str) -> bool:
    """Whether the mark of hidden values stands anywhere in ``value``: it would be sent as it is."""
    if isinstance(value, Mapping):
        return any(dots in name or holds_dots(child, dots) for name, child in value.items())
    if isinstance(value, list):
        return any(holds_dots(child, dots) for child in value)
    return isinstance(value, str) and dots in value


def changes(before: Any, after: Any, path: str = "") -> list[Change]:
    """What differs, in the order of the documents."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = [*before, *(name for name in after if name not in before)]
        pairs = [(escaped(name), before.get(name, _ABSENT), after.get(name, _ABSENT)) for name in names]
    elif isinstance(before, list) and isinstance(after, list):
        length = max(len(before), len(after))
        pairs = [
            (str(n), before[n] if n < len(before) else _ABSENT, after[n] if n < len(after) else _ABSENT)
            for n in range(length)
        ]
    elif before == after and type(before) is type(after):
        return []
    else:
        return [Change("changed", path, before, after)]
    found: list[Change] = []
    for name, was, now in pairs:
        where = f"{path}/{name}"
        if was is _ABSENT:
            found.append(Change("added", where, after=now))
        elif now is _ABSENT:
            found.append(Change("removed", where, before=was))
        else:
            found += changes(was, now, where)
    return found
