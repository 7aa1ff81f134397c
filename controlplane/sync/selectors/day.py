"""A day of all jobs as lanes: what ran, what is to come, what was missed, and who gets in whose way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import groupby, islice, takewhile

from django.db.models import Q, QuerySet
from django.utils import timezone

from controlplane.foundation import clock
from controlplane.inventory.models import Instance
from controlplane.sync.models import SyncRun
from controlplane.sync.rules.meetings import Meeting, Span, free_near, meetings
from controlplane.sync.rules.schedule import ScheduleKind
from controlplane.sync.rules.states import ACTIVE, RunState
from controlplane.sync.selectors.catalogue import JobRow
from controlplane.sync.selectors.runs import took

#: A job that runs so often in 24 hours is drawn as ticks, and meets everybody: it is in nobody's way by the clock.
OFTEN = 48
#: Collisions are looked for so far ahead: tonight's are seen today.
AHEAD = timedelta(hours=24)
#: Runs that are read for the lanes, newest first.
MOST_RUNS = 5000
#: Collisions that are named; the lanes mark all of them.
NAMED = 20
BADLY = frozenset({RunState.FAILED, RunState.STOPPED})


@dataclass(frozen=True, slots=True)
class Bar:
    """A mark in a lane, in per cent of the day; ``look`` is one of the kit's."""

    at: float
    length: float
    look: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """Slots that passed without a run, up to one: caught up by a run, or by none yet."""

    at: float
    slots: int
    caught_up: datetime | None


@dataclass(frozen=True, slots=True)
class Lane:
    """A job's day."""

    row: JobRow
    bars: Sequence[Bar]
    missed: Sequence[Missed]
    clashes: Sequence[Bar]
    ran: int
    to_come: int


@dataclass(frozen=True, slots=True)
class Group:
    """The lanes of jobs that read one instance, and so share what it allows."""

    instance: Instance
    lanes: Sequence[Lane]


@dataclass(frozen=True, slots=True)
class Collision:
    """Two jobs that read one instance at the same time; ``better`` is when the second would have it alone."""

    first: JobRow
    second: JobRow
    at: datetime
    times: int
    ahead: bool
    together: float | None
    better: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """From midnight to midnight where the reader is; 23 or 25 hours when the clocks change."""

    begin: datetime
    end: datetime
    now: datetime
    ticks: Sequence[tuple[float, str]]
    groups: Sequence[Group]
    collisions: Sequence[Collision]

    @property
    def named(self) -> Sequence[Collision]:
        """The collisions to be told in words: those to come first."""
        return self.collisions[:NAMED]

    @property
    def unnamed(self) -> int:
        """How many more there are."""
        return len(self.collisions) - len(self.named)

    @property
    def now_at(self) -> float:
        """Where the present stands in it."""
        return _share(self.now, self.begin, self.end)


@dataclass(frozen=True, slots=True)
class _Drawn:
    row: JobRow
    runs: Sequence[SyncRun]
    slots: Sequence[datetime]
    often: bool

    def ran(self, now: datetime) -> list[Span]:
        return [Span(run.started_at, _end(run, now)) for run in self.runs if run.started_at is not None]

    def expected(self) -> list[Span]:
        """As long as the last one took."""
        length = took(self.row.newest) if self.row.newest is not None else None
        return [Span(slot, slot + (length or timedelta())) for slot in self.slots]


def day_of(rows: Sequence[JobRow], now: datetime) -> Day:
    """Today, of these jobs, which come by the instance they read."""
    begin, end = _today(now)
    runs = {key: list(those) for key, those in groupby(_runs(rows, begin), key=lambda run: run.job_id)}
    drawn = [_drawn(row, runs.get(row.job.pk, []), now, end) for row in rows]
    groups: list[Group] = []
    collisions: list[Collision] = []
    for instance, those in groupby(drawn, key=lambda one: one.row.job.interface.instance):
        sharing = list(those)
        lanes = {one.row.job.pk: [*one.ran(now), *one.expected()] for one in sharing if not one.often}
        met = meetings(lanes)
        groups.append(Group(instance, [_lane(one, met, begin, end, now) for one in sharing]))
        collisions += _collisions(sharing, lanes, met, now)
    collisions.sort(key=lambda one: (not one.ahead, one.at))
    return Day(begin, end, now, list(_ticks(begin, end)), groups, collisions)


def _today(now: datetime) -> tuple[datetime, datetime]:
    zone = clock.zone()
    date = timezone.localtime(now, zone).date()
    days = (datetime.combine(date + timedelta(days=ahead), time(), zone).astimezone(UTC) for ahead in (0, 1))
    begin, end = days
    return begin, end


