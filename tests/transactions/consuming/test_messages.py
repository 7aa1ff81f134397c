"""A message becomes a request like any other: headers, bytes, and an id by which it is known when it comes again."""

from __future__ import annotations

from typing import Any

import pytest
from pamqp.commands import Basic

from connectors.amqp.connector import Amqp
from connectors.amqp.session import Content
from connectors.errors import ContractBroken
from connectors.messages import Request
from controlplane.transactions.consuming.messages import Unfit, request_of, verified


def message(body: bytes | None = b"{}", size: int | None = None, **properties: Any) -> Content:
    """A message that was delivered by the key ``orders.eu``."""
    length = len(body or b"") if size is None else size
    return Content(Basic.Deliver(routing_key="orders.eu"), Basic.Properties(**properties), length, body)


def request(content: Content) -> Request:
    return request_of(content, "rabbit", most=1000)


def test_properties_and_headers_are_headers() -> None:
    made = request(message(message_id="m-1", message_type="order.paid", headers={"Tenant": "eu", "N": 7, "Deep": {}}))
    assert made.headers == {
        "tenant": "eu",
        "n": "7",
        "content-type": "application/json",
        "message-id": "m-1",
        "amqp-type": "order.paid",
        "amqp-routed-by": "orders.eu",
    }


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"message_id": "m-1"}, "m-1"),
        ({}, ""),
        ({"message_id": "m-1", "headers": {"cloudEvents_id": "e-1", "cloudEvents_source": "/shop"}}, "/shop\ne-1"),
    ],
)
def test_its_id_is_the_cloud_events_or_the_messages_own(properties: dict[str, Any], expected: str) -> None:
    assert verified(request(message(**properties))).sender_id == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (message(None, size=10_000_000), "too-large"),
        (message(b"x" * 1001), "too-large"),
        (message(content_encoding="gzip"), "encoding"),
        (message(headers={f"h{n}": "x" for n in range(201)}), "head-too-large"),
    ],
)
def test_what_cannot_be_taken_says_why(content: Content, reason: str) -> None:
    with pytest.raises(Unfit) as unfit:
        request(content)
    assert unfit.value.reason == reason


def test_a_plain_message_is_an_event_of_its_type() -> None:
    (event,) = Amqp.parse(request(message(b'{"total": "3.20"}', message_id="m-1", message_type="order.paid")))
    assert (event.id, event.type, event.record) == ("m-1", "order.paid", {"total": "3.20"})


def test_a_cloud_event_with_the_older_prefix_is_read_too() -> None:
    headers = {
        "cloudEvents:type": "order.paid",
        "cloudEvents:id": "e-1",
        "cloudEvents:time": "2026-11-21T09:30:00+01:00",
    }
    (event,) = Amqp.parse(request(message(b'{"total": 1}', headers=headers)))
    assert (event.id, event.type, event.record) == ("e-1", "order.paid", {"total": 1})
    assert event.occurred_at is not None
    assert event.occurred_at.isoformat() == "2026-11-21T08:30:00+00:00"


@pytest.mark.parametrize(
    "content",
    [
        message(b"[]", content_type="application/cloudevents+json"),
        message(b'{"data": {}}', content_type="application/cloudevents+json"),
        message(b'{"type": "a", "data": 7}', content_type="application/cloudevents+json"),
        message(b"text", headers={"cloudEvents_type": "order.paid"}),
    ],
)
def test_a_cloud_event_that_is_none_breaks_the_contract(content: Content) -> None:
    with pytest.raises(ContractBroken):
        Amqp.parse(request(content))
