"""What is told of messages that never left: that nothing was sent, so that nobody looks for them later."""

from __future__ import annotations

import pytest

from connectors.cloudevents import message_of
from connectors.errors import ConnectorError, Transient, counted
from connectors.nats.connector import Nats
from connectors.publishing import Outbox, parted
from connectors.transport import Transport
from tests.connectors.brokers import codes, event, publishing, serving
from tests.connectors.test_nats import answer, broker
from tests.peers.peer import free_port

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def calls(results: list[object]) -> list[int]:
    """How many requests that could write each error counts."""
    return [result.calls for result in results if isinstance(result, ConnectorError)]


async def test_an_event_for_a_broker_that_cannot_be_reached_was_not_sent(transport: Transport) -> None:
    results = await publishing(Nats, f"nats://127.0.0.1:{free_port()}", transport).write([event("a"), event("a")])
    assert (codes(results), calls([*results])) == (["transient"] * 2, [0, 0])


async def test_an_event_that_is_none_was_not_sent(transport: Transport) -> None:
    results = await publishing(Nats, "nats://127.0.0.1:1", transport).write([event("a", type="")])
    assert (codes(results), calls([*results])) == (["rejected"], [0])


async def test_an_event_whose_answer_never_came_may_have_been_taken(transport: Transport) -> None:
    async with serving(broker(lambda *_: b"-ERR 'Stale Connection'\r\n")) as port:
        results = await publishing(Nats, f"nats://127.0.0.1:{port}", transport).write([event("a")])
    assert (codes(results), calls([*results])) == (["outcome_unknown"], [1])


async def test_of_an_event_in_two_forms_one_that_left_is_enough(transport: Transport) -> None:
    """The newest form is too large for the broker; the older one is taken."""
    older = {"type": "order.v1", "topic": "a", "data": None}
    async with serving(broker(lambda _, reply, __: answer(reply, {"stream": "S", "seq": 1}))) as port:
        nats = publishing(Nats, f"nats://127.0.0.1:{port}", transport)
        results = await nats.write([event("a", data="x" * 1000, former=[older]), event("a", data="x" * 1000)])
    assert (codes(results), calls([*results])) == (["rejected", "rejected"], [1, 0])


def test_an_error_that_is_shared_is_told_of_each_as_it_was() -> None:
    shared = Transient("it closed", retry_after=3.0, detail="gone", status=503, body=b"why")
    outbox = Outbox(2)
    outbox.leaves(0)
    outbox.settle(0, shared)
    outbox.settle(1, shared)
    first, second = outbox.complete("host")
    assert (first is shared, calls([first, second])) == (True, [1, 0])
    assert isinstance(second, Transient)
    assert (second.reason, second.retry_after, second.detail) == ("it closed", 3.0, "gone")
    assert (second.status, second.body, type(counted(second, 2))) == (503, b"why", Transient)


def test_what_waits_for_a_look_holds_up_only_what_follows_on_its_topic() -> None:
    messages = {
        number: message_of(event(topic, takeover=again), {"topics": ["#"]})
        for number, (topic, again) in enumerate([("a", False), ("a", True), ("b", False), ("a", False)])
    }
    at_once, behind = parted(messages, lambda message: message.takeover)
    assert (list(at_once), list(behind)) == ([0, 2], [1, 3])
