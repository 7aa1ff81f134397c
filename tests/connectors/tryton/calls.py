"""Calling the Tryton connector in a test."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from connectors.errors import ConnectorError
from connectors.messages import Operation, Receipt
from connectors.tryton.connector import Tryton
from tests.connectors.replay import Replay, replay
from tests.connectors.stub import Stub

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADA = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+32 2 123 45 67",
    "lang": "en",
    "address": {"street": "Rue Haute 1", "postal_code": "1000", "city": "Brussels", "country": "BE"},
    "identifiers": [{"type": "eu_vat", "code": "BE0403019261"}],
}
SALE = {
    "reference": "in_1042",
    "party": {"code": "C-1042"},
    "description": "Invoice in_1042",
    "currency": "EUR",
    "lines": [{"description": "Consulting", "quantity": 2, "unit_price": "62.50"}],
}

Make = Callable[[str], Tryton]


async def written(connector: Tryton, name: str, body: dict[str, Any], *, takeover: bool = False) -> Receipt:
    """The receipt of one operation that succeeds."""
    result = (await connector.write([Operation(name, body, key="recorded", takeover=takeover)]))[0]
    assert isinstance(result, Receipt), result
    return result


async def refused(connector: Tryton, name: str, body: dict[str, Any]) -> ConnectorError:
    """The error of one operation that does not."""
    result = (await connector.write([Operation(name, body, key="recorded")]))[0]
    assert isinstance(result, ConnectorError), result
    return result


def answers_of(playing: Replay, method: str) -> list[Any]:
    """What the recorded server answered to a method."""
    return [
        json.loads(exchange["response"]["body"])["result"]
        for exchange in playing.exchanges
        if json.loads(exchange["request"]["body"])["method"] == method
    ]


async def logged_in(stub: Stub, connector: Any) -> None:
    replay(stub, "tryton", "check")
    assert (await connector().check()).ok
