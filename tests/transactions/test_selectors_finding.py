"""A page of results: rows, counts that are honest, the customer they are about, and what waits unprocessed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from controlplane.inventory.models import EntityKind
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import Inbox
from controlplane.transactions.rules.states import StepState, TransactionState
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.selectors import finding, question
from controlplane.transactions.selectors.finding import ResultPage, find, newer_than
from controlplane.transactions.selectors.inbox import received, received_count
from tests.transactions.factories import Estate, an_access, estate
from tests.transactions.traffic import (
    NOW,
    RECEIVED_AT,
    a_step_run,
    a_transaction,
    an_identity,
    id_at,
    paid_invoice,
    queued,
)

pytestmark = pytest.mark.django_db


def page(access: Access, text: str = "", cursor: str = "") -> ResultPage:
    return find(access, text, cursor, NOW)


def test_a_row_says_what_it_is_what_happened_and_how_long_it_took(here: Estate, support: Access) -> None:
    paid_invoice(here, fails_at="invoice", reason="No such party: ada@example.com")
    (row,) = page(support).rows
    assert (row.state, row.title, row.key, row.amount) == ("dead", "Invoice to ledger", "in_1001", "€3,940.00")
    assert row.why == "No such party: a••••@example.com"
    assert row.seconds == pytest.approx(1.6)


def test_a_running_one_that_only_waits_says_what_for(here: Estate, support: Access) -> None:
    transaction = a_transaction(here, at=RECEIVED_AT, state=TransactionState.RUNNING)
    queued(a_step_run(transaction, here, "party", state=StepState.PENDING), NOW + timedelta(days=900))
    (row,) = page(support).rows
    assert (row.state, row.why) == ("waiting", "waiting for its next try")


def test_older_pages_are_reached_by_a_cursor(here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "PAGE", 2)
    monkeypatch.setattr(finding, "PAGE", 2)
    ids = [a_transaction(here, at=RECEIVED_AT + timedelta(seconds=n)).id for n in range(3)][::-1]
    first = page(support)
    assert ([row.id for row in first.rows], first.older, first.newest) == (ids[:2], ids[1], ids[0])
    second = page(support, cursor=str(first.older))
    assert ([row.id for row in second.rows], second.older, second.newest) == (ids[2:], None, None)
    assert page(support, cursor="nonsense").rows == first.rows


def test_the_card_tells_every_id_of_the_customer_live_ones_first(here: Estate, support: Access) -> None:
    an_identity("customer", RECEIVED_AT, {here.source: ["cus_old", "cus_R7v2"], here.erp: ["8841"]})
    a_transaction(here, at=RECEIVED_AT, keys={"customer": "cus_R7v2"})
    for text in ("customer:8841", "8841", "customer:8841 status:ok"):
        card = page(support, text).card
        assert card is not None, text
        assert (card.kind, card.value) == ("Customer", "8841")
        assert [(known.value, known.live) for known in card.known_as] == [
            ("8841", True),
            ("cus_R7v2", True),
            ("cus_old", False),
        ]


def test_a_key_without_an_identity_has_a_card_too(here: Estate, support: Access) -> None:
    a_transaction(here, at=RECEIVED_AT, keys={"order": "S04417"})
    card = page(support, "S04417").card
    assert card is not None
    assert (card.kind, card.value, card.known_as) == ("Order", "S04417", ())


def test_there_is_no_card_for_what_the_person_may_not_see_or_for_several_keys(here: Estate, support: Access) -> None:
    there = estate("sales")
    an_identity("customer", RECEIVED_AT, {there.source: ["C-1"], there.erp: ["C-2"]})
    a_transaction(there, at=RECEIVED_AT, keys={"customer": "C-1"})
    a_transaction(here, at=RECEIVED_AT, keys=[("customer", "C-3"), ("order", "S1")])
    assert page(support, "customer:C-1").card is None
    assert page(support, "customer:C-3 order:S1").card is None
    assert page(support, "customer:C-3,C-4").card is None
    assert page(support, "-customer:C-4").card is None


def waiting(here: Estate, **fields: object) -> Inbox:
    defaults = {"endpoint": here.endpoint, "retention": 2, "due_at": RECEIVED_AT}
    return Inbox.objects.create(transaction_id=id_at(RECEIVED_AT), **{**defaults, **fields})


def test_what_is_received_but_not_processed_is_found_by_its_id_and_counted(here: Estate, support: Access) -> None:
    there = estate("sales")
    mine, theirs = waiting(here), waiting(there)
    synced = waiting(here, endpoint=None, sync={"integration": here.integration.id, "run": 7})
    (row,) = page(support, str(mine.transaction_id)).rows
    assert (row.state, row.why, row.title) == (
        "received",
        "Received and kept, not processed yet",
        here.integration.name,
    )
    assert page(support, f"id:{synced.transaction_id}").rows[0].state == "received"
    assert page(support, str(theirs.transaction_id)).rows == ()
    assert received(support, theirs.transaction_id) is None
    assert received(support, uuid4()) is None
    assert received_count(support) == 2
    assert received_count(an_access(Role.OPERATOR)) == 3


def test_how_many_came_since_is_told_without_moving_the_list(here: Estate, support: Access) -> None:
    first = a_transaction(here, at=RECEIVED_AT, keys={"order": "S1"})
    for order in ("S1", "S1", "S2"):
        a_transaction(here, at=RECEIVED_AT + timedelta(seconds=1), keys={"order": order})
    assert newer_than(support, "order:S1", first.id, NOW) == 2
    assert newer_than(support, "", first.id, NOW) == 3


def test_a_name_that_does_not_exist_is_no_empty_page(here: Estate, support: Access) -> None:
    with pytest.raises(BadQuery):
        page(support, "system:nowhere")


@pytest.mark.parametrize("many", [1, 60])
def test_a_customer_s_page_is_answered_by_three_statements(
    here: Estate, django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    """Kinds of keys, aliases, and the rows with their names and what they wait for; a test's savepoint comes on top."""
    an_identity("customer", RECEIVED_AT, {here.source: ["cus_R7v2"], here.erp: ["8841"]})
    for second in range(many):
        running = a_transaction(
            here,
            at=RECEIVED_AT + timedelta(seconds=second),
            keys={"customer": "cus_R7v2"},
            state=TransactionState.RUNNING,
        )
        queued(a_step_run(running, here, "party", state=StepState.PENDING), NOW + timedelta(days=900))
    everything = an_access(Role.OPERATOR)
    with django_assert_num_queries(3 + 2):
        shown = page(everything, "customer:8841")
    assert [(row.state, row.why) for row in shown.rows] == [("waiting", "waiting for its next try")] * min(many, 50)


def test_a_kind_that_is_renamed_or_added_is_known_on_the_next_page(here: Estate, support: Access) -> None:
    a_transaction(here, at=RECEIVED_AT, keys={"order": "S1"})
    assert len(page(support, "order:S1").rows) == 1
    EntityKind.objects.filter(slug="order").update(slug="purchase")
    with pytest.raises(BadQuery):
        page(support, "order:S1")
    assert len(page(support, "purchase:S1").rows) == 1
