"""From a queue through a flow into another queue, by an estate document, on the RabbitMQ of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import orjson
import pytest
from django.test import override_settings
from pamqp.commands import Basic

from connectors.amqp.session import Content
from controlplane.audit.models import Actor
from controlplane.console.estate.apply import apply
from controlplane.transactions.models import StepRun, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.peers.test_consuming import consumed, counted, publish, queue, session
from tests.transactions.carrying import carry

__all__ = ["queue"]

pytestmark = [pytest.mark.peers, pytest.mark.django_db(transaction=True), pytest.mark.allow_hosts(["127.0.0.1"])]


def document(queue: str) -> dict[str, object]:
    """Orders come out of ``queue``; what was made of them goes to the exchange of that name, and to nowhere else."""
    rabbit = {
        "system": "rabbit",
        "base_url": "amqp://127.0.0.1:5672",
        "settings": {
            "user": "guest",
            "topics": [f"{queue}/*"],
            "queues": {queue: {"endpoint": "orders", "account": "rabbit"}},
        },
    }
    tell = {
        "kind": "deliver",
        "destination": "rabbit",
        "operation": "publish",
        "mapping": {
            "topic": f"event.secret ? 'hr/salaries' : '{queue}/dead'",
            "type": "'order.told'",
            "subject": "event.id",
            "data.order": "event.id",
        },
    }
    return {
        "teams": {"sales": {}},
        "systems": {"rabbit": {"connector": "amqp"}},
        "instances": {"rabbit": rabbit},
        "interfaces": {"rabbit-orders": {"instance": "rabbit", "kind": "topic"}},
        "integrations": {"orders": {"team": "sales", "source": "rabbit-orders"}},
        "credentials": {
            "rabbit": {"instance": "rabbit", "team": "sales", "references": {"password": "env://RABBIT_PASSWORD"}}
        },
        "endpoints": {
            "orders": {
                "integration": "orders",
                "interface": "rabbit-orders",
                "scheme": "shared_token",
                "secrets": ["env://RABBIT_PASSWORD"],
            }
        },
        "destinations": {"rabbit": {"instance": "rabbit", "credential": "rabbit"}},
        "flows": {
            "orders": {
                "integration": "orders",
                "steps": [{"name": "tell", **tell}],
                "routes": [{"event_type": "order.paid"}],
            }
        },
    }


@pytest.fixture
def applied(queue: str) -> Iterator[str]:
    apply(document(queue), actor=Actor(label="operator"))
    with override_settings(PRIVATE_NETWORKS=["127.0.0.0/8"]):
        yield queue


async def told(queue: str, count: int) -> list[Content]:
    async with session() as made:
        await made.call(Basic.Consume(queue=f"{queue}-dead", no_ack=True), Basic.ConsumeOk)
        found: list[Content] = []
        async with asyncio.timeout(10):
            while len(found) < count:
                heard = await made.told()
                if isinstance(heard, Content):
                    found.append(heard)
        return found


def test_an_order_goes_from_queue_to_queue_and_never_to_a_topic_that_is_not_listed(applied: str) -> None:
    orders = [{"id": f"O-{n}", "secret": n == 2} for n in range(3)]
    messages = [(order, {"message_id": str(order["id"]), "message_type": "order.paid"}) for order in orders]
    asyncio.run(publish(applied, messages))
    asyncio.run(consumed(lambda: counted() == (3, 3, 3)))
    carry()
    found = asyncio.run(told(applied, 2))
    assert sorted(orjson.loads(one.body or b"")["order"] for one in found) == ["O-0", "O-1"]
    headers = [one.properties.headers or {} for one in found]
    assert {one["cloudEvents_type"] for one in headers} == {"order.told"}
    assert len({one["cloudEvents_id"] for one in headers}) == 2
    states = Transaction.objects.values_list("state", flat=True)
    assert sorted(states) == sorted([TransactionState.SUCCEEDED, TransactionState.SUCCEEDED, TransactionState.DEAD])
    assert [run.error_class for run in StepRun.objects.exclude(error_class="")] == ["refused.topic_not_allowed"]
