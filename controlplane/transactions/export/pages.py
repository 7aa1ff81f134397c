"""What a search finds as lines of CSV, a keyset page at a time: no long snapshot, and never all rows at once.

The same plan, the same scope and the same masking as the page that it was asked for on (invariant 10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from controlplane.foundation.ids import uuid7_floor
from controlplane.foundation.spreadsheet import BYTE_ORDER_MARK, cell, lines
from controlplane.people.access import Access
from controlplane.transactions.rules import money
from controlplane.transactions.search import run
from controlplane.transactions.selectors.listing import Row, rows_of
from controlplane.transactions.selectors.question import Question

#: Rows of one statement, and of one piece of the file.
ROWS = 1_000
#: A page of an export may take longer than a person would wait for.
SECONDS = 60.0
COLUMNS = (
    "Transaction",
    "Status",
    "Title",
    "Integration",
    "Key",
    "What happened",
    "Event type",
    "Error",
    "Received (UTC)",
    "Received (local)",
    "Ended (UTC)",
    "Seconds",
    "Amount",
    "Currency",
    "Trace",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of the file. ``stopped_at``: the search could not go on, and what is older is missing."""

    text: str
    rows: int
    last: UUID | None
    stopped_at: datetime | None = None


def pieces(access: Access, text: str, asked_at: datetime, most: int, zone: ZoneInfo) -> Iterator[Piece]:
    """The file, heading first, newest first, up to ``most`` rows; raises ``BadQuery``.

    What arrived after ``asked_at`` is not in it, however long it takes to write. ``zone`` is that of whoever asked:
    their days, and their local times. It is given, because lines are written when the request is over.
    """
    question = Question(access, text, asked_at, zone=zone)
    yield Piece(BYTE_ORDER_MARK + lines([COLUMNS]), 0, None)
    below, left = uuid7_floor(asked_at + timedelta(milliseconds=1)), most
    while left > 0:
        size = min(ROWS, left)
        answer = run.newest(question.planned, "t.id", size, run.Deadline(SECONDS), now=asked_at, below=below)
        identifiers = [row["id"] for row in answer.rows]
        rows = rows_of(identifiers, asked_at)
        below = identifiers[-1] if identifiers else below
        yield Piece(lines(_cells(row, zone) for row in rows), len(rows), below, answer.searched_to)
        if len(identifiers) < size or answer.searched_to is not None:
            return
        left -= size


def _cells(row: Row, zone: ZoneInfo) -> list[str]:
    return [
        str(row.id),
        row.state,
        cell(row.title),
        cell(row.integration),
        cell(row.key),
        cell(row.why),
        cell(row.event_type),
        cell(row.error),
        row.at.isoformat(timespec="milliseconds"),
        row.at.astimezone(zone).isoformat(timespec="milliseconds"),
        row.ended.isoformat(timespec="milliseconds") if row.ended else "",
        f"{row.seconds:.3f}",
        money.plain(row.minor, row.currency),
        cell(row.currency),
        str(row.correlation_id),
    ]
