"""Put a run into the table. The one place that does; what starts runs calls it in its transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict
from controlplane.sync.models import Mode, SyncJob, SyncRun
from controlplane.sync.rules.states import Moves, RunKind

#: What the doorbell is rung with.
DOORBELL = "sync"


def plan(
    job: SyncJob,
    kind: RunKind,
    *,
    slot: datetime | None = None,
    missed: int = 0,
    full: bool = False,
    force: bool = False,
    cursor: dict[str, Any] | None = None,
    person_id: str = "",
    reason: str = "",
) -> SyncRun:
    """A run that any worker may claim; :class:`Conflict` names the one that is in the way.

    It begins at ``cursor``, or at the job's, or at the start when it is full.
    """
    full = full or job.mode == Mode.FULL
    run = SyncRun(
        job=job,
        kind=kind,
        slot=slot or Now(),
        missed=missed,
        full=full,
        force=force,
        deletions=job.deletions,
        moves=_moves(kind, full=full),
        cursor=cursor if cursor is not None else {} if full else job.read_cursor,
        requested_by_id=person_id or None,
        reason=reason,
    )
    _insert(run)
    ring_on_commit(DOORBELL)
    return run


def _moves(kind: RunKind, *, full: bool) -> Moves:
    if kind in {RunKind.BACKFILL, RunKind.DRY}:
        return Moves.NEVER
    return Moves.AT_THE_END if full else Moves.EACH_PAGE


def _insert(run: SyncRun) -> None:
    # The unique index decides, not a look before: two people may start the same job at once.
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        raise in_the_way(run.job) from None
    run.refresh_from_db()


def in_the_way(job: SyncJob) -> Conflict:
    """Words for a job that has an active run already."""
    active = SyncRun.objects.active().filter(job=job).first()
    if active is None:
        return Conflict(f"Another run of {job.name} began in this very moment and is over. Try again.")
    return Conflict(
        f"Run {active.pk} of {job.name} is {active.get_state_display().lower()}; a job has one run at a time. "
        "Nothing was started. Wait until it has ended, or cancel it.",
        run=active.pk,
    )
