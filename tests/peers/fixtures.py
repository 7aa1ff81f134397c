"""The peers as fixtures.

``tests/peers`` has them by itself; elsewhere: ``from tests.peers.fixtures import localstripe, tryton``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peers.receiver import Receiver
from tests.peers.rig import Localstripe, Openbao, Tryton


@pytest.fixture(scope="session")
def localstripe() -> Iterator[Localstripe]:
    """A localstripe for the session."""
    with Localstripe() as peer:
        yield peer


@pytest.fixture(scope="session")
def openbao() -> Iterator[Openbao]:
    """A vault for the session, open. Who seals it opens it again."""
    with Openbao() as peer:
        yield peer


@pytest.fixture(scope="session")
def tryton() -> Iterator[Tryton]:
    """A Tryton for the session, with a database of its own. Who stops it starts it again."""
    with Tryton() as peer:
        yield peer


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A place for webhooks to arrive."""
    with Receiver() as place:
        yield place
