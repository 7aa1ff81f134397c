"""A worker and its twin: each can be killed, and nothing waits for it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import psutil
import pytest

from controlplane.transactions.models import Attempt, Inbox, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.faults.witness import Witness
from tests.faults.workers import start, twin_of
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


def carriers() -> set[int]:
    """The processes that have sent something."""
    workers = Attempt.objects.order_by().values_list("worker", flat=True).distinct()
    return {int(name.rpartition(":")[2]) for name in workers}


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
        yield Pair(made, worker, twin_of(lambda: worker.pid))
    finally:
        worker.kill()
        worker.wait()


def test_a_twin_that_is_killed_is_replaced_and_meanwhile_the_worker_goes_on(pair: Pair) -> None:
    pair.twin.send_signal(signal.SIGKILL)
    fill(pair.estate, [event("second")])
    until(succeeded(2), within=60)
    another = twin_of(lambda: pair.worker.pid, not_that=pair.twin.pid)
    numbers = count()

    def another_carries() -> bool:
        fill(pair.estate, [event(f"e{next(numbers)}") for _ in range(200)])
        return another.pid in carriers()

    until(another_carries, within=60)
    until(succeeded(2 + next(numbers)), within=60)


def test_without_a_keeper_the_two_go_on_and_then_the_worker_alone(pair: Pair) -> None:
    keeper = pair.twin.parent()
    assert keeper is not None
    keeper.kill()
    pair.twin.kill()
    fill(pair.estate, [event("second")])
    until(succeeded(2), within=60)
    until(lambda: not psutil.Process(pair.worker.pid).children(), within=60)
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
    assert carriers() == {pair.worker.pid, pair.twin.pid}
    assert len({seen.key for seen in witness.seen}) == len(witness.seen) == 2001
