"""At the settings as they come, a dead worker's work is taken over within 45 s (invariant 3)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as chosen
from django.db import connection

from controlplane.foundation.ids import moment
from controlplane.standalone.choices import PROJECT
from controlplane.transactions.models import Attempt
from controlplane.transactions.rules.states import Outcome, TransactionState
from tests.standalone.installed import free_port
from tests.standalone.waiting import until
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid, receiver, tell_story

__all__ = ["receiver", "tell_story"]

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("takeover"),
]

LEASE, SWEEP = 40.0, 2.0
PROMISED = 45.0
STEPS = [{"name": "ledger", "kind": "deliver", "destination": "billing-erp", "operation": "send", "mapping": []}]
WORKER = ["-m", "celery", "--quiet", "-A", "controlplane.celery", "worker", "--pool", "threads"]


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the test's database, with the lease and the sweep as they come; it needs no broker."""
    database = connection.settings_dict
    where = f"postgres://{database['USER']}@{str(database['HOST']).replace('/', '%2F')}:{database['PORT'] or 5432}"
    names = ("INTERLOCK_LEASE_SECONDS", "INTERLOCK_SWEEP_SECONDS")
    plain = {name: value for name, value in os.environ.items() if name not in names}
    environment = plain | {
        "DATABASE_URL": f"{where}/{database['NAME']}",
        "BROKER_URL": f"redis://127.0.0.1:{free_port()}/0",
        "INTERLOCK_PRIVATE_NETWORKS": "127.0.0.0/8",
        "INTERLOCK_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen([sys.executable, *WORKER], cwd=PROJECT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_dead_workers_delivery_is_taken_over_when_its_lease_ends(
    tell_story: Callable[..., Story], settings: Any
) -> None:
    assert (chosen.LEASE_SECONDS, chosen.SWEEP_SECONDS) == (LEASE, SWEEP)
    story = tell_story(steps=STEPS)
    story.receiver.silent("/ledger")
    (answer,) = story.send(paid())
    carrying.process()
    with worker() as first:
        until(lambda: story.receiver.received, within=30)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    story.receiver.answer("/ledger", json={"ok": True})
    with worker():
        until(lambda: Attempt.objects.count() == 2, within=LEASE + 30)
    lost, again = Attempt.objects.order_by("number")
    assert [Outcome(lost.outcome), Outcome(again.outcome)] == [Outcome.TAKEN_OVER, Outcome.SUCCEEDED]
    # The lost attempt is dated by its claim, and its id by the take-over.
    waited = (moment(lost.id) - lost.at).total_seconds()
    assert LEASE <= waited <= PROMISED
    assert carrying.the(answer.id).state == TransactionState.SUCCEEDED
    keys = [received.headers["webhook-id"] for received in story.receiver.received]
    assert len(keys) == 2
    assert len(set(keys)) == 1
