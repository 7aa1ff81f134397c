"""What the connectors' tests share: a stub server, a transport that may reach it, a dead address."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator

import pytest

from connectors.transport import Guard, Limits, Transport
from tests.connectors.certificates import Certificate, certified
from tests.connectors.stub import Stub

LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    """A server on loopback that answers as told."""
    server = Stub()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    """A transport that the operator allowed to reach this machine; impatient, for quick tests."""
    async with Transport(Guard(LOOPBACK), Limits(deadline=5.0, connect=2.0)) as door:
        yield door


@pytest.fixture
def dead_url() -> Iterator[str]:
    """An address where nobody answers: a port that is taken, so nobody else gets it, but not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """For 127.0.0.1, and its own authority."""
    return certified(tmp_path_factory.mktemp("tls"))
