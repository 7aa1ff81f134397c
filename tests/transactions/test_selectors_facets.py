"""Facets: what a search can be narrowed down by, with counts that the narrowed search then has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.search import run
from controlplane.transactions.search.grammar import parse
from controlplane.transactions.search.query import Query, Term, render, word
from controlplane.transactions.search.sql import Fragment
from controlplane.transactions.selectors import facets as module
from controlplane.transactions.selectors import tally
from controlplane.transactions.selectors.facets import Facet, chosen_words
from controlplane.transactions.selectors.question import Question
from tests.transactions.factories import Estate, an_access, estate
from tests.transactions.traffic import NOW, RECEIVED_AT, a_transaction, paid_invoice

pytestmark = pytest.mark.django_db


def facets(access: Access, text: str = "") -> dict[str, Facet]:
    return {facet.field: facet for facet in module.facets(Question(access, text, NOW))}


def counts(access: Access, text: str = "") -> dict[str, dict[str, int | None]]:
    return {field: {one.value: one.count for one in facet.choices} for field, facet in facets(access, text).items()}


def some_traffic(here: Estate) -> None:
    paid_invoice(here, fails_at="invoice")
    paid_invoice(here, fails_at="notify", error_class="transient.timeout")
    paid_invoice(here)
    a_transaction(
        here, at=RECEIVED_AT, state=TransactionState.QUARANTINED, error_class="contract", event_type="odd type"
    )
    a_transaction(here, at=RECEIVED_AT, state=TransactionState.IGNORED, flow_version=None)


@pytest.mark.parametrize(
    "text", ["", "customer:cus_R7v2", "status:failed", "system:webhook", "error:rejected,transient"]
)
def test_a_count_is_what_the_narrowed_search_finds(here: Estate, support: Access, text: str) -> None:
    some_traffic(here)
    query = parse(text) if not text.startswith("customer") else parse(text, ["customer"])
    for field, values in counts(support, text).items():
        rest = query.without("status", "is") if field == "status" else query.without(field)
        for value, count in values.items():
            assert count is not None
            narrowed = render(Query((*rest.terms, Term(field, (word(value),)))))
            assert (narrowed, Question(support, narrowed, NOW).total()) == (narrowed, (count, False))


def test_facets_count_only_what_the_asker_may_see(here: Estate, support: Access) -> None:
    some_traffic(here)
    some_traffic(estate("sales"))
    assert counts(support)["integration"] == {"billing-invoices": 5}
    assert counts(support)["type"] == {"invoice.paid.v1": 4, "odd type": 1}
    assert counts(an_access(Role.OPERATOR))["integration"] == {"billing-invoices": 5, "sales-invoices": 5}


def test_a_field_s_own_choice_does_not_hide_what_else_there_is(here: Estate, support: Access) -> None:
    some_traffic(here)
    found = facets(support, 'error:contract type:"odd type"')
    assert {one.value: (one.count, one.chosen) for one in found["error"].choices} == {"contract": (1, True)}
    assert {one.value: (one.count, one.chosen) for one in found["type"].choices} == {"odd type": (1, True)}
    found = facets(support, "error:contract")
    assert {one.value for one in found["error"].choices} == {"contract", "rejected.tax_id_invalid", "transient.timeout"}


def test_failed_is_shown_as_the_two_states_that_it_means() -> None:
    assert chosen_words(parse("status:failed,ok"), "status") == ("dead", "quarantined", "ok")
    assert chosen_words(parse("-status:failed status:paused"), "status") == ("paused",)


def test_more_matches_than_are_counted_and_more_values_than_are_listed_are_said(
    here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "COUNTED", 4)
    monkeypatch.setattr(module, "LISTED", 2)
    for number in range(5):
        a_transaction(here, at=RECEIVED_AT + timedelta(seconds=number), event_type=f"type {number}")
    found = facets(support)["type"]
    assert (len(found.choices), found.more, found.of, found.complete) == (2, 2, 4, False)
    kept = facets(support, 'type:"type 1"')["type"]
    assert [one.value for one in kept.choices if one.chosen] == ["type 1"]


def test_what_could_not_be_counted_in_time_has_no_counts(
    here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_transaction(here, at=RECEIVED_AT)
    ask = run.ask

    def slow_for_many(statement: Fragment, deadline: run.Deadline, **how: bool) -> list[dict[str, object]]:
        if tally.COUNTED + 1 in statement.parameters:
            raise run.OutOfTime
        return ask(statement, deadline, **how)

    monkeypatch.setattr(run, "ask", slow_for_many)
    found = facets(support, "status:ok")
    assert {field: (facet.of, [one.value for one in facet.choices]) for field, facet in found.items()} == {
        "status": (None, ["ok"])
    }


def test_an_instance_that_was_typed_is_listed_without_a_count(here: Estate, support: Access) -> None:
    some_traffic(here)
    assert counts(support, "system:billing-erp")["system"]["billing-erp"] is None
