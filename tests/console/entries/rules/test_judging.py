"""What follows from what differs: every rule has a name of its own, and what no rule knows is never safe."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from controlplane.console.entries.rules.judging import LONGEST, judged
from controlplane.console.entries.sorts import SORTS
from controlplane.console.estate.format import FORMAT

QUEUE = {"endpoint": "orders", "prefetch": 100}
STEP = {"name": "tell", "kind": "deliver", "destination": "erp", "mapping": {"id": "event.id"}}

#: The kind, what it said, what it says, and what is told: level, place and rule.
TOLD: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    (
        "flow",
        {"steps": [STEP]},
        {"steps": [STEP | {"deadline": 5.0}]},
        ["risky steps.tell.deadline flow-deadline-shorter"],
    ),
    (
        "flow",
        {"steps": [STEP | {"deadline": 5.0}]},
        {"steps": [STEP | {"deadline": 9.0}]},
        ["safe steps.tell.deadline flow-deadline-longer"],
    ),
    (
        "flow",
        {"steps": [STEP]},
        {"steps": [STEP | {"mapping": {}}]},
        ["breaking steps.tell.mapping.id flow-line-removed"],
    ),
    ("flow", {"steps": [STEP]}, {"steps": []}, ["breaking steps.tell flow-step-removed"]),
    (
        "flow",
        {"steps": [STEP, STEP | {"name": "log"}]},
        {"steps": [STEP | {"name": "log"}, STEP]},
        ["risky steps.(order) flow-order"],
    ),
    ("flow", {"steps": [STEP]}, {"steps": [STEP | {"new_word": 1}]}, ["risky steps.tell.new_word not-known"]),
    (
        "flow",
        {"routes": [{"event_type": "a", "interface": "x"}]},
        {"routes": [{"event_type": "a", "interface": "x", "condition": "event.b"}]},
        ["risky routes.a from x.condition flow-route-condition"],
    ),
    ("mapping", {"lines": {"a": "record.a"}}, {"lines": {"a": "record.b"}}, ["risky lines.a mapping-line-changed"]),
    (
        "instance",
        {"base_url": "amqps://x"},
        {"base_url": "amqps://x", "settings": {"queues": {"orders": QUEUE}}},
        ["risky settings.queues.orders consumer-added"],
    ),
    (
        "instance",
        {"settings": {"queues": {"orders": QUEUE}}},
        {"settings": {"queues": {}}},
        ["breaking settings.queues.orders consumer-removed"],
    ),
    (
        "instance",
        {"settings": {"queues": {"orders": QUEUE}}},
        {"settings": {"queues": {"orders": QUEUE | {"endpoint": "others"}}}},
        ["breaking settings.queues.orders.endpoint consumer-feeds"],
    ),
    (
        "instance",
        {"settings": {"topics": ["orders.*"]}},
        {"settings": {"topics": ["orders.new"]}},
        ["breaking settings.topics publication-changed"],
    ),
    (
        "credential",
        {"references": {"key": "env://A"}},
        {"references": {}},
        ["breaking references.key credential-reference-gone"],
    ),
    (
        "endpoint",
        {"scheme": "stripe", "active": False},
        {"scheme": "basic", "active": True},
        ["breaking scheme endpoint-unsigned", "breaking active endpoint-exposed-unsigned"],
    ),
    ("endpoint", {"scheme": "stripe", "active": False}, {"scheme": "stripe"}, ["risky active endpoint-exposed"]),
    (
        "endpoint",
        {"scheme": "stripe", "rate_per_second": 5.0},
        {"scheme": "stripe"},
        ["risky rate_per_second endpoint-rate"],
    ),
    ("integration", {"owner": "a@b.example"}, {}, ["risky owner integration-owner"]),
    ("integration", {"team": "a"}, {"team": "b"}, ["breaking team integration-team"]),
]


@pytest.mark.parametrize(("kind", "was", "becomes", "told"), TOLD)
def test_what_follows_is_told(kind: str, was: dict[str, Any], becomes: dict[str, Any], told: list[str]) -> None:
    found = judged("it", SORTS[kind].rules, was, becomes)
    assert [f"{one.level.value} {one.what} {one.follows.rpartition('(')[2][:-1]}" for one in found] == told


@pytest.mark.parametrize("kind", SORTS)
def test_what_is_new_is_never_safe_as_a_whole(kind: str) -> None:
    entry = dict.fromkeys(FORMAT[SORTS[kind].section], "x")
    first, *others = judged(f"{kind} x", SORTS[kind].rules, {}, entry)
    assert (first.level.value, first.what, first.after) == ("risky", f"{kind} x", "new")
    assert len(others) == len(entry)


@pytest.mark.parametrize("kind", SORTS)
def test_every_rule_has_a_name_of_its_own_and_a_sentence(kind: str) -> None:
    rules = SORTS[kind].rules
    assert max(Counter(rule.id for rule in rules).values()) == 1
    assert all(rule.follows.endswith(".") for rule in rules)
    fields = set(FORMAT[SORTS[kind].section])
    assert {rule.at.partition(".")[0] for rule in rules} - {"**"} <= fields | {"purpose", "name"}


def test_what_is_as_it_was_is_not_told_and_what_is_long_is_cut() -> None:
    assert judged("it", SORTS["flow"].rules, {"steps": [STEP]}, {"steps": [dict(STEP)]}) == []
    (told,) = judged("it", SORTS["mapping"].rules, {"lines": {"a": "b"}}, {"lines": {"a": "c" * 1000}})
    assert len(told.after) == LONGEST
