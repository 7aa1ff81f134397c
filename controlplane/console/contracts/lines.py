"""Two documents line by line, as JSON writes them with their members in order.

What stands beside what is told by the structure, not by likeness of lines: that takes as long as the documents are
large, whatever is in them, and a member that moved did not change. Only the items of short lists are aligned.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import zip_longest
from typing import Any, Final

from controlplane.contracts.diff.values import same

#: Unchanged lines around each change.
AROUND: Final = 3
#: Items of lists that are aligned; in longer ones the first stands beside the first.
_MOST_ALIGNED: Final = 500
_NOTHING: Final = object()


class Kind(Enum):
    """What became of a line; ``HUNK`` is a heading: some were left out before it."""

    SAME = ""
    ADDED = "add"
    REMOVED = "del"
    HUNK = "hunk"


@dataclass(frozen=True, slots=True)
class Line:
    """A line, with its numbers in the old and the new document, and the member of the whole that it stands in."""

    kind: Kind
    text: str
    old: int | None = None
    new: int | None = None
    within: str = ""


def differing(old: Any, new: Any) -> Iterator[Line]:
    """The lines that differ, each with some around it; a heading says where they stand whenever lines were left out."""
    waiting: list[Line] = []
    since, is_apart = AROUND, True
    for line in numbered(written(old, new)):
        if line.kind is Kind.SAME:
            since += 1
            if since <= AROUND:
                yield line
            elif len(waiting) < AROUND:
                waiting.append(line)
            else:
                waiting, is_apart = [*waiting[1:], line], True
            continue
        if is_apart:
            yield Line(Kind.HUNK, f"@@ {line.within or 'the whole'} @@")
        yield from waiting
        waiting, since, is_apart = [], 0, False
        yield line


def numbered(lines: Iterable[Line]) -> Iterator[Line]:
    """The same with their numbers."""
    old = new = 0
    for line in lines:
        old += line.kind is not Kind.ADDED
        new += line.kind is not Kind.REMOVED
        yield Line(
            line.kind,
            line.text,
            old if line.kind is not Kind.ADDED else None,
            new if line.kind is not Kind.REMOVED else None,
            line.within,
        )


def written(old: Any, new: Any, *, depth: int = 0, name: str = "", comma: str = "", within: str = "") -> Iterator[Line]:
    """Every line of both documents, one beside the other."""
    if old is _NOTHING or new is _NOTHING or not _go_together(old, new):
        for kind, value in ((Kind.REMOVED, old), (Kind.ADDED, new)):
            yield from _plain(kind, value, depth, name, comma, within)
    elif _equal(old, new):
        yield from _plain(Kind.SAME, new, depth, name, comma, within)
    else:
        opens, closes = "{}" if isinstance(new, Mapping) else "[]"
        pad = "  " * depth
        yield Line(Kind.SAME, f"{pad}{name}{opens}", within=within)
        yield from _members(old, new, depth + 1, within)
        yield Line(Kind.SAME, f"{pad}{closes}{comma}", within=within)


def _go_together(old: Any, new: Any) -> bool:
    """Whether one is shown within the other: the same value, or two objects or lists with something in them."""
    if all(isinstance(one, Mapping) and one for one in (old, new)):
        return True
    return all(isinstance(one, list) and one for one in (old, new)) or _equal(old, new)


def _equal(old: Any, new: Any) -> bool:
    """As JSON has it. Python's own comparison takes 1 for true, but it is the quicker one to say that they are not."""
    return bool(old == new) and same(old, new)


def _members(old: Any, new: Any, depth: int, within: str) -> Iterator[Line]:
    pairs = list(_by_name(old, new) if isinstance(new, Mapping) else _by_place(old, new))
    for number, (name, was, now) in enumerate(pairs, 1):
        inner = f"{within} / {name}" if within and name else name or within
        written_name = f"{json.dumps(name, ensure_ascii=False)}: " if name else ""
        comma = "," if number < len(pairs) else ""
        yield from written(was, now, depth=depth, name=written_name, comma=comma, within=inner)


def _by_name(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted({*old, *new}):
        yield name, old.get(name, _NOTHING), new.get(name, _NOTHING)


def _by_place(old: list[Any], new: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    if max(len(old), len(new)) > _MOST_ALIGNED:
        yield from (("", was, now) for was, now in zip_longest(old, new, fillvalue=_NOTHING))
        return
    told = [[json.dumps(item, sort_keys=True) for item in items] for items in (old, new)]
    for _, i, i_end, j, j_end in SequenceMatcher(None, told[0], told[1], autojunk=False).get_opcodes():
        for was, now in zip_longest(old[i:i_end], new[j:j_end], fillvalue=_NOTHING):
            yield "", was, now


def _plain(kind: Kind, value: Any, depth: int, name: str, comma: str, within: str) -> Iterator[Line]:
    if value is _NOTHING:
        return
    pad = "  " * depth
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    lines = f"{name}{text}{comma}".split("\n")
    yield from (Line(kind, f"{pad}{line}", within=within) for line in lines)
