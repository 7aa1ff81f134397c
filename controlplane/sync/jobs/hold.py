"""Hold a job's schedule, and let go of it."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.people.access import Access, Action
from controlplane.sync.models import SyncJob
from controlplane.sync.runs.start import needed


@transaction.atomic
def hold(job: SyncJob, access: Access, *, reason: str, via: Via = Via.PAGE) -> SyncJob:
    """Plan no more runs of it by its schedule. A run that is going on goes on; by hand it can be started."""
    access.require(Action.RUN_SYNC, job.integration.team_id)
    words = needed(reason)
    kept = locked(job)
    if kept.paused:
        return kept
    jobs = SyncJob.objects.filter(pk=kept.pk)
    jobs.update(paused_at=Now(), paused_by=access.name[:120], paused_reason=words)
    record("sync.job_held", actor=access.actor, via=via, subject=Subject("sync_job", str(kept.pk)), reason=words)
    kept.refresh_from_db()
    return kept


@transaction.atomic
def let_go(job: SyncJob, access: Access, *, via: Via = Via.PAGE) -> SyncJob:
    """Plan runs again, from the next slot on: those that passed meanwhile were left out on purpose."""
    access.require(Action.RUN_SYNC, job.integration.team_id)
    kept = locked(job)
    if not kept.paused:
        return kept
    SyncJob.objects.filter(pk=kept.pk).update(paused_at=None, paused_by="", paused_reason="", slots_until=Now())
    record(
        "sync.job_let_go",
        actor=access.actor,
        via=via,
        subject=Subject("sync_job", str(kept.pk)),
        details={"was_held_because": kept.paused_reason},
    )
    kept.refresh_from_db()
    return kept


def locked(job: SyncJob) -> SyncJob:
    """The job as it is now, locked until the caller's transaction ends."""
    jobs = SyncJob.objects.select_for_update(of=("self",), no_key=True)
    return jobs.select_related("integration").get(pk=job.pk)
