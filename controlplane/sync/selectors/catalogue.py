"""Jobs of all teams, for everyone signed in: names, schedules and health, never what they read.

The catalogue is open (invariant 10); pages link a job only for those who may look into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controlplane.people.access import Access, Action
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.shown import Shown, Timing, job_shown, schedule_words, timing


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job in a list. ``open`` says whether the person may look into it."""

    job: SyncJob
    shown: Shown
    when: Timing
    newest: SyncRun | None
    schedule: str
    open: bool


def job_rows(jobs: Sequence[SyncJob], access: Access) -> list[JobRow]:
    """Each job with its newest run, in two queries."""
    newest = {run.job_id: run for run in SyncRun.objects.newest_of([job.pk for job in jobs])}
    active = set(SyncRun.objects.active().values_list("job_id", flat=True))
    return [_row(job, newest.get(job.pk), access, is_active=job.pk in active) for job in jobs]


def _row(job: SyncJob, newest: SyncRun | None, access: Access, *, is_active: bool) -> JobRow:
    when = timing(job, active=is_active)
    may_open = access.may(Action.SEE_TRANSACTIONS, job.integration.team_id)
    return JobRow(job, job_shown(job, newest, when), when, newest, schedule_words(job), may_open)


def jobs_of(access: Access) -> list[SyncJob]:
    """The jobs of where the person looks that are not retired, by the system they read and their names."""
    found = SyncJob.objects.catalogue().filter(active=True)
    if access.within is not None:
        found = found.filter(integration__environment_id=access.within.pk)
    return list(found.order_by("interface__instance__system__name", "name", "pk"))
