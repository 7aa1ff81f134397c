"""Differences as pages show them: by level, the worst first, each with whom it hurts and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from controlplane.governance.rules.changed import Level

#: Differences that a page shows at once; those after them are fetched.
AT_ONCE: Final = 500
#: So many are read in one go; of more, those of the lesser levels are folded.
UNFOLDED: Final = 20
SHAPES: Final = {"breaking": "bad", "risky": "warn", "safe": "ok"}


@dataclass(frozen=True, slots=True)
class Row:
    """A difference. ``name`` is that of its place, ``url`` its address; ``code`` is shown as documents write it."""

    name: str
    shape: str
    level: str
    code: str
    what: str
    before: str
    after: str
    follows: str
    who: str
    rule: str
    url: str = ""
    is_asked_for: bool = False
    said: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Those of one level. Without ``words`` they stand by themselves; with them they can be folded away."""

    shape: str
    rows: Sequence[Row]
    words: str = ""
    is_open: bool = True


def row_of(
    kept: Mapping[str, str], number: int, *, url: str = "", asked: bool = False, said: Sequence[Any] = ()
) -> Row:
    """A difference as a revision keeps it (``rules.changed``): in words, or as a rule's sentence about a path."""
    level, rule = kept["level"], kept.get("rule", "")
    path, sentence = ("" if kept["what"] == "the whole" else kept["what"], kept["after"]) if rule else ("", "")
    return Row(
        f"F{number}",
        SHAPES[level],
        level,
        path,
        sentence or kept["what"],
        "" if rule else kept["before"],
        "" if rule else kept["after"],
        kept["follows"],
        kept.get("who", ""),
        rule,
        url,
        asked,
        said,
    )


def grouped(rows: Sequence[Row], counts: Mapping[str, int]) -> list[Group]:
    """By level. Where there are many, the worst level is open, and the others where something was said or asked for."""
    if sum(counts.values()) <= UNFOLDED or len(counts) == 1:
        return [Group("", rows)] if rows else []
    groups: list[Group] = []
    for level, some in groupby(rows, lambda row: row.level):
        listed = list(some)
        is_open = not groups or any(row.is_asked_for or row.said for row in listed)
        groups.append(Group(SHAPES[level], listed, f"{counts[level]:,} {level}", is_open))
    return groups


def counted(levels: Sequence[str]) -> dict[str, int]:
    """How many of each level there are; the worst first."""
    return {level.value: levels.count(level.value) for level in Level if level.value in levels}


def tags(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """The same in words, each with its tone."""
    return [(f"{number:,} {level}", SHAPES[level]) for level, number in counts.items()]
