"""A worker that has never reached its broker delivers all the same: the sweep finds the work (invariant 1)."""

from __future__ import annotations

import pytest

from controlplane.transactions.rules.states import TransactionState
from tests.faults.plants import SECRET, ask, drained, planted
from tests.faults.sender import Sender
from tests.faults.target import Target
from tests.standalone.installed import free_port
from tests.standalone.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.xdist_group("broker")]


def test_a_worker_whose_broker_was_never_there_delivers() -> None:
    with Target() as target, planted(target) as plant:
        plant.stop()
        plant.more["BROKER_URL"] = f"redis://127.0.0.1:{free_port()}/0"
        plant.more["CACHE_URL"] = plant.places.cache_url
        plant.begin()
        until(lambda: plant.answers("/health/ready"), within=90)
        # Ready is who carries. The supervisor kills what is not ready in a minute.
        until(lambda: plant.parts()["worker"]["state"] == "ready", within=60)
        with Sender(plant.url("/in/faults"), SECRET, rate=50) as sender:
            until(lambda: len(sender.acknowledged) >= 50, within=60)
        until(lambda: drained(plant), within=60)
        assert ask(plant, "select state, count(*) from transaction group by state") == [
            (TransactionState.SUCCEEDED, sender.sent)
        ]
        assert set(target.numbers) == set(sender.acknowledged)
