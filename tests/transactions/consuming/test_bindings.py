"""Which queue feeds which endpoint is read off the broker's settings, and what cannot be used says why."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.credentials.models import Credential
from controlplane.transactions.consuming import bindings
from controlplane.transactions.consuming.bindings import Binding, Unusable
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db


def test_a_bound_queue_is_found_with_all_that_its_consumer_needs(rabbit: Estate) -> None:
    assert bindings.read() == [
        Binding(
            instance=rabbit.source.slug,
            base_url="amqp://127.0.0.1:5672",
            user="guest",
            authority="",
            reference="env://RABBIT_PASSWORD",
            queue="orders",
            endpoint=rabbit.endpoint.slug,
        )
    ]


@pytest.mark.parametrize(
    ("queues", "words"),
    [
        ([], "queues must be names"),
        ({"orders": "billing"}, "a queue has account, endpoint, prefetch, rejected_to and nothing else"),
        ({"orders": {"endpoint": "ENDPOINT", "prefetched": 3}}, "and nothing else"),
        ({"orders": {}}, "there is no endpoint 'None'"),
        ({"orders": {"endpoint": "nobody"}}, "there is no endpoint 'nobody'"),
        ({"orders": {"endpoint": "ENDPOINT", "prefetch": 0}}, "from 1 to 1000"),
        ({"orders": {"endpoint": "ENDPOINT", "prefetch": "9"}}, "from 1 to 1000"),
        ({"orders": {"endpoint": "ENDPOINT", "rejected_to": "dead"}}, "exchange/routing.key"),
        ({"orders": {"endpoint": "ENDPOINT", "account": "ghost"}}, "no credential 'ghost'"),
        ({"x" * 256: {"endpoint": "ENDPOINT"}}, "up to 255 bytes"),
    ],
)
def test_a_setting_that_cannot_be_used_says_why_and_costs_only_its_queue(
    rabbit: Estate, queues: Any, words: str
) -> None:
    text = {"ENDPOINT": rabbit.endpoint.slug}
    if isinstance(queues, dict):
        queues = {
            name: {key: text.get(str(value), value) for key, value in about.items()}
            if isinstance(about, dict)
            else about
            for name, about in queues.items()
        } | {"zzz": {"endpoint": rabbit.endpoint.slug}}
    rabbit.source.settings = {"queues": queues}
    rabbit.source.save()
    found = bindings.read()
    assert isinstance(found[0], Unusable)
    assert words in found[0].reason
    assert [one.queue for one in found[1:] if isinstance(one, Binding)] == (["zzz"] if isinstance(queues, dict) else [])


def test_a_queue_feeds_no_endpoint_of_another_instance(rabbit: Estate) -> None:
    other = estate("other")
    rabbit.source.settings = {"queues": {"orders": {"endpoint": other.endpoint.slug}}}
    rabbit.source.save()
    (found,) = bindings.read()
    assert isinstance(found, Unusable)
    assert found.reason == f"there is no endpoint '{other.endpoint.slug}' at an interface of this instance"


def test_of_several_credentials_one_has_to_be_named(rabbit: Estate) -> None:
    Credential.objects.create(slug="second", name="Second", instance=rabbit.source, team=rabbit.team)
    (found,) = bindings.read()
    assert isinstance(found, Unusable)
    assert found.reason == "the instance has several credentials: name one"
    rabbit.source.settings["queues"]["orders"]["account"] = "rabbit"
    rabbit.source.save()
    (named,) = bindings.read()
    assert isinstance(named, Binding)
    assert named.reference == "env://RABBIT_PASSWORD"


def test_the_reference_does_not_show(rabbit: Estate) -> None:
    assert "RABBIT_PASSWORD" not in repr(bindings.read())
