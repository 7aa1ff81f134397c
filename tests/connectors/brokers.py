"""What the brokers' connectors share in tests: the suite for their addresses, and servers of a few lines."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from connectors.errors import ConnectorError, OutcomeUnknown
from connectors.interface import Connector, Context
from connectors.messages import Operation, Receipt, Secret
from connectors.transport import Transport
from tests.connectors.stub import Stub
from tests.connectors.suite import ConnectorSuite

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on a free loopback port; ``serve`` speaks with each connection, under TLS with ``context``.

    Gives the port.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def attended(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(attended, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def hangs_up(*_: object) -> bytes:
    """In place of an answer: the server closes the connection."""
    raise ConnectionResetError


async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Listen until the other side hangs up, and say nothing."""
    while await reader.read(65_536):
        pass


class BrokerSuite(ConnectorSuite):
    """The suite, with the broker's own scheme in front of every address."""

    scheme: ClassVar[str]
    samples = {"publish": {"topic": "orders/paid", "type": "order.paid", "data": {"total": "12.50"}}}
    no_recordings = "it receives no webhooks"

    @staticmethod
    def takes_and_says_nothing() -> Serve:
        """A broker that lets everybody in, takes what is published and never answers that."""
        raise NotImplementedError

    def made(self, url: str, transport: Transport) -> Connector:
        """Impatient: a web server that waits for a request would wait for as long as a broker's client does."""
        secrets = {name: Secret(value) for name, value in self.secrets.items()}
        address = url.replace("http", self.scheme, 1)
        return self.connector(Context(address, transport, self.settings, secrets, deadline=0.3))

    @staticmethod
    def takes_one_and_hangs_up() -> Serve:
        """A broker that lets everybody in and closes the connection in the middle of what is published."""
        raise NotImplementedError

    async def test_a_connection_that_is_lost_early_leaves_unknown_what_was_on_its_way_and_no_more(
        self, transport: Transport
    ) -> None:
        """More than what lies in the buffers of two sockets."""
        large = {**self.samples["publish"], "data": "x" * 1024 * 1024}
        async with serving(self.takes_one_and_hangs_up()) as port:
            url = f"{self.scheme}://127.0.0.1:{port}"
            connector = publishing(self.connector, url, transport)
            results = await connector.write([Operation("publish", large, key=f"k{n}") for n in range(24)])
        told = codes(results)
        unknown = told.count("outcome_unknown")
        assert 1 <= unknown < 24
        assert told == ["outcome_unknown"] * unknown + ["transient"] * (24 - unknown)
        assert {result.calls for result in results[unknown:]} == {0}

    async def test_a_write_that_is_answered_with_silence_is_unknown_or_never_left(
        self, stub: Stub, transport: Transport
    ) -> None:
        for serve, expected in ((silence, "transient"), (self.takes_and_says_nothing(), "outcome_unknown")):
            async with serving(serve) as port:
                secrets = {name: Secret(value) for name, value in self.secrets.items()}
                url = f"{self.scheme}://127.0.0.1:{port}"
                connector = self.connector(Context(url, transport, self.settings, secrets, deadline=0.8))
                results = await connector.write([Operation("publish", self.samples["publish"], key="k")] * 2)
                assert [result.code for result in results if isinstance(result, ConnectorError)] == [expected] * 2
                assert all(isinstance(result, OutcomeUnknown) == (expected != "transient") for result in results)


def publishing(connector: type[Connector], url: str, transport: Transport, **settings: Any) -> Connector:
    """A connector that may write to any topic unless ``settings`` say otherwise; ``password`` is a secret."""
    secrets: dict[str, Secret] = {
        name: Secret(settings.pop(name)) for name in ("password", "token") if name in settings
    }
    return connector(Context(url, transport, {"topics": ["#"], **settings}, secrets, deadline=5.0))


def event(topic: str | None = None, key: str = "step-1.r1", **more: Any) -> Operation:
    """An order that was paid, to ``topic``."""
    body = {"type": "order.paid", "data": {"total": "12.50"}, **({"topic": topic} if topic else {})}
    flags = {name: more.pop(name) for name in ("takeover", "key_expired") if name in more}
    return Operation("publish", {**body, **more}, key=key, headers={"traceparent": TRACE}, **flags)


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def codes(results: list[Receipt | ConnectorError]) -> list[str]:
    """Each result in a word: its error's code and detail, or "receipt", or "found"."""
    return [
        ("found" if result.found else "receipt")
        if isinstance(result, Receipt)
        else f"{result.code} {result.detail}".strip()
        for result in results
    ]