def _runs(rows: Sequence[JobRow], begin: datetime) -> list[SyncRun]:
    """Runs of today, and those that began before and still go on; health, which everybody may see."""
    today: QuerySet[SyncRun] = SyncRun.objects.filter(job__in=[row.job.pk for row in rows])
    today = today.filter(Q(created_at__gte=begin) | Q(state__in=ACTIVE)).order_by("-pk")[:MOST_RUNS]
    return sorted(today, key=lambda run: (run.job_id, run.pk))


def _drawn(row: JobRow, runs: Sequence[SyncRun], now: datetime, end: datetime) -> _Drawn:
    """Nothing is to come of a job that is held or whose schedule cannot be read."""
    if row.when.next is None:
        return _Drawn(row, runs, [], often=False)
    coming = takewhile(lambda slot: slot < now + AHEAD, row.job.timetable.after(now))
    often = len(list(islice(coming, OFTEN))) == OFTEN
    until = end if often else max(end, now + AHEAD)
    return _Drawn(row, runs, list(takewhile(lambda slot: slot < until, row.job.timetable.after(now))), often)


def _end(run: SyncRun, now: datetime) -> datetime:
    return run.read_at or run.finished_at or now


def _lane(one: _Drawn, met: Sequence[Meeting], begin: datetime, end: datetime, now: datetime) -> Lane:
    def bar(span: Span, look: str) -> Bar:
        at = _share(span.begin, begin, end)
        return Bar(at, max(0.0, _share(span.end, begin, end) - at), look)

    tick = " tickb" if one.often else ""
    started = [run for run in one.runs if run.started_at is not None]
    coming = [span for span in one.expected() if span.begin < end]
    ran = [
        bar(span, ("err" if run.state in BADLY else "") + tick) for run, span in zip(started, one.ran(now), strict=True)
    ]
    own = [meeting for meeting in met if one.row.job.pk in {meeting.first, meeting.second}]
    return Lane(
        one.row,
        [*ran, *(bar(span, "next" + tick) for span in coming)],
        list(_missed(one, begin, end)),
        [bar(meeting.span, "") for meeting in own if meeting.span.begin < end],
        len(ran),
        len(coming),
    )


def _missed(one: _Drawn, begin: datetime, end: datetime) -> Iterator[Missed]:
    for run in one.runs:
        if run.missed and run.created_at >= begin:
            yield Missed(_share(run.slot, begin, end), run.missed, run.created_at)
    if one.row.when.late_since is not None:
        yield Missed(_share(one.row.when.late_since, begin, end), 1, None)


def _collisions(
    sharing: Sequence[_Drawn], lanes: Mapping[int, Sequence[Span]], met: Sequence[Meeting], now: datetime
) -> Iterator[Collision]:
    by_job = {one.row.job.pk: one for one in sharing}

    @cache
    def better(job: int, at: datetime) -> datetime | None:
        return _better(by_job[job], lanes, at, now)

    for meeting in met:
        first, second = by_job[meeting.first], by_job[meeting.second]
        rates = [one.row.job.records_per_second for one in (first, second)]
        ahead = meeting.span.begin > now
        yield Collision(
            first.row,
            second.row,
            meeting.span.begin,
            meeting.times,
            ahead,
            sum(rate for rate in rates if rate) if all(rates) else None,
            better(meeting.second, meeting.span.begin) if ahead else None,
        )


def _better(one: _Drawn, lanes: Mapping[int, Sequence[Span]], at: datetime, now: datetime) -> datetime | None:
    """Only what a clock decides can be moved, and only to where its window is open."""
    span = next((span for span in one.expected() if span.begin <= at < span.until), None)
    if span is None or one.row.job.schedule != ScheduleKind.CRON:
        return None
    taken = [other for job, spans in lanes.items() if job != one.row.job.pk for other in spans]
    better = free_near(span, taken, now)
    return better if better is not None and one.row.job.window.is_open(better) else None


def _ticks(begin: datetime, end: datetime) -> Iterator[tuple[float, str]]:
    """Every second hour of the clock on the wall."""
    zone, at = clock.zone(), begin
    while at < end:
        here = at.astimezone(zone)
        if here.hour % 2 == 0:
            yield _share(at, begin, end), f"{here:%H}"
        at += timedelta(hours=1)


def _share(at: datetime, begin: datetime, end: datetime) -> float:
    """Where a moment stands in the day, in per cent, kept inside of it."""
    return round(min(max((at - begin) / (end - begin), 0.0), 1.0) * 100, 3)
