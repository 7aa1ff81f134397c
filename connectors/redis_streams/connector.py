"""Events to a stream of Redis or Valkey: appended once for each id, atomically, and trimmed to about a length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from connectors.cloudevents import Message
from connectors.errors import ConnectorError, OutcomeUnknown, Rejected
from connectors.messages import OperationSpec, Receipt
from connectors.publishing import Outbox, Publisher, Result, parted, publish
from connectors.redis_streams.looking import look
from connectors.redis_streams.session import PORTS, Failure, Session

DAY = 86_400.0
MAX_LENGTH = 1_000_000
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
        publish("Append an event to a stream, once for its key", key_lifetime=DAY, looks=True),
    )
    optional_secret_names: ClassVar[tuple[str, ...]] = ("password",)
    ports: ClassVar[Mapping[str, int]] = PORTS
    encrypted: ClassVar[str] = "rediss"

    @classmethod
    def operation_for(cls, name: str, settings: Mapping[str, Any]) -> OperationSpec:
        """With the time for which this instance lets ids be remembered."""
        return replace(cls.operation(name), key_lifetime=float(_whole(settings, "key_lifetime", int(DAY))))

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
        length = _whole(self.context.settings, "max_length", MAX_LENGTH)
        lifetime = _whole(self.context.settings, "key_lifetime", int(DAY)) * 1000
        limits = str(lifetime), str(length)
        at_once, behind = parted(messages, lambda message: message.key_expired)
        session = await self._session()
        try:
            await _append(session, at_once, outbox, limits)
            await _look(session, behind, outbox)
            await _append(session, outbox.unsettled(behind), outbox, limits)
        finally:
            await session.close()


async def _append(session: Session, messages: Mapping[int, Message], outbox: Outbox, limits: tuple[str, str]) -> None:
    for number, message in messages.items():
        outbox.leaves(number)
        session.send("EVAL", APPEND, "2", message.topic, _marker(message), *limits, *_fields(message))
        await session.drain()
    for number in messages:
        outbox.settle(number, _result(await session.answer()))


async def _look(session: Session, messages: Mapping[int, Message], outbox: Outbox) -> None:
    """Settle those that were appended before, and those of which nobody can tell; once for each stream."""
    wanted: dict[str, dict[str, int]] = {}
    for number, message in messages.items():
        if message.key_expired:
            wanted.setdefault(message.topic, {})[message.id] = number
    for stream, numbers in wanted.items():
        for number, result in (await look(session, stream, numbers)).items():
            outbox.settle(number, result)


def _whole(settings: Mapping[str, Any], name: str, otherwise: int) -> int:
    value = settings.get(name, otherwise)
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


def _version(told: Any) -> str:
    lines = told.decode("utf-8", "replace").splitlines() if isinstance(told, bytes) else []
    known = dict(line.split(":", 1) for line in lines if ":" in line)
    for name in ("valkey", "redis"):
        if version := known.get(f"{name}_version"):
            return f"{name} {version}"[:40]
    return ""


CONNECTOR = RedisStreams
