"""Calling the Stripe connector in a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.errors import ConnectorError
from connectors.messages import Operation, Receipt
from connectors.stripe.connector import Stripe
from tests.connectors.replay import CONNECTORS

GRACE = {
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "address": {"line1": "Rue Haute 2", "city": "Brussels", "country": "BE"},
    "metadata": {"segment": "navy"},
}
KEY = "sk_a_key_of_the_account"

Make = Callable[..., Stripe]


def upsert(match: Mapping[str, Any], values: Mapping[str, Any], key: str = "key-1", **more: Any) -> Operation:
    return Operation("customer.upsert", {"match": match, "values": values}, key=key, **more)


async def written(connector: Stripe, operation: Operation) -> Receipt:
    """The receipt of an operation that succeeds."""
    [result] = await connector.write([operation])
    assert isinstance(result, Receipt), result
    return result


async def refused(connector: Stripe, operation: Operation) -> ConnectorError:
    """The error of one that does not."""
    [result] = await connector.write([operation])
    assert isinstance(result, ConnectorError), result
    return result


def recorded(kind: str) -> Path:
    return CONNECTORS / "stripe" / "recorded" / f"{kind}.json"
