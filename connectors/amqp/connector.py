"""Events to RabbitMQ over AMQP 0-9-1: persistent, mandatory, and confirmed by the broker before they count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from pamqp.commands import Basic, Confirm, Exchange
from pamqp.common import FieldTable

from connectors.amqp import events
from connectors.amqp.session import PORTS, Closed, Content, Session, virtual_host
from connectors.cloudevents import Message
from connectors.errors import Rejected, Transient, counted
from connectors.messages import Event, OperationSpec, Receipt, Request
from connectors.publishing import Outbox, Publisher, publish

PERSISTENT = 2
#: The CloudEvents binding for AMQP prefers the underscore, which every client can write.
PREFIX = "cloudEvents_"
DAY = 86_400.0
LONGEST_NAME = 255
#: What the library writes as the name of an exchange; a topic has neither spaces nor a slash in that place.
_EXCHANGE = re.compile(r"[a-zA-Z0-9\-_.:@#,+]{0,127}")


class Amqp(Publisher):
    """Settings and secrets are in the README beside this file."""

    kind: ClassVar[str] = "amqp"
    title: ClassVar[str] = "AMQP 0-9-1 (RabbitMQ)"
    proven_against: ClassVar[str] = "RabbitMQ 3.10"
    operations: ClassVar[tuple[OperationSpec, ...]] = (
        publish(
            "Publish an event to an exchange; the broker confirms it, the key is its message_id",
            key_lifetime=DAY,
            looks=False,
        ),
    )
    optional_secret_names: ClassVar[tuple[str, ...]] = ("password",)
    ports: ClassVar[Mapping[str, int]] = PORTS
    encrypted: ClassVar[str] = "amqps"

    @classmethod
    def parse(cls, request: Request) -> tuple[Event, ...]:
        """The event of a queue's message; see :mod:`connectors.amqp.events`."""
        return events.parse(request)

    async def _look(self) -> str:
        session = await self._session()
        await session.close()
        return session.version

    async def _session(self) -> Session:
        service = self._service()
        stream = await self._open(service)
        try:
            return await Session.open(
                stream,
                service.host,
                user=self._user(),
                password=self._secret("password"),
                vhost=virtual_host(service.path),
            )
        except Closed as closed:
            await stream.close()
            raise closed.error() from None
        except BaseException:
            await stream.close()
            raise

    def _fitting(self, message: Message) -> Message:
        """A topic is ``exchange/routing.key``; ``/queue`` is the default exchange, which routes by a queue's name."""
        if "/" not in message.topic:
            raise Rejected("a topic must be written as exchange/routing.key", detail="topic")
        if not _EXCHANGE.fullmatch(message.topic.partition("/")[0]):
            raise Rejected("an exchange has up to 127 letters, digits and any of - _ . : @ # , +", detail="topic")
        if len(message.id.encode()) > LONGEST_NAME or len(message.attributes["type"].encode()) > LONGEST_NAME:
            raise Rejected(f"AMQP carries an id and a type of up to {LONGEST_NAME} bytes")
        return message

    async def _send(self, messages: Mapping[int, Message], outbox: Outbox) -> None:
        session = await self._session()
        try:
            await self._send_all(session, messages, outbox)
        except Closed as closed:
            raise closed.error() from None
        finally:
            await session.close()

    async def _send_all(self, session: Session, messages: Mapping[int, Message], outbox: Outbox) -> None:
        """Exchange by exchange; a refusal of one closes the channel, and the others go on over a new one."""
        await session.call(Confirm.Select(), Confirm.SelectOk)
        for exchange, batch in _batches(messages):
            try:
                await _prove_exchange(session, exchange)
                await _publish(session, batch, outbox)
            except Closed as closed:
                if closed.whole:
                    raise
                _settle_refused(closed, batch, outbox)
                await session.open_channel()
                await session.call(Confirm.Select(), Confirm.SelectOk)


def _batches(messages: Mapping[int, Message]) -> list[tuple[str, dict[int, Message]]]:
    """Messages that may be under way together, by exchange.

    One that was sent before goes alone: should the broker close the channel over it, it is known to be the one.
    """
    together: dict[str, dict[int, Message]] = {}
    alone = []
    for number, message in messages.items():
        exchange = message.topic.partition("/")[0]
        if message.takeover:
            alone.append((exchange, {number: message}))
        else:
            together.setdefault(exchange, {})[number] = message
    return [*together.items(), *alone]


async def _prove_exchange(session: Session, exchange: str) -> None:
    """Raise :class:`Closed` with 404 before anything is sent to an exchange that does not exist."""
    if exchange:
        await session.call(Exchange.Declare(exchange=exchange, passive=True), Exchange.DeclareOk)


async def _publish(session: Session, batch: Mapping[int, Message], outbox: Outbox) -> None:
    """Send the batch, then listen until every message is confirmed, refused or returned."""
    tags: dict[int, int] = {}
    for number, message in batch.items():
        exchange, _, routing_key = message.topic.partition("/")
        try:
            frames = session.framed(exchange, routing_key, _properties(message), message.body)
        except Rejected as error:
            outbox.settle(number, counted(error, 0))
            continue
        outbox.leaves(number)
        tags[session.send(frames)] = number
        await session.drain()
    while tags:
        told = await session.told()
        if isinstance(told, Content):
            _returned(told, tags, batch, outbox)
        elif isinstance(told, Basic.Ack | Basic.Nack):
            for number in _confirmed(told, tags):
                outbox.settle(number, Receipt() if isinstance(told, Basic.Ack) else _NOT_STORED)


_NOT_STORED = Transient("the broker could not store the message (basic.nack)", detail="nack")


def _confirmed(told: Basic.Ack | Basic.Nack, tags: dict[int, int]) -> list[int]:
    """The numbers of the messages that are meant, which are no longer waited for."""
    last = told.delivery_tag or 0
    meant = [tag for tag in tags if tag == last or (told.multiple and tag <= last)]
    return [tags.pop(tag) for tag in meant]


def _returned(content: Content, tags: Mapping[int, int], batch: Mapping[int, Message], outbox: Outbox) -> None:
    """It went to no queue. The broker says so before it confirms it, which it does all the same."""
    for number in tags.values():
        if batch[number].id == content.properties.message_id:
            outbox.settle(
                number, Rejected("no queue takes this message: the broker could not route it", detail="unroutable")
            )


def _settle_refused(closed: Closed, batch: Mapping[int, Message], outbox: Outbox) -> None:
    """Whom the broker meant, where that is sure: all of them before anything left, or the only one that waits."""
    waiting = [number for number in outbox.waiting if number in batch]
    if not waiting:
        for number in batch:
            outbox.settle(number, closed.error())
    elif len(waiting) == 1:
        outbox.settle(waiting[0], closed.error())


def _properties(message: Message) -> Basic.Properties:
    table: FieldTable = dict(message.headers(PREFIX))
    return Basic.Properties(
        content_type=message.content_type,
        headers=table,
        delivery_mode=PERSISTENT,
        message_id=message.id,
        message_type=message.attributes["type"],
        app_id="interlock",
    )


CONNECTOR = Amqp
