"""What a search finds, for whom, and how far back it looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from controlplane.people.access import NOBODY, Access
from controlplane.people.models import Membership, Person, Team
from controlplane.people.roles import Role
from controlplane.transactions.models import (
    Cause,
    DeadLetter,
    Deed,
    DeedEntry,
    Destination,
    DestinationState,
    Normalisation,
    Repeat,
    StepRun,
    Transaction,
)
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.search import run
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.grammar import BadQuery, parse
from controlplane.transactions.search.plan import plan
from controlplane.transactions.search.reference import Reference
from controlplane.transactions.search.sql import Fragment
from tests.transactions.factories import Estate, a_flow_version, an_access, estate
from tests.transactions.looking import a_drift
from tests.transactions.searching import VIENNA, found
from tests.transactions.traffic import (
    NOW,
    RECEIVED_AT,
    a_digest,
    a_key,
    a_step_run,
    a_transaction,
    an_identity,
    id_at,
    paid_invoice,
    queued,
    weeks_of_the_story,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything() -> Access:
    return an_access(Role.OPERATOR)


def test_what_was_given_to_me_acknowledged_or_commented_on_is_found(here: Estate) -> None:
    mara = an_access(Role.OWNER, here.team, name="Mara")
    stranger = an_access(Role.SUPPORT, here.team, name="Stranger")
    person = Person.objects.get(pk=mara.person_id)
    mine, of_team, of_cause, acked, noted, other = (
        paid_invoice(
            here, at=RECEIVED_AT + timedelta(seconds=n), fails_at="invoice", reason=f"{why} refused"
        ).transaction
        for n, why in enumerate(("one", "two", "three", "four", "five", "six"))
    )
    letters = {letter.transaction_id: letter for letter in DeadLetter.objects.all()}

    def cause(transaction: Transaction, **fields: Any) -> None:
        Cause.objects.create(fingerprint=letters[transaction.id].fingerprint, integration=here.integration, **fields)

    DeadLetter.objects.filter(transaction_id=mine.id).update(assignee=person)
    sales = Team.objects.create(slug="dunning", name="Dunning")
    Membership.objects.create(person=person, role=Role.SUPPORT, team=sales)
    DeadLetter.objects.filter(transaction_id=of_team.id).update(team=sales)
    cause(of_cause, assignee=person)
    cause(acked, acknowledged_by=person, acknowledged_at=NOW)
    note = {"integration": here.integration, "author": person, "deed": Deed.NOTED, "text": "Asked the vendor."}
    for _ in range(2):
        DeedEntry.objects.create(fingerprint=letters[noted.id].fingerprint, **note)
    DeedEntry.objects.create(fingerprint=letters[mine.id].fingerprint, step_run_id=letters[mine.id].pk, **note)
    DeedEntry.objects.create(fingerprint=letters[other.id].fingerprint, **note | {"deed": Deed.REPLAYED})
    assert found("is:mine", mara) == [of_cause.id, of_team.id, mine.id]
    assert found("is:mine", stranger) == []
    assert found("is:acked", stranger) == [acked.id]
    assert found("is:mine,acked", mara) == [acked.id, of_cause.id, of_team.id, mine.id]
    assert found("has:comment", stranger) == [noted.id, mine.id]
    assert found("has:comment is:mine", mara) == [mine.id]
    assert found("-has:comment -is:mine", mara) == [other.id, acked.id]
    assert found("has:comment", an_access(Role.SUPPORT, sales, name="Of another team")) == []
    DeadLetter.objects.filter(transaction_id=mine.id).update(resolved_at=NOW, resolution="succeeded")
    assert found("is:mine", mara) == [of_cause.id, of_team.id]


def test_a_customer_is_found_by_every_id_that_any_system_has_for_them(here: Estate, everything: Access) -> None:
    an_identity("customer", RECEIVED_AT, {here.source: ["cus_old", "cus_R7v2"], here.erp: ["8841"]})
    mine = [
        a_transaction(here, at=RECEIVED_AT + timedelta(minutes=minute), keys={"customer": value}).id
        for minute, value in enumerate(["cus_old", "cus_R7v2", "8841"])
    ]
    a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-9999"})
    a_transaction(here, at=RECEIVED_AT, keys={"order": "8841"})
    for known_by in ("cus_R7v2", "cus_old", "8841"):
        assert found(f"customer:{known_by}", everything) == mine[::-1]


def test_one_with_two_ids_of_the_same_customer_is_listed_once(here: Estate, everything: Access) -> None:
    an_identity("customer", RECEIVED_AT, {here.source: ["cus_R7v2"], here.erp: ["8841"]})
    one = a_transaction(here, at=RECEIVED_AT, keys=[("customer", "cus_R7v2"), ("customer", "8841")])
    assert found("customer:8841", everything) == [one.id]


def test_a_bare_id_is_looked_up_as_any_kind_of_key_and_through_aliases(here: Estate, everything: Access) -> None:
    an_identity("customer", RECEIVED_AT, {here.source: ["cus_R7v2"], here.erp: ["8841"]})
    order = a_transaction(here, at=RECEIVED_AT, keys={"order": "8841"})
    customer = a_transaction(here, at=RECEIVED_AT + timedelta(seconds=1), keys={"customer": "cus_R7v2"})
    assert found("8841", everything) == [customer.id, order.id]


def test_an_id_finds_a_transaction_its_event_and_its_trace_however_old(here: Estate, everything: Access) -> None:
    long_ago = RECEIVED_AT - timedelta(days=14)
    first = a_transaction(here, at=long_ago)
    second = a_transaction(here, at=long_ago + timedelta(seconds=1), event_id=first.id)
    trace = uuid4()
    third = a_transaction(here, at=long_ago, correlation_id=trace)
    much_later = NOW + timedelta(days=40)
    assert found(str(first.id), everything, much_later) == [second.id, first.id]
    assert found(f"id:{second.id}", everything, much_later) == [second.id]
    assert found(trace.hex, everything, much_later) == [third.id]
    assert found(f"trace:{trace}", everything, much_later) == [third.id]


def test_status_failed_is_dead_and_quarantined(here: Estate, everything: Access) -> None:
    by_state = {state: a_transaction(here, at=RECEIVED_AT, state=state).id for state in TransactionState}
    assert set(found("status:failed", everything)) == {
        by_state[TransactionState.DEAD],
        by_state[TransactionState.QUARANTINED],
    }
    assert found("status:skipped", everything) == [by_state[TransactionState.IGNORED]]
    assert found("status:dead", everything) == [by_state[TransactionState.DEAD]]
    assert len(found("-status:failed", everything)) == len(TransactionState) - 2
    assert set(found("status:running", everything)) == {
        by_state[TransactionState.RECEIVED],
        by_state[TransactionState.RUNNING],
    }


def test_status_paused_is_what_waits_for_a_paused_destination(here: Estate, everything: Access) -> None:
    held, free = (a_transaction(here, at=RECEIVED_AT, state=TransactionState.RUNNING) for _ in range(2))
    queued(a_step_run(held, here, "party"), RECEIVED_AT)
    queued(a_step_run(free, here, "notify"), RECEIVED_AT)
    with connection.cursor() as cursor:
        cursor.execute(
            "update destination_state set paused_until = 'infinity' where destination_id = %s", [here.to_erp.id]
        )
    assert found("status:paused", everything) == [held.id]
    assert set(found("status:paused,ok", everything)) == {held.id}
    assert DestinationState.objects.filter(destination=here.to_notifier).exists()


def test_status_paused_is_also_what_waits_for_a_retired_destination(here: Estate, everything: Access) -> None:
    held, free = (a_transaction(here, at=RECEIVED_AT, state=TransactionState.RUNNING) for _ in range(2))
    queued(a_step_run(held, here, "party"), RECEIVED_AT)
    queued(a_step_run(free, here, "notify"), RECEIVED_AT)
    Destination.objects.filter(pk=here.to_erp.pk).update(active=False)
    assert found("status:paused", everything) == [held.id]


def test_only_the_asker_s_teams_are_searched(here: Estate) -> None:
    there = estate("sales")
    mine = a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-1"}, state=TransactionState.QUARANTINED)
    theirs = a_transaction(there, at=RECEIVED_AT, keys={"customer": "C-1"}, state=TransactionState.QUARANTINED)
    support = an_access(Role.SUPPORT, here.team)
    for text in ("", "C-1", "customer:C-1", "status:failed", "is:open", "integration:sales-invoices,billing-invoices"):
        assert found(text, support) == [mine.id], text
        assert found(text, NOBODY) == [], text
    assert found(str(theirs.id), support) == []
    assert found(f"trace:{theirs.id}", support) == []


def test_without_a_time_thirty_days_are_searched_and_a_time_reaches_further(here: Estate, everything: Access) -> None:
    weeks_of_the_story(8)
    old = a_transaction(here, at=RECEIVED_AT - timedelta(days=40), keys={"customer": "C-1"})
    new = a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-1"})
    assert found("customer:C-1", everything) == [new.id]
    assert found("customer:C-1 after:60d", everything) == [new.id, old.id]
    assert found("customer:C-1 before:35d", everything) == [old.id]
    assert found("customer:C-1 on:2026-10-14", everything) == [old.id]
    assert found("customer:C-1 after:today", everything) == [new.id]
    assert found("customer:C-1 after:13:40", everything) == [new.id]
    assert found("customer:C-1 after:14:40", everything) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("system:stripe", {"one", "two"}),
        ("system:billing-erp", {"one"}),
        ("system:webhook", {"one"}),
        ("integration:billing-invoices", {"one", "two"}),
        ("owner:billing", {"one", "two"}),
        ("process:order-to-cash", {"one", "two"}),
        ("flow:billing-invoices", {"one"}),
        ("contract:billing-invoice", {"one", "two"}),
        ("has:pii", {"one", "two"}),
        ("-has:pii", set()),
        ("has:drift", set()),
        ("step:invoice", {"one"}),
        ('step:"Post the paid invoice"', {"one"}),
        ("error:rejected", {"one"}),
        ("error:tax_id_invalid", {"one"}),
        ("error:tax_id", {"one"}),
        ("error:id_invalid", set()),
        ("-error:rejected", {"two"}),
        ("amount:>3000eur", {"one"}),
        ("amount:3940", {"one"}),
        ("amount:3940usd", set()),
        ("amount:1..100", {"two"}),
        ("duration:>1s", {"one"}),
        ("duration:<1s", {"two"}),
        ("attempts:1", {"one"}),
        ("attempts:<1", {"two"}),
        ("is:open", {"one"}),
        ("is:replayed", {"two"}),
        ("is:duplicate", {"two"}),
        ("is:new", {"one", "two"}),
        ('text:"tax ID contains"', {"one"}),
        ("spaces", {"one"}),
        ("-spaces", {"two"}),
        ("%", set()),
        ("customer:cus_R7v2 invoice:INV-0001", {"one"}),
        ("customer:cus_R7v2 -invoice:INV-0001", set()),
        ("customer:cus_R7v2,C-2", {"one", "two"}),
        ("amount:>999999999999999", set()),
    ],
)
def test_each_field_means_what_the_help_says(here: Estate, everything: Access, text: str, expected: set[str]) -> None:
    one = paid_invoice(here, fails_at="invoice").transaction
    two = a_transaction(
        here,
        at=RECEIVED_AT,
        took=timedelta(milliseconds=300),
        keys={"customer": "C-2"},
        flow_version=None,
        replay_of=uuid4(),
        amount_minor=2500,
        currency="USD",
    )
    repeat = {"endpoint": here.endpoint, "kind": 0, "body_digest": a_digest("body")}
    Repeat.objects.create(id=id_at(RECEIVED_AT), transaction_id=two.event_id, **repeat)
    names = {one.id: "one", two.id: "two"}
    assert {names[identifier] for identifier in found(text, everything)} == expected


@pytest.mark.parametrize("text", ["contract:billing-invoice", "has:pii"])
def test_what_a_contract_judged_is_found_where_no_flow_is_pinned_to_it(
    here: Estate, everything: Access, text: str
) -> None:
    """As flows are published: nobody pins them."""
    carried = a_transaction(here, at=RECEIVED_AT, flow_version=a_flow_version(here.flow, here.flow_version.steps))
    assert found(text, everything) == [carried.id]
    Transaction.objects.update(event_type="invoice.voided.v1")
    assert found(text, everything) == []


def test_a_drift_is_known_by_the_type_that_its_events_have_here(here: Estate, everything: Access) -> None:
    drift = a_drift(here, since=RECEIVED_AT)
    before, since = (a_transaction(here, at=RECEIVED_AT + timedelta(seconds=n)) for n in (-1, 1))
    assert found("has:drift", everything) == [since.id]
    assert found("-has:drift", everything) == [before.id]
    Normalisation.objects.update(event_type="*")
    assert found("has:drift", everything) == [since.id]
    Normalisation.objects.all().delete()
    assert found("has:drift", everything) == []
    Transaction.objects.update(event_type=drift.event_type)
    assert found("has:drift", everything) == [since.id]


def test_a_key_that_looks_like_an_id_of_ours_is_found_by_itself(here: Estate, everything: Access) -> None:
    guid = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
    theirs = a_transaction(here, at=RECEIVED_AT, keys={"customer": guid})
    other = a_transaction(here, at=RECEIVED_AT)
    assert found(guid, everything) == [theirs.id]
    assert found(f"-{guid}", everything) == [other.id]
    assert found(f"{guid} status:ok", everything) == [theirs.id]


def test_what_no_contract_calls_personal_has_none(here: Estate, everything: Access) -> None:
    plain = a_transaction(estate("sales", personal=()), at=RECEIVED_AT)
    personal = a_transaction(here, at=RECEIVED_AT)
    assert found("has:pii", everything) == [personal.id]
    assert found("-has:pii", everything) == [plain.id]


def test_money_without_decimals_is_not_divided(here: Estate, everything: Access) -> None:
    yen = a_transaction(here, at=RECEIVED_AT, amount_minor=5000, currency="JPY")
    assert found("amount:5000", everything) == [yen.id]
    assert found("amount:5000jpy", everything) == [yen.id]


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("system:strpe", "stripe"),
        ("integration:billing-invoice", "billing-invoices"),
        ("flow:biling-invoices", "billing-invoices"),
        ("owner:biling", "billing"),
        ("process:order-to-csh", "order-to-cash"),
        ("contract:billing-invoices", "billing-invoice"),
        ("step:partie", "party"),
    ],
)
def test_a_name_that_does_not_exist_is_a_fault_with_the_closest_one(
    here: Estate, everything: Access, text: str, suggestion: str
) -> None:
    assert here
    with pytest.raises(BadQuery) as caught:
        found(text, everything)
    fault = caught.value.faults[0]
    assert fault.suggestion == suggestion
    assert text[fault.span.start : fault.span.end] == text.partition(":")[2]


def test_pages_follow_each_other_without_gaps_or_doubles(here: Estate, everything: Access) -> None:
    ids = [a_transaction(here, at=RECEIVED_AT + timedelta(seconds=n)).id for n in range(7)][::-1]
    planned = plan(parse(""), everything, Moment(NOW, VIENNA))
    pages, below = [], None
    while rows := run.newest(planned, "t.id", 3, run.Deadline(), now=NOW, below=below).rows:
        pages.append([row["id"] for row in rows])
        below = rows[-1]["id"]
    assert pages == [ids[:3], ids[3:6], ids[6:]]


def test_a_query_that_runs_out_of_time_says_how_far_it_got(
    here: Estate, everything: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    recent = a_transaction(here, at=NOW - timedelta(hours=1))
    a_transaction(here, at=NOW - timedelta(hours=10))
    planned = plan(parse(""), everything, Moment(NOW, VIENNA))
    asked = []
    ask = run.ask

    def slow_after_the_first(statement: Fragment, deadline: run.Deadline) -> list[dict[str, object]]:
        asked.append(statement)
        if len(asked) == 1:
            return ask(statement, deadline)
        return ask(Fragment("select pg_sleep(5)"), run.Deadline(0.02))

    monkeypatch.setattr(run, "ask", slow_after_the_first)
    answer = run.newest(planned, "t.id", 50, run.Deadline(), now=NOW)
    assert [row["id"] for row in answer.rows] == [recent.id]
    assert answer.searched_to == NOW - timedelta(hours=6)


def test_the_time_limit_ends_with_the_search(here: Estate, everything: Access) -> None:
    assert here
    found("customer:C-1", everything)
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_what_is_in_the_query_never_becomes_sql(here: Estate, everything: Access) -> None:
    awkward: dict[str, Any] = {
        "keys": {"customer": "x' or '1'='1"},
        "headline": "100%_done\\",
        "state": TransactionState.PARTIAL,
    }
    one = a_transaction(here, at=RECEIVED_AT, **awkward)
    assert found("customer:\"x' or '1'='1\"", everything) == [one.id]
    assert found('text:"100%_done\\\\"', everything) == [one.id]
    assert found('text:"100__done"', everything) == []
    assert found('customer:"\'; drop table transaction; --"', everything) == []
    assert Transaction.objects.count() == 1


def test_a_merge_gone_wrong_does_not_make_a_search_of_thousands(here: Estate, everything: Access) -> None:
    an_identity("customer", RECEIVED_AT, {here.source: [f"cus_{n}" for n in range(300)]})
    one = a_transaction(here, at=RECEIVED_AT, keys={"customer": "cus_7"})
    planned = plan(parse("customer:cus_7", Reference().kinds), everything, Moment(NOW, VIENNA))
    assert len(planned.keys) <= 201
    assert found("customer:cus_7", everything) == [one.id]


def test_access_is_judged_each_time_and_not_by_what_was_planned_before(here: Estate) -> None:
    one = a_transaction(here, at=RECEIVED_AT)
    a_key(one, "order", "S1")
    support = an_access(Role.SUPPORT, here.team)
    assert found("S1", support) == [one.id]
    assert found("S1", replace(support, reach={})) == []
    assert StepRun.objects.count() == 0
