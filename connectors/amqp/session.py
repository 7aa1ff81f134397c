"""One AMQP 0-9-1 connection with one channel (https://www.rabbitmq.com/amqp-0-9-1-reference; frames by ``pamqp``).

The session knows frames and nothing of events. What it sends is written at once; what it hears is asked for one
by one with :meth:`Session.told`, so that whoever uses it is a plain loop without callbacks.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar
from urllib.parse import unquote

from pamqp import header as headers
from pamqp.base import Frame
from pamqp.body import ContentBody
from pamqp.commands import Basic, Channel, Connection
from pamqp.common import FieldTable
from pamqp.constants import FRAME_HEADER, FRAME_METHOD
from pamqp.exceptions import PAMQPException
from pamqp.frame import FrameTypes, marshal, unmarshal
from pamqp.heartbeat import Heartbeat

from connectors import __version__
from connectors.errors import TOPIC_DENIED, AuthFailed, ConnectorError, ContractBroken, Rejected, Transient
from connectors.streams import Stream

PORTS = {"amqp": 5672, "amqps": 5671}
CHANNEL = 1
FRAME_MAX = 131_072
#: Type, channel, size; and the byte that ends a frame.
_HEAD = struct.Struct(">BHI")
_END = 0xCE
_FRAME_TYPES = frozenset({1, 2, 3, 8})
_OVERHEAD = 8
_LONGEST_WORDS = 200
#: Class, weight and size of the body, with which every content header begins.
_SIZES = struct.calcsize(">HHQ")
_DELIVER = struct.pack(">I", Basic.Deliver.index)
_PUBLISH = (Basic.frame_id, Basic.Publish.frame_id)
#: What pamqp lets out for bytes that are no frame. Tables within tables end in a RecursionError.
_UNREADABLE = (
    PAMQPException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    struct.error,
    AttributeError,
    RecursionError,
)
#: What it lets out for values that it cannot write; some of those it can read.
UNWRITABLE = (ValueError, TypeError, struct.error, OverflowError, RecursionError)

_ACCESS_REFUSED = 403
#: Reply code → what to do (AMQP 0-9-1, 1.2 "Constants"). 403 and 530 are refusals of the user or of the virtual host;
#: 403 on a channel, of what the user wanted there.
_MEANING: dict[int, type[ConnectorError]] = {
    311: Rejected,
    320: Transient,
    402: Rejected,
    _ACCESS_REFUSED: AuthFailed,
    404: Rejected,
    405: Transient,
    406: Rejected,
    504: Transient,
    506: Transient,
    530: AuthFailed,
    541: Transient,
}
_TELLS = {404: "not_found", 406: "precondition_failed", 311: "content_too_large"}

Reply = TypeVar("Reply", bound=Frame)


class Closed(Exception):
    """The broker closed the channel, or the ``whole`` connection, and said why.

    ``method`` is what it closed it over, by its class and its number there; zeros where that is nothing in particular.
    """

    def __init__(self, code: int, words: str, *, whole: bool, method: tuple[int, int] = (0, 0)) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words
        self.whole = whole
        self.method = method

    @property
    def over_publish(self) -> bool:
        """Whether it was over a message that we sent."""
        return self.method == _PUBLISH

    def error(self) -> ConnectorError:
        """The error of ours that it stands for."""
        kind = _MEANING.get(self.code, ContractBroken)
        denied = self.code == _ACCESS_REFUSED and not self.whole
        detail = TOPIC_DENIED if denied else _TELLS.get(self.code, "")
        return kind(f"the broker said {self.code}: {self.words}", detail=detail)


@dataclass(slots=True)
class Content:
    """A message that the broker hands over: what it says of it, and its bytes, ``None`` where there are too many.

    Of one that is not ``readable`` the sender wrote something into its head that is no text, time or table. It has
    the properties that stand before that.
    """

    method: Basic.Deliver | Basic.Return
    properties: Basic.Properties
    size: int
    body: bytes | None
    readable: bool = True


@dataclass(slots=True)
class _Coming:
    """A message whose bytes are still on their way."""

    method: Basic.Deliver | Basic.Return
    properties: Basic.Properties
    size: int
    readable: bool
    parts: list[bytes] = field(default_factory=list)
    arrived: int = 0


Told = Frame | Content


def virtual_host(path: str) -> str:
    """The virtual host in the path of an address (RabbitMQ's URI specification): ``/`` where there is none."""
    return unquote(path.removeprefix("/")) or "/"


class Session:
    """A connection that is signed in, with channel 1 open. ``most`` is the largest body that is kept in memory."""

    def __init__(self, stream: Stream, host: str, *, most: int) -> None:
        self._stream = stream
        self._host = host
        self._most = most
        self._frame_max = FRAME_MAX
        self._published = 0
        #: What the broker calls its version, "" where it says nothing.
        self.version = ""

    @classmethod
    async def open(
        cls, stream: Stream, host: str, *, user: str, password: str, vhost: str, heartbeat: int = 0, most: int = 0
    ) -> Self:
        """Shake hands and sign in. Raises :class:`Closed`, ``Gone`` or ``ContractBroken``."""
        session = cls(stream, host, most=most)
        stream.write(headers.ProtocolHeader().marshal())
        started = await session._expect(Connection.Start, 0)
        session.version = str((started.server_properties or {}).get("version", ""))[:40]
        session._write(_start_ok(user, password), 0)
        tune = await session._expect(Connection.Tune, 0)
        session._frame_max = min(FRAME_MAX, tune.frame_max or FRAME_MAX)
        beats = min(heartbeat, tune.heartbeat or heartbeat)
        session._write(Connection.TuneOk(channel_max=CHANNEL, frame_max=session._frame_max, heartbeat=beats), 0)
        session._write(Connection.Open(virtual_host=vhost), 0)
        await session._expect(Connection.OpenOk, 0)
        await session.open_channel()
        return session

    async def open_channel(self) -> None:
        """Open the channel, also anew after the broker closed it; confirms count from one again."""
        self._published = 0
        await self.call(Channel.Open(), Channel.OpenOk)

    async def call(self, request: Frame, reply: type[Reply]) -> Reply:
        """Send a method on the channel and wait for its answer."""
        self._write(request, CHANNEL)
        return await self._expect(reply, CHANNEL)

    def say(self, method: Frame) -> None:
        """Send a method that has no answer (``ack``, ``reject``)."""
        self._write(method, CHANNEL)

    def beat(self) -> None:
        """Say that we are there."""
        self._stream.write(Heartbeat().marshal())

    def publish(self, exchange: str, routing_key: str, properties: Basic.Properties, body: bytes) -> int:
        """Send a message that must be routable; its number among those of the channel, by which it is confirmed.

        Raises ``Rejected`` as :meth:`framed` does.
        """
        return self.send(self.framed(exchange, routing_key, properties, body))

    def framed(self, exchange: str, routing_key: str, properties: Basic.Properties, body: bytes) -> list[bytes]:
        """All frames of a message, ready to be sent.

        Raises ``Rejected`` for one that AMQP cannot carry, before any of it is written: the broker would take what
        comes next for the rest of it, and close the connection.
        """
        size = self._frame_max - _OVERHEAD
        try:
            method = marshal(Basic.Publish(exchange=exchange, routing_key=routing_key, mandatory=True), CHANNEL)
            head = marshal(headers.ContentHeader(body_size=len(body), properties=properties), CHANNEL)
        except UNWRITABLE:
            raise Rejected(_UNCARRIED) from None
        if len(head) > self._frame_max:
            raise Rejected("the message's properties are larger than a frame")
        parts = [body[start : start + size] for start in range(0, len(body), size)]
        return [method, head, *(marshal(ContentBody(part), CHANNEL) for part in parts)]

    def send(self, frames: Sequence[bytes]) -> int:
        """Send the frames of a message; its number, as of :meth:`publish`."""
        self._published += 1
        for frame in frames:
            self._stream.write(frame)
        return self._published

    async def drain(self) -> None:
        """Wait until the connection takes more."""
        await self._stream.drain()

    async def told(self) -> Told | None:
        """The next thing that the broker says: a method, a whole message, or ``None`` for a sign of life."""
        coming: _Coming | None = None
        while True:
            frame, whole = await self._frame()
            if isinstance(frame, Basic.Deliver | Basic.Return):
                coming = _Coming(frame, Basic.Properties(), 0, readable=whole)
                continue
            if coming is None or isinstance(frame, Heartbeat):
                if coming is None:
                    return self._heard(frame)
                continue
            coming.readable = coming.readable and whole
            if (content := self._more(coming, frame)) is not None:
                return content

    async def close(self) -> None:
        """Say good-bye and close; an answer is not waited for."""
        self._stream.write(marshal(Connection.Close(reply_code=200, reply_text="bye", class_id=0, method_id=0), 0))
        await self._stream.close()

    def _more(self, coming: _Coming, frame: FrameTypes) -> Content | None:
        """Take another piece of a message; the message when it is whole."""
        if isinstance(frame, headers.ContentHeader):
            if not coming.readable and isinstance(coming.method, Basic.Return):
                raise ContractBroken(f"{self._host} returns another message than it was sent")
            coming.properties, coming.size = frame.properties, frame.body_size
        elif isinstance(frame, ContentBody):
            coming.arrived += len(frame.value)
            if coming.size <= self._most:
                coming.parts.append(frame.value)
        else:
            self._heard(frame)
            return None
        if coming.arrived < coming.size:
            return None
        body = b"".join(coming.parts) if coming.size <= self._most else None
        return Content(coming.method, coming.properties, coming.size, body, coming.readable)

    def _heard(self, frame: FrameTypes) -> Frame | None:
        """A method; raises :class:`Closed` for one that ends the channel or the connection."""
        if isinstance(frame, Connection.Close):
            self._write(Connection.CloseOk(), 0)
            raise _closed(frame, whole=True)
        if isinstance(frame, Channel.Close):
            self._write(Channel.CloseOk(), CHANNEL)
            raise _closed(frame, whole=False)
        if isinstance(frame, Frame):
            return frame
        if isinstance(frame, Heartbeat):
            return None
        raise ContractBroken(f"{self._host} sends parts of a message that it has not begun")

    async def _expect(self, kind: type[Reply], channel: int) -> Reply:
        """The answer of that kind; on the channel, what was said before it is not for us any more."""
        while True:
            heard = await self.told()
            if isinstance(heard, kind):
                return heard
            if channel == 0 and heard is not None:
                raise ContractBroken(f"{self._host} answers with {type(heard).__name__} out of turn")

    async def _frame(self) -> tuple[FrameTypes, bool]:
        """The next frame, and whether all of it could be read: one message must not hold up those behind it."""
        head = await self._stream.exactly(_HEAD.size)
        kind, _, size = _HEAD.unpack(head)
        if kind not in _FRAME_TYPES:
            raise ContractBroken(f"{self._host} does not speak AMQP 0-9-1")
        rest = await self._stream.exactly(size + 1)
        if rest[-1] != _END:
            raise ContractBroken(f"{self._host} sends frames that do not end")
        try:
            return unmarshal(head + rest)[2], True
        except _UNREADABLE:
            if (begun := _as_far_as_it_goes(kind, rest[:-1])) is None:
                raise ContractBroken(f"{self._host} sends a frame that cannot be read") from None
            return begun, False

    def _write(self, frame: FrameTypes, channel: int) -> None:
        try:
            self._stream.write(marshal(frame, channel))
        except UNWRITABLE:
            raise Rejected(_UNCARRIED) from None


_UNCARRIED = "the message has properties that AMQP cannot carry"


def _as_far_as_it_goes(kind: int, payload: bytes) -> Basic.Deliver | headers.ContentHeader | None:
    """A delivery or a content header, which repeat what the sender wrote, up to what cannot be read.

    None where not even the delivery's number or the size of the body is in it, or it is of another kind.
    """
    if kind == FRAME_HEADER and len(payload) >= _SIZES:
        header = headers.ContentHeader()
        with contextlib.suppress(*_UNREADABLE):
            header.unmarshal(payload)
        return header
    if kind == FRAME_METHOD and payload.startswith(_DELIVER):
        delivery = Basic.Deliver()
        with contextlib.suppress(*_UNREADABLE):
            delivery.unmarshal(payload[len(_DELIVER) :])
        return delivery if delivery.delivery_tag is not None else None
    return None


def _start_ok(user: str, password: str) -> Connection.StartOk:
    capabilities: FieldTable = {
        "authentication_failure_close": True,
        "basic.nack": True,
        "connection.blocked": True,
        "consumer_cancel_notify": True,
        "publisher_confirms": True,
    }
    known: FieldTable = {"product": "Interlock", "version": __version__, "capabilities": capabilities}
    return Connection.StartOk(client_properties=known, mechanism="PLAIN", response=f"\0{user}\0{password}")


def _closed(frame: Connection.Close | Channel.Close, *, whole: bool) -> Closed:
    method = (frame.class_id or 0, frame.method_id or 0)
    return Closed(frame.reply_code or 0, _words(frame.reply_text), whole=whole, method=method)


def _words(text: str | None) -> str:
    """The broker's own sentence, on one line and not endless."""
    return " ".join((text or "no reason").split())[:_LONGEST_WORDS]
