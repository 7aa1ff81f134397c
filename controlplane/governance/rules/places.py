"""Places of a revision that something can be said of: a line of its documents, or one of its differences.

A place has a name that stands in addresses: ``L42`` is line 42 of what is proposed, ``O17`` line 17 of what there was
before, ``F3`` the third difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from controlplane.foundation.documents.lines import Line

#: Of a line or a difference, as it is kept with what was said of it.
LONGEST: Final = 500
_NAME: Final = re.compile(r"([LOF])([1-9][0-9]{0,7})", re.ASCII)


class Side(Enum):
    """What a number counts."""

    NEW = "L"
    OLD = "O"
    FINDING = "F"


@dataclass(frozen=True, slots=True)
class Place:
    """One place of one revision."""

    side: Side
    number: int

    def __str__(self) -> str:
        return f"{self.side.value}{self.number}"

    @property
    def words(self) -> str:
        """For people: "line 42", "old line 17", "difference 3"."""
        names = {Side.NEW: "line", Side.OLD: "old line", Side.FINDING: "difference"}
        return f"{names[self.side]} {self.number:,}"


def place_named(name: str) -> Place | None:
    """The place of a name; None for what is none."""
    found = _NAME.fullmatch(name)
    return Place(Side(found[1]), int(found[2])) if found else None


def place_of(line: Line) -> Place | None:
    """Of a line, by its number in what is proposed where it has one; None for a heading."""
    if line.new is not None:
        return Place(Side.NEW, line.new)
    return Place(Side.OLD, line.old) if line.old is not None else None


def said_in(line: Line) -> str:
    """What a line says, wherever it stands."""
    return line.text.strip().removesuffix(",")[:LONGEST]


def said_of(kept: Mapping[str, str]) -> str:
    """What a difference says, as a revision keeps it (``rules.changed``)."""
    return (kept["after"] if kept.get("rule") else kept["what"])[:LONGEST]
