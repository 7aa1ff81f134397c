"""A worker and its twin: each can be killed, and nothing waits for it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil
import pytest

from controlplane.transactions.models import Attempt, Inbox, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.faults.witness import Witness
from tests.faults.workers import start
from tests.load.client import event
from tests.standalone.waiting import until
from tests.transactions.factories import Estate, deliver, estate
from tests.transactions.filling import fill

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor: the worker carries by itself"),
]


@dataclass(frozen=True, slots=True)
class Pair:
    """A worker, the process beside it, and what they carry."""

    estate: Estate
    worker: subprocess.Popen[bytes]
    twin: psutil.Process


def succeeded(count: int) -> Callable[[], bool]:
    return lambda: Transaction.objects.filter(state=TransactionState.SUCCEEDED).count() == count


def ledger(url: str) -> Estate:
    steps = [deliver("ledger", "twin-erp", "send", mapping={"number": "event.number"})]
    return estate("twin", steps=steps, erp_connector="webhook", erp_url=url, event_id="event.id")


@pytest.fixture
def pair(witness: Witness) -> Iterator[Pair]:
    """A worker at work, with its twin."""
    made = ledger(witness.url)
    worker = start()
    try:
        fill(made, [event("first")])
        until(succeeded(1), within=60)
        (twin,) = psutil.Process(worker.pid).children()
        yield Pair(made, worker, twin)
    finally:
        worker.kill()
        worker.wait()


def test_a_worker_whose_twin_is_killed_goes_on_by_itself(pair: Pair) -> None:
    pair.twin.send_signal(signal.SIGKILL)
    fill(pair.estate, [event("second")])
    until(succeeded(2), within=60)
    assert psutil.Process(pair.worker.pid).children() == []
    assert pair.worker.poll() is None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_twin_goes_with_its_worker_however_that_ends(pair: Pair, how: signal.Signals) -> None:
    pair.worker.send_signal(how)
    pair.worker.wait(30)
    until(lambda: not pair.twin.is_running() or pair.twin.status() == psutil.STATUS_ZOMBIE, within=30)
    assert Inbox.objects.count() == 0


def test_both_carry_and_each_event_once(pair: Pair, witness: Witness) -> None:
    fill(pair.estate, [event(f"e{number}") for number in range(2000)])
    until(succeeded(2001), within=60)
    workers = set(Attempt.objects.values_list("worker", flat=True))
    assert {name.rpartition(":")[2] for name in workers} == {str(pair.worker.pid), str(pair.twin.pid)}
    assert len({seen.key for seen in witness.seen}) == len(witness.seen) == 2001
