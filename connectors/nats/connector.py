"""Events to NATS JetStream: a stream acknowledges each one, and recognises it by its id when it comes again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from connectors.cloudevents import Message
from connectors.errors import TOPIC_DENIED, AuthFailed, ConnectorError, OutcomeUnknown, Refused, Rejected, Transient
from connectors.messages import OperationSpec, Receipt
from connectors.nats.looking import WINDOW_SECONDS, look
from connectors.nats.session import AWAY, NO_RESPONDERS, PORTS, Denied, Reply, Session, refused
from connectors.publishing import Outbox, Publisher, Result, parted, publish

PREFIX = "ce-"
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
            looks=True,
        ),
    )
    optional_secret_names: ClassVar[tuple[str, ...]] = ("password", "token")
    ports: ClassVar[Mapping[str, int]] = PORTS
    encrypted: ClassVar[str] = "tls"

    async def _look(self) -> str:
        session = await self._session()
        try:
            await session.ask("$JS.API.INFO", None)
        except AuthFailed as error:
            if error.detail != TOPIC_DENIED:  # one who only publishes need not ask
                raise
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
        at_once, behind = parted(messages, lambda message: message.takeover)
        session = await self._session()
        try:
            await _publish(session, at_once, outbox)
            await look(session, behind, outbox)
            await _publish(session, outbox.unsettled(behind), outbox)
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
                    outbox.settle(number, AuthFailed("this user may not publish to the subject", detail=TOPIC_DENIED))
            continue
        if reply.number in waiting:
            outbox.settle(reply.number, _result(reply, away=session.away))


def _headers(message: Message) -> dict[str, str]:
    return {**message.headers(PREFIX), "Nats-Msg-Id": message.id, "content-type": message.content_type}


def _result(reply: Reply, *, away: bool) -> Result:
    """The receipt, or the error that the answer stands for; ``away``: JetStream's API did not answer either."""
    if reply.status == NO_RESPONDERS and away:
        return Transient("JetStream answers nobody: neither its API nor the subject", detail=AWAY)
    if reply.status == NO_RESPONDERS:
        return Rejected("no stream keeps this subject: nobody took the message", detail="unroutable")
    try:
        document = reply.document()
    except ConnectorError as error:
        return OutcomeUnknown(error.reason, body=error.body)
    if refusal := document.get("error"):
        return refused(refusal, reply.body)
    if not isinstance(document.get("stream"), str) or not isinstance(document.get("seq"), int):
        return OutcomeUnknown("the stream's acknowledgement cannot be read", body=reply.body[:1024])
    found = document.get("duplicate") is True
    return Receipt(f"{document['stream']}/{document['seq']}", response=reply.body[:1024], found=found)


CONNECTOR = Nats
