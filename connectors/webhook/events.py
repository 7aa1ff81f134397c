"""A verified webhook of any sender → the event in it.

Read as Standard Webhooks writes it: ``{"type": "order.placed", "timestamp": "…", "data": {…}}``. A sender that
has no ``data`` sends the record itself; one that names no ``type`` sends events of type ``event``, told apart
by a route's condition. The id is the ``webhook-id`` header; without one, the endpoint says where it is.
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.errors import ContractBroken
from connectors.messages import Event, Request

NAMES_OF_TYPE = ("type", "event_type", "event")
WITHOUT_TYPE = "event"


def parse(request: Request) -> tuple[Event, ...]:
    """The one event of a webhook; raises ``ContractBroken`` for a body that is no JSON object."""
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise ContractBroken("the webhook's body is not JSON") from None
    if not isinstance(body, dict):
        raise ContractBroken("the webhook's body is not an object")
    record = body.get("data")
    return (
        Event(
            id=request.headers.get("webhook-id") or request.headers.get("svix-id") or "",
            type=_type(body),
            record=record if isinstance(record, dict) else body,
            occurred_at=_moment(body.get("timestamp")),
        ),
    )


def _type(body: Mapping[str, Any]) -> str:
    found = (body.get(name) for name in NAMES_OF_TYPE)
    return next((value for value in found if isinstance(value, str) and value), WITHOUT_TYPE)


def _moment(value: Any) -> datetime | None:
    """An ISO 8601 time, or none: senders who write it otherwise lose nothing but this."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
