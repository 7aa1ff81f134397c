"""Letting old weeks go keeps nobody from working, and loses nothing that is needed only since it began."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from structlog.testing import capture_logs

from controlplane.foundation.database import connect
from controlplane.transactions import unfinished
from controlplane.transactions.models import Payload, StepRun, Transaction
from tests.transactions import carrying
from tests.transactions.conftest import Later, paid
from tests.transactions.locks import until_somebody_waits
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, tell

pytestmark = pytest.mark.django_db(transaction=True)

#: As outcomes are written: whichever week the row is in.
WRITTEN = (
    "update step_run s set attempts = s.attempts + 1 from unnest(array[%s]::uuid[]) f(id) where s.id = f.id",
    "update transaction t set lane = t.lane from unnest(array[%s]::uuid[]) f(id) where t.id = f.id",
)


def refused_and_done(target: Target) -> tuple[UUID, UUID]:
    """The first event's only delivery is a dead letter, the second's has succeeded."""
    story = tell(target, steps=[LEDGER])
    target.moods.append(Mood.REJECTS)
    refused, done = story.send(paid(1), paid(2))
    carrying.carry()
    return refused, done


@contextmanager
def each_statement(before: Callable[[str], None]) -> Iterator[None]:
    """``before`` is called before each statement of the hour's work."""

    def tell_of(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        before(sql.strip())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(tell_of):
        yield


@contextmanager
def those_that_keep_others_waiting(done: UUID) -> Iterator[list[str]]:
    """The statements before which somebody else's outcome of what is ``done`` could not be written any more."""
    found: list[str] = []
    run = carrying.runs_of(done)["ledger"].id
    with connect() as other:
        other.execute("set lock_timeout = '1ms'")

        def look(sql: str) -> None:
            try:
                for statement, row in zip(WRITTEN, (run, done), strict=True):
                    other.execute(statement, [row])
            except psycopg.errors.LockNotAvailable:
                found.append(sql)

        with each_statement(look):
            yield found


def kind_of(statement: str) -> str:
    """Its first two words."""
    return " ".join(statement.split()[:2]).lower()


def test_outcomes_are_written_while_it_is_looked_for_what_a_week_is_needed_for(target: Target, later: Later) -> None:
    _, done = refused_and_done(target)
    with those_that_keep_others_waiting(done) as waited:
        later(100)
    assert Transaction.objects.count() == StepRun.objects.count() == 1
    kinds = Counter(map(kind_of, waited))
    # Of each of the two tables one week has something in it: that is copied, the others are looked at once more.
    weeks = kinds["lock table"]
    assert (kinds["set local"], kinds["release savepoint"], kinds["drop table"]) == (weeks, weeks, weeks)
    assert (kinds["insert into"], kinds["select count(*)"], kinds["create table"]) == (weeks + 2, weeks - 2, 2)
    assert kinds.keys() & {"create temporary", "analyze needed_transaction,"} == set()


def test_a_week_that_has_nothing_to_give_keeps_nobody_waiting(target: Target, later: Later) -> None:
    refused, _ = refused_and_done(target)
    later(100)
    with those_that_keep_others_waiting(refused) as waited:
        later(100)
    assert waited == []


def test_an_outcome_that_comes_while_a_week_is_shortened_is_written_after_it(target: Target, later: Later) -> None:
    """It would wait for the week with the table in hand, and the week could not be taken out of it."""
    refused, _ = refused_and_done(target)
    run = carrying.runs_of(refused)["ledger"]
    writers: list[threading.Thread] = []

    def write(statement: str, row: UUID) -> None:
        with connect() as other:
            other.execute(statement, [row])

    def come(sql: str) -> None:
        for table, statement, row in zip(("step_run", "transaction"), WRITTEN, (run.id, refused), strict=True):
            if sql.startswith(f'insert into "{table}_2'):
                writers.append(threading.Thread(target=write, args=(statement, row)))
                writers[-1].start()
                until_somebody_waits(lambda: not writers[-1].is_alive())

    with each_statement(come):
        later(100)
    for writer in writers:
        writer.join(10)
    assert len(writers) == 2
    assert (Transaction.objects.count(), StepRun.objects.get().attempts) == (1, run.attempts + 1)


def test_a_week_of_which_more_is_needed_than_can_be_copied_in_time_stays_whole_and_its_bodies_go(
    target: Target, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, _ = refused_and_done(target)
    monkeypatch.setattr(unfinished, "PATIENCE", "1ms")
    with capture_logs() as logs:
        later(100)
    told = {
        one["partition"].rpartition("_")[0]: one["error"] for one in logs if one["event"] == "partitions.not_dropped"
    }
    assert told["step_run"] == told["transaction"] == "QueryCanceled"
    assert {one["event"] for one in logs} >= {"partitions.not_dropped", "partitions.shortened"}
    assert Transaction.objects.count() == StepRun.objects.count() == 2
    assert set(Payload.objects.values_list("transaction_id", flat=True)) == {refused}
    monkeypatch.setattr(unfinished, "PATIENCE", "2s")
    later(100)
    assert [one.id for one in Transaction.objects.all()] == [refused]


def test_what_becomes_needed_while_a_week_is_looked_through_is_kept(target: Target, later: Later) -> None:
    _, done = refused_and_done(target)
    run = StepRun.objects.get(transaction_id=done)
    queued: list[str] = []

    def replay(sql: str) -> None:
        if kind_of(sql) == "lock table" and not queued:
            queued.append(sql)
            with connect() as other:
                other.execute(
                    "insert into step_queue (step_run_id, transaction_id, destination_id, due_at)"
                    " values (%s, %s, %s, now())",
                    [run.id, done, run.destination_id],
                )

    before = Payload.objects.count()
    with each_statement(replay):
        later(100)
    assert len(queued) == 1
    assert (Transaction.objects.count(), StepRun.objects.count(), Payload.objects.count()) == (2, 2, before)
