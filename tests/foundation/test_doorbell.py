"""The doorbell tells that there is work and nothing else; whoever rings it neither waits nor fails."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import transaction

from controlplane.foundation import doorbell as module
from controlplane.foundation.doorbell import TASK, Doorbell, ring_on_commit

SECONDS = 20.0


@dataclass
class Broker:
    """Takes messages, or holds whoever sends one, or refuses."""

    taken: list[tuple[str, tuple[str, str], dict[str, Any]]] = field(default_factory=list)
    refusal: Exception | None = None
    open: threading.Event = field(default_factory=threading.Event)
    knocked: threading.Event = field(default_factory=threading.Event)

    def send_task(self, name: str, args: tuple[str, str], **options: Any) -> None:
        """As Celery's."""
        self.knocked.set()
        assert self.open.wait(SECONDS)
        if self.refusal is not None:
            raise self.refusal
        self.taken.append((name, args, options))

    @property
    def rings(self) -> Counter[tuple[str, str]]:
        """How often each kind and lane was rung."""
        return Counter(args for _, args, _ in self.taken)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker that takes everything at once until it is told otherwise."""
    made = Broker()
    made.open.set()
    monkeypatch.setattr(module, "current_app", made)
    monkeypatch.setattr(module, "COALESCE_SECONDS", 0.0)
    monkeypatch.setattr(module, "PAUSE_AFTER_FAILURE_SECONDS", 0.0)
    yield made
    made.open.set()


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for the doorbell's own thread."""
    ends = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends, what
        time.sleep(0.001)


def test_a_ring_says_kind_and_lane_and_nothing_else(broker: Broker) -> None:
    Doorbell().ring("inbox", "critical")

    until(lambda: broker.taken, "the ring was published")
    assert broker.taken == [
        (TASK, ("inbox", "critical"), {"ignore_result": True, "retry": False, "expires": 60}),
    ]


def test_rings_while_one_is_under_way_become_one_of_each_kind(broker: Broker) -> None:
    bell = Doorbell()
    broker.open.clear()
    bell.ring("inbox")
    assert broker.knocked.wait(SECONDS)
    for _ in range(1000):
        bell.ring("inbox")
        bell.ring("deliveries", "bulk")
    broker.open.set()

    until(lambda: len(broker.taken) == 3, "all that was rung was published")
    assert broker.rings == {("inbox", "normal"): 2, ("deliveries", "bulk"): 1}


def test_nobody_waits_for_a_broker_that_hangs(broker: Broker) -> None:
    bell = Doorbell()
    broker.open.clear()
    bell.ring("inbox")
    assert broker.knocked.wait(SECONDS)

    ringers = [threading.Thread(target=bell.ring, args=("inbox", str(lane))) for lane in range(50)]
    for ringer in ringers:
        ringer.start()
    for ringer in ringers:
        ringer.join(SECONDS)

    assert not any(ringer.is_alive() for ringer in ringers)
    assert broker.taken == []
    broker.open.set()
    until(lambda: len(broker.taken) == 51, "all was published once the broker was well again")


def test_a_broker_that_refuses_is_noted_and_the_next_ring_is_heard(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    bell = Doorbell()
    broker.refusal = ConnectionError("amqp://user:hunter2@broker.example refused")
    bell.ring("inbox")
    until(lambda: caplog.records, "the failure was logged")
    broker.refusal = None
    bell.ring("inbox")

    until(lambda: broker.taken, "the next ring was published")
    notes = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [(note["event"], note["error"]) for note in notes] == [("doorbell.unheard", "ConnectionError")]
    assert "hunter2" not in caplog.text


def test_a_doorbell_whose_thread_did_not_come_along_starts_another(broker: Broker) -> None:
    """As in a worker that was forked from a server that had rung already."""
    bell = Doorbell()
    ended = threading.Thread(target=lambda: None)
    ended.start()
    ended.join()
    bell._thread = ended

    bell.ring("inbox")

    until(lambda: broker.taken, "the ring was published")


def test_a_broker_that_is_gone_costs_whoever_rings_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A real client, and a port that nobody listens on."""
    caplog.set_level(logging.WARNING)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setattr(
            module, "current_app", Celery("gone", broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
        )
        bell = Doorbell()
        began = time.monotonic()
        for _ in range(100):
            bell.ring("inbox")
        took = time.monotonic() - began
        until(lambda: "doorbell.unheard" in caplog.text, "the failure was logged")

    assert took < 2


def test_a_ring_reaches_the_real_broker() -> None:
    """Whichever this session has: Valkey, Redis or RabbitMQ; also from a thread that knows no application."""
    Doorbell().ring("tests", "bulk")

    with current_app.connection_for_read() as connection:
        connection.default_channel.basic_qos(0, 100, False)
        queue = current_app.amqp.queues[current_app.conf.task_default_queue](connection.default_channel)
        heard: list[Any] = []

        def look() -> bool:
            message = queue.get(no_ack=True)
            if message is not None:
                heard.append(message.payload[0])
            return ["tests", "bulk"] in heard

        until(look, "the ring is in the queue")


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the process's doorbell was told."""
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(module.doorbell, "ring", lambda kind, lane: told.append((kind, lane)))
    return told


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_it_rings_after_the_commit(rung: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        ring_on_commit("inbox", "bulk")
        with transaction.atomic():
            ring_on_commit("deliveries")
        assert rung == []

    assert rung == [("inbox", "bulk"), ("deliveries", "normal")]


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_does_not_ring(rung: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        ring_on_commit("inbox")
        transaction.set_rollback(True)

    assert rung == []


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_rings_at_once(rung: list[tuple[str, str]]) -> None:
    ring_on_commit("inbox")

    assert rung == [("inbox", "normal")]
