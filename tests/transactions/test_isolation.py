"""What is wrong with one event, one outcome or one configuration costs the others nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from connectors.messages import Receipt
from controlplane.inventory.models import System
from controlplane.transactions.models import (
    Attempt,
    Inbox,
    Route,
    StepQueue,
    Transaction,
    TransactionKey,
)
from controlplane.transactions.pipeline import claiming, processing, reading
from controlplane.transactions.pipeline.catalogue import Snapshot
from controlplane.transactions.pipeline.drafts import Arrived, InboxRow
from controlplane.transactions.pipeline.processing import MAX_TRIES
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import a_flow_version, deliver
from tests.transactions.memory import KIND, Mood, Target
from tests.transactions.quick import LEDGER, NOTIFY, tell

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = deliver("note", "billing-erp", "add", mapping={"number": "event.number"})


def states() -> list[TransactionState]:
    """The states of all transactions, in the order of arrival."""
    return [TransactionState(one.state) for one in Transaction.objects.order_by("event_id", "id")]


@contextmanager
def refused_by_the_database(table: str, condition: str) -> Iterator[None]:
    """For a while, rows that fulfil ``condition`` cannot be written."""
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {table} add constraint for_a_test check (not ({condition}))")
        try:
            yield
        finally:
            cursor.execute(f"alter table {table} drop constraint for_a_test")


# -- events ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        {"number": "INV-\x00", "customer": "cus_\x00A", "id": "in_\x00"},
        {"amount_paid": 2**64 - 1},
        {"amount_paid": 2**63},
        {"currency": "e\x00r"},
        {"number": "\N{GRINNING FACE}" * 3000, "customer": "x" * 9000},
    ],
    ids=["NUL", "unsigned 64 bits", "just beyond bigint", "NUL in the currency", "long"],
)
def test_what_columns_cannot_hold_is_left_out_of_them_and_the_event_is_carried(
    target: Target, record: dict[str, Any]
) -> None:
    story = tell(target, schema={})
    odd = paid(2)
    odd["data"]["object"].update(record)
    story.send(paid(1), odd, paid(3))
    carrying.carry()
    assert states() == [TransactionState.SUCCEEDED] * 3
    assert len(story.numbers) == 6


def test_an_event_that_the_database_refuses_is_quarantined_alone(target: Target) -> None:
    story = tell(target)
    with refused_by_the_database("transaction_key", "value = 'cus_B'"):
        story.send(paid(1), paid(2, customer="cus_B"), paid(3))
        carrying.carry()
    assert states() == [TransactionState.SUCCEEDED, TransactionState.QUARANTINED, TransactionState.SUCCEEDED]
    aside = Transaction.objects.get(state=TransactionState.QUARANTINED)
    assert (aside.error_class, aside.id) == ("defect", aside.event_id)
    assert aside.headline == "What came of it could not be stored: CheckViolation."
    assert Inbox.objects.count() == 0


def test_an_event_of_which_nothing_can_be_stored_stays_in_the_inbox_and_the_others_go_on(target: Target) -> None:
    story = tell(target)
    first, bad = story.send(paid(1), paid(2))
    with refused_by_the_database("transaction", f"event_id = '{bad}'"):
        carrying.carry()
        assert [one.id for one in Transaction.objects.all()] == [first]
        assert [row.transaction_id for row in Inbox.objects.all()] == [bad]
    carrying.let_time_pass()
    carrying.carry()
    assert states() == [TransactionState.SUCCEEDED] * 2


def test_what_one_event_of_a_body_lacks_is_kept_and_its_neighbours_are_carried(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    System.objects.filter(pk=story.estate.source.system_id).update(connector=KIND)
    good = {"type": "invoice.paid", "record": paid(1)["data"]["object"]}
    story.send(
        {
            "events": [
                good,
                {"type": "invoice.paid", "record": 7},
                {**good, "record": {**good["record"], "number": "N2"}},
            ]
        }
    )
    carrying.carry()
    assert sorted(states()) == [TransactionState.QUARANTINED, TransactionState.SUCCEEDED, TransactionState.SUCCEEDED]
    assert story.numbers == ["INV-0001", "N2"]


def test_only_the_event_that_ends_its_workers_is_set_aside(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    story = tell(target, steps=[LEDGER])
    ids = story.send(paid(1), paid(2), paid(3))
    culprit = ids[1]
    for _ in range(30):
        _process_until_killed_by(culprit, monkeypatch)
        carrying.let_time_pass()
    carrying.deliver()
    assert states() == [TransactionState.SUCCEEDED, TransactionState.QUARANTINED, TransactionState.SUCCEEDED]
    aside = Transaction.objects.get(pk=culprit)
    assert aside.headline == f"Processing it ended its worker {MAX_TRIES} times; it was set aside."


class Killed(BaseException):
    """The process is gone: nothing catches this."""


def _process_until_killed_by(culprit: UUID, patch: pytest.MonkeyPatch) -> None:
    def arrive(row: InboxRow, snapshot: Snapshot) -> list[Arrived]:
        if row.id == culprit:
            raise Killed
        return reading.arrive(row, snapshot)

    with patch.context() as patched, contextlib.suppress(Killed):
        patched.setattr(processing, "arrive", arrive)
        carrying.process()


def test_an_event_that_was_tried_before_is_tried_alone_and_its_fellows_keep_their_tries(target: Target) -> None:
    story = tell(target)
    story.send(paid(1), paid(2), paid(3))
    Inbox.objects.update(tries=1)
    assert carrying.process_one_batch() == 3
    assert sorted(Inbox.objects.values_list("tries", flat=True)) == [1, 1]


# -- outcomes -------------------------------------------------------------------------------------


def test_an_answer_with_what_columns_cannot_hold_is_kept_as_far_as_they_can(target: Target) -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    target.receipt = Receipt(
        external_id="a\x00b",
        record={"n\x00": "\x00", "big": 2**70, "half": "\ud800", "deep": deep, "bytes": b"x"},
        version=2**80,
        status=200,
        response=b"\x00\xff",
        keys=(("invoice", "I\x00V\ud800"),),
    )
    story = tell(target, steps=[NOTE])
    (event,) = story.send(paid())
    carrying.carry()
    assert states() == [TransactionState.SUCCEEDED]
    run = carrying.runs_of(event)["note"]
    assert run.result is not None
    assert (run.external_id, run.result["record"]["big"], run.result["record"]["half"]) == ("ab", 2**70, "?")
    assert TransactionKey.objects.filter(transaction_id=event, value="IV?").exists()


def test_an_outcome_that_cannot_be_stored_is_a_dead_letter_that_says_so_and_is_never_sent_again(target: Target) -> None:
    story = tell(target, steps=[NOTE])
    good, bad = story.send(paid(1), paid(2))
    carrying.process()
    with refused_by_the_database("written", f"step_run_id = '{carrying.runs_of(bad)['note'].id}'"):
        carrying.deliver()
    assert states() == [TransactionState.SUCCEEDED, TransactionState.DEAD]
    run = carrying.runs_of(bad)["note"]
    assert run.reason == "It was carried out, but what came of it could not be stored: CheckViolation."
    (attempt,) = Attempt.objects.filter(step_run_id=run.id)
    assert (Outcome(attempt.outcome), attempt.calls) == (Outcome.CONTRACT_BROKEN, 1)
    for _ in range(3):
        carrying.let_time_pass()
        carrying.deliver()
    assert sorted(story.numbers) == ["INV-0001", "INV-0002"]
    assert carrying.runs_of(good)["note"].attempts == 1


@pytest.mark.parametrize(
    ("expression", "words"),
    [("b'x'", "bytes"), ("duration('1h')", "timedelta"), ("[[event.number]] + [b'x']", "bytes")],
)
def test_a_mapping_that_makes_what_json_has_no_word_for_is_a_dead_letter(
    target: Target, expression: str, words: str
) -> None:
    bad = deliver("ledger", "billing-erp", "put", mapping={"number": expression}, when="event.customer.id == 'cus_B'")
    good = deliver("other", "billing-erp", "put", mapping={"number": "event.number"})
    story = tell(target, steps=[bad, good])
    first, second = story.send(paid(1), paid(2, customer="cus_B"))
    carrying.carry()
    assert states() == [TransactionState.SUCCEEDED, TransactionState.DEAD]
    run = carrying.runs_of(second)["ledger"]
    assert words in run.reason
    assert carrying.runs_of(first)["other"].state == StepState.SUCCEEDED
    assert story.numbers == ["INV-0001", "INV-0002"]


def test_a_connector_that_breaks_leaves_its_neighbours_alone(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    target.moods.append(Mood.BREAKS)
    story.send(paid(1), paid(2), paid(3))
    carrying.carry()
    assert sorted(states()) == [TransactionState.RUNNING, TransactionState.SUCCEEDED, TransactionState.SUCCEEDED]


def test_workers_that_vanish_one_after_the_other_set_the_step_aside(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    (event,) = story.send(paid())
    carrying.process()
    for _ in range(claiming.MAX_LOST):
        asyncio.run(carrying.claim_and_vanish())
        carrying.let_time_pass()
    carrying.deliver()
    run = carrying.runs_of(event)["ledger"]
    assert StepState(run.state) is StepState.DEAD
    assert run.reason == "5 workers vanished while they carried it out; it was set aside."
    assert [one.outcome for one in Attempt.objects.order_by("number")] == [Outcome.TAKEN_OVER] * 6
    assert len(story.numbers) == claiming.MAX_LOST
    assert StepQueue.objects.count() == 0


def test_a_queued_step_whose_week_is_gone_is_forgotten(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    story.send(paid())
    carrying.process()
    with connection.cursor() as cursor:
        cursor.execute("delete from step_run")
    assert carrying.deliver() == 0
    assert StepQueue.objects.count() == 0


# -- flows beside each other ----------------------------------------------------------------------


def test_two_flows_do_not_see_each_others_inline_results(target: Target) -> None:
    shape = {"name": "shape", "kind": "map", "mapping": [{"target": "big", "expression": "event.amount_minor > 0"}]}
    small = {**shape, "mapping": [{"target": "big", "expression": "event.amount_minor < 0"}]}
    only_big = {**LEDGER, "needs": ["shape"], "when": "steps.shape.big"}
    story = tell(target, steps=[shape, only_big])
    other = story.estate.flow.__class__.objects.create(slug="other", name="Other", integration=story.estate.integration)
    a_flow_version(other, [small, {**only_big, "mapping": [{"target": "number", "expression": "'other'"}]}])
    Route.objects.create(flow=other, event_type="invoice.paid.v1")
    story.send(paid())
    carrying.carry()
    assert story.numbers == ["INV-0001"]


def test_a_pure_step_whose_condition_is_false_leaves_no_result(target: Target) -> None:
    shape = {"name": "shape", "kind": "map", "when": "false", "mapping": [{"target": "n", "expression": "'shaped'"}]}
    plain = deliver("ledger", "billing-erp", "put", mapping={"number": "has(steps.shape) ? steps.shape.n : 'plain'"})
    story = tell(target, steps=[shape, plain, {**NOTIFY, "needs": []}])
    story.send(paid())
    carrying.carry()
    assert sorted(story.numbers) == ["INV-0001", "plain"]
