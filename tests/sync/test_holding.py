"""Pausing, resuming and cancelling, at every page; windows and rates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models.functions import Now
from hypothesis import given
from hypothesis import strategies as st

from controlplane.audit.models import AuditRecord
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.limits import Limits
from controlplane.sync.rules.states import RunState
from controlplane.sync.rules.windows import Window
from controlplane.sync.runs import lease
from controlplane.sync.runs.cancel import cancel
from controlplane.sync.runs.claim import claim
from controlplane.sync.runs.pause import pause
from controlplane.sync.runs.resume import resume
from controlplane.sync.runs.start import start
from tests.sync.running import Slept, accepted, claimed, counters, due_time_comes, lease_passes, read_on, run
from tests.sync.shelf import Shelf

MakeJob = Callable[..., SyncJob]


@pytest.mark.django_db
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_pause_holds_at_each_page_and_resuming_loses_nothing(
    shelf: Shelf, job: SyncJob, owner: Access, page: int
) -> None:
    shelf.fill(8)
    started = start(job, owner, reason="now")
    shelf.before(page, lambda: pause(started, owner, reason="stock-taking"))
    held = read_on()
    assert (held.state, held.pages, held.lease_token) == (RunState.PAUSED, page - 1, None)
    assert held.note == "Paused by Mara Lindqvist: stock-taking"
    assert len(accepted()) == 3 * (page - 1)
    assert claim("worker-2") is None
    assert resume(held, owner).state == RunState.PLANNED
    shelf.before_page = lambda _number: None
    assert counters(read_on()) == {"read": 8, "changed": 8}
    assert [name for _, name in accepted()] == [f"p{n}" for n in range(1, 9)]


@pytest.mark.django_db
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_cancelled_run_ends_at_each_page_and_keeps_what_it_read(
    shelf: Shelf, job: SyncJob, owner: Access, page: int
) -> None:
    shelf.fill(8)
    started = start(job, owner, reason="now")
    shelf.before(page, lambda: cancel(started, owner, reason="wrong company"))
    ended = read_on()
    assert (ended.state, ended.pages) == (RunState.CANCELLED, page - 1)
    assert ended.finished_at is not None
    assert len(accepted()) == 3 * (page - 1)
    shelf.before_page = lambda _number: None
    following = run(job, owner)
    assert following.pk != started.pk
    assert len({name for _, name in accepted()}) == len(accepted()) == 8


@pytest.mark.django_db
def test_cancelling_a_run_that_nobody_works_on_is_immediate(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    started = start(job, owner, reason="now")
    assert cancel(started, owner, reason="not today").state == RunState.CANCELLED
    assert start(job, owner, reason="now then").state == RunState.PLANNED


@pytest.mark.django_db
def test_a_run_whose_worker_died_while_it_was_cancelled_is_ended_by_the_next(
    shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    shelf.fill(3)
    started = start(job, owner, reason="now")
    claimed()
    assert cancel(started, owner, reason="enough").state == RunState.CANCELLING
    assert cancel(started, owner, reason="really").state == RunState.CANCELLING
    lease_passes()
    ended = read_on("worker-2")
    assert (ended.state, shelf.asked) == (RunState.CANCELLED, 0)


@pytest.mark.django_db
def test_a_page_from_before_the_pause_is_refused_after_resuming(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(3)
    started = start(job, owner, reason="now")

    def paused_and_resumed() -> None:
        shelf.before_page = lambda _number: None
        resume(pause(started, owner, reason="a moment"), owner)

    shelf.before(1, paused_and_resumed)
    held = read_on("worker-1")
    assert (held.state, held.pages, accepted()) == (RunState.PLANNED, 0, [])
    assert counters(read_on("worker-2")) == {"read": 3, "changed": 3}


@pytest.mark.django_db
def test_each_act_is_in_the_audit_with_its_reason(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    started = start(job, owner, reason="month-end")
    pause(started, owner, reason="stock-taking")
    resume(started, owner)
    cancel(started, owner, reason="wrong company")
    records = AuditRecord.objects.filter(subject_kind="sync_run", subject_id=str(started.pk)).order_by("id")
    assert [(record.action, record.reason, record.actor_label) for record in records] == [
        ("sync.run_started", "month-end", "Mara Lindqvist"),
        ("sync.run_paused", "stock-taking", "Mara Lindqvist"),
        ("sync.run_resumed", "", "Mara Lindqvist"),
        ("sync.run_cancelled", "wrong company", "Mara Lindqvist"),
    ]


@pytest.mark.django_db
def test_who_may_only_look_changes_nothing(shelf: Shelf, job: SyncJob, owner: Access, support: Access) -> None:
    started = start(job, owner, reason="now")
    acts: list[Callable[[], SyncRun]] = [
        lambda: start(job, support, reason="x"),
        lambda: pause(started, support, reason="x"),
        lambda: resume(started, support),
        lambda: cancel(started, support, reason="x"),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    started.refresh_from_db()
    assert (started.state, SyncRun.objects.count()) == (RunState.PLANNED, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_reason_is_asked_for(shelf: Shelf, job: SyncJob, owner: Access, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        start(job, owner, reason=reason)
    assert refused.value.field == "reason"
    assert not SyncRun.objects.exists()


@pytest.mark.django_db
def test_a_second_run_is_refused_by_the_name_of_the_first(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    first = start(job, owner, reason="now")
    with pytest.raises(Conflict, match=f"Run {first.pk} of Parties is planned"):
        start(job, owner, reason="me too")
    pause(first, owner, reason="wait")
    with pytest.raises(Conflict, match=f"Run {first.pk} of Parties is paused"):
        start(job, owner, reason="me too")


@pytest.mark.django_db
@pytest.mark.parametrize("act", [pause, cancel])
def test_what_is_over_can_neither_be_paused_nor_cancelled(
    shelf: Shelf, job: SyncJob, owner: Access, act: Callable[..., SyncRun]
) -> None:
    ended = run(job, owner)
    with pytest.raises(Conflict, match="done"):
        act(ended, owner, reason="too late")
    with pytest.raises(Conflict, match="not paused"):
        resume(ended, owner)


@pytest.mark.django_db
def test_a_retired_job_is_not_started(job: SyncJob, owner: Access) -> None:
    SyncJob.objects.filter(pk=job.pk).update(active=False)
    with pytest.raises(Conflict, match="retired"):
        start(job, owner, reason="now")


VIENNA = ZoneInfo("Europe/Vienna")


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "now", "opens"),
    [
        pytest.param("14:00", "16:00", "2026-11-23 13:00", "2026-11-23 13:00", id="opens now"),
        pytest.param("14:00", "16:00", "2026-11-23 14:59", "2026-11-23 14:59", id="open"),
        pytest.param("14:00", "16:00", "2026-11-23 15:00", "2026-11-24 13:00", id="closed at its end"),
        pytest.param("14:00", "16:00", "2026-11-23 03:00", "2026-11-23 13:00", id="not yet"),
        pytest.param("22:00", "06:00", "2026-11-23 23:00", "2026-11-23 23:00", id="over midnight"),
        pytest.param("22:00", "06:00", "2026-11-23 05:00", "2026-11-23 21:00", id="closed by day"),
        pytest.param("02:30", "04:00", "2026-10-25 01:10", "2026-10-25 01:30", id="the second 02:10 of that night"),
        pytest.param("02:30", "05:00", "2026-03-29 00:59", "2026-03-29 01:30", id="02:30 does not exist"),
    ],
)
def test_when_a_window_opens(start: str, end: str, now: str, opens: str) -> None:
    window = Window(time.fromisoformat(start), time.fromisoformat(end), VIENNA)
    assert window.opens(at(now)) == at(opens)


clock_times = st.times().map(lambda found: found.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone


@given(begin=clock_times, end=clock_times, now=moments)
def test_a_window_is_open_when_it_says_it_opens_and_closed_when_it_says_it_closes(
    begin: time, end: time, now: datetime
) -> None:
    if begin == end:
        return
    window = Window(begin, end, VIENNA)
    opens = window.opens(now)
    assert now <= opens <= now + timedelta(hours=49)
    assert window.is_open(opens)
    closes = window.closes(opens)
    assert closes is not None
    assert closes > opens
    assert not window.is_open(closes)


def test_without_a_window_it_is_always_open() -> None:
    window = Window(None, None, VIENNA)
    assert window.is_open(at("2026-11-23 03:00"))
    assert window.closes(at("2026-11-23 03:00")) is None


@pytest.mark.django_db
def test_a_run_waits_when_its_window_closes_and_goes_on_by_itself(
    shelf: Shelf, make_job: MakeJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(window_start=time(14), window_end=time(16), time_zone="Europe/Vienna")
    shelf.fill(6)
    clock = [at("2100-11-23 14:30")]
    monkeypatch.setattr(lease, "database_time", lambda: clock[0])
    start(job, owner, reason="now")
    shelf.before(2, lambda: clock.__setitem__(0, at("2100-11-23 15:00")))
    held = read_on()
    assert (held.state, held.pages, held.due_at) == (RunState.WAITING, 1, at("2100-11-24 13:00"))
    assert held.note == "Its window is closed; it goes on by itself at 14:00 on 24 Nov."
    assert claim("worker-2") is None
    clock[0] = at("2100-11-24 13:00")
    due_time_comes()
    assert counters(read_on()) == {"read": 6, "changed": 6}


@pytest.mark.parametrize(
    ("rate", "records", "seconds", "pause"),
    [(None, 200, 1.0, 0.0), (25, 200, 1.0, 7.0), (25, 200, 12.0, 0.0), (0.5, 1, 0.5, 1.5), (25, 0, 0.0, 0.0)],
)
def test_the_pause_that_keeps_a_rate(rate: float | None, records: int, seconds: float, pause: float) -> None:
    assert Limits(records_per_second=rate).pause_after(records, seconds) == pause


@pytest.mark.django_db
def test_a_rate_is_kept_by_short_naps(shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    shelf.fill(7)
    job = make_job(records_per_second=1.0)
    start(job, owner, reason="now")
    slept: Slept = []
    found = read_on(nap=slept.append)
    assert [round(nap) for nap in slept] == [3, 3, 1]
    assert found.read == 7


@pytest.mark.django_db
def test_a_long_pause_is_a_due_time_and_keeps_no_worker(shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    shelf.fill(6)
    job = make_job(records_per_second=0.1)
    start(job, owner, reason="now")
    found = read_on()
    assert (found.state, found.pages, found.lease_token) == (RunState.RUNNING, 1, None)
    waits = SyncRun.objects.filter(
        pk=found.pk, due_at__range=(Now() + timedelta(seconds=25), Now() + timedelta(seconds=31))
    )
    assert waits.exists()
