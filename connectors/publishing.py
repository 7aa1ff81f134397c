"""What the connectors of brokers share: messages judged one by one, and results that are told apart by what had left.

A connection lives for one call. A call carries up to ``BATCH`` messages, so that it costs little, and nothing has to be
kept alive, watched or closed between calls (decision 8).
"""

from __future__ import annotations

import asyncio
import ssl
from abc import abstractmethod
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from connectors import streams
from connectors.cloudevents import Message, messages_of
from connectors.errors import ConnectorError, OutcomeUnknown, Rejected, Transient, counted
from connectors.guard import Service
from connectors.interface import Connector
from connectors.messages import Effect, Health, Operation, OperationSpec, Receipt
from connectors.streams import Gone, Stream
from connectors.topics import patterns

BATCH = 100

T = TypeVar("T")
Result = Receipt | ConnectorError


def publish(summary: str, *, key_lifetime: float, looks: bool) -> OperationSpec:
    """The one operation of a broker; ``looks``: what it has taken already can be looked through."""
    return OperationSpec("publish", Effect.KEYED, key_lifetime=key_lifetime, batch=BATCH, summary=summary, looks=looks)


class Outbox:
    """The messages of one call, by number, and what became of each."""

    def __init__(self, count: int) -> None:
        self.results: list[Result | None] = [None] * count
        self._sent: set[int] = set()

    def leaves(self, number: int) -> None:
        """From here on nobody knows, until the broker says so.

        To be said right before it is written; and what was written is to be drained before the next is, so that a
        connection that breaks costs what is on its way and not the whole call.
        """
        self._sent.add(number)

    def settle(self, number: int, result: Result) -> None:
        """What became of it; the first word counts."""
        if self.results[number] is None:
            self.results[number] = result

    def unsettled(self, messages: Mapping[int, Message]) -> dict[int, Message]:
        """Those of ``messages`` that are not settled yet."""
        return {number: message for number, message in messages.items() if self.results[number] is None}

    @property
    def waiting(self) -> list[int]:
        """What has left and is not settled."""
        return [number for number in sorted(self._sent) if self.results[number] is None]

    def give_up(self, error: ConnectorError, host: str) -> None:
        """Settle the rest: what had left is unknown, what had not shares ``error``."""
        for number, result in enumerate(self.results):
            if result is None and number in self._sent:
                self.results[number] = OutcomeUnknown(f"{host} did not say whether it took the message")
            elif result is None:
                self.results[number] = error

    def complete(self, host: str) -> list[Result]:
        """All results, in order; what the broker said nothing about is unknown."""
        self.give_up(Transient(f"{host} was sent nothing"), host)
        return [self._told(number, result) for number, result in enumerate(self.results) if result is not None]

    def _told(self, number: int, result: Result) -> Result:
        """What never left cannot have been taken, whatever went wrong."""
        return counted(result, 0) if isinstance(result, ConnectorError) and number not in self._sent else result


def parted(
    messages: Mapping[int, Message], looked_for: Callable[[Message], bool]
) -> tuple[dict[int, Message], dict[int, Message]]:
    """Messages that may leave at once, and those that a look comes before.

    These are what is looked for and what follows on its topic, so that nothing there overtakes.
    """
    at_once: dict[int, Message] = {}
    behind: dict[int, Message] = {}
    held: set[str] = set()
    for number, message in messages.items():
        if looked_for(message):
            held.add(message.topic)
        (behind if message.topic in held else at_once)[number] = message
    return at_once, behind


class Publisher(Connector):
    """A broker that takes messages. Subclasses speak its protocol in ``_send`` and ``_look``."""

    #: Schemes → usual ports; the last is the encrypted one.
    ports: ClassVar[Mapping[str, int]] = {}
    encrypted: ClassVar[str] = ""

    async def check(self) -> Health:
        """Connect and sign in; nothing is sent to any topic. One that only gives messages need list none."""
        listed = "topics" in self.context.settings
        try:
            if listed:
                patterns(self.context.settings)
            version = await self._within(self._look())
        except ConnectorError as error:
            return Health(ok=False, detail=error.reason)
        told = "reachable, and the credential is taken"
        return Health(ok=True, detail=told if listed else f"{told}; no topic may be written to", version=version)

    async def write(self, operations: Sequence[Operation]) -> list[Receipt | ConnectorError]:
        """Send all over one connection; each gets its own receipt or error.

        An event that goes out in several forms is done when all of them are; what went wrong with one is told of it.
        """
        prepared = [self._prepared(operation) for operation in operations]
        sent = [message for one in prepared if not isinstance(one, ConnectorError) for message in one]
        outbox = Outbox(len(sent))
        if sent:
            try:
                await self._within(self._send(dict(enumerate(sent)), outbox))
            except ConnectorError as error:
                outbox.give_up(error, self._host())
        told = iter(outbox.complete(self._host()))
        return [one if isinstance(one, ConnectorError) else _of_all([next(told) for _ in one]) for one in prepared]

    def _prepared(self, operation: Operation) -> list[Message] | ConnectorError:
        """Its messages, when the protocol can carry all of them."""
        try:
            self.operation(operation.name)
            return [self._fitting(message) for message in messages_of(operation, self.context.settings)]
        except ConnectorError as error:
            return counted(error, 0)

    @abstractmethod
    async def _look(self) -> str:
        """Connect, sign in, and tell the version of the broker."""

    @abstractmethod
    async def _send(self, messages: Mapping[int, Message], outbox: Outbox) -> None:
        """Send every message and settle it; raise when that cannot go on."""

    def _fitting(self, message: Message) -> Message:
        """The message, when the protocol can carry it; raises ``Rejected``."""
        return message

    def _service(self) -> Service:
        return self.context.transport.guard.check_service(self.context.base_url, self.ports)

    def _tls(self) -> ssl.SSLContext:
        authority = self.context.settings.get("tls_authority", "")
        if not isinstance(authority, str):
            raise Rejected("tls_authority must be a certificate in PEM form")
        return streams.trusting(authority)

    async def _open(self, service: Service, *, at_once: bool = True) -> Stream:
        """A stream to the broker; under TLS ``at_once`` where the scheme asks for it."""
        context = self._tls() if at_once and service.scheme == self.encrypted else None
        return await streams.open_stream(
            service, self.context.transport.guard, tuple(self.ports.values()), context=context
        )

    def _secret(self, name: str) -> str:
        secret = self.context.secrets.get(name)
        return secret.reveal() if secret is not None else ""

    def _user(self) -> str:
        user = self.context.settings.get("user", "")
        if not isinstance(user, str):
            raise Rejected("user must be a text")
        return user

    async def _within(self, work: Coroutine[Any, Any, T]) -> T:
        """Within the total deadline, and with errors of ours only."""
        try:
            async with asyncio.timeout(self.context.deadline):
                return await work
        except (Gone, TimeoutError) as error:
            raise streams.broken(error, self._host()) from None

    def _host(self) -> str:
        """The host for sentences; an address that cannot be read was refused by then."""
        try:
            return self._service().host
        except ConnectorError:
            return "the broker"


def _of_all(results: Sequence[Result]) -> Result:
    """What is told of an event that went out in several forms: the first that is not done, else the newest one's.

    Whether anything was sent is told of all of them.
    """
    amiss = next((one for one in results if isinstance(one, ConnectorError)), None)
    return results[0] if amiss is None else counted(amiss, max(one.calls for one in results))
