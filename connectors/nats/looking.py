"""Whether an event that is sent again has arrived before, where the stream's own memory of ids does not tell.

Within its duplicate window a stream recognises an id by itself. After it, its newest messages are looked through: once
in a call for all that are wanted of it, the headers only.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.cloudevents import Message
from connectors.errors import TOPIC_DENIED, ConnectorError, ContractBroken, Rejected
from connectors.messages import Receipt
from connectors.nats.session import AWAY, NOT_ENABLED, Session
from connectors.publishing import Outbox, Result

#: A stream's duplicate window, unless it was given another: how long ids are remembered.
WINDOW_SECONDS = 120.0
#: So many messages are looked at, newest first.
MOST_LOOKED_AT = 1000
#: Bytes of answers after which a look ends: a call has other things to do.
MOST_BYTES = 64 * 1024 * 1024
#: Questions under way together, and the bytes that the broker may have to hold for us meanwhile.
MOST_TOGETHER, HELD = 32, 32 * 1024 * 1024
#: No such stream; no message under that number any more.
_NO_STREAM, _GAP = "10059", "10037"
_NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Stream:
    """``window`` is for how many seconds it remembers ids, ``first`` and ``last`` what it holds."""

    name: str
    window: float
    first: int
    last: int


async def look(session: Session, messages: Mapping[int, Message], outbox: Outbox) -> None:
    """Settle those that have arrived before, and those of which nobody can tell; the others may be published.

    What goes wrong costs only the messages that it was asked for. A user without a way to JetStream's API still sends
    again what the stream should remember. Raises only what leaves the connection of no use.
    """
    again = {number: message for number, message in messages.items() if message.takeover}
    kept_by = await _streams(session, {message.topic: None for message in again.values()})
    wanted: dict[_Stream, dict[str, int]] = {}
    for number, message in again.items():
        stream = kept_by[message.topic]
        if isinstance(stream, ConnectorError):
            if message.key_expired or stream.detail not in {AWAY, TOPIC_DENIED, NOT_ENABLED}:
                outbox.settle(number, _blind(stream))
        elif stream is not None and (message.key_expired or stream.window < WINDOW_SECONDS):
            wanted.setdefault(stream, {})[message.id] = number
    for stream, numbers in wanted.items():
        for number, result in (await _Walk(session, stream, numbers).results()).items():
            outbox.settle(number, result)


async def _streams(session: Session, topics: Iterable[str]) -> dict[str, _Stream | ConnectorError | None]:
    """Which stream keeps each topic; ``None``: nobody does, and publishing will say so."""
    asked = list(topics)
    answers = await session.ask_all("$JS.API.STREAM.NAMES", [{"subject": topic} for topic in asked]) if asked else []
    known: dict[str, _Stream | ConnectorError | None] = {"": None}
    found: dict[str, _Stream | ConnectorError | None] = {}
    for topic, answer in zip(asked, answers, strict=True):
        if isinstance(answer, ConnectorError):
            found[topic] = answer
            continue
        names = answer.get("streams")
        name = str(names[0]) if isinstance(names, list) and names else ""
        if name not in known:
            known[name] = await _about(session, name)
        found[topic] = known[name]
    return found


async def _about(session: Session, name: str) -> _Stream | ConnectorError | None:
    (answer,) = await session.ask_all(f"$JS.API.STREAM.INFO.{name}", [{}])
    if isinstance(answer, ConnectorError):
        return None if answer.detail == _NO_STREAM else answer
    window = _number(answer, "config", "duplicate_window") / _NANO
    return _Stream(name, window, _number(answer, "state", "first_seq"), _number(answer, "state", "last_seq"))


class _Walk:
    """One stream, from its newest message on, for all ids that are ``wanted`` of it: each with its message's number."""

    def __init__(self, session: Session, stream: _Stream, wanted: Mapping[str, int]) -> None:
        self._session = session
        self._stream = stream
        self._missing = dict(wanted)
        self._found: dict[int, Result] = {}
        self._looked_at = 0

    async def results(self) -> dict[int, Result]:
        """Receipts of what is there, and errors of what may be; what is surely not there is not in it."""
        held = self._stream.last - max(self._stream.first, 1) + 1
        error = await self._walk(min(held, MOST_LOOKED_AT))
        if error is None and self._looked_at < held:
            error = self._untold()
        return self._found if error is None else {**self._found, **dict.fromkeys(self._missing.values(), error)}

    async def _walk(self, most: int) -> ConnectorError | None:
        """Look at the newest ``most``, or until all are found, or the bytes are spent."""
        together = max(1, min(MOST_TOGETHER, HELD // (2 * self._session.max_payload)))
        before, last = self._session.heard, self._stream.last
        for newest in range(last, last - most, -together):
            if not self._missing or self._session.heard - before > MOST_BYTES:
                break
            if error := await self._part(range(newest, max(newest - together, last - most), -1)):
                return error
        return None

    async def _part(self, numbers: range) -> ConnectorError | None:
        subject = f"$JS.API.STREAM.MSG.GET.{self._stream.name}"
        answers = await self._session.ask_all(subject, [{"seq": number} for number in numbers])
        for number, answer in zip(numbers, answers, strict=True):
            if isinstance(answer, ContractBroken):  # whatever it is: it cannot be said that it is not the one
                continue
            if isinstance(answer, ConnectorError) and answer.detail != _GAP:
                return _blind(answer)
            self._looked_at += 1
            own = self._missing.pop(_id_of(answer), None) if isinstance(answer, dict) else None
            if own is not None:
                self._found[own] = Receipt(f"{self._stream.name}/{number}", found=True, calls=0)
        return None

    def _untold(self) -> ConnectorError:
        return Rejected(
            f"whether an earlier try arrived cannot be told: the stream {self._stream.name} remembers ids for "
            f"{self._stream.window:g} s, and it is not among its newest {self._looked_at} messages",
            detail="key_expired",
        )


def _blind(error: ConnectorError) -> ConnectorError:
    """The same error of an event that was not sent because of it."""
    return type(error)(
        f"whether an earlier try arrived cannot be looked up: {error.reason}", detail=error.detail, body=error.body
    )


def _number(document: Mapping[str, Any], part: str, name: str) -> int:
    found = document.get(part)
    value = found.get(name, 0) if isinstance(found, dict) else 0
    return value if isinstance(value, int) else 0


def _id_of(document: Mapping[str, Any]) -> str:
    """The ``Nats-Msg-Id`` of a kept message, "" where it has none."""
    kept = document.get("message")
    try:
        raw = base64.b64decode(kept.get("hdrs", "")) if isinstance(kept, dict) else b""
    except (binascii.Error, TypeError, ValueError):
        return ""
    for line in raw.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "nats-msg-id":
            return value.strip()
    return ""
