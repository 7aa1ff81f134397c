"""A destination writes to the topics that its owner listed, and to no other."""

from __future__ import annotations

import time
from typing import Any

import pytest

from connectors.errors import Refused
from connectors.topics import allowed_topic


@pytest.mark.parametrize(
    ("pattern", "topic", "allowed"),
    [
        ("orders", "orders", True),
        ("orders", "orders2", False),
        ("orders", "Orders", False),
        ("orders.*", "orders.paid", True),
        ("orders.*", "orders.paid.v2", False),
        ("orders.*", "orders", False),
        ("orders.#", "orders.paid.v2", True),
        ("orders#", "orders", True),
        ("billing/invoice.*", "billing/invoice.paid", True),
        ("billing/*", "billing/invoice.paid", False),
        ("billing/*", "hr/salaries", False),
        ("*/paid", "billing/paid", True),
        ("orders:*", "orders:eu", True),
        ("o*s", "orders", True),
        ("o*s", "order", False),
        ("#.paid", "orders.eu.paid", True),
        ("a.c", "abc", False),
        ("[a]", "a", False),
        ("", "orders", False),
    ],
)
def test_a_pattern_allows_what_it_says(pattern: str, topic: str, *, allowed: bool) -> None:
    if allowed:
        assert allowed_topic(topic, {"topics": [pattern]}) == topic
    else:
        with pytest.raises(Refused):
            allowed_topic(topic, {"topics": [pattern]})


def test_the_refusal_names_the_topic() -> None:
    with pytest.raises(Refused, match=r"may not write to the topic 'hr\.salaries'") as refused:
        allowed_topic("hr.salaries", {"topics": ["orders.*"]})
    assert refused.value.detail == "topic_not_allowed"


def test_a_destinations_own_topic_is_used_where_the_message_names_none_and_has_to_be_listed_too() -> None:
    assert allowed_topic(None, {"topic": "orders", "topics": ["orders"]}) == "orders"
    with pytest.raises(Refused, match="may not write"):
        allowed_topic(None, {"topic": "orders", "topics": ["invoices"]})


@pytest.mark.parametrize("settings", [{}, {"topics": []}, {"topics": "orders"}, {"topics": [7]}, {"topics": [""]}])
def test_where_nothing_is_listed_nothing_may_be_sent(settings: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="must list the topics"):
        allowed_topic("orders", settings)


@pytest.mark.parametrize("topic", [None, "", 7, ["orders"], "a b", "a\r\nPUB b", "x" * 256, "ü" * 128])
def test_a_topic_that_is_none_is_refused(topic: object) -> None:
    with pytest.raises(Refused):
        allowed_topic(topic, {"topics": ["#"]})


def test_no_pattern_is_slow_to_try() -> None:
    began = time.perf_counter()
    with pytest.raises(Refused):
        allowed_topic("a" * 255, {"topics": ["*a" * 120 + "b", "#a" * 120 + "b"]})
    assert time.perf_counter() - began < 2
