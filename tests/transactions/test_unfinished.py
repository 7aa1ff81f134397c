"""Months later: weeks go, but not what is unfinished in them, and not what a person may still send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict
from controlplane.transactions.destinations.pause import pause
from controlplane.transactions.destinations.resume import resume
from controlplane.transactions.models import (
    Attempt,
    DeadLetter,
    Inbox,
    Payload,
    PayloadKind,
    PayloadSubject,
    StepRun,
    Trace,
    Transaction,
    TransactionKey,
)
from controlplane.transactions.releases.release import release
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.dead_letters import cleared
from controlplane.transactions.selectors.letter import letter_view
from tests.transactions import carrying
from tests.transactions.conftest import Later, paid
from tests.transactions.factories import deliver
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, NOTIFY, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

#: All that is kept of one event by its week.
KEPT = (Transaction, TransactionKey, StepRun, Attempt, Trace, Payload, PayloadSubject)


def kept() -> dict[str, int]:
    """How many rows there are of each table."""
    return {model.__name__: model.objects.count() for model in KEPT}


def refused(target: Target, **options: Any) -> tuple[QuickStory, UUID]:
    """A story whose ledger refused the first event; its step run."""
    story = tell(target, **options)
    target.moods.append(Mood.REJECTS)
    (event,) = story.send(paid(1))
    carrying.carry()
    return story, carrying.runs_of(event)["ledger"].id


def test_what_is_finished_goes_with_its_week(target: Target, later: Later) -> None:
    story = tell(target)
    story.send(paid(1), paid(2))
    carrying.carry()
    assert min(kept().values()) > 0
    later(420)
    assert kept() == dict.fromkeys(kept(), 0)


def test_bodies_go_before_what_tells_of_them(target: Target, later: Later) -> None:
    story = tell(target)
    story.send(paid(1))
    carrying.carry()
    before = kept()
    later(45)
    assert kept() == before | {"Payload": 0}


def test_what_waits_behind_a_pause_for_four_months_is_sent_as_it_was(target: Target, later: Later) -> None:
    story = tell(target)
    story.send(paid(1))
    carrying.carry()
    pause(story.owner, story.estate.to_erp, "The year is being closed")
    story.send(paid(2))
    carrying.carry()
    assert story.numbers == ["INV-0001"] * 2
    later(120)
    assert Transaction.objects.count() == 1
    assert [Payload.objects.filter(kind=kind).count() for kind in PayloadKind] == [1, 1, 0, 0, 0, 0]
    resume(story.owner, story.estate.to_erp, "The year is closed")
    carrying.carry()
    assert story.numbers == ["INV-0001"] * 2 + ["INV-0002"] * 2
    assert TransactionState(Transaction.objects.get().state) is TransactionState.SUCCEEDED


def test_an_event_that_was_never_processed_is_kept(target: Target, later: Later) -> None:
    story = tell(target)
    story.send(paid(1))
    later(120)
    assert Inbox.objects.count() == 1
    carrying.carry()
    assert story.numbers == ["INV-0001"] * 2


def test_a_dead_letter_of_a_hundred_days_is_sent_and_its_flow_goes_on(target: Target, later: Later) -> None:
    story, run = refused(target)
    story.send(paid(2))
    carrying.carry()
    owner = DeadLetter.objects.get().transaction_id
    told = [model.objects.filter(transaction_id=owner) for model in (Trace, TransactionKey, StepRun)]
    before = [rows.count() for rows in told]
    later(100)
    assert Transaction.objects.count() == 1
    assert [rows.count() for rows in told] == before
    assert Attempt.objects.count() == 1
    assert letter_view(story.owner, run).body.there
    story.target.forget()
    request_replay(story.owner, step_run_ids=[run], reason="The period is open again")
    carrying.carry()
    assert story.numbers == ["INV-0001"] * 2
    assert TransactionState(Transaction.objects.get().state) is TransactionState.SUCCEEDED


def test_a_letter_without_a_request_is_sent_after_a_hundred_days_as_well(target: Target, later: Later) -> None:
    """Its mapping failed, so that nothing was ever made that could have been pinned."""
    story = tell(target, steps=[deliver("ledger", "billing-erp", "put", mapping={"number": "event.tax_id"})])
    story.send(paid(1))
    carrying.carry()
    letter = DeadLetter.objects.get()
    assert letter.payload_id is None
    later(100)
    request_replay(story.owner, step_run_ids=[letter.pk], reason="Tried again")
    carrying.carry()
    letter.refresh_from_db()
    assert (letter.reason, letter.resolved_at) == ("number: there is no field 'tax_id'", None)
    assert Attempt.objects.count() == 2


def test_a_letter_that_nobody_sends_is_closed_after_120_days_shown_for_30_more_and_forgotten(
    target: Target, later: Later
) -> None:
    story, run = refused(target, steps=[LEDGER])
    later(119)
    assert DeadLetter.objects.get().resolved_at is None
    later(121)
    letter = DeadLetter.objects.get()
    assert (letter.resolved_at is not None, letter.resolution) == (True, "expired: nobody sent it within 120 days")
    (ended,) = cleared(story.owner, clock.now() - timedelta(days=1))
    assert (ended.kind, ended.words, ended.count) == ("bad", "Not sent in time", 1)
    record = AuditRecord.objects.get(action="dead_letters.expired")
    assert (record.reason, record.details) == ("expired: nobody sent it within 120 days", {"count": 1})
    later(150)
    assert letter_view(story.owner, run).expired
    later(152)
    assert (DeadLetter.objects.count(), Transaction.objects.count()) == (0, 0)


def test_a_letter_that_is_being_sent_just_now_is_not_closed(target: Target, later: Later) -> None:
    story, run = refused(target, steps=[LEDGER])
    request_replay(story.owner, step_run_ids=[run], reason="At the last moment")
    later(121)
    assert DeadLetter.objects.get().resolved_at is None
    carrying.deliver()
    assert DeadLetter.objects.get().resolution == "succeeded"


def test_a_letter_that_was_sent_after_all_holds_nothing_back(target: Target, later: Later) -> None:
    story, run = refused(target, steps=[LEDGER, NOTIFY])
    request_replay(story.owner, step_run_ids=[run], reason="The period is open again")
    carrying.carry()
    later(100)
    assert not Transaction.objects.exists()
    with pytest.raises(Conflict, match="None of them exists"):
        request_replay(story.owner, step_run_ids=[run], reason="Once more")


def test_what_stands_in_quarantine_is_let_out_after_a_hundred_days_and_cancelled_after_120(
    target: Target, later: Later
) -> None:
    story = tell(target)
    first, second = story.send(paid(1, currency="euro"), paid(2, currency="euro"))
    carrying.carry()
    later(100)
    release(story.owner, first, "Looked at")
    carrying.carry()
    assert TransactionState(carrying.the(first).state) is TransactionState.QUARANTINED
    later(130)
    found = carrying.the(second)
    words = "It stood in quarantine for 120 days, and nobody let it out."
    assert (TransactionState(found.state), found.reason) == (TransactionState.CANCELLED, words)
    assert AuditRecord.objects.get(action="quarantine.expired").details == {"count": 2}
    later(131)
    assert not Transaction.objects.exists()


# -- the weeks themselves ---------------------------------------------------------------------------


def weeks_with_rows(table: str) -> list[str]:
    """The weeks of a table that have rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"select distinct tableoid::regclass::text from {table} order by 1")
        return [row[0] for row in cursor.fetchall()]


