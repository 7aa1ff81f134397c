"""What applying an estate document would do, as people and as programs read it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard

from controlplane.console.estate.changes import Applied, Change
from controlplane.console.estate.written import as_written, field_of

#: Longer values are cut: a plan is read, not copied from.
LONGEST: Final = 60
NOTHING: Final = object()
SIGNS: Final[Mapping[str, str]] = {"created": "+", "changed": "~"}
Pair = tuple[str, Any, Any]


def is_empty(applied: Applied) -> bool:
    """Whether nothing would change."""
    return not any(change.how in SIGNS for change in applied.entries.values())


def lines(applied: Applied) -> Iterator[str]:
    """Each entry that would be made or changed, what would differ in it, and the counts."""
    for where, change in applied.entries.items():
        if change.how not in SIGNS:
            continue
        yield f"{SIGNS[change.how]} {where}"
        if change.how == "changed":
            yield from (f"    {words}" for words in change.more)
            for name, before, after in _pairs_of(change):
                yield f"    {name}: {_shown(before)} -> {_shown(after)}"
    yield from (f"! {words}" for words in applied.flagged)
    yield "{created} to create, {changed} to change, {same} as they are".format(**_counts(applied))


def as_json(applied: Applied) -> str:
    """The same for programs."""
    return json.dumps(as_values(applied), ensure_ascii=False, indent=2)


def as_values(applied: Applied) -> dict[str, Any]:
    """With whole values; what is not there is null."""
    changes = [
        {
            "entry": where,
            "change": change.how,
            "notes": change.more if change.how == "changed" else [],
            "fields": [
                {"field": name, "before": _value(before), "after": _value(after)}
                for name, before, after in _pairs_of(change)
            ],
        }
        for where, change in applied.entries.items()
        if change.how in SIGNS
    ]
    return {"changes": changes, "flagged": applied.flagged, **_counts(applied)}


def _counts(applied: Applied) -> dict[str, int]:
    found = Counter(change.how for change in applied.entries.values())
    return {how: found[how] for how in ("created", "changed", "same")}


def _pairs_of(change: Change) -> Iterator[Pair]:
    for one in change.differences:
        *path, column = one.name.split(".")
        before, after = as_written(column, one.before), as_written(column, one.after)
        yield from _pairs(".".join([*path, field_of(column)]), before, after)


def _pairs(name: str, before: Any, after: Any) -> Iterator[Pair]:
    """The smallest parts that differ: of names with values each, of lists of one length or of named ones each."""
    if isinstance(before, dict) and isinstance(after, dict):
        inner = [(key, before.get(key, NOTHING), after.get(key, NOTHING)) for key in {**before, **after}]
    elif _are_named(before) and _are_named(after):
        yield from _pairs_by_name(name, before, after)
        return
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        inner = [(str(number), *pair) for number, pair in enumerate(zip(before, after, strict=True), 1)]
    else:
        yield name, before, after
        return
    differing = [part for part in inner if part[1] != part[2]]
    if not differing:
        yield f"{name} (order)", before, after
    for key, was, becomes in differing:
        yield from _pairs(f"{name}.{key}", was, becomes)


def _are_named(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    """A list such as a flow's steps, of which each has a name of its own."""
    if not isinstance(value, list) or not all(isinstance(one, dict) and "name" in one for one in value):
        return False
    return len({one["name"] for one in value}) == len(value) > 0


def _pairs_by_name(name: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Pair]:
    old, new = {one["name"]: one for one in before}, {one["name"]: one for one in after}
    was, becomes = [one for one in old if one in new], [one for one in new if one in old]
    if was != becomes:
        yield f"{name} (order)", was, becomes
    for key in {**old, **new}:
        if (pair := (old.get(key, NOTHING), new.get(key, NOTHING)))[0] != pair[1]:
            yield from _pairs(f"{name}.{key}", *pair)


def _value(value: Any) -> Any:
    return None if value is NOTHING else value


def _shown(value: Any) -> str:
    if value is NOTHING or value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
