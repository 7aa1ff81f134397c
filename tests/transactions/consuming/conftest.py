"""An estate whose source is a broker with one bound queue."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.credentials.models import Credential
from tests.transactions.factories import Estate, estate


def bound(queue: str = "orders", **about: Any) -> Estate:
    """An estate whose endpoint is fed by ``queue`` of the RabbitMQ on this machine; ``about`` as in the settings."""
    estate_options = {name: about.pop(name) for name in ("max_body", "on_broken", "drop_fields") if name in about}
    made = estate(**estate_options)
    made.source.system.connector = "amqp"
    made.source.system.save()
    made.source.base_url = "amqp://127.0.0.1:5672"
    made.source.settings = {"user": "guest", "queues": {queue: {"endpoint": made.endpoint.slug, **about}}}
    made.source.save()
    Credential.objects.create(
        slug="rabbit",
        name="Rabbit",
        instance=made.source,
        team=made.team,
        references={"password": "env://RABBIT_PASSWORD"},
    )
    return made


@pytest.fixture
def rabbit(db: None) -> Estate:
    return bound()
