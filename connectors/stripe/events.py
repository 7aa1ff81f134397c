"""A verified webhook → the event in it.

The *snapshot* events of webhook endpoints carry the whole object; that is what flows are built on. The *thin*
events of event destinations (API v2) carry only its address and are refused by name.

``version`` is the second in which Stripe made the event, in milliseconds. It orders snapshots of one object, but
only by the second: an event is stale when its version is *lower* than one seen, never when it is equal.
It says nothing about our own writes, whose answers carry no time; those are recognised by the record.
Stripe delivers in any order. Source: docs.stripe.com/api/events/object, /event-destinations.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.errors import ContractBroken
from connectors.messages import Event, Request


def parse(request: Request) -> tuple[Event, ...]:
    """The one event of a webhook; raises ``ContractBroken`` for anything that is not a snapshot event."""
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise ContractBroken("the webhook's body is not JSON") from None
    if not isinstance(body, dict):
        raise ContractBroken("the webhook's body is not an object")
    _refuse_what_is_no_snapshot(body)
    record = _record(body)
    created = _created(body)
    return (
        Event(
            id=_text(body, "id"),
            type=_text(body, "type"),
            record=record,
            occurred_at=datetime.fromtimestamp(created, UTC),
            resource=_text(record, "object"),
            external_id=record["id"] if isinstance(record.get("id"), str) else "",  # a balance has none
            version=created * 1000,
        ),
    )


def _refuse_what_is_no_snapshot(body: Mapping[str, Any]) -> None:
    kind = body.get("object")
    if kind == "v2.core.event" or "related_object" in body:
        raise ContractBroken(
            "this is a thin event of an event destination: it does not carry the object; "
            "choose snapshot payloads for the destination at Stripe",
            detail="thin_event",
        )
    if kind != "event":
        raise ContractBroken("the webhook's body is not a Stripe event", detail="not_an_event")


def _record(body: Mapping[str, Any]) -> dict[str, Any]:
    content = body.get("data")
    record = content.get("object") if isinstance(content, dict) else None
    if not isinstance(record, dict):
        raise ContractBroken("the event has no data.object")
    return record


def _created(body: Mapping[str, Any]) -> int:
    created = body.get("created")
    if isinstance(created, bool) or not isinstance(created, int) or not 0 <= created < 2**33:
        raise ContractBroken("the event's 'created' is not a time in seconds")
    return created


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ContractBroken(f"the event's {name!r} is missing")
    return value
