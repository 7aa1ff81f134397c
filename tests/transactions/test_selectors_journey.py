"""The journey: what is related to a transaction, from which side, and only what the asker may see."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import Replay, ReplayItem, Transaction
from controlplane.transactions.search import run
from controlplane.transactions.search.sql import Fragment
from controlplane.transactions.selectors import journey as module
from controlplane.transactions.selectors.journey import Journey, journey
from tests.transactions.factories import Estate, an_account, estate, in_environment
from tests.transactions.traffic import (
    NOW,
    RECEIVED_AT,
    a_transaction,
    an_identity,
    paid_invoice,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def of(access: Access, one: Transaction, span: timedelta = DAY, field: str = "", now: datetime = NOW) -> Journey:
    return journey(access, one, span, field, now)


def line(found: Journey) -> list[tuple[object, tuple[str, ...]]]:
    return [(entry.row.id if entry.row else entry.replay, entry.relations) for entry in found.entries]


def test_everything_related_is_on_one_line_newest_first(here: Estate, support: Access) -> None:
    an_identity("customer", RECEIVED_AT, {here.source: ["cus_R7v2"], here.erp: ["8841"]})
    one = a_transaction(here, at=RECEIVED_AT, keys={"customer": "cus_R7v2"})
    flow = a_transaction(here, at=RECEIVED_AT + timedelta(seconds=1), event_id=one.event_id)
    trace = a_transaction(here, at=RECEIVED_AT - timedelta(minutes=1), correlation_id=one.correlation_id)
    other = a_transaction(here, at=RECEIVED_AT - timedelta(hours=2), keys={"customer": "8841"})
    a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-9"})
    a_transaction(here, at=RECEIVED_AT - timedelta(hours=30), keys={"customer": "8841"})
    found = of(support, one)
    assert line(found) == [
        (flow.id, ("same event", "same trace")),
        (one.id, ("this one",)),
        (trace.id, ("same trace",)),
        (other.id, ("same customer",)),
    ]
    assert [entry.later for entry in found.entries] == [
        timedelta(seconds=1),
        timedelta(0),
        timedelta(minutes=-1),
        timedelta(hours=-2),
    ]
    assert (found.more, found.missing) == (False, ())
    assert len(of(support, one, timedelta(days=7)).entries) == 5
    assert [identifier for identifier, _ in line(of(support, one, timedelta(hours=1)))] == [flow.id, one.id, trace.id]


def test_another_of_its_keys_can_be_chosen(here: Estate, support: Access) -> None:
    one = a_transaction(here, at=RECEIVED_AT, keys=[("order", "S1"), ("customer", "C-1")])
    order = a_transaction(here, at=RECEIVED_AT + timedelta(minutes=1), keys={"order": "S1"})
    found = of(support, one)
    assert [(key.field, key.value) for key in found.keys] == [("customer", "C-1"), ("order", "S1")]
    assert (found.key, line(found)) == (found.keys[0], [(one.id, ("this one",))])
    assert line(of(support, one, field="order"))[0] == (order.id, ("same order",))
    assert of(support, one, field="nonsense").key == found.keys[0]


def test_one_without_keys_has_its_event_and_its_trace(here: Estate, support: Access) -> None:
    found = of(support, a_transaction(here, at=RECEIVED_AT))
    assert (found.keys, found.key, len(found.entries)) == ((), None, 1)


def test_what_it_repeats_and_replays_of_it_are_on_the_line(here: Estate, support: Access) -> None:
    story = paid_invoice(here, fails_at="invoice")
    person = an_account("Mara Lindqvist", Role.OWNER, here.team).person
    replay = Replay.objects.create(team=here.team, requested_by=person, reason="ERP is back", total=1)
    run_id = story.runs["invoice"].id
    ReplayItem.objects.create(replay=replay, step_run_id=run_id, transaction_id=story.transaction.id, ordinal=1)
    Replay.objects.filter(pk=replay.pk).update(requested_at=RECEIVED_AT + timedelta(minutes=5))
    assert line(of(support, story.transaction)) == [
        (replay, ("replayed",)),
        (story.transaction.id, ("this one",)),
    ]
    again = a_transaction(here, at=RECEIVED_AT + timedelta(minutes=9), replay_of=story.transaction.id)
    assert line(of(support, again))[-1] == (story.transaction.id, ("it repeats this",))


def test_what_belongs_to_other_teams_is_not_on_it(here: Estate, support: Access) -> None:
    there = estate("sales")
    trace = uuid4()
    one = a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-1"}, correlation_id=trace)
    a_transaction(there, at=RECEIVED_AT, keys={"customer": "C-1"}, correlation_id=trace, event_id=one.event_id)
    theirs = Replay.objects.create(
        team=there.team, requested_by=an_account("Somebody Else").person, reason="theirs", total=1
    )
    story = paid_invoice(here)
    ReplayItem.objects.create(
        replay=theirs, step_run_id=story.runs["party"].id, transaction_id=story.transaction.id, ordinal=1
    )
    assert line(of(support, one)) == [(one.id, ("this one",))]
    assert line(of(support, story.transaction, timedelta(seconds=1))) == [(story.transaction.id, ("this one",))]


def test_the_nearest_are_shown_when_there_are_many(
    here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    all_of_them = [
        a_transaction(here, at=RECEIVED_AT + timedelta(minutes=minute), keys={"customer": "C-1"})
        for minute in (-60, -1, 0, 2, 90)
    ]
    found = of(support, all_of_them[3])
    assert found.more
    assert len(found.entries) == 3
    assert found.entries[1].relations == ("this one",)


def test_a_relation_that_takes_too_long_is_named(
    here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-1"})
    ask = run.ask

    def slow_for_keys(statement: Fragment, deadline: run.Deadline, **how: bool) -> list[dict[str, object]]:
        if "transaction_key" in statement.sql:
            raise run.OutOfTime
        return ask(statement, deadline, **how)

    monkeypatch.setattr(run, "ask", slow_for_keys)
    assert of(support, one).missing == ("same customer",)


def test_what_repeats_it_is_on_the_line_from_both_sides(here: Estate, support: Access) -> None:
    one = a_transaction(here, at=RECEIVED_AT)
    again = a_transaction(here, at=RECEIVED_AT + timedelta(hours=1), replay_of=one.id)
    a_transaction(estate("sales"), at=RECEIVED_AT + timedelta(hours=1), replay_of=one.id)
    assert line(of(support, one)) == [(again.id, ("repeats it",)), (one.id, ("this one",))]
    assert line(of(support, again)) == [(again.id, ("this one",)), (one.id, ("it repeats this",))]


def test_what_repeats_it_is_found_by_an_index_of_every_week(here: Estate) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select indisvalid from pg_index where indexrelid = 'transaction_replay_of'::regclass")
        assert cursor.fetchall() == [(True,)]
        cursor.execute(
            "select count(*) filter (where i.indexrelid is null), count(*) > 5 from pg_inherits h"
            " left join (pg_index i join pg_inherits a on a.inhrelid = i.indexrelid"
            " and a.inhparent = 'transaction_replay_of'::regclass) on i.indrelid = h.inhrelid"
            " where h.inhparent = 'transaction'::regclass"
        )
        assert cursor.fetchall() == [(0, True)]


def test_a_journey_costs_the_same_statements_whatever_is_on_it(here: Estate, support: Access) -> None:
    one = a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-1"})
    with CaptureQueriesContext(connection) as alone:
        assert len(of(support, one).entries) == 1
    for minute in range(30):
        a_transaction(here, at=RECEIVED_AT + timedelta(minutes=minute), keys={"customer": "C-1"}, replay_of=one.id)
    with CaptureQueriesContext(connection) as among_many:
        assert len(of(support, one).entries) == 31
    assert len(among_many) == len(alone)


def test_the_same_customer_of_another_environment_is_another_customer(here: Estate, support: Access) -> None:
    trial = estate("trial", team=here.team)
    in_environment(trial, "staging")
    one = a_transaction(here, at=RECEIVED_AT, keys={"customer": "C-1042"})
    before = a_transaction(here, at=RECEIVED_AT - timedelta(minutes=2), keys={"customer": "C-1042"})
    a_transaction(trial, at=RECEIVED_AT - timedelta(minutes=1), keys={"customer": "C-1042"})
    assert line(of(support, one)) == [(one.id, ("this one",)), (before.id, ("same customer",))]


@pytest.mark.parametrize("value", ["a\tb", "x\ny", "\x85z", " ", "y" * 1990, 'q"\\', "OR", "-5", "C-1042, (b)"])
def test_a_key_that_nobody_can_type_relates_transactions_all_the_same(
    here: Estate, support: Access, value: str
) -> None:
    one = a_transaction(here, at=RECEIVED_AT, keys={"customer": value})
    other = a_transaction(here, at=RECEIVED_AT - timedelta(hours=2), keys={"customer": value})
    assert line(of(support, one)) == [(one.id, ("this one",)), (other.id, ("same customer",))]
