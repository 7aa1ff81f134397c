"""A large estate is planned with as many statements as a small one, all of them questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from controlplane.console.estate.apply import apply, planned
from controlplane.people.models import Team
from tests.console.estate.conftest import OPERATOR, ApplyIt, Document, changed, complaint, journeys, small
from tests.console.estate.test_export import company, documented

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stewards")]


def estate(systems: int, integrations: int) -> Document:
    """So many systems, each with a door and a destination; so many integrations, each with all that it needs."""
    slugs = [f"s{number}" for number in range(systems)]
    numbers = {f"i{number}": number for number in range(integrations)}
    at = {slug: slugs[number % systems] for slug, number in numbers.items()}
    return {
        "teams": {"finance": {}},
        "systems": {slug: {"connector": "webhook"} for slug in slugs},
        "instances": {slug: {"system": slug, "base_url": f"https://{slug}.example"} for slug in slugs},
        "interfaces": {slug: {"instance": slug, "kind": "webhook"} for slug in slugs},
        "integrations": {slug: {"team": "finance", "source": at[slug]} for slug in numbers},
        "contracts": {
            slug: {"team": "finance", "schema": {"required": [slug]}, "keys": {"invoice": "record.id"}}
            for slug in numbers
        },
        "mappings": {slug: {"integration": slug, "lines": {"number": f"record.{slug}"}} for slug in numbers},
        "endpoints": {
            slug: {"integration": slug, "interface": at[slug], "scheme": "hmac", "secrets": [f"env://{slug.upper()}"]}
            for slug in numbers
        },
        "normalisations": {
            slug: {"interface": at[slug], "event_type": f"{slug}.changed", "contract": slug, "mapping": slug}
            for slug in numbers
        },
        "destinations": {slug: {"instance": slug, "max_in_flight": 8} for slug in slugs},
        "flows": {slug: flow(slug, at[slug]) for slug in numbers},
    }


def flow(slug: str, system: str) -> dict[str, Any]:
    """One step, started by one route."""
    mapping = {"number": f"event.{slug}"}
    step = {"name": "tell", "kind": "deliver", "destination": system, "operation": "send", "mapping": mapping}
    return {"integration": slug, "steps": [step], "routes": [{"event_type": f"{slug}.changed", "interface": system}]}


def statements(document: Document, **counts: int) -> list[str]:
    """What is asked of the database to plan a document of which so much would be made."""
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        asked.append(str(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        applied = planned(document)
    entries = sum(len(section) for section in document.values())
    assert len(applied.entries) == entries
    assert len([one for one in applied.entries.values() if one.how == "created"]) == counts["created"]
    return asked


def test_two_hundred_systems_and_fifteen_hundred_integrations_are_planned_as_one_is() -> None:
    statements(estate(1, 1), created=11)  # what is kept from the first time on is asked for once
    one = statements(estate(1, 1), created=11)
    all_of_it = statements(estate(200, 1_500), created=1 + 4 * 200 + 6 * 1_500)

    assert all_of_it == one
    assert all(asked.lower().startswith("select ") for asked in one)
    assert len(one) <= 30


def test_an_estate_that_is_as_it_is_written_is_planned_with_as_many_statements_however_large() -> None:
    apply(estate(1, 1), actor=OPERATOR)
    one = statements(estate(1, 1), created=0)
    apply(estate(5, 20), actor=OPERATOR)
    twenty = statements(estate(5, 20), created=0)

    assert len(twenty) == len(one) <= 30
    assert all(asked.lower().startswith("select ") for asked in twenty)


@pytest.mark.parametrize("document", [small, journeys, company, documented])
def test_a_plan_is_what_applying_does(document: Callable[[], Document]) -> None:
    plan = planned(document())

    applied = apply(document(), actor=OPERATOR)

    # Policies judge what is there, so a plan by itself says nothing of them.
    assert plan == replace(applied, findings=[])
    assert planned(document()) == replace(apply(document(), actor=OPERATOR), findings=[])


def test_a_plan_of_changes_is_what_applying_does(apply_it: ApplyIt) -> None:
    apply_it(small())
    document = changed(small(), "contracts.invoice.schema", {"type": "object", "required": ["id"]})
    document = changed(document, "flows.tell.steps.0.mapping", {"invoice": "event.number"})
    document = changed(document, "flows.tell.routes", [{"event_type": "invoice.sent"}])
    document = changed(document, "destinations.listener.max_in_flight", 8)
    document = changed(document, "systems.erp", {"connector": "webhook"})
    document = changed(document, "instances.listener.system", "erp")

    plan = planned(document)
    applied = apply_it(document)

    assert (plan.created, plan.changed, plan.same) == (applied.created, applied.changed, applied.same)
    assert plan.changed == [
        "instances.listener",
        "normalisations.paid",
        "destinations.listener limits",
        "flows.tell no longer starts with invoice.paid",
    ]


def test_what_only_the_database_refuses_is_told_with_all_else(
    apply_it: ApplyIt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Team, "full_clean", lambda *_, **__: None)
    long = {"name": "x" * 500}

    words = complaint(apply_it, {"teams": {"a": long, "b": {}, "c": long}, "systems": {"d": {"connector": ""}}})

    assert words.splitlines() == [
        "teams.a: the database does not take this: value too long for type character varying(80).",
        "teams.c: the database does not take this: value too long for type character varying(80).",
        "systems.d needs 'connector'.",
    ]
