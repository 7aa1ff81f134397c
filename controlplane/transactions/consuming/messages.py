"""A message of a queue as the ingress sees a request: headers in small letters, the bytes, and the sender's id.

A message without an id is known by more than its bytes: AMQP carries an event's type, and where it goes, beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pamqp.commands import Basic

from connectors.amqp.events import ROUTED_BY, TYPE, attributes_in, attributes_of
from connectors.amqp.session import Content
from connectors.errors import ContractBroken
from connectors.messages import Request
from connectors.signatures import Verified

SCHEME = "queue"
MAX_HEADERS = 200
UNPACKED = ("", "identity", "utf-8", "utf8")


class Unfit(Exception):
    """A message that cannot be taken; ``reason`` is counted among the endpoint's refusals and told with the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def request_of(content: Content, host: str, *, most: int) -> Request:
    """The request that the message stands for. Raises :class:`Unfit`."""
    properties = content.properties
    if content.body is None or content.size > most:
        raise Unfit("too-large")
    if not content.readable:
        raise Unfit("unreadable")
    if str(properties.content_encoding or "").lower() not in UNPACKED:
        raise Unfit("encoding")
    table = properties.headers or {}
    if len(table) > MAX_HEADERS:
        raise Unfit("head-too-large")
    headers = {str(name).lower(): _text(value) for name, value in table.items() if isinstance(value, _PLAIN)}
    headers |= {name: value for name, value in _own(content.method, properties).items() if value}
    return Request("POST", "", headers, content.body, host)


_PLAIN = (str, bytes, bytearray, int, float)


def _own(method: Basic.Deliver | Basic.Return, properties: Basic.Properties) -> dict[str, str]:
    """What AMQP itself says of the message."""
    return {
        "content-type": properties.content_type or "application/json",
        "message-id": properties.message_id or "",
        TYPE: properties.message_type or "",
        ROUTED_BY: method.routing_key or "",
    }


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes | bytearray) else str(value)


def verified(request: Request) -> Verified:
    """Whose it is: the broker let them publish. Their id: a CloudEvent's source and id, or the message's own."""
    told = _attributes(request)
    event_id, source = _word(told, "id"), _word(told, "source")
    return Verified(SCHEME, 0, f"{source}\n{event_id}" if event_id else request.headers.get("message-id", ""))


def apart(request: Request) -> tuple[str, str]:
    """What tells two messages of the same bytes apart that have no id: their type, and the key they were routed by."""
    headers = request.headers
    return attributes_in(headers).get("type") or headers.get(TYPE, ""), headers.get(ROUTED_BY, "")


def _attributes(request: Request) -> Mapping[str, Any]:
    """As a CloudEvent; one that is broken is known like any other message, and found broken where it is read."""
    try:
        return attributes_of(request)
    except ContractBroken:
        return {}


def _word(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    return found if isinstance(found, str) else ""
