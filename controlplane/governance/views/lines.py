"""What changes line by line, as pages show it: a part at a time, the next one fetched as the reader comes to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from controlplane.foundation.documents.lines import Kind, Line
from controlplane.governance.rules.places import place_of
from controlplane.governance.selectors.documents import PART, Difference

_SIGNS: Final = {Kind.SAME: "  ", Kind.ADDED: "+ ", Kind.REMOVED: "- ", Kind.HUNK: ""}


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its class, its numbers as text, the name of its place with its address, and what was said of it."""

    kind: str
    old: str
    new: str
    text: str
    name: str = ""
    url: str = ""
    is_asked_for: bool = False
    said: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """To another part: a link to a page that begins with it, and where its rows are fetched from."""

    words: str
    page: str
    fetch: str


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one part, and the ways to those before and after it."""

    rows: Sequence[Row]
    earlier: Way | None
    later: Way | None


#: In the address of rows that are put beside those that are there: which way on from them is to be shown.
ONLY: Final = "only"
EARLIER: Final = "earlier"
LATER: Final = "later"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where parts and lines stand: ``page`` and ``fetch`` of a part by its number, ``line`` by its place's name.

    Both of a part have a query already.
    """

    page: Callable[[int], str]
    fetch: Callable[[int], str]
    line: Callable[[str], str]


def part_of(
    difference: Difference,
    number: int,
    addresses: Addresses,
    said: Mapping[int, Sequence[Any]] | None = None,
    asked_for: int | None = None,
    only: str = "",
) -> Part:
    """One part. ``said`` is by the index of the line, ``asked_for`` the index of the one that an address names.

    ``only`` is the way on that is shown, where the rows are put beside others: :data:`EARLIER` or :data:`LATER`.
    """
    begins, at = number * PART, said or {}
    rows = [
        _row(line, addresses, at.get(index, ()), is_asked_for=index == asked_for)
        for index, line in enumerate(difference.part(number), begins)
    ]
    return Part(
        rows,
        _way(difference, number - 1, addresses, EARLIER) if number and only != LATER else None,
        _way(difference, number + 1, addresses, LATER) if number + 1 < difference.parts and only != EARLIER else None,
    )


def _way(difference: Difference, number: int, addresses: Addresses, only: str) -> Way:
    """To a part, by what it holds."""
    total = len(difference.lines)
    last = min((number + 1) * PART, total)
    words = f"Lines {number * PART + 1:,} to {last:,} of {total:,}"
    return Way(words, addresses.page(number), f"{addresses.fetch(number)}&{ONLY}={only}")


def words_of(difference: Difference) -> str:
    """How much of it there is: "12 lines added, 3 removed"."""
    added, removed = difference.counts[Kind.ADDED], difference.counts[Kind.REMOVED]
    return f"{added:,} {'line' if added == 1 else 'lines'} added, {removed:,} removed"


def _row(line: Line, addresses: Addresses, said: Sequence[Any], *, is_asked_for: bool) -> Row:
    place = place_of(line)
    name = str(place) if place else ""
    url = addresses.line(name) if place else ""
    return Row(
        line.kind.value,
        str(line.old or ""),
        str(line.new or ""),
        _SIGNS[line.kind] + line.text,
        name,
        url,
        is_asked_for,
        said,
    )
