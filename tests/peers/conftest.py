"""Tests against other people's software: started here, stopped for sure, never in the project's environment."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.transport import Guard, Transport
from tests.peers.fixtures import localstripe, openbao, receiver, tryton

__all__ = ["localstripe", "openbao", "receiver", "tryton"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """The first test may have to install its peer and to initialise its database."""
    item.add_marker(pytest.mark.timeout(600))


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    """The product's transport, allowed to reach this machine."""
    async with Transport(Guard(("127.0.0.0/8",))) as door:
        yield door
