"""The clock and the workers: thin, harmless when doubled, and quiet when the broker is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app

from controlplane.foundation import doorbell
from controlplane.people.access import Access
from controlplane.sync import tasks
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs.start import start
from controlplane.transactions.tasks import ring
from tests.sync.running import arrive, due_time_comes
from tests.sync.shelf import Shelf
from tests.sync.test_schedule import since

pytestmark = pytest.mark.django_db
MakeJob = Callable[..., SyncJob]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Messages that would have gone to the broker."""
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: found.append((name, options)))
    return found


def test_a_tick_plans_what_is_due_and_calls_a_worker(
    shelf: Shelf, make_job: MakeJob, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    since(make_job(schedule="interval", every_seconds=600), hours=1)
    tasks.tick()
    assert SyncRun.objects.get().state == RunState.PLANNED
    ((name, options),) = sent
    assert name == "controlplane.sync.work"
    assert not options.get("args")
    assert not options.get("kwargs")
    assert options["expires"] == 60


def test_a_tick_with_nothing_to_do_sends_nothing(job: SyncJob, sent: list[Any]) -> None:
    tasks.tick()
    assert sent == []


def test_a_tick_sees_what_has_arrived(shelf: Shelf, job: SyncJob, owner: Access, sent: list[Any]) -> None:
    shelf.fill(1)
    start(job, owner, reason="now")
    tasks.work()
    arrive(job)
    due_time_comes()
    tasks.tick()
    assert SyncRun.objects.get().state == RunState.DONE


def test_a_worker_reads_all_runs_that_are_due(
    shelf: Shelf, job: SyncJob, make_job: MakeJob, owner: Access, sent: list[Any]
) -> None:
    for one in (job, make_job("b"), make_job("c")):
        start(one, owner, reason="now")
    tasks.work()
    assert set(SyncRun.objects.values_list("state", flat=True)) == {RunState.DONE}
    assert len(sent) == 2, "while others wait, further workers are called"
    tasks.work()
    assert len(sent) == 2


def test_a_worker_gives_way_at_the_end_of_its_shift_and_calls_the_next(
    shelf: Shelf, job: SyncJob, owner: Access, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SHIFT_SECONDS", 0)
    start(job, owner, reason="now")
    tasks.work()
    assert len(sent) == 1
    assert SyncRun.objects.get().state == RunState.PLANNED


def test_a_process_reads_no_more_runs_at_once_than_it_has_room_for(
    shelf: Shelf, job: SyncJob, owner: Access, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_room", threading.BoundedSemaphore(1))
    started = start(job, owner, reason="now")
    tasks._room.acquire()
    tasks.work()
    started.refresh_from_db()
    assert started.state == RunState.PLANNED
    tasks._room.release()
    tasks.work()
    started.refresh_from_db()
    assert started.state == RunState.DONE


def test_a_worker_that_shuts_down_takes_no_more_runs(
    shelf: Shelf, job: SyncJob, owner: Access, sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_stopping", threading.Event())
    start(job, owner, reason="now")
    tasks.stop_reading()
    tasks.work()
    assert SyncRun.objects.get().state == RunState.PLANNED


def test_starting_by_hand_rings_and_the_ring_calls_a_worker(
    shelf: Shelf,
    job: SyncJob,
    owner: Access,
    sent: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(doorbell.doorbell, "ring", lambda kind, lane: rung.append((kind, lane)))
    with django_capture_on_commit_callbacks(execute=True):
        start(job, owner, reason="now")
    assert rung == [("sync", "normal")]
    ring(*rung[0])
    assert [name for name, _ in sent] == [tasks.WORK]


def test_a_broker_that_is_away_costs_a_tick_and_no_error(
    job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_options: Any) -> None:
        raise OSError(111, "Connection refused")

    monkeypatch.setattr(current_app, "send_task", away)
    start(job, owner, reason="now")
    tasks.tick()
    assert SyncRun.objects.get().state == RunState.PLANNED


def test_the_worker_of_a_run_is_shown_by_host_and_process(
    shelf: Shelf, job: SyncJob, owner: Access, sent: list[Any]
) -> None:
    start(job, owner, reason="now")
    tasks.work()
    assert SyncRun.objects.get().worker == tasks.worker_name()
