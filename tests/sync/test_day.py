"""The lanes of a day: what ran, what is to come, what was missed, and what gets in its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.sync.selectors.catalogue import JobRow, job_rows, jobs_of
from controlplane.sync.selectors.day import Day, Missed, day_of
from controlplane.sync.selectors.rates import in_figures
from tests.sync.conftest import MakeJob

#: Noon in UTC of a day on which no clock is changed.
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = 100 / 24


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.foundation.clock.now", lambda: NOON)


def ran(job: SyncJob, hour: float, minutes: float, *, state: str = RunState.DONE, missed: int = 0) -> SyncRun:
    """A run of today that is over."""
    begin = NOON.replace(hour=0) + timedelta(hours=hour)
    end = begin + timedelta(minutes=minutes)
    return SyncRun.objects.create(
        job=job,
        slot=begin,
        missed=missed,
        kind=RunKind.SCHEDULED,
        state=state,
        created_at=begin,
        started_at=begin,
        read_at=end,
        finished_at=end,
    )


def shown(access: Access) -> tuple[Day, Sequence[JobRow]]:
    rows = job_rows(jobs_of(access), access)
    return day_of(rows, NOON), rows


def daily(make_job: MakeJob, slug: str, hour: int, **more: float) -> SyncJob:
    """A job whose slots until now are dealt with."""
    return make_job(slug, schedule="cron", cron=f"0 {hour} * * *", slots_until=NOON, **more)


def test_what_ran_and_what_is_to_come_stand_where_they_are_in_the_day(make_job: MakeJob, owner: Access) -> None:
    job = daily(make_job, "twice", 6)
    SyncJob.objects.update(cron="0 6,18 * * *")
    ran(job, 6, 60)
    day, _ = shown(owner)
    (lane,) = day.groups[0].lanes
    assert [(bar.at, round(bar.length, 2), bar.look) for bar in lane.bars] == [
        (25.0, round(HOUR, 2), ""),
        (75.0, round(HOUR, 2), "next"),
    ]
    assert (lane.ran, lane.to_come, day.now_at) == (1, 1, 50.0)


def test_a_run_that_failed_and_one_that_caught_up_are_told_apart(make_job: MakeJob, owner: Access) -> None:
    job = daily(make_job, "nightly", 2)
    ran(job, 2, 30, state=RunState.FAILED)
    late = ran(job, 6, 30, missed=3)
    (lane,) = shown(owner)[0].groups[0].lanes
    assert [bar.look for bar in lane.bars] == ["err", ""]
    assert list(lane.missed) == [Missed(25.0, 3, late.created_at)]


def test_two_that_read_one_system_at_the_same_time_collide_and_the_second_is_offered_another_time(
    make_job: MakeJob, owner: Access
) -> None:
    first = daily(make_job, "alpha", 18, records_per_second=10.0)
    second = daily(make_job, "beta", 18, records_per_second=5.0)
    for job in (first, second):
        ran(job, 3 if job == first else 5, 20)
    day, _ = shown(owner)
    (one,) = day.collisions
    assert (one.first.job, one.second.job, one.ahead, one.times, one.together) == (first, second, True, 1, 15.0)
    assert (one.at, one.better) == (NOON.replace(hour=18), NOON.replace(hour=17, minute=30))
    assert [len(lane.clashes) for lane in day.groups[0].lanes] == [1, 1]


def test_where_everybody_meets_everybody_a_few_are_named_and_the_rest_is_counted(
    make_job: MakeJob, owner: Access
) -> None:
    for number in range(8):
        daily(make_job, f"job-{number}", 18)
    for job in SyncJob.objects.all():
        ran(job, 3, 20)
    day, _ = shown(owner)
    assert (len(day.collisions), len(day.named), day.unnamed) == (28, 20, 8)


def test_who_runs_all_the_time_collides_with_nobody(make_job: MakeJob, owner: Access) -> None:
    daily(make_job, "alpha", 18)
    make_job("sweep", schedule="interval", every_seconds=600, slots_until=NOON)
    day, _ = shown(owner)
    assert day.collisions == []
    assert {bar.look for bar in day.groups[0].lanes[1].bars} == {"next tickb"}


def test_the_day_is_the_readers_and_25_hours_long_when_the_clock_is_put_back(
    make_job: MakeJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controlplane.foundation.clock.now", lambda: datetime(2026, 10, 25, 12, tzinfo=UTC))
    daily(make_job, "alpha", 18)
    with timezone.override(ZoneInfo("Europe/Vienna")):
        day = day_of(job_rows(jobs_of(owner), owner), datetime(2026, 10, 25, 12, tzinfo=UTC))
    assert (day.begin, day.end - day.begin) == (datetime(2026, 10, 24, 22, tzinfo=UTC), timedelta(hours=25))
    hours = [hour for _, hour in day.ticks]
    assert hours.count("02") == 2
    assert (hours[0], hours[-1]) == ("00", "22")


def test_one_query_reads_the_runs_of_all_jobs(
    make_job: MakeJob, owner: Access, django_assert_num_queries: CaptureQueriesContext
) -> None:
    for hour in range(4):
        ran(daily(make_job, f"job-{hour}", hour), hour, 5)
    rows = job_rows(jobs_of(owner), owner)
    with django_assert_num_queries(1):  # type: ignore[operator]
        day_of(rows, NOON)


@pytest.mark.parametrize(
    ("rate", "words"), [(0.0, "0"), (0.0491, "0.0491"), (16.43, "16.4"), (120.4, "120"), (5285.7, "5,286")]
)
def test_a_rate_is_written_for_people(rate: float, words: str) -> None:
    assert in_figures(rate) == words
