"""A run as its page shows it: how far it is, how fast, what did not get through, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, QuerySet

from controlplane.foundation import clock
from controlplane.people.access import Access
from controlplane.sync.models import SyncException, SyncJob, SyncPage, SyncRun
from controlplane.sync.rules.judgement import CAUSES
from controlplane.sync.rules.limits import share
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.sync.runs.settle import still_open
from controlplane.sync.shown import silent
from controlplane.transactions.models import Transaction

RUNS, PAGES, EXCEPTIONS, TRANSACTIONS = 25, 25, 50, 12
#: The rate is that of so many pages at the end.
RECENT = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bar: records counted in one way."""

    count: int
    tone: str
    words: str
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. ``percent`` and ``left`` are None where nobody knows the total."""

    parts: list[Part]
    rest: int | None
    percent: int | None
    rate: float | None
    left: timedelta | None
    on_their_way: int
    page_p95: float | None

    @property
    def words(self) -> str:
        """The bar in a sentence, for those who cannot see it."""
        said = [f"{part.count:,} {part.words}" for part in self.parts if part.count]
        if self.rest:
            said.append(f"{self.rest:,} still to read")
        return ", ".join(said) or "nothing read yet"


def progress(run: SyncRun) -> Progress:
    """The run's figures as of now; the parts add up to what was read, and with ``rest`` to the total."""
    rest = max(0, run.total - run.read) if run.total is not None and run.is_active else None
    rate = rate_of(run)
    percent = int(run.read / run.total * 100) if run.is_active and run.total else None
    moving = run.state == RunState.RUNNING and bool(rest) and bool(rate) and not silent(run)
    return Progress(
        parts=_parts(run),
        rest=rest,
        percent=min(percent, 100) if percent is not None else None,
        rate=rate,
        left=timedelta(seconds=(rest or 0) / (rate or 1)) if moving else None,
        on_their_way=still_open(run) if run.settled_at is None and run.pages else 0,
        page_p95=_page_p95(run),
    )


def _parts(run: SyncRun) -> list[Part]:
    sent = "would change" if run.dry else "changed, passed on"
    return [
        Part(max(0, run.changed - run.died), "run", sent),
        Part(run.deleted, "warn", "would be deleted" if run.dry else "deleted"),
        Part(run.unchanged, "off", "unchanged, only counted"),
        Part(run.echo, "off", "our own writes, seen again", hatched=True),
        Part(run.died, "bad", "ended badly on their way"),
        Part(run.rejected, "bad", "rejected when read", hatched=True),
    ]


_RATE = """
with recent as (select number, read, at, ms from sync_page where run_id = %(run)s and phase = 'reading'
                order by number desc limit %(recent)s)
select sum(read) filter (where number > (select min(number) from recent)),
  extract(epoch from max(at) - min(at)), min(read), min(ms), count(*) from recent
"""


def rate_of(run: SyncRun) -> float | None:
    """Records a second over the last pages; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute(_RATE, {"run": run.pk, "recent": RECENT})
        read, seconds, only, ms, pages = cursor.fetchone()
    if pages == 1 and ms:
        return float(only) / (float(ms) / 1000)
    return float(read) / float(seconds) if read and seconds else None


def _page_p95(run: SyncRun) -> float | None:
    """Seconds within which 95 of 100 pages were there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select percentile_cont(0.95) within group (order by ms) / 1000 from sync_page where run_id = %s", [run.pk]
        )
        found = cursor.fetchone()[0]
    return float(found) if found is not None else None


@dataclass(frozen=True, slots=True)
class Cause:
    """Exceptions of one cause: its code, its words, how many, and the page of the newest."""

    code: str
    words: str
    count: int
    share: int
    newest: datetime


def causes(run: SyncRun, access: Access) -> list[Cause]:
    """What kept records from getting through, the most frequent first."""
    visible = SyncException.objects.visible_to(access).filter(run=run)
    found = list(visible.values("cause").annotate(count=Count("id"), newest=Max("at")).order_by("-count", "cause")[:50])
    most = found[0]["count"] if found else 1
    return [
        Cause(row["cause"], cause_words(row["cause"]), row["count"], row["count"] * 100 // most, row["newest"])
        for row in found
    ]


def cause_words(code: str) -> str:
    """A cause for people: our own words where it is ours, the vendor's code made readable where it is not."""
    if code in CAUSES:
        return CAUSES[code]
    error_class, _, vendor = code.partition(".")
    words = vendor.replace("_", " ") or error_class.replace("_", " ")
    return words[:1].upper() + words[1:]


def exceptions(run: SyncRun, access: Access, cause: str, *, after: int = 0) -> tuple[list[SyncException], int]:
    """The records of one cause in the order they came, and the id to go on from (0 on the last page)."""
    visible = SyncException.objects.visible_to(access).filter(run=run, cause=cause, pk__gt=after)
    return _cut(list(visible.order_by("pk")[: EXCEPTIONS + 1]), EXCEPTIONS)


def runs_of(job: SyncJob, access: Access, *, before: int | None = None) -> tuple[list[SyncRun], int]:
    """The job's runs, newest first, and the id to go on before (0 on the last page)."""
    visible = SyncRun.objects.visible_to(access).filter(job=job).select_related("requested_by")
    if before is not None:
        visible = visible.filter(pk__lt=before)
    return _cut(list(visible.order_by("-pk")[: RUNS + 1]), RUNS)


def pages_of(run: SyncRun, *, before: int | None = None) -> tuple[list[SyncPage], int]:
    """The run's pages, newest first, and the number to go on before (0 on the last page)."""
    found = SyncPage.objects.filter(run=run)
    if before is not None:
        found = found.filter(number__lt=before)
    shown = list(found.order_by("-number")[: PAGES + 1])
    return shown[:PAGES], shown[PAGES - 1].number if len(shown) > PAGES else 0


def transactions_of(run: SyncRun, access: Access) -> QuerySet[Transaction]:
    """The newest transactions that came of the run."""
    return Transaction.objects.visible_to(access).filter(sync_run_id=run.pk).order_by("-id")[:TRANSACTIONS]


def run_before(run: SyncRun) -> SyncRun | None:
    """The run to compare with: the one before that read to its end in the same way."""
    like = SyncRun.objects.filter(job=run.job_id, pk__lt=run.pk, full=run.full, read_at__isnull=False)
    return like.exclude(kind__in=[RunKind.DRY, RunKind.BACKFILL]).order_by("-pk").first()


def took(run: SyncRun) -> timedelta | None:
    """How long it has been reading, waits included."""
    if run.started_at is None:
        return None
    return (run.read_at or run.finished_at or clock.now()) - run.started_at


def of_read(run: SyncRun, count: int) -> str:
    """A count as a share of what was read."""
    return share(count, run.read)


def _cut(found: list[Any], size: int) -> tuple[list[Any], int]:
    return found[:size], found[size - 1].pk if len(found) > size else 0
