"""The worker's loop as it runs: threads, a pool, and everything that can go wrong around them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from controlplane.foundation.database import AsyncConnection, connect
from controlplane.transactions.models import Attempt, StepRun, Transaction
from controlplane.transactions.pipeline import asking, delivering, room, statements
from controlplane.transactions.pipeline import carrier as carrying_on
from controlplane.transactions.pipeline import catalogue as configuration
from controlplane.transactions.pipeline import claiming as taking
from controlplane.transactions.pipeline.carrier import Carrier
from controlplane.transactions.pipeline.catalogue import Catalogue
from controlplane.transactions.pipeline.deliveries import Delivery
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.standalone.waiting import until
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import deliver
from tests.transactions.look_ups import look_up
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, NOTIFY, tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def carrier(settings: Any) -> Iterator[Carrier]:
    """A worker that looks for work all the time; stopped in the end."""
    settings.SWEEP_SECONDS = 0.05
    made = Carrier(Catalogue())
    yield made
    made.stop(10)


def all_in(state: TransactionState, count: int) -> Callable[[], bool]:
    """Whether so many transactions are in that state, and no other ones."""

    def asked() -> bool:
        return [one.state for one in Transaction.objects.all()] == [state] * count

    return asked


def test_a_destination_that_does_not_answer_keeps_nobody_else_waiting(target: Target, carrier: Carrier) -> None:
    slow = deliver("slow", "billing-notify", "put", mapping={"number": "event.number"})
    story = tell(target, steps=[slow, LEDGER])
    events = story.send(*(paid(number) for number in range(1, 21)))
    carrying.process()
    target.waits = story.estate.notifier.base_url
    carrier.start()
    until(lambda: StepRun.objects.filter(name="ledger", state=StepState.SUCCEEDED).count() == len(events))
    assert StepRun.objects.filter(name="slow", state=StepState.SUCCEEDED).count() == 0
    assert len(target.operations) == 2 * len(events)
    target.let = True
    until(all_in(TransactionState.SUCCEEDED, len(events)), within=30)


def test_one_destination_gets_no_more_than_its_share_of_a_worker(
    target: Target, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "A_DESTINATION", 4)
    monkeypatch.setattr(taking, "BATCH", 2)
    story = tell(target, steps=[LEDGER], max_in_flight=1000)
    target.moods.extend([Mood.WAITS] * 50)
    story.send(*(paid(number) for number in range(1, 11)))
    carrying.process()
    carrier.start()
    until(lambda: len(target.operations) == 4)
    carrier.wake("deliver")
    story.send(paid(11))
    carrier.wake("process")
    until(lambda: StepRun.objects.count() == 11)
    assert len(target.operations) == 4
    target.let = True
    until(all_in(TransactionState.SUCCEEDED, 11), within=30)


def test_a_database_that_goes_and_comes_costs_no_call_that_was_under_way(target: Target, carrier: Carrier) -> None:
    story = tell(target, steps=[LEDGER, NOTIFY])
    target.moods.append(Mood.WAITS)
    story.send(paid())
    carrier.start()
    until(lambda: len(target.operations) == 1)
    for _ in range(3):
        _end_all_other_sessions()
        time.sleep(0.1)
    target.let = True
    until(all_in(TransactionState.SUCCEEDED, 1), within=30)
    assert story.numbers == ["INV-0001", "INV-0001"]
    assert {Outcome(one.outcome) for one in Attempt.objects.all()} == {Outcome.SUCCEEDED}


def _end_all_other_sessions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("stage", [(asking, "give_time"), (delivering, "_refuse_stale")], ids=["before", "after"])
def test_a_database_that_goes_while_deliveries_are_made_ready_takes_no_room_for_good(
    target: Target, carrier: Carrier, monkeypatch: pytest.MonkeyPatch, stage: tuple[Any, str]
) -> None:
    """One of them could not be sent anyway: it had its outcome when the database went, and nobody to write it down."""
    cannot = deliver("cannot", "billing-notify", "put", required=False, mapping={"x": "event.there_is_no_such_field"})
    story = tell(target, steps=[look_up(required=False), cannot])
    story.send(paid())
    carrying.process()
    monkeypatch.setattr(room, "A_DESTINATION", 1)
    went = _goes_once(monkeypatch, *stage)
    carrier.start()
    until(lambda: went)
    carrying.let_time_pass()
    until(all_in(TransactionState.PARTIAL, 1), within=20)
    found = Attempt.objects.filter(step_run_id=StepRun.objects.get(name="cannot").id).order_by("number")
    assert [Outcome(one.outcome) for one in found] == [Outcome.TAKEN_OVER, Outcome.MAPPING_FAILED]


def _goes_once(monkeypatch: pytest.MonkeyPatch, module: Any, stage: str) -> list[str]:
    """The first time that the stage is reached, its connection is ended; the list then says so."""
    plain, went = getattr(module, stage), list[str]()

    async def goes(connection: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        if not went:
            went.append(stage)
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")
        await plain(connection, deliveries)

    monkeypatch.setattr(module, stage, goes)
    return went


def test_configuration_that_cannot_be_read_gives_way_to_what_is_known(
    target: Target, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tell(target)
    known = Catalogue()
    before = known.snapshot()

    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(configuration, "read_snapshot", away)
    monkeypatch.setattr(configuration, "FRESH_SECONDS", -1.0)
    assert known.snapshot() is before
    with pytest.raises(psycopg.OperationalError):
        Catalogue().snapshot()
    assert story.estate.to_erp.pk in before.destinations


def test_work_for_a_destination_that_this_worker_has_not_heard_of_yet_is_done(
    target: Target, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "FRESH_SECONDS", 3600.0)
    carrier._catalogue.snapshot()
    carrier.start()
    story = tell(target, steps=[LEDGER])
    story.send(paid())
    carrying.process()
    carrier.wake("deliver")
    until(all_in(TransactionState.SUCCEEDED, 1), within=30)
    assert story.numbers == ["INV-0001"]


def test_the_first_event_of_an_endpoint_that_this_worker_has_not_heard_of_yet_is_understood(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "FRESH_SECONDS", 3600.0)
    known = Catalogue()
    known.snapshot()
    story = tell(target, steps=[LEDGER])
    story.send(paid())
    assert carrying.process_one_batch(known) == 1
    assert [one.state for one in Transaction.objects.all()] == [TransactionState.RUNNING]


def test_a_parked_head_is_released_without_beat_and_broker(
    target: Target, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying_on, "RELEASE_SECONDS", 0.05)
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    story.send(paid())
    carrying.process()
    with connection.cursor() as cursor:
        cursor.execute("update step_queue set due_at = '9000-01-01Z'")
    carrier.start()
    until(all_in(TransactionState.SUCCEEDED, 1), within=30)


def test_the_next_in_an_order_does_not_wait_for_anybody_to_look(
    target: Target, carrier: Carrier, settings: Any
) -> None:
    settings.SWEEP_SECONDS = 3600
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    story.send(*(paid(number) for number in range(1, 9)))
    carrying.process()
    carrier.start()
    until(all_in(TransactionState.SUCCEEDED, 8), within=20)
    assert story.numbers == [f"INV-{number:04}" for number in range(1, 9)]


def test_what_waits_for_room_at_its_destination_does_not_wait_for_anybody_to_look(
    target: Target, carrier: Carrier, settings: Any
) -> None:
    settings.SWEEP_SECONDS = 3600
    story = tell(target, steps=[LEDGER], max_in_flight=2)
    story.send(*(paid(number) for number in range(1, 10)))
    carrying.process()
    carrier.start()
    until(all_in(TransactionState.SUCCEEDED, 9), within=20)


def test_a_claim_that_is_about_to_park_a_head_is_waited_for_before_the_head_is_promoted(target: Target) -> None:
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    story.send(paid())
    carrying.process()
    with connect() as claiming, connect() as finishing, connection.cursor() as cursor:
        cursor.execute("select ordering_key from step_queue")
        keys = [cursor.fetchone()[0]]
        with claiming.transaction():
            claiming.execute("update step_queue set due_at = '9000-01-01Z'")
            finishing.execute("set lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                finishing.execute(statements.LOCK_HEADS, [keys])
        finishing.execute(statements.LOCK_HEADS, [keys])
        assert finishing.execute(statements.PROMOTE, [keys]).rowcount == 1


def test_stopping_lets_what_is_under_way_come_to_its_end(target: Target, carrier: Carrier) -> None:
    story = tell(target, steps=[LEDGER])
    target.moods.append(Mood.WAITS)
    story.send(paid())
    carrier.start()
    until(lambda: len(target.operations) == 1)
    target.let = True
    carrier.stop(10)
    assert all_in(TransactionState.SUCCEEDED, 1)()
