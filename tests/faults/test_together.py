"""What several workers keep together: a rate, a breaker's probes, and the order of events. Seen by the receiver."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from controlplane.transactions.models import DestinationState, StepQueue, Transaction
from controlplane.transactions.rules.breaker import PROBES, BreakerState
from controlplane.transactions.rules.states import TransactionState
from tests.faults.witness import Witness, most_at_once, most_in_a_window
from tests.faults.workers import start, working
from tests.load.client import event
from tests.standalone.waiting import until
from tests.transactions.factories import Estate, deliver, estate
from tests.transactions.filling import fill

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]
soak = [pytest.mark.soak, pytest.mark.timeout(3600)]

STEPS = [deliver("ledger", "together-erp", "send", mapping={"number": "event.number", "customer": "event.customer.id"})]
RATE = 40


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch) -> Iterator[Witness]:
    """The receiver; the workers inherit what they need to know."""
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", "not-used")
    monkeypatch.setenv("BILLING_ERP_PASSWORD", "not-used")
    with Witness() as one:
        yield one


def told(witness: Witness, **options: Any) -> Estate:
    """An estate that tells the witness."""
    return estate("together", steps=STEPS, erp_connector="webhook", erp_url=witness.url, event_id="event.id", **options)


def drained() -> bool:
    """Whether nothing is left to do."""
    with connection.cursor() as cursor:
        cursor.execute("select not exists (select from inbox) and not exists (select from step_queue)")
        return bool(cursor.fetchone()[0])


def succeeded() -> int:
    """How many transactions have."""
    return Transaction.objects.filter(state=TransactionState.SUCCEEDED).count()


@pytest.mark.parametrize(
    ("workers", "seconds"), [(4, 8), pytest.param(16, 300, marks=soak)], ids=["four workers", "sixteen workers"]
)
def test_no_second_brings_more_than_the_rate(witness: Witness, workers: int, seconds: int) -> None:
    events = RATE * seconds
    fill(told(witness, rate_per_second=float(RATE)), [event(f"r{number}") for number in range(events)])
    with working(workers):
        until(drained, within=4 * seconds + 60)
    began = [one.began for one in witness.seen]
    assert (len(began), succeeded()) == (events, events)
    assert most_in_a_window(began, 1.0) <= RATE
    # It is used, too: no more than a fifth of it is left lying.
    assert events / (max(began) - min(began)) >= 0.8 * RATE


@pytest.mark.parametrize(
    ("workers", "rests"), [(4, 12), pytest.param(16, 300, marks=soak)], ids=["four workers", "sixteen workers"]
)
def test_no_more_probes_at_once_than_all_workers_together_may_send(witness: Witness, workers: int, rests: int) -> None:
    witness.status, witness.seconds = 503, 0.05
    fill(told(witness, retry_delays=[0.0] * 500), [event(f"b{number}") for number in range(400)])
    with working(workers):
        until(lambda: DestinationState.objects.filter(breaker=BreakerState.OPEN).exists(), within=60)
        # What was under way when it opened comes to its end.
        until(lambda: not StepQueue.objects.exclude(lease_token=None).exists(), within=30)
        rested = time.monotonic()
        for _ in range(rests):
            before = len(witness.seen)
            with connection.cursor() as cursor:
                cursor.execute("update destination_state set breaker_until = now() where breaker = 1")
            until(lambda: len(witness.seen) > before, within=30)  # noqa: B023 - asked within the turn
            until(lambda: DestinationState.objects.filter(breaker=BreakerState.OPEN).exists(), within=30)
        assert most_at_once(witness.seen, since=rested) <= PROBES
        witness.status = 200
        DestinationState.objects.update(breaker_until="2026-01-01T00:00Z")
        until(drained, within=60)
    assert succeeded() == 400


@pytest.mark.parametrize(
    ("workers", "events", "keys", "kills"),
    [(4, 1_500, 25, 4), pytest.param(16, 100_000, 500, 60, marks=soak)],
    ids=["four workers", "sixteen workers"],
)
def test_events_of_one_key_come_in_their_order_whoever_is_killed(
    witness: Witness, workers: int, events: int, keys: int, kills: int
) -> None:
    bodies = [event(f"o{number:06}", customer=f"cus_{number % keys}") for number in range(events)]
    fill(told(witness, ordering="event.customer.id", max_in_flight=256), bodies)
    with working(workers, INTERLOCK_LEASE_SECONDS="4") as processes:
        for kill in range(kills):
            until(lambda: len(witness.seen) >= events * (kill + 1) // (kills + 2), within=300)  # noqa: B023
            victim = processes.pop(0)
            victim.kill()
            victim.wait()
            processes.append(start(INTERLOCK_LEASE_SECONDS="4"))
        until(drained, within=1200)
    came: dict[str, list[str]] = defaultdict(list)
    for one in sorted(witness.seen, key=lambda seen: seen.began):
        if one.body["number"] not in came[one.body["customer"]]:
            came[one.body["customer"]].append(one.body["number"])
    inversions = sum(after < before for numbers in came.values() for before, after in pairwise(numbers))
    assert (sum(map(len, came.values())), inversions, succeeded()) == (events, 0, events)
