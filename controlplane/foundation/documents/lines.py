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

from controlplane.foundation.pointers import escaped

#: Unchanged lines around each change.
AROUND: Final = 3
#: Items of lists that are aligned; in longer ones the first stands beside the first.
_MOST_ALIGNED: Final = 500
#: In place of a document that there is none of.
NOTHING: Final = object()


class Kind(Enum):
    """What became of a line; ``HUNK`` is a heading: some were left out before it."""

    SAME = ""
    ADDED = "add"
    REMOVED = "del"
    HUNK = "hunk"


@dataclass(frozen=True, slots=True)
class Line:
    """A line, with its numbers in the old and the new document, and the member of the whole that it stands in.

    ``pointer`` leads to the value that it is of (RFC 6901); of unchanged lines, to the largest one that did not change.
    """

    kind: Kind
    text: str
    old: int | None = None
    new: int | None = None
    within: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value is written: how deep, under which name, with what behind it, and what leads to it."""

    depth: int = 0
    name: str = ""
    comma: str = ""
    within: str = ""
    pointer: str = ""

    def line(self, kind: Kind, text: str) -> Line:
        """A line of the value."""
        return Line(kind, f"{'  ' * self.depth}{text}", within=self.within, pointer=self.pointer)

    def member(self, name: str, comma: str) -> _Spot:
        """Of a member of it."""
        within = f"{self.within} / {name}" if self.within else name
        said = f"{json.dumps(name, ensure_ascii=False)}: "
        return _Spot(self.depth + 1, said, comma, within, f"{self.pointer}/{escaped(name)}")

    def item(self, place: int, comma: str) -> _Spot:
        """Of an item of it."""
        return _Spot(self.depth + 1, "", comma, self.within, f"{self.pointer}/{place}")


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
            heading = f"@@ {line.within or 'the whole'} @@"
            yield Line(Kind.HUNK, heading, within=line.within, pointer=line.pointer)
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
            line.pointer,
        )


def written(old: Any, new: Any) -> Iterator[Line]:
    """Every line of both documents, one beside the other; :data:`NOTHING` is one that there is none of."""
    return _written(old, new, _Spot())


def _written(old: Any, new: Any, spot: _Spot) -> Iterator[Line]:
    if old is NOTHING or new is NOTHING or not _go_together(old, new):
        for kind, value in ((Kind.REMOVED, old), (Kind.ADDED, new)):
            yield from _plain(kind, value, spot)
    elif _equal(old, new):
        yield from _unchanged(new, spot)
    else:
        opens, closes = "{}" if isinstance(new, Mapping) else "[]"
        yield spot.line(Kind.SAME, f"{spot.name}{opens}")
        yield from _members(old, new, spot)
        yield spot.line(Kind.SAME, f"{closes}{spot.comma}")


def _go_together(old: Any, new: Any) -> bool:
    """Whether one is shown within the other: the same value, or two objects or lists with something in them."""
    if all(isinstance(one, Mapping) and one for one in (old, new)):
        return True
    return all(isinstance(one, list) and one for one in (old, new)) or _equal(old, new)


def _equal(old: Any, new: Any) -> bool:
    """As they are written. Python's comparison takes 1 for true, but it is the quicker one to say that they are not."""
    return bool(old == new) and json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


def _members(old: Any, new: Any, spot: _Spot) -> Iterator[Line]:
    pairs: list[tuple[Any, Any, Any]] = list(_by_name(old, new) if isinstance(new, Mapping) else _by_place(old, new))
    inside = spot.member if isinstance(new, Mapping) else spot.item
    for number, (name, was, now) in enumerate(pairs, 1):
        yield from _written(was, now, inside(name, "," if number < len(pairs) else ""))


def _by_name(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted({*old, *new}):
        yield name, old.get(name, NOTHING), new.get(name, NOTHING)


def _by_place(old: list[Any], new: list[Any]) -> Iterator[tuple[int, Any, Any]]:
    """Items beside each other, with the place in the new list; of one that went, in the old."""
    if max(len(old), len(new)) > _MOST_ALIGNED:
        for place, (was, now) in enumerate(zip_longest(old, new, fillvalue=NOTHING)):
            yield place, was, now
        return
    told = [[json.dumps(item, sort_keys=True) for item in items] for items in (old, new)]
    for _, i, i_end, j, j_end in SequenceMatcher(None, told[0], told[1], autojunk=False).get_opcodes():
        for place, (was, now) in enumerate(zip_longest(old[i:i_end], new[j:j_end], fillvalue=NOTHING)):
            yield (i if now is NOTHING else j) + place, was, now


def _unchanged(value: Any, spot: _Spot) -> Iterator[Line]:
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    yield from (spot.line(Kind.SAME, line) for line in f"{spot.name}{text}{spot.comma}".split("\n"))


def _plain(kind: Kind, value: Any, spot: _Spot) -> Iterator[Line]:
    """A value by itself, every line with what leads to it."""
    if value is NOTHING:
        return
    if not isinstance(value, Mapping | list) or not value:
        yield spot.line(kind, f"{spot.name}{json.dumps(value, ensure_ascii=False)}{spot.comma}")
        return
    opens, closes = "{}" if isinstance(value, Mapping) else "[]"
    yield spot.line(kind, f"{spot.name}{opens}")
    members: list[tuple[Any, Any]] = sorted(value.items()) if isinstance(value, Mapping) else list(enumerate(value))
    inside = spot.member if isinstance(value, Mapping) else spot.item
    for number, (name, one) in enumerate(members, 1):
        yield from _plain(kind, one, inside(name, "," if number < len(members) else ""))
    yield spot.line(kind, f"{closes}{spot.comma}")
