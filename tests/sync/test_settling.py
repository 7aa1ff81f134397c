"""What became of the records that a run passed on: watermarks, exceptions by name, and "done" that is true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controlplane.people.access import Access
from controlplane.sync.models import SyncException, SyncJob, SyncRun
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs.settle import settle_due, still_open
from controlplane.sync.runs.start import start
from controlplane.transactions.models import Inbox, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.sync.running import accepted, arrive, due_time_comes, move, read_on, run, settled
from tests.sync.shelf import Shelf

pytestmark = pytest.mark.django_db


def cursors(job: SyncJob) -> tuple[Any, Any]:
    """How far the job has read, and how far everything has settled."""
    job.refresh_from_db()
    return job.read_cursor.get("after", 0), job.settled_cursor.get("after", 0)


def test_the_settled_cursor_stays_behind_what_is_still_on_its_way(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(9)
    found = run(job, owner)
    assert cursors(job) == (9, 0)
    assert still_open(found) == 9
    arrive(job, "p4", "p5", "p6", "p7")
    settled(found)
    assert cursors(job) == (9, 0)
    arrive(job, "p1", "p2", "p3")
    settled(found)
    assert cursors(job) == (9, 6)
    assert still_open(found) == 2
    arrive(job)
    assert settled(found).state == RunState.DONE
    assert cursors(job) == (9, 9)
    assert still_open(found) == 0


@pytest.mark.parametrize("state", [TransactionState.RUNNING, TransactionState.WAITING, TransactionState.RECEIVED])
def test_a_transaction_that_still_moves_holds_it_back(
    shelf: Shelf, job: SyncJob, owner: Access, state: TransactionState
) -> None:
    shelf.fill(1)
    found = run(job, owner)
    (identifier,) = arrive(job, state=state)
    assert settled(found).state == RunState.SETTLING
    Transaction.objects.filter(pk=identifier).update(state=TransactionState.SUCCEEDED)
    assert settled(found).state == RunState.DONE


@pytest.mark.parametrize(
    ("state", "excepted"),
    [
        (TransactionState.SUCCEEDED, False),
        (TransactionState.PARTIAL, False),
        (TransactionState.IGNORED, False),
        (TransactionState.DEAD, True),
        (TransactionState.QUARANTINED, True),
        (TransactionState.CANCELLED, True),
    ],
)
def test_how_each_end_is_counted(
    shelf: Shelf, job: SyncJob, owner: Access, state: TransactionState, excepted: bool
) -> None:
    shelf.fill(1)
    found = run(job, owner)
    arrive(job, state=state)
    assert (settled(found).state, found.died) == (RunState.DONE, int(excepted))


def test_each_record_that_died_is_named_once_with_its_cause_page_and_transaction(
    shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    shelf.fill(6)
    found = run(job, owner)
    words: dict[str, Any] = {"error_class": "rejected.tax_id_invalid", "reason": "The tax id has spaces."}
    (identifier,) = arrive(job, "p5", state=TransactionState.DEAD, **words)
    settled(found)
    arrive(job)
    settled(found)
    settled(found)
    (one,) = SyncException.objects.all()
    assert (one.key, one.page, one.cause) == ("p5", 2, "rejected.tax_id_invalid")
    assert (one.detail, one.transaction_id) == ("The tax id has spaces.", identifier)
    assert (found.died, found.state) == (1, RunState.DONE)


def test_an_event_that_starts_two_flows_is_settled_when_both_are(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(1)
    found = run(job, owner)
    row = Inbox.objects.get()
    (first,) = arrive(job)
    sync: dict[str, Any] = row.sync or {}
    from controlplane.foundation.ids import uuid7

    sibling = uuid7()
    move(job, row, sync, TransactionState.RUNNING, id=sibling, event_id=first)
    assert settled(found).state == RunState.SETTLING
    Transaction.objects.filter(pk=sibling).update(state=TransactionState.DEAD)
    assert (settled(found).state, found.died) == (RunState.DONE, 1)


def test_a_later_run_does_not_carry_the_cursor_past_an_earlier_one(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(3)
    first = run(job, owner)
    shelf.put("p4")
    second = run(job, owner)
    arrive(job, "p4")
    assert settled(second).state == RunState.DONE
    assert cursors(job) == (4, 0)
    arrive(job)
    settled(first)
    assert cursors(job) == (4, 4)


def test_a_run_that_still_arrives_does_not_hold_up_the_next(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(1)
    assert run(job, owner).state == RunState.SETTLING
    assert start(job, owner, reason="again").state == RunState.PLANNED


def test_other_runs_and_webhooks_between_do_not_count(shelf: Shelf, job: SyncJob, make_job: Any, owner: Access) -> None:
    shelf.fill(2)
    first = start(job, owner, reason="a")
    second = start(make_job("others"), owner, reason="b")
    read_on()
    read_on()
    for row in Inbox.objects.all():
        if row.sync and row.sync["run"] == first.pk:
            move(job, row, row.sync, TransactionState.SUCCEEDED)
    assert settled(first).state == RunState.DONE
    assert settled(second).state == RunState.SETTLING


def test_the_clock_settles_what_is_due_and_then_leaves_it_alone(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(2)
    found = run(job, owner)
    assert settle_due() == 0
    arrive(job)
    due_time_comes()
    assert settle_due() == 1
    found.refresh_from_db()
    assert (found.state, found.settle_due) == (RunState.DONE, None)
    due_time_comes()
    assert settle_due() == 0


def test_what_a_cancelled_run_had_passed_on_is_watched_to_its_end(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    from controlplane.sync.runs.cancel import cancel

    shelf.fill(5)
    started = start(job, owner, reason="now")
    shelf.before(2, lambda: cancel(started, owner, reason="x"))
    found = read_on()
    arrive(job, "p1", "p2")
    arrive(job, "p3", state=TransactionState.DEAD)
    assert (settled(found).state, found.died) == (RunState.CANCELLED, 1)
    assert found.settled_at is not None
    assert cursors(job) == (3, 3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(1, 10)), size=st.integers(1, 4))
def test_whatever_the_order_of_arrival_the_watermark_covers_exactly_the_settled_pages(
    shelf: Shelf, make_job: Any, owner: Access, order: list[int], size: int
) -> None:
    clear(shelf)
    job = make_job(f"job-{SyncJob.objects.count()}", page_size=size)
    shelf.fill(9)
    found = run(job, owner)
    done: set[int] = set()
    for number in order:
        arrive(job, f"p{number}")
        done.add(number)
        settled(found)
        whole = [last for last in [*range(size, 9, size), 9] if set(range(1, last + 1)) <= done]
        assert cursors(job) == (9, max(whole, default=0))
    assert found.state == RunState.DONE


def clear(shelf: Shelf) -> None:
    """An example begins with nothing."""
    shelf.records.clear()
    shelf.place = 0
    Inbox.objects.all().delete()
    SyncRun.objects.exclude(state__in=["done"]).update(state="done", finished_at="2026-01-01T00:00Z", lease_token=None)
    assert accepted() == []
