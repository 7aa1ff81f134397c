"""Media types, each found again by its name or by a range that covers it, and what is written in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.contracts.diff.facts import What
from controlplane.contracts.diff.openapi.walk import Spot, Walk
from controlplane.contracts.diff.values import same

_PLAIN: Final = "application/json"
_KNOWN: Final = frozenset({"schema", "example", "examples", "encoding"})


def compare(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot, *, kind: str) -> None:
    """Facts of what a body, a response or a parameter may be written in; ``kind`` says of which of them."""
    again = _again(old, new)
    for name, written in old.items():
        now = again.get(name)
        if now is None:
            walk.found(What.MEDIA_TYPE_REMOVED, spot, name, None, name=kind)
            continue
        if normal(name) != normal(now):
            walk.found(What.MEDIA_TYPE, spot, normal(name), normal(now), name=kind)
        _compare(walk, written, new[now], spot if essence(now) == _PLAIN else spot.noted(essence(now)))
    covered = set(again.values())
    for name in new:
        if name not in covered:
            walk.found(What.MEDIA_TYPE_ADDED, spot, None, name, name=kind)


def compare_schema_or_content(walk: Walk, old: Mapping[str, Any], new: Mapping[str, Any], spot: Spot) -> None:
    """Facts of what a parameter or a header may be: a value by its schema, or a document of a media type."""
    was, now = "content" in old, "content" in new
    if was != now:
        walk.found(What.PARAMETER_CONTENT, spot, was, now)
    elif was:
        compare(walk, *walk.tables(old, new, "content", spot), spot, kind="parameter")
    else:
        walk.schemas(old, new, spot)


def normal(name: str) -> str:
    """A media type as it compares: case and blanks say nothing, nor does the order of its parameters."""
    first, *parameters = (part.strip() for part in name.lower().split(";"))
    return ";".join([first, *sorted(part for part in parameters if part)])


def essence(name: str) -> str:
    """Without its parameters."""
    return normal(name).split(";", 1)[0]


def covers(wide: str, narrow: str) -> bool:
    """Whether one is a range (``text/*``) that the other is in."""
    wide, narrow = essence(wide), essence(narrow)
    if wide == narrow or not wide.endswith("/*"):
        return False
    return wide == "*/*" or narrow.startswith(wide[:-1])


def _again(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Which of the new each of the old is."""
    found: dict[str, str] = {}
    for alike in (_same, _same_but_parameters, _within, _around):
        for name in old:
            if name in found:
                continue
            free = [one for one in new if alike(name, one) and (alike is _within or one not in found.values())]
            if free:
                found[name] = free[0]
    return found


def _same(old: str, new: str) -> bool:
    return normal(old) == normal(new)


def _same_but_parameters(old: str, new: str) -> bool:
    return essence(old) == essence(new)


def _within(old: str, new: str) -> bool:
    return covers(new, old)


def _around(old: str, new: str) -> bool:
    return covers(old, new)


def _compare(walk: Walk, old: Any, new: Any, spot: Spot) -> None:
    parts = walk.resolved(old, new, spot)
    if parts is None:
        return
    before, after = parts
    walk.schemas(before, after, spot)
    encoded_old, encoded_new = walk.tables(before, after, "encoding", spot)
    for name in sorted({*encoded_old, *encoded_new}):
        if not same(encoded_old.get(name), encoded_new.get(name)):
            walk.found(What.PART_ENCODING, spot, encoded_old.get(name), encoded_new.get(name), name=name)
    walk.beside(before, after, _KNOWN, spot)
