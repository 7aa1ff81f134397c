"""A message becomes a request like any other: headers, bytes, and an id by which it is known when it comes again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from pamqp.commands import Basic

from connectors.amqp.connector import Amqp
from connectors.amqp.session import Content
from connectors.errors import ContractBroken
from connectors.messages import Request
from controlplane.foundation.expressions import expression
from controlplane.transactions.consuming.messages import Unfit, apart, request_of, verified
from controlplane.transactions.ingress.events import event_of
from tests.transactions.consuming.test_limits import endpoint


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
        ({"message_id": "m-1", "headers": {"cloudEvents:id": "e-1", "cloudEvents:source": "/shop"}}, "/shop\ne-1"),
        ({"message_id": "m-1", "headers": {"cloudEvents:type": "order.paid"}}, "m-1"),
    ],
)
def test_its_id_is_the_cloud_events_or_the_messages_own(properties: dict[str, Any], expected: str) -> None:
    assert verified(request(message(**properties))).sender_id == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b'{"id": "e-1", "source": "/shop", "type": "order.paid", "data": {}}', "/shop\ne-1"),
        (b'{"id": 7, "source": "/shop", "type": "order.paid", "data": {}}', "m-1"),
        (b"no document", "m-1"),
    ],
)
def test_the_id_of_a_cloud_event_in_one_document_is_in_the_document(document: bytes, expected: str) -> None:
    made = request(message(document, message_id="m-1", content_type="application/cloudevents+json; charset=utf-8"))
    assert verified(made).sender_id == expected


def known_by(routing_key: str = "orders.eu", event_id: str = "", **properties: Any) -> UUID:
    """By which key the message ``{"id": 5}`` is known to have come before."""
    content = message(b'{"id": 5}', **properties)
    content.method = Basic.Deliver(routing_key=routing_key)
    made = request(content)
    fed = replace(endpoint(rate=1.0), event_id=expression(event_id) if event_id else None)
    return event_of(fed, made, verified(made), apart(made)).key_digest


def test_without_an_id_a_message_of_another_type_or_by_another_key_is_another_event() -> None:
    first = known_by(message_type="order.created")
    assert known_by(message_type="order.created") == first
    others = [
        known_by(message_type="order.deleted"),
        known_by("orders.us", message_type="order.created"),
        known_by(),
        known_by(headers={"cloudEvents:type": "order.deleted.v2"}),
    ]
    assert len({first, *others}) == 5


def test_with_an_id_the_type_and_the_key_make_no_difference() -> None:
    assert known_by(message_id="m-1", message_type="order.created") == known_by("orders.us", message_id="m-1")
    assert known_by(event_id="event.id", message_type="a") == known_by("orders.us", event_id="event.id")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (message(None, size=10_000_000), "too-large"),
        (message(b"x" * 1001), "too-large"),
        (message(content_encoding="gzip"), "encoding"),
        (replace(message(), readable=False), "unreadable"),
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
