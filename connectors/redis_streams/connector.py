"""Events to a stream of Redis or Valkey: appended once for each id, atomically, and trimmed to about a length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.cloudevents import Message
from connectors.errors import ConnectorError, OutcomeUnknown, Rejected
from connectors.messages import OperationSpec, Receipt
from connectors.publishing import Outbox, Publisher, Result, publish
from connectors.redis_streams.session import PORTS, Failure, Session

DAY = 86_400.0
MAX_LENGTH = 1_000_000
#: So many entries are looked at, newest first, when the id is remembered no longer.
MOST_LOOKED_AT = 1000
PREFIX = "ce-"
_DATABASE = re.compile(r"(?:/(?P<number>[0-9]{1,3}))?")

#: KEYS: stream, marker. ARGV: milliseconds that the id is remembered, length to trim to, then field and value in turn.
#: One script, so that no crash can append without remembering or remember without appending.
APPEND = """
local known = redis.call('GET', KEYS[2])
if known then return {known, 1} end
local entry = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', unpack(ARGV, 3))
redis.call('SET', KEYS[2], entry, 'PX', ARGV[1])
return {entry, 0}
"""


class RedisStreams(Publisher):
    """Settings and secrets are in the README beside this file."""

    kind: ClassVar[str] = "redis_streams"
    title: ClassVar[str] = "Redis or Valkey streams"
    proven_against: ClassVar[str] = "Redis 7.0 and Valkey 9.1"
    operations: ClassVar[tuple[OperationSpec, ...]] = (
        publish("Append an event to a stream, once for its key", key_lifetime=DAY),
    )
    optional_secret_names: ClassVar[tuple[str, ...]] = ("password",)
    ports: ClassVar[Mapping[str, int]] = PORTS
    encrypted: ClassVar[str] = "rediss"

    async def _look(self) -> str:
        session = await self._session()
        try:
            told = await session.ask("INFO", "server")
        except ConnectorError:
            return ""  # an ACL may well forbid INFO to one who only appends
        finally:
            await session.close()
        return _version(told)

    async def _session(self) -> Session:
        service = self._service()
        database = _DATABASE.fullmatch(service.path)
        if database is None:
            raise Rejected("the address ends in the number of a database: redis://host:6379/0")
        stream = await self._open(service)
        try:
            return await Session.open(
                stream,
                user=self._user(),
                password=self._secret("password"),
                database=int(database["number"] or 0),
            )
        except BaseException:
            await stream.close()
            raise

    async def _send(self, messages: Mapping[int, Message], outbox: Outbox) -> None:
        length = self._setting("max_length", MAX_LENGTH)
        lifetime = self._setting("key_lifetime", int(DAY)) * 1000
        session = await self._session()
        try:
            fresh = dict(messages)
            for number, message in messages.items():
                if message.key_expired and (known := await _earlier(session, message)) is not None:
                    outbox.settle(number, known)
                    del fresh[number]
            for number, message in fresh.items():
                outbox.leaves(number)
                keys = (message.topic, _marker(message))
                session.send("EVAL", APPEND, "2", *keys, str(lifetime), str(length), *_fields(message))
            await session.drain()
            for number in fresh:
                outbox.settle(number, _result(await session.answer()))
        finally:
            await session.close()

    def _setting(self, name: str, otherwise: int) -> int:
        value = self.context.settings.get(name, otherwise)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise Rejected(f"{name} must be a whole number above zero")
        return value


def _fields(message: Message) -> list[str | bytes]:
    """The entry: ``id``, ``content-type``, the attributes, and ``data``, in turn with their values."""
    fields: list[str | bytes] = ["id", message.id, "content-type", message.content_type]
    for name, value in message.headers(PREFIX).items():
        fields += [name, value]
    return [*fields, "data", message.body]


def _marker(message: Message) -> str:
    """Where the id is remembered: with the stream's own hash tag, so that a cluster keeps both on one node."""
    tagged = re.search(r"\{([^}]+)\}", message.topic)
    return f"interlock:{{{tagged[1] if tagged else message.topic}}}:{message.topic}:{message.id}"


def _result(answer: Any) -> Result:
    if isinstance(answer, Failure):
        return answer.error()
    if not (isinstance(answer, list) and len(answer) == 2 and isinstance(answer[0], bytes)):  # noqa: PLR2004 - a pair
        return OutcomeUnknown("the server's answer is not what the script returns")
    return Receipt(answer[0].decode("ascii", "replace"), response=answer[0], found=answer[1] == 1)


async def _earlier(session: Session, message: Message) -> Result | None:
    """An entry of that id among the newest; ``None`` when it is surely not there."""
    entries = await session.ask("XREVRANGE", message.topic, "+", "-", "COUNT", str(MOST_LOOKED_AT))
    for entry, fields in entries or []:
        if _value(fields, b"id") == message.id.encode():
            return Receipt(entry.decode("ascii", "replace"), response=entry, found=True, calls=0)
    if len(entries or []) < MOST_LOOKED_AT:
        return None
    return Rejected(
        f"whether an earlier try arrived cannot be told: its id is not remembered any more, and not among the newest "
        f"{MOST_LOOKED_AT} entries",
        detail="key_expired",
    )


def _value(fields: Any, name: bytes) -> bytes | None:
    pairs = dict(zip(fields[::2], fields[1::2], strict=False)) if isinstance(fields, list) else {}
    value = pairs.get(name)
    return value if isinstance(value, bytes) else None


def _version(told: Any) -> str:
    lines = told.decode("utf-8", "replace").splitlines() if isinstance(told, bytes) else []
    known = dict(line.split(":", 1) for line in lines if ":" in line)
    for name in ("valkey", "redis"):
        if version := known.get(f"{name}_version"):
            return f"{name} {version}"[:40]
    return ""


CONNECTOR = RedisStreams
