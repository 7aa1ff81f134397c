"""A worker and its twin: each can be killed, and nothing waits for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

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


def succeeded(count: int) -> Callable[[], bool]:
    return lambda: Transaction.objects.filter(state=TransactionState.SUCCEEDED).count() == count


def ledger(url: str) -> Estate:
    steps = [deliver("ledger", "twin-erp", "send", mapping={"number": "event.number"})]
    return estate("twin", steps=steps, erp_connector="webhook", erp_url=url, event_id="event.id")


def test_a_worker_whose_twin_is_killed_goes_on_by_itself(witness: Witness) -> None:
    made = ledger(witness.url)
    worker = start()
    try:
        fill(made, [event("one")])
        until(succeeded(1), within=60)
        (twin,) = psutil.Process(worker.pid).children()
        twin.send_signal(signal.SIGKILL)
        fill(made, [event("two")])
        until(succeeded(2), within=60)
        assert psutil.Process(worker.pid).children() == []
        assert worker.poll() is None
    finally:
        worker.kill()
        worker.wait()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_twin_goes_with_its_worker_however_that_ends(witness: Witness, how: signal.Signals) -> None:
    made = ledger(witness.url)
    worker = start()
    try:
        fill(made, [event("one")])
        until(succeeded(1), within=60)
        (twin,) = psutil.Process(worker.pid).children()
        worker.send_signal(how)
        worker.wait(30)
        until(lambda: not twin.is_running() or twin.status() == psutil.STATUS_ZOMBIE, within=30)
        assert Inbox.objects.count() == 0
    finally:
        worker.kill()
        worker.wait()


def test_both_carry_and_each_event_once(witness: Witness) -> None:
    made = ledger(witness.url)
    worker = start()
    try:
        fill(made, [event(f"e{number}") for number in range(2000)])
        until(succeeded(2000), within=60)
        workers = set(Attempt.objects.values_list("worker", flat=True))
        (twin,) = psutil.Process(worker.pid).children()
        assert {name.rpartition(":")[2] for name in workers} == {str(worker.pid), str(twin.pid)}
        assert len({seen.key for seen in witness.seen}) == len(witness.seen) == 2000
    finally:
        worker.kill()
        worker.wait()
