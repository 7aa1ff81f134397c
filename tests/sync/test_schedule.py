"""When jobs are due: cron, intervals, time zones, missed slots, and two beats at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models.functions import Now
from hypothesis import given
from hypothesis import strategies as st

from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.schedule import MOST_COUNTED, Due, Schedule, ScheduleKind, check_cron, zone_called
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.sync.runs.schedule import due_slots
from controlplane.sync.runs.start import start
from tests.sync.running import read_on
from tests.sync.shelf import Shelf

VIENNA = ZoneInfo("Europe/Vienna")
MakeJob = Callable[..., SyncJob]


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cron(expression: str, zone: ZoneInfo = VIENNA) -> Schedule:
    """A cron schedule, in Vienna unless said otherwise."""
    return Schedule(ScheduleKind.CRON, expression, zone=zone)


@pytest.mark.parametrize(
    ("schedule", "since", "now", "due"),
    [
        pytest.param(cron("0 2 * * *"), "2026-11-22 12:00", "2026-11-23 00:59:59", None, id="not yet"),
        pytest.param(cron("0 2 * * *"), "2026-11-22 12:00", "2026-11-23 01:00", ("2026-11-23 01:00", 0), id="now"),
        pytest.param(
            cron("0 2 * * *"), "2026-11-22 12:00", "2026-11-23 01:00:00.000005", ("2026-11-23 01:00", 0), id="just now"
        ),
        pytest.param(cron("0 2 * * *"), "2026-11-23 01:00", "2026-11-23 12:00", None, id="done already"),
        pytest.param(cron("0 2 * * *"), "2026-11-20 01:00", "2026-11-23 12:00", ("2026-11-23 01:00", 2), id="3 days"),
        pytest.param(
            cron("30 2 * * *"), "2026-03-28 12:00", "2026-03-29 01:00", ("2026-03-29 01:00", 0), id="skipped hour"
        ),
        pytest.param(
            cron("30 2 * * *"),
            "2026-10-24 12:00",
            "2026-10-25 12:00",
            ("2026-10-25 00:30", 0),
            id="repeated hour, once",
        ),
        pytest.param(
            cron("*/15 * * * *"), "2026-10-25 00:00", "2026-10-25 02:00", ("2026-10-25 02:00", 7), id="quarters go on"
        ),
        pytest.param(
            cron("0 9 * * 1-5", ZoneInfo("UTC")), "2026-11-20 09:00", "2026-11-23 08:00", None, id="not at week-ends"
        ),
        pytest.param(
            Schedule(ScheduleKind.INTERVAL, every=900),
            "2026-11-23 12:01",
            "2026-11-23 12:44:59",
            ("2026-11-23 12:30", 1),
            id="every quarter of an hour",
        ),
        pytest.param(
            Schedule(ScheduleKind.INTERVAL, every=10),
            "2026-01-01 00:00",
            "2026-11-23 00:00",
            ("2026-11-23 00:00", MOST_COUNTED + 1),
            id="counting ends somewhere",
        ),
        pytest.param(Schedule(ScheduleKind.MANUAL), "2026-01-01 00:00", "2026-11-23 00:00", None, id="by hand only"),
    ],
)
def test_the_slot_that_is_due_and_those_missed(
    schedule: Schedule, since: str, now: str, due: tuple[str, int] | None
) -> None:
    assert schedule.due(at(since), at(now)) == (Due(at(due[0]), due[1]) if due else None)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone
schedules = st.sampled_from(
    [cron("30 2 * * *"), cron("*/7 * * * *"), cron("0 1-4 * * 0"), Schedule(ScheduleKind.INTERVAL, every=3600)]
)


@given(schedule=schedules, since=moments, ahead=st.timedeltas(timedelta(), timedelta(days=3)))
def test_the_slot_that_is_due_is_the_last_one_a_clock_would_have_struck(
    schedule: Schedule, since: datetime, ahead: timedelta
) -> None:
    now = since + ahead
    struck = []
    for slot in schedule.after(since):
        if slot > now:
            break
        struck.append(slot)
    expected = Due(struck[-1], min(len(struck) - 1, MOST_COUNTED + 1)) if struck else None
    assert schedule.due(since, now) == expected


def test_next_is_after_now() -> None:
    assert cron("0 2 * * *").next(at("2026-11-23 01:00")) == at("2026-11-24 01:00")
    assert Schedule(ScheduleKind.MANUAL).next(at("2026-11-23 01:00")) is None


@pytest.mark.parametrize("wrong", ["", "* * * *", "61 * * * *", "0 2 30 2 *", "@daily", "0 2 * * * *", "a b c d e"])
def test_what_is_no_schedule_is_said_with_an_example(wrong: str) -> None:
    with pytest.raises(Invalid, match="0 2 \\* \\* 1-5") as refused:
        check_cron(wrong)
    assert refused.value.field == "cron"


@pytest.mark.parametrize("wrong", ["Europe/Wien", "", "../etc/passwd", "UTC\0", "Europe"])
def test_what_is_no_time_zone_is_said(wrong: str) -> None:
    with pytest.raises(Invalid, match="Europe/Vienna"):
        zone_called(wrong)


@pytest.fixture
def hourly(make_job: MakeJob) -> SyncJob:
    """A job that was due on each of the last three full hours."""
    made = make_job(schedule="cron", cron="0 * * * *")
    return since(made, hours=3)


def since(job: SyncJob, **ago: int) -> SyncJob:
    """The job as if nobody had looked at its slots for so long."""
    SyncJob.objects.filter(pk=job.pk).update(slots_until=Now() - timedelta(**ago))
    job.refresh_from_db()
    return job


@pytest.mark.django_db
def test_missed_slots_are_caught_up_by_one_run_that_counts_them(hourly: SyncJob) -> None:
    (run,) = due_slots()
    assert (run.kind, run.missed, run.state) == (RunKind.SCHEDULED, 2, RunState.PLANNED)
    assert run.slot.minute == 0
    assert run.slot <= run.created_at
    assert due_slots() == []


@pytest.mark.django_db
def test_a_slot_that_comes_while_a_run_goes_on_is_caught_up_after_it(
    hourly: SyncJob, shelf: Shelf, owner: Access
) -> None:
    by_hand = start(hourly, owner, reason="now")
    assert due_slots() == []
    assert read_on().pk == by_hand.pk
    (run,) = due_slots()
    assert (run.job_id, run.missed) == (hourly.pk, 2)


@pytest.mark.django_db
def test_slots_before_the_job_existed_are_not_due(make_job: MakeJob) -> None:
    make_job(schedule="interval", every_seconds=3600)
    assert due_slots() == []


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"active": False}, {"paused_at": at("2026-11-23 00:00")}, {"schedule": "manual"}])
def test_jobs_that_are_held_retired_or_manual_are_not_planned(hourly: SyncJob, fields: dict[str, Any]) -> None:
    SyncJob.objects.filter(pk=hourly.pk).update(**fields)
    assert due_slots() == []


@pytest.mark.django_db
def test_one_unreadable_schedule_does_not_hold_up_the_others(hourly: SyncJob, make_job: MakeJob) -> None:
    since(make_job("broken", schedule="cron", cron="0 * * * *", time_zone="Europe/Wien"), hours=3)
    since(make_job("worse", schedule="cron", cron="61 * * * *"), hours=3)
    assert [run.job_id for run in due_slots()] == [hourly.pk]


@pytest.mark.django_db
def test_a_slot_is_never_planned_twice_even_if_the_job_forgot(hourly: SyncJob, shelf: Shelf) -> None:
    due_slots()
    read_on()
    SyncJob.objects.filter(pk=hourly.pk).update(slots_until=Now() - timedelta(hours=3))
    assert due_slots() == []
    assert SyncRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_plan_one_run(hourly: SyncJob) -> None:
    gate = threading.Barrier(4)
    planned: list[list[SyncRun]] = []

    def beat() -> None:
        try:
            gate.wait()
            planned.append(due_slots())
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    assert sorted(len(found) for found in planned) == [0, 0, 0, 1]
    assert SyncRun.objects.count() == 1
