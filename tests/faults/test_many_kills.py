"""Kills at random, a broker that is flushed and one that stays away, a database that is restarted, a disk that is full.

All of it while events come: nothing that was acknowledged is missing, and every request is explained. A hundred kills
and ten minutes without the broker are a soak; one of each is for every change.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from controlplane.standalone.places import places
from tests.faults.accounts import account_of
from tests.faults.plants import LEASE_SECONDS, SECRET, ask, come_back, drained, nothing_was_lost
from tests.faults.proxy import Door, Proxy
from tests.faults.sender import Sender
from tests.faults.shares import share_of
from tests.faults.target import Target
from tests.faults.volumes import can_make_volumes, fill_up, make_room, planted_in, volume
from tests.faults.workers import twin_of
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("many kills"),
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="the database and the broker are not ours to kill"),
]
soak = [pytest.mark.soak, pytest.mark.timeout(7200)]

#: MiB; what is not used costs nothing.
VOLUME = 6000
#: Longer than the slowest way back: all of it, from the supervisor on.
PATIENCE = 240.0
#: What carries beside the worker, where there is a processor for it.
TWIN = ("twin",) if len(os.sched_getaffinity(0)) > 1 else ()
#: Killed by force, each as the first time and then at random; the supervisor with everything that it runs.
KILLED = ("worker", "web", "valkey", "postgres", "beat", "supervisor", *TWIN)
KINDS = (*KILLED, "flush", "restart")


@dataclass
class Estate:
    """An installation under traffic, the way to its broker, and what was done to it so far."""

    plant: Installation
    broker: Proxy
    sender: Sender
    done: Counter[str] = field(default_factory=Counter)
    away_until: float = 0.0

    @property
    def kills(self) -> int:
        """How many parts have been killed by force."""
        return sum(self.done[name] for name in KILLED)

    def strike(self, name: str) -> None:
        """Do this to it, and wait until it has come back from it; the broker stays away."""
        STRIKES.get(name, _kill)(self, name)
        self.done[name] += 1

    def take_broker_away(self, seconds: float) -> None:
        """Nobody reaches the broker for so long."""
        self.away_until = time.monotonic() + seconds
        self.broker.door = Door.SLAMMED
        self.broker.reset()

    def broker_is_back(self) -> bool:
        """Give it back when its time has come; whether it is there."""
        if time.monotonic() >= self.away_until:
            self.broker.door = Door.OPEN
        return self.broker.door is Door.OPEN

    def acknowledged(self, events: int) -> None:
        """Wait until so many more events are."""
        enough = len(self.sender.acknowledged) + events
        until(lambda: len(self.sender.acknowledged) >= enough, within=PATIENCE)


def _kill(estate: Estate, name: str) -> None:
    _signal(estate, name, signal.SIGKILL)


def _signal(estate: Estate, name: str, number: signal.Signals) -> None:
    """Wait until the part lives (what it needs may have been killed a moment ago), send it that, and wait again."""
    until(lambda: estate.plant.parts()[name]["pid"] is not None, within=PATIENCE)
    pid = estate.plant.parts()[name]["pid"]
    os.kill(pid, number)
    come_back(estate.plant, name, pid)


def _kill_twin(estate: Estate, _name: str) -> None:
    """What carries beside the worker, which brings up another one."""

    def worker() -> int | None:
        pid: int | None = estate.plant.parts()["worker"]["pid"]
        return pid

    killed = twin_of(worker)
    killed.kill()
    twin_of(worker, not_that=killed.pid)


def _kill_all(estate: Estate, _name: str) -> None:
    plant = estate.plant
    assert plant.process is not None
    plant.process.send_signal(signal.SIGKILL)
    plant.process.wait()
    plant.start()


def _flush(estate: Estate, _name: str) -> None:
    address = f"unix://{estate.plant.places.valkey_socket}?db=0"
    with redis.Redis.from_url(address) as broker:
        broker.flushall()


def _restart(estate: Estate, _name: str) -> None:
    """The database, as an administrator does it: sessions are ended, everything is written."""
    _signal(estate, "postgres", signal.SIGINT)


def _fill_disk(estate: Estate, _name: str) -> None:
    """To the last byte, until senders have noticed, and for a while."""
    refused = estate.sender.answers.get(503, 0)

    def noticed() -> bool:
        fill_up(estate.plant)
        return estate.sender.answers.get(503, 0) > refused + 20

    until(noticed, within=60)
    make_room(estate.plant)


STRIKES: dict[str, Callable[[Estate, str], None]] = {
    "supervisor": _kill_all,
    "twin": _kill_twin,
    "flush": _flush,
    "restart": _restart,
    "disk": _fill_disk,
}


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="interlock-kills-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@contextmanager
def under_traffic(target: Target, rate: int) -> Iterator[Estate]:
    """An installation on a volume of its own where this user may make one, with its broker behind a proxy."""
    with ExitStack() as stack:
        var = stack.enter_context(volume(VOLUME) if can_make_volumes() else _folder())
        broker = stack.enter_context(Proxy(path=str(places(var).valkey_socket)))
        more = {"BROKER_URL": f"redis://127.0.0.1:{broker.port}/0", "INTERLOCK_LEASE_SECONDS": str(LEASE_SECONDS)}
        plant = stack.enter_context(planted_in(var, target, **more))
        sender = stack.enter_context(Sender(plant.url("/in/faults"), SECRET, rate=rate, patience=PATIENCE))
        yield Estate(plant, broker, sender)


@pytest.mark.parametrize(
    ("rate", "events", "kills", "away"),
    [
        pytest.param(100, 2_000, 6, 30, id="one of each"),
        pytest.param(300, share_of(200_000), share_of(100), share_of(600), id="a hundred kills", marks=soak),
    ],
)
def test_whatever_is_killed_away_or_full_nothing_is_lost_and_everything_explained(
    rate: int, events: int, kills: int, away: int
) -> None:
    chance = random.Random(2611)  # noqa: S311 - the same in every run
    first = [*KINDS, "disk"] if can_make_volumes() else [*KINDS]
    with Target() as target, under_traffic(target, rate) as estate:
        estate.acknowledged(rate)
        estate.take_broker_away(away)
        while first or estate.kills < kills or estate.sender.sent < events or not estate.broker_is_back():
            estate.acknowledged(chance.randrange(1, 4) * rate)
            estate.broker_is_back()
            estate.strike(first.pop(0) if first else chance.choice(KINDS))
            sys.stderr.write(f"\r{estate.kills} kills, {estate.sender.sent} events; {dict(estate.done)} ")
        estate.sender.enough()
        _all_is_well(estate, target)


def _all_is_well(estate: Estate, target: Target) -> None:
    plant, ended = estate.plant, time.monotonic()
    until(lambda: drained(plant), within=600)
    account = account_of(plant, target)
    sys.stderr.write(f"\ndrained {time.monotonic() - ended:.0f} s after the last event; ")
    sys.stderr.write(f"{account.requests} requests, {account.extra} again: {dict(account.explained_by)}\n")
    nothing_was_lost(plant, target, estate.sender)
    assert account.unexplained == {}
    assert ask(plant, "select count(*) from dead_letter") == [(0,)]
