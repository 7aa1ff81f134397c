"""Events to NATS JetStream: a stream acknowledges each one, and recognises it by its id when it comes again."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.cloudevents import Message
from connectors.errors import AuthFailed, ConnectorError, OutcomeUnknown, Refused, Rejected, Transient
from connectors.messages import OperationSpec, Receipt
from connectors.nats.session import PORTS, Denied, Reply, Session
from connectors.publishing import Outbox, Publisher, Result, publish

#: A stream's duplicate window, unless it was given another: how long ids are remembered.
WINDOW_SECONDS = 120.0
PREFIX = "ce-"
NO_RESPONDERS = 503
#: So many messages are looked at, newest first, when the stream does not remember ids for that long.
MOST_LOOKED_AT = 1000
_NANO = 1_000_000_000
_SUBJECT = re.compile(r"[^\s.*>$][^\s.*>]*(?:\.[^\s.*>]+)*")
_OF_THE_BROKER = ("_INBOX.", "_R_.")


class Nats(Publisher):
    """Settings and secrets are in the README beside this file."""

    kind: ClassVar[str] = "nats"
    title: ClassVar[str] = "NATS JetStream"
    proven_against: ClassVar[str] = "nats-server 2.9"
    operations: ClassVar[tuple[OperationSpec, ...]] = (
        publish(
            "Publish an event to a subject; a stream acknowledges it, the key travels as Nats-Msg-Id",
            key_lifetime=WINDOW_SECONDS,
        ),
    )
    optional_secret_names: ClassVar[tuple[str, ...]] = ("password", "token")
    ports: ClassVar[Mapping[str, int]] = PORTS
    encrypted: ClassVar[str] = "tls"

    async def _look(self) -> str:
        session = await self._session()
        try:
            await session.ask("$JS.API.INFO", None)
        finally:
            await session.close()
        return session.version

    async def _session(self) -> Session:
        service = self._service()
        stream = await self._open(service, at_once=False)
        try:
            return await Session.open(
                stream, self._credentials(), self._tls() if service.scheme == self.encrypted else None
            )
        except BaseException:
            await stream.close()
            raise

    def _credentials(self) -> dict[str, str]:
        if token := self._secret("token"):
            return {"auth_token": token}
        user = self._user()
        return {"user": user, "pass": self._secret("password")} if user else {}

    def _fitting(self, message: Message) -> Message:
        """Subjects of the broker's own API would be orders to it, not events."""
        if not _SUBJECT.fullmatch(message.topic) or message.topic.startswith(_OF_THE_BROKER):
            raise Refused("a subject is words parted by dots, without wildcards, and not one of the broker's own")
        return message

    async def _send(self, messages: Mapping[int, Message], outbox: Outbox) -> None:
        session = await self._session()
        try:
            fresh = dict(messages)
            for number, message in messages.items():
                if message.takeover and (known := await _earlier(session, message)) is not None:
                    outbox.settle(number, known)
                    del fresh[number]
            await _publish(session, fresh, outbox)
        finally:
            await session.close()


async def _publish(session: Session, messages: Mapping[int, Message], outbox: Outbox) -> None:
    """Send all and listen until each is acknowledged or its subject is denied."""
    for number, message in messages.items():
        headers = _headers(message)
        size = sum(len(f"{name}: {value}\r\n".encode()) for name, value in headers.items()) + len(message.body) + 16
        if size > session.max_payload:
            outbox.settle(number, Rejected(f"the broker takes messages of up to {session.max_payload} bytes"))
            continue
        outbox.leaves(number)
        session.publish(number, message.topic, headers, message.body)
    await session.drain()
    while waiting := outbox.waiting:
        try:
            reply = await session.reply()
        except Denied as denied:
            for number in waiting:
                if messages[number].topic == denied.subject:
                    outbox.settle(number, AuthFailed("this user may not publish to the subject", detail="denied"))
            continue
        if reply.number in waiting:
            outbox.settle(reply.number, _result(reply))


def _headers(message: Message) -> dict[str, str]:
    return {**message.headers(PREFIX), "Nats-Msg-Id": message.id, "content-type": message.content_type}


def _result(reply: Reply) -> Result:
    """The receipt, or the error that the answer stands for."""
    if reply.status == NO_RESPONDERS:
        return Rejected("no stream keeps this subject: nobody took the message", detail="unroutable")
    try:
        document = reply.document()
    except ConnectorError as error:
        return OutcomeUnknown(error.reason, body=error.body)
    if refusal := document.get("error"):
        return _error(refusal, reply.body)
    if not isinstance(document.get("stream"), str) or not isinstance(document.get("seq"), int):
        return OutcomeUnknown("the stream's acknowledgement cannot be read", body=reply.body[:1024])
    found = document.get("duplicate") is True
    return Receipt(f"{document['stream']}/{document['seq']}", response=reply.body[:1024], found=found)


def _error(error: Any, body: bytes) -> ConnectorError:
    """JetStream's error object: its code is like an HTTP status."""
    told: Mapping[str, Any] = error if isinstance(error, dict) else {}
    words = f"the stream said: {str(told.get('description', 'no reason'))[:200]}"
    code = told.get("code")
    kind = Transient if isinstance(code, int) and code >= 500 else Rejected  # noqa: PLR2004 - as of a status
    return kind(words, detail=str(told.get("err_code", ""))[:20], body=body[:1024])


async def _earlier(session: Session, message: Message) -> Result | None:
    """What became of an earlier try that the stream's own memory of ids may not cover; ``None``: send it.

    Within the window the stream recognises the id by itself. After it, its newest messages are looked through.
    """
    named = await session.ask("$JS.API.STREAM.NAMES", {"subject": message.topic})
    streams = named.get("streams") or []
    if not streams:
        return None  # nobody keeps it: publishing will say so
    stream = str(streams[0])
    about = await session.ask(f"$JS.API.STREAM.INFO.{stream}", {})
    window = _number(about, "config", "duplicate_window") / _NANO
    if not message.key_expired and window >= WINDOW_SECONDS:
        return None
    first, last = _number(about, "state", "first_seq"), _number(about, "state", "last_seq")
    for seq in range(last, max(first, last - MOST_LOOKED_AT + 1, 1) - 1, -1):
        kept = await session.ask(f"$JS.API.STREAM.MSG.GET.{stream}", {"seq": seq})
        if _id_of(kept) == message.id:
            return Receipt(f"{stream}/{seq}", found=True, calls=0)
    if last - first >= MOST_LOOKED_AT:
        return Rejected(
            f"whether an earlier try arrived cannot be told: the stream {stream} remembers ids for {window:g} s, and "
            f"it is not among its newest {MOST_LOOKED_AT} messages",
            detail="key_expired",
        )
    return None


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


CONNECTOR = Nats
