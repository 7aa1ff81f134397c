"""CloudEvents 1.0 (https://github.com/cloudevents/spec, tag v1.0.2): what a published message says of itself.

The body of a ``publish`` operation has ``type``, ``data``, ``topic``, ``subject``, ``time``, ``source``, ``dataschema``
and ``partitionkey`` (of the specification's partitioning extension); only ``type`` is required, and ``topic`` where the
destination has none of its own. The event's id is the operation's key, the same however often it is sent:
``(source, id)`` tells a receiver that it has the event already.
``former`` is the same event in forms of before, each a body of its own; its id is the key and the form's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from connectors.errors import Rejected
from connectors.messages import Operation
from connectors.topics import allowed_topic

STRUCTURED = "application/cloudevents+json"
BINARY = "application/json"
MODES = ("binary", "structured")
#: Where no source is named: this installation, whichever it is.
SOURCE = "/interlock"
LONGEST_ATTRIBUTE = 1024
_OPTIONAL = ("subject", "time", "dataschema", "partitionkey")
_KNOWN = frozenset({"topic", "type", "source", "data", *_OPTIONAL})
FORMER = "former"
MOST_FORMER = 5


@dataclass(frozen=True, slots=True)
class Message:
    """One event, ready to be sent: ``attributes`` are texts; ``body`` is the data, or all of it when structured."""

    topic: str
    id: str
    attributes: Mapping[str, str]
    content_type: str
    body: bytes
    takeover: bool
    key_expired: bool

    def headers(self, prefix: str) -> dict[str, str]:
        """The attributes as a binary message carries them, under the protocol's prefix; none when structured."""
        if self.content_type == STRUCTURED:
            return {}
        return {f"{prefix}{name}": value for name, value in self.attributes.items()}


def messages_of(operation: Operation, settings: Mapping[str, Any]) -> list[Message]:
    """The message of a ``publish`` operation, and after it the same event in each form of before.

    Raises as :func:`message_of` does, and then none of them is to be sent.
    """
    forms = operation.body.get(FORMER, [])
    if not isinstance(forms, list) or len(forms) > MOST_FORMER or not all(isinstance(one, Mapping) for one in forms):
        raise Rejected(f"an event's {FORMER} is a list of up to {MOST_FORMER} events")
    body = {name: value for name, value in operation.body.items() if name != FORMER}
    newest = replace(operation, body=body)
    older = [
        replace(operation, body=dict(form), key=f"{operation.key}:{FORMER}-{place}")
        for place, form in enumerate(forms, 1)
    ]
    return [message_of(one, settings) for one in (newest, *older)]


def message_of(operation: Operation, settings: Mapping[str, Any]) -> Message:
    """The message of a ``publish`` operation.

    Raises ``Refused`` for a topic that the destination may not write to, ``Rejected`` for a body that is no event.
    The same operation gives the same bytes whenever it is asked.
    """
    body = operation.body
    topic = allowed_topic(body.get("topic"), settings)
    if unknown := sorted(str(name) for name in body if name not in _KNOWN):
        raise Rejected(f"an event has no {unknown[0][:40]!r}; it has {', '.join(sorted(_KNOWN))}")
    attributes = _attributes(operation, settings)
    structured = _mode(settings) == "structured"
    data = body.get("data")
    return Message(
        topic,
        operation.key,
        attributes,
        STRUCTURED if structured else BINARY,
        _json({**attributes, "datacontenttype": BINARY, "data": data} if structured else data),
        operation.takeover,
        operation.key_expired,
    )


def _attributes(operation: Operation, settings: Mapping[str, Any]) -> dict[str, str]:
    body = operation.body
    found = {
        "specversion": "1.0",
        "id": _text("id", operation.key),
        "source": _text("source", body.get("source") or settings.get("source") or SOURCE),
        "type": _text("type", body.get("type")),
    }
    for name in _OPTIONAL:
        if body.get(name) is not None:
            found[name] = _time(body[name]) if name == "time" else _text(name, body[name])
    if traceparent := operation.headers.get("traceparent"):
        found["traceparent"] = traceparent
    return found


def _text(name: str, value: object) -> str:
    """A required text without control characters (specification, "Type System": String)."""
    if not isinstance(value, str) or not value or len(value) > LONGEST_ATTRIBUTE or not value.isprintable():
        raise Rejected(f"the event's {name} must be a text of up to {LONGEST_ATTRIBUTE} printable characters")
    return value


def _time(value: object) -> str:
    """A moment with its zone (RFC 3339), as it was given."""
    text = _text("time", value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text.upper():
        raise Rejected("the event's time must look like 2026-11-21T08:30:00Z")
    return text


def _mode(settings: Mapping[str, Any]) -> str:
    mode = settings.get("mode", MODES[0])
    if mode not in MODES:
        raise Rejected(f"the setting mode must be one of {', '.join(MODES)}")
    return str(mode)


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise Rejected(f"the event cannot be written as JSON: {error}") from None
