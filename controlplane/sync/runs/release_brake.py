"""A person has looked: the deletions that stopped a run may happen."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access, Action
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.sync.runs.pause import for_change
from controlplane.sync.runs.plan import DOORBELL, in_the_way
from controlplane.sync.runs.start import needed

BRAKED = "deletions_brake"


def overtaken(run: SyncRun) -> str:
    """Why its brake cannot be released any more, in words; empty when it can.

    A later run knows better what is there: what this one did not see may have come back since.
    """
    later = SyncRun.objects.filter(job=run.job_id, pk__gt=run.pk, pages__gt=0).exclude(kind=RunKind.DRY)
    first = later.order_by("pk").first()
    if first is None:
        return ""
    again = "a full run" if run.full else "a run"
    return (
        f"Run {first.pk} has read since, so what run {run.pk} did not see may be there again. "
        f"Start {again}: it counts anew what is gone."
    )


@transaction.atomic
def release_brake(run: SyncRun, access: Access, *, reason: str, via: Via = Via.PAGE) -> SyncRun:
    """Let a run that the brake stopped go on from where it stood, and let go of the job's schedule.

    The deletions are counted anew when it goes on; this run asks no more. :class:`Conflict` unless the
    brake stopped it, or when another run of the job is active or has read since.
    """
    access.require(Action.RUN_SYNC, run.job.integration.team_id)
    words = needed(reason)
    kept = for_change(run)
    if kept.state != RunState.STOPPED or kept.error_class != BRAKED or kept.dry:
        raise Conflict(f"Run {kept.pk} was not stopped by its deletions; nothing was changed.")
    try:
        with transaction.atomic():
            SyncRun.objects.filter(pk=kept.pk).update(
                state=RunState.PLANNED,
                brake_released=True,
                finished_at=None,
                settled_at=None,
                error_class="",
                note="",
                due_at=Now(),
            )
    except IntegrityError:
        raise in_the_way(kept.job) from None
    # Only now: this run is active again, so that no other can read while we look.
    if problem := overtaken(kept):
        raise Conflict(f"{problem} Nothing was changed.")
    SyncJob.objects.filter(pk=kept.job_id).update(paused_at=None, paused_by="", paused_reason="")
    ring_on_commit(DOORBELL)
    details = {"stopped_because": kept.note}
    record(
        "sync.brake_released",
        actor=access.actor,
        via=via,
        subject=Subject("sync_run", str(kept.pk)),
        reason=words,
        details=details,
    )
    kept.refresh_from_db()
    return kept
