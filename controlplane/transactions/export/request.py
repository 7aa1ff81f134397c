"""Ask for an export: small ones are sent at once, larger ones are written in the background."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import TooMany, Unavailable
from controlplane.people.access import Access, Action
from controlplane.people.models import Person
from controlplane.transactions.export.pages import Piece, pieces
from controlplane.transactions.models import Export, ExportFormat, ExportState
from controlplane.transactions.search import run
from controlplane.transactions.search.grammar import parse
from controlplane.transactions.search.personal import hidden
from controlplane.transactions.selectors.question import Question

#: Up to so many rows are sent at once.
AT_ONCE = 10_000
#: An export ends here, and says so: more is a narrower search, or several.
MOST_ROWS = 250_000
#: Exports of one person that wait or are written.
AT_A_TIME = 3
#: Whether there are more than are sent at once is found out in this time, or taken for granted.
COUNTING_SECONDS = 2.0
KIND = "export"


def ask(
    access: Access, text: str, now: datetime, file_format: ExportFormat = ExportFormat.CSV
) -> Iterator[str] | Export:
    """The text of a small export, or the row of a large one; raises ``BadQuery`` and :class:`NotAllowed`.

    Either way the audit is told first who exports which search.
    """
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    question = Question(access, text, now)
    text = question.everywhere
    parse(text, question.reference.kinds)  # with its environment it may be more than a search may be
    found = run.newest(question.planned, "t.id", AT_ONCE + 1, run.Deadline(COUNTING_SECONDS), now=now)
    if found.searched_to is None and len(found.rows) <= AT_ONCE:
        _sent(access, text, file_format, len(found.rows))
        zone = clock.zone()
        return _texts(pieces(access, text, now, AT_ONCE, zone, file_format))
    return _queued(access, text, now, file_format)


def _texts(found: Iterator[Piece]) -> Iterator[str]:
    """The download breaks off where the search could not go on: nobody takes a part for the whole."""
    for piece in found:
        if piece.stopped_at is not None:
            raise Unavailable("The search took too long, and the file is not complete. Ask again.", retry_after=60)
        yield piece.text


@transaction.atomic
def _sent(access: Access, text: str, file_format: ExportFormat, rows: int) -> None:
    details = {"query": hidden(text), "format": file_format.value, "rows": rows}
    audit.record("search.exported", actor=access.actor, via=Via.PAGE, subject=Subject("search"), details=details)


@transaction.atomic
def _queued(access: Access, text: str, now: datetime, file_format: ExportFormat) -> Export:
    # Forms that are sent at once are counted one after the other.
    Person.objects.select_for_update(no_key=True).get(pk=access.person_id)
    mine = Export.objects.of(access.person_id)
    if mine.filter(state__in=[ExportState.WAITING, ExportState.RUNNING]).count() >= AT_A_TIME:
        message = f"{AT_A_TIME} of your exports are being written. Wait until one is ready; nothing was asked for."
        raise TooMany(message, retry_after=60)
    export = Export.objects.create(
        requested_by_id=access.person_id,
        account_id=access.account_id,
        query=text,
        format=file_format,
        asked_at=now,
        zone=clock.zone().key,
        due_at=Now(),
    )
    audit.record(
        "export.requested",
        actor=access.actor,
        via=Via.PAGE,
        subject=Subject("export", str(export.pk)),
        details={"query": hidden(text), "format": file_format.value},
    )
    ring_on_commit(KIND)
    return export
