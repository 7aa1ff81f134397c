"""What repeating does is asked of the connector with the settings of the instance."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.amqp.connector import Amqp
from connectors.interface import Connector
from connectors.messages import Effect
from connectors.nats.connector import Nats
from connectors.redis_streams.connector import RedisStreams
from connectors.stripe.connector import Stripe
from connectors.webhook.connector import Webhook
from controlplane.transactions.pipeline.operations import operation_at

DAY = 86_400.0


@pytest.mark.parametrize(
    ("connector", "name", "settings", "effect", "lifetime", "looks"),
    [
        (RedisStreams, "publish", {}, Effect.KEYED, DAY, True),
        (RedisStreams, "publish", {"key_lifetime": 60}, Effect.KEYED, 60.0, True),
        (RedisStreams, "publish", {"key_lifetime": "a minute"}, Effect.KEYED, DAY, True),
        (Webhook, "send", {"key_lifetime": 3600}, Effect.KEYED, 3600.0, False),
        (Webhook, "send", {"key_lifetime": -1}, Effect.KEYED, DAY, False),
        (Amqp, "publish", {}, Effect.KEYED, DAY, False),
        (Nats, "publish", {}, Effect.KEYED, 120.0, True),
        (Stripe, "customer.upsert", {}, Effect.KEYED, DAY, True),
        (Stripe, "customer.upsert", {"honours_idempotency_key": False}, Effect.UNSAFE, None, True),
    ],
)
def test_an_operation_is_as_the_instance_has_it(
    connector: type[Connector],
    name: str,
    settings: dict[str, Any],
    effect: Effect,
    lifetime: float | None,
    looks: bool,
) -> None:
    found = operation_at(connector, name, settings)
    assert found is not None
    assert (found.name, found.effect, found.key_lifetime, found.looks) == (name, effect, lifetime, looks)


def test_there_is_none_that_the_connector_does_not_have() -> None:
    assert operation_at(Webhook, "publish", {"key_lifetime": "never"}) is None
