"""A hundred kills at random while events come at full speed: nothing is missing, and every request is explained."""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import pytest
import redis

from tests.faults.accounts import account_of
from tests.faults.plants import SECRET, ask, come_back, drained, nothing_was_lost, planted
from tests.faults.sender import Sender
from tests.faults.target import Target
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="the database and the broker are not ours to kill"),
]

RATE = 300
KILLS = 100
EVENTS = 200_000
PARTS = ("worker", "web", "valkey", "postgres", "beat", "supervisor", "flush")
#: Longer than the slowest way back: all of it, from the supervisor on.
PATIENCE = 240.0


def test_a_hundred_kills_at_random_lose_nothing_and_explain_everything() -> None:
    chance = random.Random(2611)  # noqa: S311 - the same in every run
    killed: list[str] = []
    with Target() as target, planted(target) as plant:
        with Sender(plant.url("/in/faults"), SECRET, rate=RATE, patience=PATIENCE) as sender:
            while len(killed) < KILLS or sender.sent < EVENTS:
                enough = len(sender.acknowledged) + chance.randrange(1, 4) * RATE
                until(lambda: len(sender.acknowledged) >= enough, within=PATIENCE)  # noqa: B023 - asked within the turn
                killed.append(PARTS[len(killed)] if len(killed) < len(PARTS) else chance.choice(PARTS))
                _kill(plant, killed[-1])
                sys.stderr.write(f"\r{len(killed)} kills, {sender.sent} events, {len(sender.acknowledged)} 2xx ")
        ended = time.monotonic()
        until(lambda: drained(plant), within=600)
        sys.stderr.write(f"\ndrained {time.monotonic() - ended:.0f} s after the last event\n")
        nothing_was_lost(plant, target, sender)
        assert account_of(plant, target).unexplained == {}
        assert ask(plant, "select count(*) from dead_letter") == [(0,)]


def _kill(plant: Installation, name: str) -> None:
    """Kill -9 a part, all of it, or what the broker holds; wait until it is back."""
    if name == "flush":
        address = plant.places.broker_url.replace("redis+socket", "unix").replace("virtual_host", "db")
        with redis.Redis.from_url(address) as broker:
            broker.flushall()
        return
    if name == "supervisor":
        assert plant.process is not None
        plant.process.send_signal(signal.SIGKILL)
        plant.process.wait()
        plant.start()
        return
    pid = plant.parts()[name]["pid"]
    os.kill(pid, signal.SIGKILL)
    come_back(plant, name, pid)
