"""An upgrade while work is in flight: migrations are applied, processes exchanged, and nothing is lost."""

from __future__ import annotations

import os
import signal
import threading

import psycopg
import pytest

from tests.faults.plants import SECRET, ask, come_back, drained, nothing_was_lost, planted
from tests.faults.sender import Sender
from tests.faults.target import Target
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600), pytest.mark.xdist_group("upgrade")]

RATE = 200
#: How many step runs wait in the queue when the migration comes.
IN_THE_QUEUE = 150
PAUSE = "update destination_state set paused_until = '9000-01-01Z' returning 1"
GO_ON = "update destination_state set paused_until = 'epoch' returning 1"


def migrate(plant: Installation) -> None:
    """Apply the later release's migration, as an operator does."""
    done = plant.run("-m", "django", "migrate", "later", "--settings", "tests.faults.later.settings")
    assert done.returncode == 0, done.stderr[-3000:]


def exchange(plant: Installation, name: str) -> None:
    """Ask a part to stop, as a rolling restart does; the supervisor starts it anew."""
    before = plant.parts()[name]["pid"]
    os.kill(before, signal.SIGTERM)
    come_back(plant, name, before)


def test_migrations_with_work_in_flight_lose_nothing() -> None:
    with Target() as target, planted(target) as plant:
        with Sender(plant.url("/in/faults"), SECRET, rate=RATE) as sender:
            until(lambda: len(target.numbers) >= RATE, within=60)
            ask(plant, PAUSE)
            until(lambda: ask(plant, "select count(*) from step_queue")[0][0] >= IN_THE_QUEUE, within=60)
            ask(plant, GO_ON)
            migrate(plant)
            during = len(sender.acknowledged)
            for name in ("worker", "web"):
                exchange(plant, name)
            until(lambda: len(sender.acknowledged) >= during + RATE, within=60)
        until(lambda: drained(plant), within=120)
        nothing_was_lost(plant, target, sender)
        assert ask(plant, "select count(*) from step_run where later_weight <> 0") == [(0,)]
        valid = "select indexrelid::regclass::text from pg_index where indisvalid"
        assert {("later_queue",), ("later_inbox",)} < set(ask(plant, valid))


def test_traffic_is_not_held_up_by_a_migration_that_waits_for_somebody() -> None:
    """A long transaction has a hot table; the migration waits for it, and nobody waits for the migration."""
    with Target() as target, planted(target) as plant:
        address = plant.more.get("DATABASE_URL") or plant.places.database_url
        with psycopg.connect(address) as reader, Sender(plant.url("/in/faults"), SECRET, rate=50) as sender:
            reader.execute("select count(*) from transaction, step_queue, inbox")
            migrating = threading.Thread(target=migrate, args=(plant,))
            migrating.start()
            until(lambda: len(target.numbers) >= 200, within=60)
            assert migrating.is_alive()
            reader.rollback()
            migrating.join(120)
        until(lambda: drained(plant), within=120)
        nothing_was_lost(plant, target, sender)
