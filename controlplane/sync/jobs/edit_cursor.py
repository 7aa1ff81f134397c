"""Put a job's cursor elsewhere by hand: back, to read again, or ahead, to leave something out."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access, Action
from controlplane.sync.jobs.hold import locked
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.cursors import unknown_members, written
from controlplane.sync.rules.states import Moves, RunState
from controlplane.sync.runs.start import needed


@transaction.atomic
def edit_cursor(
    job: SyncJob, access: Access, cursor: dict[str, Any], *, reason: str, expected: str, via: Via = Via.PAGE
) -> list[str]:
    """Set where the next run begins; a paused run goes on from there too. Old and new are kept in the audit.

    ``expected`` is the cursor as the person saw it (``rules.cursors.written``): when it has moved since,
    or while a run is reading, this is a :class:`Conflict`. Returns the names in the new cursor that
    none of the cursors known for this job has: perhaps slips, which the connector would ignore.
    """
    access.require(Action.CONFIGURE, job.integration.team_id)
    words = needed(reason)
    # Run before job: the order in which a page takes its locks.
    active = SyncRun.objects.active().filter(job=job).select_for_update(of=("self",), no_key=True).first()
    kept = locked(job)
    _refuse_while_reading(kept)
    if written(kept.read_cursor) != expected:
        raise Conflict(f"The cursor has moved to {written(kept.read_cursor)} since you opened this. Look again first.")
    unknown = unknown_members(cursor, [kept.read_cursor, kept.settled_cursor])
    SyncJob.objects.filter(pk=kept.pk).update(read_cursor=cursor)
    if active is not None and active.moves == Moves.EACH_PAGE:
        SyncRun.objects.filter(pk=active.pk).update(cursor=cursor)
    record(
        "sync.cursor_edited",
        actor=access.actor,
        via=via,
        subject=Subject("sync_job", str(kept.pk)),
        reason=words,
        details={"old": written(kept.read_cursor), "new": written(cursor), "run": active.pk if active else None},
    )
    return unknown


def _refuse_while_reading(job: SyncJob) -> None:
    reading = SyncRun.objects.active().filter(job=job).exclude(state=RunState.PAUSED).first()
    if reading is not None:
        raise Conflict(
            f"Run {reading.pk} is {reading.get_state_display().lower()} and moves the cursor itself. Nothing was "
            "changed. Pause it first, edit the cursor, then let it go on."
        )
