"""Celery on a quorum queue of the RabbitMQ on this machine: rings are heard, and without it nothing is lost."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator

import pytest

from tests.faults.plants import SECRET, drained, nothing_was_lost, planted
from tests.faults.proxy import Door, Proxy
from tests.faults.sender import Sender
from tests.faults.target import Target
from tests.standalone.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.xdist_group("rabbitmq")]

RABBITMQ = 5672
#: In seconds, and longer than the test: what is delivered meanwhile was rung for.
NO_SWEEP = "3600"


def rabbitmqctl(*words: str) -> str:
    """What RabbitMQ's own command says."""
    command = ["/usr/sbin/rabbitmqctl", "--quiet", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def vhost() -> Iterator[str]:
    """A virtual host of the test's own, in which nobody has declared anything."""
    name = f"interlock-{uuid.uuid4().hex[:12]}"
    rabbitmqctl("add_vhost", name)
    rabbitmqctl("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
    yield name
    rabbitmqctl("delete_vhost", name)


def queue_of(vhost: str) -> dict[str, str]:
    """The ring's queue: its type and its arguments."""
    rows = rabbitmqctl("list_queues", "-p", vhost, "--no-table-headers", "name", "type", "arguments").splitlines()
    (row,) = [row.split("\t") for row in rows if row.startswith("interlock.rings")]
    return {"type": row[1], "arguments": row[2]}


def test_rings_are_heard_on_a_quorum_queue_and_without_the_broker_nothing_is_lost(
    vhost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(RABBITMQ) as broker, Target() as target:
        monkeypatch.setenv("INTERLOCK_SWEEP_SECONDS", NO_SWEEP)
        monkeypatch.setenv("BROKER_URL", f"amqp://guest:guest@127.0.0.1:{broker.port}/{vhost}")
        with planted(target) as plant:
            with Sender(plant.url("/in/faults"), SECRET, rate=50) as sender:
                until(lambda: len(target.numbers) >= 100, within=60)
                queue = queue_of(vhost)
                assert queue["type"] == "quorum"
                assert '{"x-delivery-limit",5}' in queue["arguments"]
                broker.door = Door.SLAMMED
                broker.reset()
                before = len(sender.acknowledged)
                until(lambda: len(sender.acknowledged) >= before + 100, within=60)
                broker.door = Door.OPEN
                before = len(target.numbers)
                until(lambda: len(target.numbers) >= before + 100, within=90)
            until(lambda: drained(plant), within=90)
            nothing_was_lost(plant, target, sender)
