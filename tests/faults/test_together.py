"""What several workers keep together: a rate, a breaker's probes, and the order of events. Seen by the receiver."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from django.db import connection

from controlplane.transactions.models import DestinationState, Inbox, StepQueue, Transaction
from controlplane.transactions.rules.breaker import PROBES, BreakerState
from controlplane.transactions.rules.pauses import FOR_GOOD
from controlplane.transactions.rules.states import TransactionState
from tests.faults.shares import share_of
from tests.faults.witness import Seen, Witness, most_at_once, most_in_a_window
from tests.faults.workers import drained, start, working
from tests.load.client import event
from tests.standalone.waiting import until
from tests.transactions.factories import LONG_AGO, Estate, deliver, estate
from tests.transactions.filling import fill

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.django_db(transaction=True)]
soak = [pytest.mark.soak, pytest.mark.timeout(3600)]

STEPS = [deliver("ledger", "together-erp", "send", mapping={"number": "event.number", "customer": "event.customer.id"})]
RATE = 40


def told(witness: Witness, **options: Any) -> Estate:
    """An estate that tells the witness."""
    return estate("together", steps=STEPS, erp_connector="webhook", erp_url=witness.url, event_id="event.id", **options)


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
            until(lambda: len(witness.seen) >= events * (kill + 1) // (kills + 2), within=900)  # noqa: B023
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


@pytest.mark.parametrize(
    ("workers", "events", "keys", "pairs", "factor"),
    [(4, 1_000, 25, 2, 2.0), pytest.param(16, 10_000, 500, share_of(5), 1.1, marks=soak)],
    ids=["four workers", "sixteen workers"],
)
def test_one_stuck_key_costs_the_others_next_to_nothing(
    witness: Witness, workers: int, events: int, keys: int, pairs: int, factor: float
) -> None:
    made = told(witness, ordering="event.customer.id", max_in_flight=256, retry_delays=[0.5] * 5_000)
    ratios = []
    with working(workers):
        for pair in range(pairs):
            quiet = _seconds_of_the_others(witness, made, f"q{pair}", events, keys)
            until(drained, within=120)
            witness.refuses = lambda body: str(body["customer"]).endswith("_0")
            stuck = _seconds_of_the_others(witness, made, f"s{pair}", events, keys)
            witness.refuses = lambda _body: False
            ratios.append(stuck / quiet)
            sys.stderr.write(f"\n{quiet:.2f} s when all is well, {stuck:.2f} s beside a stuck key")
            until(drained, within=120)
    assert succeeded() == 2 * pairs * events
    assert median(ratios) <= factor


def _seconds_of_the_others(witness: Witness, made: Estate, name: str, events: int, keys: int) -> float:
    """From the moment that all of these may go until those of all keys but the first have arrived."""
    DestinationState.objects.update(paused_until=FOR_GOOD)
    fill(made, [event(f"{name}o{number:06}", customer=f"cus_{number % keys}") for number in range(events)])
    until(lambda: not Inbox.objects.exists(), within=300)
    before, others = len(witness.seen), events - events // keys
    DestinationState.objects.update(paused_until=LONG_AGO)
    began = time.monotonic()
    until(lambda: len(witness.seen) - before >= others, within=600)
    until(lambda: len({one.key for one in witness.seen[before:] if not _first(one)}) == others, within=600)
    return time.monotonic() - began


def _first(seen: Seen) -> bool:
    return str(seen.body["customer"]).endswith("_0")
