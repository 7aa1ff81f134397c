"""Counting what a search matches: honest about what it is of, and about what could not be counted in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import Inbox
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.search import run
from controlplane.transactions.search.sql import Fragment
from controlplane.transactions.selectors import tally
from controlplane.transactions.selectors.counting import Counts, counts
from controlplane.transactions.selectors.facets import facets
from controlplane.transactions.selectors.finding import find
from controlplane.transactions.selectors.question import Question
from tests.transactions.factories import Estate, an_access, estate
from tests.transactions.traffic import (
    NOW,
    RECEIVED_AT,
    a_transaction,
    an_identity,
    id_at,
    paid_invoice,
)

pytestmark = pytest.mark.django_db


def counted(access: Access, text: str = "") -> Counts:
    return counts(Question(access, text, NOW))


def test_counts_are_of_all_matches_whatever_status_is_asked_for(here: Estate, support: Access) -> None:
    for state, many in ((TransactionState.SUCCEEDED, 3), (TransactionState.RUNNING, 1)):
        for _ in range(many):
            a_transaction(here, at=RECEIVED_AT, state=state)
    paid_invoice(here, fails_at="invoice")
    found = counted(support, "status:ok")
    assert (found.total, found.total_is_least) == (3, False)
    assert found.tally is not None
    assert found.tally.complete
    assert dict(found.tally.by_state) == {
        TransactionState.SUCCEEDED: 3,
        TransactionState.RUNNING: 1,
        TransactionState.DEAD: 1,
    }
    assert found.tally.waiting_for_a_person == 1
    assert (sum(slot.good for slot in found.slots), sum(slot.bad for slot in found.slots)) == (4, 1)


def test_only_what_the_asker_may_see_is_counted(here: Estate, support: Access) -> None:
    there = estate("sales")
    for one in (here, there, there):
        a_transaction(one, at=RECEIVED_AT)
        Inbox.objects.create(transaction_id=id_at(RECEIVED_AT), endpoint=one.endpoint, retention=2, due_at=RECEIVED_AT)
    mine, everybody_s = counted(support), counted(an_access(Role.OPERATOR))
    assert (mine.total, mine.unprocessed) == (1, 1)
    assert (everybody_s.total, everybody_s.unprocessed) == (3, 3)


def test_ten_thousand_are_counted_and_no_more() -> None:
    assert tally.COUNTED == 10_000


def test_more_than_are_counted_is_said(here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "COUNTED", 2)
    for _ in range(3):
        a_transaction(here, at=RECEIVED_AT)
    found = counted(support)
    assert (found.total, found.total_is_least) == (2, True)


def test_a_search_of_the_past_does_not_count_what_waits_now(here: Estate, support: Access) -> None:
    Inbox.objects.create(transaction_id=id_at(RECEIVED_AT), endpoint=here.endpoint, retention=2, due_at=RECEIVED_AT)
    assert counted(support, "before:2026-01-01").unprocessed == 0


def test_rows_are_shown_when_only_counting_them_takes_too_long(
    here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-1"})
    ask = run.ask

    def slow_for_many(statement: Fragment, deadline: run.Deadline, **how: bool) -> list[dict[str, object]]:
        if tally.COUNTED + 1 in statement.parameters:
            raise run.OutOfTime
        return ask(statement, deadline, **how)

    monkeypatch.setattr(run, "ask", slow_for_many)
    for text in ("customer:C-1", "customer:C-1 status:ok", "system:stripe"):
        shown, found = find(support, text, "", NOW), counted(support, text)
        assert ([row.id for row in shown.rows], shown.searched_to) == ([one.id], None), text
        assert (found.tally, found.total, found.slots) == (None, None, ()), text


@pytest.mark.parametrize("many", [1, 60])
def test_counts_and_facets_cost_the_same_statements_for_one_and_for_many(
    here: Estate, django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    """Kinds, aliases, matches; what is not processed yet, or integrations and systems; 2 more for a savepoint."""
    an_identity("customer", RECEIVED_AT, {here.source: ["cus_R7v2"], here.erp: ["8841"]})
    for second in range(many):
        a_transaction(here, at=RECEIVED_AT + timedelta(seconds=second), keys={"customer": "cus_R7v2"})
    everything = an_access(Role.OPERATOR)
    with django_assert_num_queries(4 + 2):
        assert counted(everything, "customer:8841").total == many
    with django_assert_num_queries(5 + 2):
        found = facets(Question(everything, "customer:8841", NOW))
    assert [facet.of for facet in found] == [many] * 4
