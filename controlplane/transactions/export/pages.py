"""What a search finds as the text of a file, a keyset page at a time: no long snapshot, and never all rows at once.

The same plan, the same scope and the same masking as the page that it was asked for on (invariant 10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controlplane.foundation.ids import uuid7_floor
from controlplane.people.access import Access
from controlplane.transactions.export.layouts import LAYOUTS
from controlplane.transactions.models import ExportFormat
from controlplane.transactions.search import run
from controlplane.transactions.selectors.listing import rows_of
from controlplane.transactions.selectors.question import Question

#: Rows of one statement, and of one piece of the file.
ROWS = 1_000
#: A page of an export may take longer than a person would wait for.
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the file. ``stopped_at``: the search could not go on, and what is older is missing."""

    text: str
    rows: int
    stopped_at: datetime | None = None


def pieces(
    access: Access,
    text: str,
    asked_at: datetime,
    most: int,
    zone: ZoneInfo,
    file_format: ExportFormat = ExportFormat.CSV,
) -> Iterator[Piece]:
    """The file, newest first, up to ``most`` rows; raises ``BadQuery``.

    What arrived after ``asked_at`` is not in it, however long it takes to write. ``zone`` is that of whoever asked:
    their days, and their local times. It is given, because lines are written when the request is over.
    """
    question = Question(access, text, asked_at, zone=zone)
    layout = LAYOUTS[file_format]
    yield Piece(layout.head, 0)
    below, left, between = uuid7_floor(asked_at + timedelta(milliseconds=1)), most, ""
    stopped_at: datetime | None = None
    while left > 0 and stopped_at is None:
        size = min(ROWS, left)
        answer = run.newest(question.planned, "t.id", size, run.Deadline(SECONDS), now=asked_at, below=below)
        identifiers = [row["id"] for row in answer.rows]
        rows = rows_of(access, identifiers, asked_at)
        below = identifiers[-1] if identifiers else below
        stopped_at = answer.searched_to
        if rows:
            yield Piece(between + layout.write(rows, zone), len(rows))
            between = layout.between
        left = left - size if len(identifiers) == size else 0
    yield Piece(layout.tail, 0, stopped_at)