def shape_of(week: str) -> list[tuple[str, ...]]:
    """What a week's table is made of: bounds, columns, constraints, and indexes by what they are on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select 'bounds', pg_get_expr(relpartbound, oid), '' from pg_class where oid = %(week)s::regclass
            union all select 'column', attname::text, attnum || ' ' || atttypid::regtype || attnotnull
            from pg_attribute where attrelid = %(week)s::regclass and attnum > 0
            union all select 'constraint', contype::text, pg_get_constraintdef(oid)
            from pg_constraint where conrelid = %(week)s::regclass
            union all select 'index', parent.inhparent::regclass::text, indisprimary::text
            from pg_index left join pg_inherits parent on parent.inhrelid = indexrelid
            where indrelid = %(week)s::regclass order by 1, 2, 3
            """,
            {"week": week},
        )
        rows: list[tuple[str, ...]] = cursor.fetchall()
        return rows


def oid_of(week: str) -> int:
    """Which table it is: another one in its place has another number."""
    with connection.cursor() as cursor:
        cursor.execute("select %s::regclass::oid", [week])
        number: int = cursor.fetchone()[0]
        return number


@contextmanager
def somebody_writing_to(week: str) -> Iterator[None]:
    """Another session that has changed a row of it, and is not done."""
    found = connection.settings_dict
    address = {"host": found["HOST"], "port": found["PORT"] or None, "user": found["USER"], "dbname": found["NAME"]}
    with psycopg.connect(**address) as other:
        other.execute(f'update "{week}" set retention = retention')
        yield
        other.rollback()


def test_a_week_that_has_been_shortened_is_left_alone_until_something_of_it_ends(target: Target, later: Later) -> None:
    refused(target, steps=[LEDGER])
    later(100)
    (week,) = weeks_with_rows("transaction")
    before = oid_of(week)
    later(101)
    assert oid_of(week) == before


def test_a_shortened_week_is_made_like_any_other(target: Target, later: Later) -> None:
    story, _ = refused(target)
    story.send(paid(2))
    carrying.carry()
    tables = ("transaction", "transaction_key", "step_run", "attempt", "trace", "payload_standard", "payload_subject")
    before = {week: shape_of(week) for table in tables for week in weeks_with_rows(table)}
    numbers = {week: oid_of(week) for week in before}
    later(100)
    assert {week: shape_of(week) for week in before} == before
    assert [week for week in before if oid_of(week) == numbers[week]] == [weeks_with_rows("payload_subject")[0]]


def test_a_week_in_which_somebody_works_stays_whole_until_the_next_hour(target: Target, later: Later) -> None:
    story, _ = refused(target, steps=[LEDGER])
    story.send(paid(2))
    carrying.carry()
    (week,) = weeks_with_rows("transaction")
    with somebody_writing_to(week):
        later(100)
        assert Transaction.objects.count() == 2
    later(100)
    assert Transaction.objects.count() == 1
