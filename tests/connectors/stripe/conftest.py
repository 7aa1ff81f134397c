"""A Stripe connector whose Stripe is the stub."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.interface import Context
from connectors.messages import Secret
from connectors.stripe.connector import Stripe
from connectors.transport import Transport
from tests.connectors.stripe.calls import KEY, Make
from tests.connectors.stub import Stub


@pytest.fixture
def connector(stub: Stub, transport: Transport) -> Make:
    """A connector to the stub; settings as keywords."""

    def make(**settings: Any) -> Stripe:
        return Stripe(Context(stub.url, transport, settings, {"api_key": Secret(KEY)}))

    return make
