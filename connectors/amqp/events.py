"""A message of a queue → the event in it.

A CloudEvent, with its attributes in headers or in one document, is read as such. Anything else is read like a webhook
of anybody: its type is the message's ``type`` property where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.cloudevents import STRUCTURED
from connectors.errors import ContractBroken
from connectors.messages import Event, Request
from connectors.webhook import events as webhook

#: Prefix of attributes in headers, which are in small letters by now; the older form has a colon.
CLOUD_EVENTS = "cloudevents_"
_OLDER = "cloudevents:"
#: AMQP's own properties, as headers.
TYPE = "amqp-type"
ROUTED_BY = "amqp-routed-by"


def parse(request: Request) -> tuple[Event, ...]:
    """The one event of a message; raises ``ContractBroken``."""
    found = attributes_of(request)
    if _is_structured(request):
        return (_event(found, found.get("data")),)
    if "type" in found:
        return (_event(found, _object(request.body, "the data")),)
    (event,) = webhook.parse(request)
    headers = request.headers
    return (replace(event, id=headers.get("message-id", ""), type=headers.get(TYPE) or event.type),)


def attributes_of(request: Request) -> Mapping[str, Any]:
    """What a message says as a CloudEvent, in its headers or in its one document; raises ``ContractBroken``.

    Empty for a message that is no CloudEvent.
    """
    if _is_structured(request):
        return _object(request.body, "the event")
    return attributes_in(request.headers)


def attributes_in(headers: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a CloudEvent that has them in headers, whichever prefix its sender writes; else none."""
    named = {name.replace(_OLDER, CLOUD_EVENTS, 1): value for name, value in headers.items()}
    return {name.removeprefix(CLOUD_EVENTS): value for name, value in named.items() if name.startswith(CLOUD_EVENTS)}


def _is_structured(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith(STRUCTURED)


def _event(attributes: Mapping[str, Any], data: Any) -> Event:
    kind = attributes.get("type")
    if not isinstance(kind, str) or not kind:
        raise ContractBroken("the event has no type")
    if not isinstance(data, dict):
        raise ContractBroken("the event's data is not an object")
    identifier = attributes.get("id")
    return Event(
        id=identifier if isinstance(identifier, str) else "",
        type=kind,
        record=data,
        occurred_at=_moment(attributes.get("time")),
    )


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ContractBroken(f"{what} is not JSON") from None
    if not isinstance(found, dict):
        raise ContractBroken(f"{what} is not an object")
    return found


def _moment(value: Any) -> datetime | None:
    """A time with its zone, or none: an event loses nothing but this."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
