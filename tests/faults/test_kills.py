"""500 events a second and kill -9 for every part in turn: what was acknowledged arrives, every request is explained."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from controlplane.standalone.choices import PROJECT
from tests.faults.accounts import account_of
from tests.faults.plants import LEASE_SECONDS, SECRET, ask, come_back, drained, nothing_was_lost, planted
from tests.faults.sender import Sender
from tests.faults.target import Target
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600), pytest.mark.xdist_group("faults")]

RATE = 500
#: In the order in which they are killed; each comes back before the next goes.
PARTS = ("worker", "beat", "web", "valkey", "postgres")
END_SESSIONS = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
"""
WORKER = ["-m", "celery", "--quiet", "-A", "controlplane.celery", "worker", "-P", "threads", "-n", "second@%h"]


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with Target() as listening:
        yield listening


@pytest.fixture(scope="module")
def plant(target: Target) -> Iterator[Installation]:
    with planted(target) as installation:
        yield installation


@dataclass(frozen=True)
class Kill:
    """What one kill was like: how long the part was away, and how many events were acknowledged meanwhile."""

    part: str
    seconds: float
    acknowledged: int


def kill(plant: Installation, name: str, sender: Sender) -> Kill:
    """Kill -9, and wait until the supervisor has brought it back and it answers.

    A database of somebody else is not ours to kill: all sessions with it are ended, as when it fails over.
    """
    began, before = time.monotonic(), len(sender.acknowledged)
    if name in plant.parts():
        pid = plant.parts()[name]["pid"]
        os.kill(pid, signal.SIGKILL)
        come_back(plant, name, pid)
    elif name == "postgres":
        ask(plant, END_SESSIONS)
    return Kill(name, time.monotonic() - began, len(sender.acknowledged) - before)


def traffic(sender: Sender, events: int = RATE) -> None:
    """Wait until so many more events have been acknowledged."""
    enough = len(sender.acknowledged) + events
    until(lambda: len(sender.acknowledged) >= enough, within=60)


def test_every_2xx_is_delivered_and_every_request_is_accounted_for(
    plant: Installation, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    kills = []
    with Sender(plant.url("/in/faults"), SECRET, rate=RATE) as sender:
        for name in PARTS:
            traffic(sender)
            kills.append(kill(plant, name, sender))
        traffic(sender)
    ended = time.monotonic()
    until(lambda: drained(plant), within=180)
    with capsys.disabled():
        sys.stdout.write(_told(kills, sender, plant, target, time.monotonic() - ended))
    nothing_was_lost(plant, target, sender)
    assert len(sender.repeated) == sender.sent // 10
    assert account_of(plant, target).unexplained == {}


def _told(kills: list[Kill], sender: Sender, plant: Installation, target: Target, drained_after: float) -> str:
    """What happened, as a small table."""
    account = account_of(plant, target)
    tries = ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(sender.answers.items()))
    explained = ", ".join(f"{count} {word}" for word, count in sorted(account.explained_by.items())) or "none"
    return "\n".join(
        [
            "\n\nkilled      away  2xx meanwhile",
            *(f"{one.part:9} {one.seconds:5.1f} s  {one.acknowledged:7}" for one in kills),
            f"{sender.sent} events, {len(sender.repeated)} repeated on purpose; answers: {tries}",
            f"{account.requests} requests at the target, {account.extra} of them again; in between: {explained}",
            f"drained {drained_after:.1f} s after the last event\n",
        ]
    )


def test_a_broker_that_stands_still_holds_nothing_up(plant: Installation, target: Target) -> None:
    if "valkey" not in plant.parts():
        pytest.skip("the broker is somebody else's")
    pid = plant.parts()["valkey"]["pid"]
    before = len(target.numbers)
    os.kill(pid, signal.SIGSTOP)
    try:
        with Sender(plant.url("/in/faults"), SECRET, rate=50, after=1_000_000) as sender:
            traffic(sender, 200)
            until(lambda: len(target.numbers) >= before + 100, within=30)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: drained(plant), within=60)
    nothing_was_lost(plant, target, sender)


@contextmanager
def second_worker(plant: Installation) -> Iterator[int]:
    """Another worker beside the supervisor's; its process."""
    process = subprocess.Popen([sys.executable, *WORKER], cwd=PROJECT, env=plant.environment)
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def test_a_worker_that_wakes_up_after_its_lease_does_no_harm(plant: Installation, target: Target) -> None:
    """It stands still in the middle of everything; another one takes over; then it goes on where it was."""
    before = account_of(plant, target).explained_by["taken over"]
    target.seconds = 0.3
    with second_worker(plant) as second, Sender(plant.url("/in/faults"), SECRET, rate=100, after=2_000_000) as sender:
        for pid in (plant.parts()["worker"]["pid"], second):
            traffic(sender, 200)
            os.kill(pid, signal.SIGSTOP)
            try:
                time.sleep(LEASE_SECONDS + 1)
            finally:
                os.kill(pid, signal.SIGCONT)
        traffic(sender, 100)
        target.seconds = 0.0
        sender.enough()
        until(lambda: drained(plant), within=60)
    nothing_was_lost(plant, target, sender)
    account = account_of(plant, target)
    assert account.unexplained == {}
    assert account.explained_by["taken over"] > before
