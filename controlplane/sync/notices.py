"""Sync jobs of one's integrations whose last run failed or stopped itself: a line for each job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Subquery, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from controlplane.foundation import clock
from controlplane.people.access import Access, Action
from controlplane.people.notices import Notice, Rows, Source
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.transactions.masking import without_addresses

#: A run that failed is told of for so long, unless one after it did better.
TOLD_FOR = timedelta(days=7)
BAD = (RunState.FAILED, RunState.STOPPED)


def _rows(access: Access, now: datetime) -> Sequence[Rows]:
    # One step down an index a job, however many runs it had.
    ended = SyncRun.objects.filter(job=OuterRef("pk"), finished_at__isnull=False).exclude(kind=RunKind.DRY)
    jobs = SyncJob.objects.visible_to(access, Action.RUN_SYNC).filter(active=True)
    last = jobs.values(last=Subquery(ended.order_by("-pk").values("pk")[:1]))
    bad = SyncRun.objects.filter(pk__in=last, state__in=BAD, finished_at__gt=now - TOLD_FOR)
    return [bad.annotate(cause=Cast("pk", TextField()), at=F("finished_at")).values("cause", "at")]


def _told(access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    runs = SyncRun.objects.visible_to(access, Action.RUN_SYNC).filter(pk__in=[int(cause) for cause in causes])
    found = list(runs.select_related("job__integration"))
    return {str(run.pk): _notice(run, times) for run, times in zip(found, _times(found), strict=True)}


def _times(found: Sequence[SyncRun]) -> list[int]:
    """How many runs of each one's job failed lately."""
    bad = SyncRun.objects.filter(job__in=[run.job_id for run in found], state__in=BAD).exclude(kind=RunKind.DRY)
    lately = bad.filter(finished_at__gt=clock.now() - TOLD_FOR)
    counts = dict(lately.values("job_id").annotate(count=Count("pk")).order_by("job_id").values_list("job_id", "count"))
    return [counts.get(run.job_id, 1) for run in found]


def _notice(run: SyncRun, times: int) -> Notice:
    words = "failed" if run.state == RunState.FAILED else "stopped itself"
    again = f", {times:,} runs in {TOLD_FOR.days} days" if times > 1 else ""
    job = run.job
    return Notice(
        "bad",
        f"{job.name} of {job.integration.name} {words}{again}",
        without_addresses(run.note),
        reverse("sync:run", args=[job.integration.slug, job.slug, run.pk]),
    )


SOURCE = Source(
    "Sync jobs of my integrations that failed", lambda access: access.may_somewhere(Action.RUN_SYNC), _rows, _told
)
