"""Plan the runs that are due: the newest slot of each job that has one, and never the same slot twice."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from controlplane.foundation.errors import Invalid
from controlplane.foundation.logs import logger
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.schedule import ScheduleKind
from controlplane.sync.rules.states import RunKind
from controlplane.sync.runs.plan import plan

log = logger(__name__)


@transaction.atomic
def due_slots() -> list[SyncRun]:
    """Plan a run for each job whose slot has come; returns them.

    Slots that passed while nobody looked, or while a run was still going on, are caught up by one run,
    which counts them. Two beats at once are harmless: the second waits for the first and finds
    nothing left, and unique (job, slot) stands behind that.
    """
    now = _database_time()
    jobs = SyncJob.objects.filter(active=True, paused_at=None).exclude(schedule=ScheduleKind.MANUAL)
    busy = set(SyncRun.objects.active().values_list("job_id", flat=True))
    locked = jobs.select_for_update(of=("self",), no_key=True).order_by("pk")
    return [run for job in locked if job.pk not in busy and (run := _plan_due(job, now))]


def _database_time() -> datetime:
    """The database's clock, read once the lock is ours: a beat that waited must not use an old one."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('interlock.sync.schedule'))")
        cursor.execute("select clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return] # one row, one column


def _plan_due(job: SyncJob, now: datetime) -> SyncRun | None:
    try:
        due = job.timetable.due(job.slots_until, now)
    except Invalid as error:
        log.error("sync.schedule_unreadable", job=job.slug, error=error.detail)  # noqa: TRY400 - no defect of ours
        return None
    if due is None:
        return None
    SyncJob.objects.filter(pk=job.pk).update(slots_until=due.slot)
    if SyncRun.objects.filter(job=job, slot=due.slot).exists():
        return None
    run = plan(job, RunKind.SCHEDULED, slot=due.slot, missed=due.missed)
    log.info("sync.planned", job=job.slug, run=run.pk, missed=due.missed)
    return run
