"""Deliveries were parked, thousands of them, and their destination comes back: it gets them within its rate."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from controlplane.transactions.models import DestinationState, Inbox, StepQueue, Transaction
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.pauses import FOR_GOOD
from controlplane.transactions.rules.states import TransactionState
from tests.faults.witness import Witness, most_in_a_window
from tests.faults.workers import drained, working
from tests.load.client import event
from tests.standalone.waiting import until
from tests.transactions.factories import LONG_AGO, Estate, deliver, estate
from tests.transactions.filling import fill

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("recovery"),
]
soak = [pytest.mark.soak, pytest.mark.timeout(3600)]

WORKERS = 4
STEPS = [deliver("ledger", "recovery-erp", "send", mapping={"number": "event.number"})]


def told(witness: Witness, rate: float) -> Estate:
    """An estate that tells the witness, at that rate at most."""
    return estate(
        "recovery",
        steps=STEPS,
        erp_connector="webhook",
        erp_url=witness.url,
        event_id="event.id",
        rate_per_second=rate,
        retry_delays=[1.0] * 100,
    )


def paused(_witness: Witness) -> Callable[[], Any]:
    """Somebody has paused the destination; gives what resumes it."""
    DestinationState.objects.update(paused_until=FOR_GOOD)
    return lambda: DestinationState.objects.update(paused_until=LONG_AGO)


def broken(witness: Witness) -> Callable[[], Any]:
    """The destination fails, and its breaker opens; gives what ends that, and the breaker's rest."""
    witness.status = 503

    def mend() -> None:
        assert DestinationState.objects.filter(breaker=BreakerState.OPEN).exists()
        witness.status = 200
        DestinationState.objects.update(breaker_until=LONG_AGO)

    return mend


def parked(events: int) -> bool:
    """Whether all of these are processed, and wait for the destination with no worker."""
    return not Inbox.objects.exists() and StepQueue.objects.filter(lease_token=None).count() == events


@pytest.mark.parametrize("away", [paused, broken])
@pytest.mark.parametrize(
    ("events", "rate"), [(400, 50), pytest.param(50_000, 250, marks=soak)], ids=["hundreds", "fifty thousand"]
)
def test_what_was_parked_comes_back_within_the_rate(
    witness: Witness, away: Callable[[Witness], Callable[[], Any]], events: int, rate: int
) -> None:
    made = told(witness, rate)
    back = away(witness)
    fill(made, [event(f"p{number}") for number in range(events)])
    with working(WORKERS):
        until(lambda: parked(events) and (away is paused or _open()), within=60 + events / 50)
        before = len(witness.seen)
        back()
        until(drained, within=60 + 3 * events / rate)
    began = sorted(one.began for one in witness.seen)
    again = began[before:]
    busiest, whole = most_in_a_window(began, 1.0), (len(again) - 1) / (again[-1] - again[0])
    sys.stderr.write(f"\n{len(again)} in {again[-1] - again[0]:.1f} s, {whole:.1f}/s; busiest second: {busiest}\n")
    assert busiest <= rate
    # It is used, too, as far as the machine has anything to spare.
    assert whole >= rate / 3
    assert Transaction.objects.filter(state=TransactionState.SUCCEEDED).count() == events
    assert len({one.key for one in witness.seen}) == events


def _open() -> bool:
    return DestinationState.objects.filter(breaker=BreakerState.OPEN).exists()
