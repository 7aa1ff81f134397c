"""Workers that die, workers that come back from the dead, and pages that are saved whole or not at all."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncPage, SyncRecord, SyncRun
from controlplane.sync.rules.backoff import MOST_TAKEOVERS
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs import commit, keep, read
from controlplane.sync.runs.claim import Claim, claim
from controlplane.sync.runs.finish import finish
from controlplane.sync.runs.read import run_pages
from controlplane.sync.runs.start import start
from controlplane.transactions.models import Inbox, Payload
from tests.sync.running import Killed, accepted, claimed, counters, due_time_comes, lease_passes, read_on
from tests.sync.shelf import Shelf

pytestmark = pytest.mark.django_db


def killed_before(shelf: Shelf, page: int) -> None:
    """The worker dies when it has asked for this page."""

    def die(number: int) -> None:
        if number == page:
            raise Killed

    shelf.before_page = die


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_dead_workers_run_goes_on_from_the_saved_cursor_and_nothing_is_passed_on_twice(
    shelf: Shelf, job: SyncJob, owner: Access, page: int
) -> None:
    shelf.fill(8)
    started = start(job, owner, reason="now")
    killed_before(shelf, page)
    with pytest.raises(Killed):
        read_on("worker-1")
    assert claim("worker-2") is None
    lease_passes()
    found = read_on("worker-2")
    assert found.pk == started.pk
    assert (found.worker, found.takeovers) == ("worker-2", 1)
    assert shelf.begun[-1] == ({"after": 3 * (page - 1)} if page > 1 else {})
    assert counters(found) == {"read": 8, "changed": 8}
    assert accepted() == [("party.changed", f"p{n}") for n in range(1, 9)]
    assert list(SyncPage.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_a_zombie_writes_nothing(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(6)
    start(job, owner, reason="now")

    def taken_over_meanwhile(number: int) -> None:
        if number == 2:
            shelf.before_page = lambda _number: None
            lease_passes()
            read_on("worker-2")

    shelf.before_page = taken_over_meanwhile
    zombie = claimed("worker-1")
    run_pages(zombie)
    run = SyncRun.objects.get()
    assert counters(run) == {"read": 6, "changed": 6}
    assert (run.state, run.worker) == (RunState.SETTLING, "worker-2")
    assert len(accepted()) == 6
    assert list(SyncPage.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_zombie_that_meets_an_error_does_not_end_the_others_run(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(6)
    start(job, owner, reason="now")

    def fails_after_takeover(number: int) -> None:
        shelf.before_page = lambda _number: None
        lease_passes()
        claimed("worker-2")
        message = "the connection of the zombie broke"
        raise ValueError(message)

    shelf.before_page = fails_after_takeover
    run_pages(claimed("worker-1"))
    run = SyncRun.objects.get()
    assert (run.state, run.worker, run.note) == (RunState.RUNNING, "worker-2", "")


def test_a_page_that_kills_every_worker_is_given_up(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(6)
    start(job, owner, reason="now")
    killed_before(shelf, 2)
    with pytest.raises(Killed):
        read_on()
    for _ in range(MOST_TAKEOVERS - 1):
        lease_passes()
        killed_before(shelf, shelf.asked + 1)
        with pytest.raises(Killed):
            read_on()
    lease_passes()
    shelf.before_page = lambda _number: None
    run = read_on()
    assert (run.state, run.error_class, run.pages) == (RunState.FAILED, "worker_lost", 1)
    assert run.note.startswith(f"Its worker was lost {MOST_TAKEOVERS} times at page 2")
    assert len(accepted()) == 3


def test_a_page_is_saved_whole_or_not_at_all(
    shelf: Shelf, job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.fill(5)
    start(job, owner, reason="now")
    save = commit.save_page

    def fails_at_the_second(run: SyncRun, *args: Any, **kwargs: Any) -> None:
        save(run, *args, **kwargs)
        if run.pages == 2:
            raise Killed

    monkeypatch.setattr(commit, "save_page", fails_at_the_second)
    with pytest.raises(Killed):
        read_on()
    assert [record.key for record in SyncRecord.objects.order_by("key")] == ["p1", "p2", "p3"]
    assert (Inbox.objects.count(), Payload.objects.count(), SyncPage.objects.count()) == (3, 3, 1)
    job.refresh_from_db()
    assert job.read_cursor == {"after": 3}
    monkeypatch.setattr(commit, "save_page", save)
    lease_passes()
    assert counters(read_on()) == {"read": 5, "changed": 5}
    assert [name for _, name in accepted()] == ["p1", "p2", "p3", "p4", "p5"]


def test_nothing_is_noted_when_passing_on_fails(
    shelf: Shelf, job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.fill(2)
    start(job, owner, reason="now")

    def broken(*_args: Any, **_kwargs: Any) -> None:
        message = "no partition for this week"
        raise RuntimeError(message)

    monkeypatch.setattr(keep, "accept_records", broken)
    run = read_on()
    assert (run.state, run.error_class, counters(run)) == (RunState.FAILED, "defect", {})
    assert not SyncRecord.objects.exists()
    job.refresh_from_db()
    assert job.read_cursor == {}


def test_a_turn_ends_and_any_worker_goes_on(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(9)
    start(job, owner, reason="now")
    first = read_on("worker-1", turn=0)
    assert (first.state, first.pages, first.lease_token) == (RunState.RUNNING, 1, None)
    second = read_on("worker-2", turn=0)
    assert (second.pages, second.takeovers) == (2, 0)
    found = read_on("worker-3")
    assert counters(found) == {"read": 9, "changed": 9}


def test_a_run_is_not_begun_anew_by_whoever_takes_over_after_its_last_page(
    shelf: Shelf, job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.begins_anew = True
    shelf.fill(4)
    start(job, owner, reason="now")

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    monkeypatch.setattr(read, "finish", dies)
    with pytest.raises(Killed):
        read_on("worker-1")
    monkeypatch.setattr(read, "finish", finish)
    lease_passes()
    found = read_on("worker-2")
    assert (found.state, len(shelf.begun)) == (RunState.SETTLING, 1)
    assert counters(found) == {"read": 4, "changed": 4}


def test_a_slow_run_ends_with_its_last_page_though_its_turn_is_over(shelf: Shelf, make_job: Any, owner: Access) -> None:
    shelf.begins_anew = True
    shelf.fill(5)
    start(make_job(records_per_second=0.1), owner, reason="now")
    assert read_on().state == RunState.RUNNING
    due_time_comes()
    found = read_on()
    assert (found.state, shelf.begun) == (RunState.SETTLING, [{}, {"after": 3}])
    assert counters(found) == {"read": 5, "changed": 5}


def test_a_worker_that_is_told_to_stop_gives_the_run_back_after_the_page_at_hand(
    shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    shelf.fill(9)
    start(job, owner, reason="now")
    found = read_on("worker-1", stopping=lambda: shelf.asked == 2)
    assert (found.state, found.pages, found.lease_token) == (RunState.RUNNING, 2, None)
    assert counters(read_on("worker-2")) == {"read": 9, "changed": 9}


def test_the_run_that_waited_longest_is_claimed_first_and_by_one_worker(
    shelf: Shelf, job: SyncJob, make_job: Any, owner: Access
) -> None:
    first, second = start(job, owner, reason="a"), start(make_job("others"), owner, reason="b")
    assert [claimed("w1").run_id, claimed("w2").run_id] == [first.pk, second.pk]
    assert claim("w3") is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_one_run_each(shelf: Shelf, job: SyncJob, make_job: Any, owner: Access) -> None:
    for one in (job, make_job("others")):
        start(one, owner, reason="now")
    gate = threading.Barrier(3)
    found: list[Claim | None] = []

    def work() -> None:
        try:
            gate.wait()
            found.append(claim("w"))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = [one.run_id for one in found if one is not None]
    assert sorted(taken) == sorted(SyncRun.objects.values_list("pk", flat=True))
