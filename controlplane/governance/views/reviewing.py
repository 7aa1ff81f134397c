"""What of a revision is reviewed: its differences for others, and its documents line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from controlplane.foundation.errors import NotFound
from controlplane.governance.models import ChangeRequest, Revision
from controlplane.governance.rules.places import Place, Side, place_named
from controlplane.governance.selectors.documents import (
    PART,
    Difference,
    difference_of,
    documents_of,
    is_shown_at_once,
)
from controlplane.governance.views import findings, lines
from controlplane.governance.views.addresses import number_in, with_query
from controlplane.governance.views.talking import Talk

#: Where the two stand on the page.
FINDINGS_AT: Final = "changes"
LINES_AT: Final = "document"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a part of the lines, a part of the differences, or one place of either.

    ``at`` is the name of a place (L42), or the JSON Pointer of a value; ``only`` is which way on is shown beside rows.
    """

    lines: int | None = None
    findings: int = 0
    at: str = ""
    only: str = ""

    @property
    def place(self) -> Place | None:
        """The place that is named."""
        return place_named(self.at)


@dataclass(frozen=True, slots=True)
class Differences:
    """Its differences: the groups of one part, how many there are, and the way to the next part."""

    groups: Sequence[findings.Group]
    total: int
    tags: Sequence[tuple[str, str]]
    later: lines.Way | None


@dataclass(frozen=True, slots=True)
class Document:
    """Its documents: a part of the lines, or only the way to the first, where comparing them is for later."""

    name: str
    before: str
    after: str
    words: str
    part: lines.Part | None
    first: lines.Way | None


def asked_in(request: HttpRequest) -> Asked:
    """What the address asks for; what cannot be a number is the beginning."""
    given = request.GET
    at = given.get("at", "")[:2_000]
    part = number_in(given.get("lines", ""))
    number = (number_in(given.get("findings", "")) or 1) - 1
    return Asked(part - 1 if part else None, max(number, 0), at, given.get(lines.ONLY, ""))


def differences(change: ChangeRequest, asked: Asked, talk: Talk) -> Differences:
    """One part of the differences; that of the place that is asked for, where one is."""
    revision, said = talk.revision, talk.at_findings()
    place = asked.place
    wanted = place.number if place and place.side is Side.FINDING else 0
    number = (wanted - 1) // findings.AT_ONCE if wanted else asked.findings
    begins, ends = number * findings.AT_ONCE, (number + 1) * findings.AT_ONCE
    if number and begins >= len(revision.diff):
        raise NotFound(f"{revision} has {len(revision.diff):,} differences; there is no such one.", field="findings")
    line_url = _url(change, revision)
    rows = [
        findings.row_of(kept, place_, url=line_url(f"F{place_}"), asked=place_ == wanted, said=said.get(place_, ()))
        for place_, kept in enumerate(revision.diff[begins:ends], begins + 1)
    ]
    counts = findings.counted([kept["level"] for kept in revision.diff])
    return Differences(
        findings.grouped(rows, counts),
        len(revision.diff),
        findings.tags(counts),
        _later_findings(change, revision, number + 1) if ends < len(revision.diff) else None,
    )


def document(change: ChangeRequest, asked: Asked, talk: Talk) -> Document | None:
    """The part of the lines that is asked for; the first one of small documents; None where nothing is a document."""
    revision = talk.revision
    found = documents_of(revision)
    if found is None:
        return None
    if asked.lines is None and not _is_of_lines(asked) and not is_shown_at_once(found):
        first = lines.Way("Show it line by line", *_pages(change, revision, 0))
        return Document(found.name, found.before, found.after, "", None, first)
    difference = difference_of(revision)
    if difference is None:
        return None
    part = lines_asked_for(change, difference, asked, talk)
    return Document(found.name, found.before, found.after, lines.words_of(difference), part, None)


def lines_asked_for(change: ChangeRequest, difference: Difference, asked: Asked, talk: Talk) -> lines.Part:
    """The part that has the line that is asked for, or the one whose number is."""
    revision, wanted = talk.revision, index_of(difference, asked)
    number = wanted // PART if wanted is not None else asked.lines or 0
    addresses = lines.Addresses(
        lambda part: _pages(change, revision, part)[0],
        lambda part: _pages(change, revision, part)[1],
        _url(change, revision),
    )
    return lines.part_of(difference, number, addresses, talk.at_lines(difference), wanted, asked.only)


def index_of(difference: Difference, asked: Asked) -> int | None:
    """The line that an address names; None for one that is not among those that differ."""
    place = asked.place
    if place is not None:
        return difference.at(place)
    return difference.leads_to(asked.at) if asked.at.startswith("/") else None


def _is_of_lines(asked: Asked) -> bool:
    place = asked.place
    return asked.at.startswith("/") if place is None else place.side is not Side.FINDING


def _url(change: ChangeRequest, revision: Revision) -> Callable[[str], str]:
    """The address of a place by its name. Hundreds are asked for: what they share is put together once."""
    here = with_query(change.get_absolute_url(), v=revision.number)
    return lambda name: f"{here}&at={name}#{name}"


def _pages(change: ChangeRequest, revision: Revision, number: int) -> tuple[str, str]:
    """The page that begins with a part of the lines, and the address of its rows."""
    asked: dict[str, Any] = {"v": revision.number, "lines": number + 1}
    page = with_query(change.get_absolute_url(), **asked)
    return f"{page}#{LINES_AT}", with_query(reverse("governance:lines", args=[change.pk]), **asked)


def _later_findings(change: ChangeRequest, revision: Revision, number: int) -> lines.Way:
    total, begins = len(revision.diff), number * findings.AT_ONCE
    words = f"Show {begins + 1:,} to {min(begins + findings.AT_ONCE, total):,} of {total:,}"
    asked: dict[str, Any] = {"v": revision.number, "findings": number + 1}
    page = with_query(change.get_absolute_url(), **asked)
    return lines.Way(
        words, f"{page}#{FINDINGS_AT}", with_query(reverse("governance:findings", args=[change.pk]), **asked)
    )
