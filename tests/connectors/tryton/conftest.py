"""A Tryton connector whose Tryton is the stub."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.interface import Context
from connectors.messages import Secret
from connectors.transport import Transport
from connectors.tryton import sessions
from connectors.tryton.connector import Tryton
from tests.connectors.stub import Stub
from tests.connectors.tryton.calls import NOW, Make


@pytest.fixture
def connector(stub: Stub, transport: Transport, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A connector to the stub. Sessions are kept by address, and a stub may get the port of an earlier one."""
    monkeypatch.setattr(sessions, "_kept", {})

    def make(password: str = "password", **settings: Any) -> Tryton:  # noqa: S107
        plain = {"database": "tryton", "user": "interlock"} | settings
        return Tryton(Context(stub.url, transport, plain, {"password": Secret(password)}, now=lambda: NOW))

    return make
