"""The schedules page: what was missed lately, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from controlplane.foundation import clock
from controlplane.sync.models import SyncRun
from controlplane.sync.selectors.catalogue import JobRow
from controlplane.sync.selectors.runs import took

#: How far back missed slots are shown.
LATELY = timedelta(hours=24)
NEXT = 8


@dataclass(frozen=True, slots=True)
class Missed:
    """Slots of a job that nobody ran for: caught up by ``run``, or still open when that is None."""

    row: JobRow
    run: SyncRun | None
    slots: int


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A job's next slot, and how long its last run took."""

    row: JobRow
    took: timedelta | None


def missed(rows: Sequence[JobRow]) -> list[Missed]:
    """Slots that are late now, then those of the last 24 hours that one run caught up for."""
    by_job = {row.job.pk: row for row in rows}
    late = [Missed(row, None, 1) for row in rows if row.when.late_since is not None]
    # Health of all jobs, open to everyone signed in: no more than that is read of these runs.
    runs = SyncRun.objects.filter(job__in=by_job, missed__gt=0, created_at__gte=clock.now() - LATELY)
    return late + [Missed(by_job[run.job_id], run, run.missed) for run in runs.order_by("-pk")[:20]]


def next_up(rows: Sequence[JobRow]) -> list[Upcoming]:
    """The jobs that run next, soonest first."""
    coming = sorted((row for row in rows if row.when.next is not None), key=lambda row: (row.when.next, row.job.pk))
    return [Upcoming(row, took(row.newest) if row.newest is not None else None) for row in coming[:NEXT]]
