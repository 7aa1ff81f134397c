"""Replays that are stopped, repeated, or meet somebody else's; take-overs that come late; releases."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from controlplane.foundation.database import connect_async
from controlplane.foundation.errors import Conflict, NotFound
from controlplane.transactions.dead_letters.drop import drop
from controlplane.transactions.models import (
    Attempt,
    DeadLetter,
    Payload,
    Replay,
    ReplayItemState,
    StepQueue,
    StepRun,
    Transaction,
)
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.deliveries import Claimed
from controlplane.transactions.pipeline.delivering import carry_out
from controlplane.transactions.pipeline.finishing import finish
from controlplane.transactions.pipeline.outward import Outward
from controlplane.transactions.releases.release import release
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.replay.stop import stop_replay
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import deliver
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)


def dead(story: QuickStory, *numbers: int) -> list[UUID]:
    """Events whose ledger refused them; the ids of those step runs."""
    story.target.moods.extend([Mood.REJECTS] * len(numbers))
    events = story.send(*(paid(number) for number in numbers))
    carrying.carry()
    return [carrying.runs_of(event)["ledger"].id for event in events]


def states_of(step_run: UUID) -> tuple[str, TransactionState]:
    """The states of a transaction's steps in words, and its own."""
    found = Transaction.objects.get(pk=StepRun.objects.get(pk=step_run).transaction_id)
    runs = carrying.runs_of(found.id)
    words = " ".join(f"{name}:{StepState(run.state).name.lower()}" for name, run in sorted(runs.items()))
    return words, TransactionState(found.state)


def test_a_stopped_replay_leaves_everything_as_it_was(target: Target) -> None:
    story = tell(target)
    (run,) = dead(story, 1)
    before = states_of(run)
    assert before == ("ledger:dead notify:skipped", TransactionState.DEAD)
    replay = request_replay(story.owner, step_run_ids=[run], reason="again")
    assert states_of(run) == ("ledger:pending notify:skipped", TransactionState.RUNNING)
    stopped = stop_replay(story.owner, replay.pk)
    assert states_of(run) == before
    assert (stopped.state, stopped.finished_at is not None) == ("stopped", True)
    assert ReplayItemState(replay.items.get().state) is ReplayItemState.SKIPPED
    assert StepQueue.objects.count() == 0
    assert carrying.the(StepRun.objects.get(pk=run).transaction_id).finished_at is not None


def test_a_dropped_dead_letter_whose_replay_is_stopped_has_not_succeeded(target: Target) -> None:
    story = tell(target)
    (run,) = dead(story, 1)
    assert drop(story.owner, [run], "the customer has gone") == 1
    replay = request_replay(story.owner, step_run_ids=[run], reason="no, he came back")
    stop_replay(story.owner, replay.pk)
    assert states_of(run) == ("ledger:dead notify:skipped", TransactionState.DEAD)


def test_a_letter_that_is_being_sent_again_is_not_closed(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    sent, other = dead(story, 1, 2)
    request_replay(story.owner, step_run_ids=[sent], reason="again")
    assert drop(story.owner, [sent, other], "the customer has gone") == 1
    with pytest.raises(NotFound, match="not being sent just now"):
        drop(story.owner, [sent], "the customer has gone")
    carrying.deliver()
    resolutions = dict(DeadLetter.objects.values_list("step_run_id", "resolution"))
    assert resolutions == {sent: "succeeded", other: "dropped: the customer has gone"}


def test_a_letter_that_was_closed_and_is_sent_later_has_succeeded(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    (run,) = dead(story, 1)
    drop(story.owner, [run], "the customer has gone")
    request_replay(story.owner, step_run_ids=[run], reason="no, he came back")
    carrying.deliver()
    assert DeadLetter.objects.get().resolution == "succeeded"


@pytest.mark.parametrize(("mood", "said"), [(Mood.FAILS, "it is unwell"), (Mood.SILENT_DONE, "no answer came")])
def test_what_a_worker_had_when_its_replay_was_stopped_is_not_tried_again(
    target: Target, mood: Mood, said: str
) -> None:
    story = tell(target, steps=[LEDGER])
    (run,) = dead(story, 1)
    target.moods.append(mood)
    replay = request_replay(story.owner, step_run_ids=[run], reason="again")
    sent = asyncio.run(carrying.claim_and_vanish())
    stop_replay(story.owner, replay.pk)
    asyncio.run(_written(sent))
    assert (states_of(run), StepQueue.objects.count()) == (("ledger:dead", TransactionState.DEAD), 0)
    item = replay.items.get()
    assert (ReplayItemState(item.state), item.result) == (ReplayItemState.FAILED, said)
    assert DeadLetter.objects.get().resolved_at is None


async def _too_late(claimed: Claimed) -> None:
    """Its worker gets to its calls when too little of its lease is left for them."""
    outward = Outward()
    async with await connect_async() as own:
        await carry_out(own, outward, Claimed(claimed.deliveries, claimed.since, time.monotonic() + 1))
    await outward.aclose()


def test_what_is_given_back_untried_after_its_replay_was_stopped_is_not_sent(target: Target) -> None:
    story = tell(target)
    runs = dead(story, 1, 2)
    replay = request_replay(story.owner, step_run_ids=runs, reason="again")
    claimed = asyncio.run(carrying.claim_and_vanish(send=False))
    assert len(claimed.deliveries) == 2
    stop_replay(story.owner, replay.pk)
    asyncio.run(_too_late(claimed))
    assert [states_of(run) for run in runs] == [("ledger:dead notify:skipped", TransactionState.DEAD)] * 2
    assert [(ReplayItemState(item.state), item.result) for item in replay.items.all()] == [
        (ReplayItemState.SKIPPED, "Stopped before it was sent.")
    ] * 2
    assert set(DeadLetter.objects.values_list("resolved_at", flat=True)) == {None}
    assert (StepQueue.objects.count(), carrying.deliver(), story.numbers) == (0, 0, ["INV-0001", "INV-0002"])


def test_a_success_that_is_given_back_untried_by_a_stopped_replay_is_a_success_still(target: Target) -> None:
    story = tell(target)
    (event,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(event)["ledger"].id
    replay = request_replay(story.owner, step_run_ids=[run], reason="again")
    claimed = asyncio.run(carrying.claim_and_vanish(send=False))
    stop_replay(story.owner, replay.pk)
    asyncio.run(_too_late(claimed))
    assert states_of(run) == ("ledger:succeeded notify:succeeded", TransactionState.SUCCEEDED)
    assert carrying.the(event).finished_at is not None


def test_what_stood_behind_a_withdrawn_delivery_in_its_order_may_go(target: Target) -> None:
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    (run,) = dead(story, 1)
    replay = request_replay(story.owner, step_run_ids=[run], reason="again")
    story.send(paid(2))
    carrying.process()
    claimed = asyncio.run(carrying.claim_and_vanish(send=False))
    stop_replay(story.owner, replay.pk)
    asyncio.run(_too_late(claimed))
    assert carrying.deliver() == 1
    assert story.numbers == ["INV-0001", "INV-0002"]


def test_what_is_given_back_untried_while_its_replay_runs_is_sent(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    (run,) = dead(story, 1)
    replay = request_replay(story.owner, step_run_ids=[run], reason="again")
    asyncio.run(_too_late(asyncio.run(carrying.claim_and_vanish(send=False))))
    assert (StepQueue.objects.get().tries, carrying.deliver()) == (0, 1)
    assert ReplayItemState(replay.items.get().state) is ReplayItemState.SUCCEEDED


def test_a_stopped_replay_says_what_had_been_tried(target: Target) -> None:
    story = tell(target, steps=[LEDGER], max_in_flight=1)
    runs = dead(story, 1, 2)
    target.moods.append(Mood.SILENT_DONE)
    replay = request_replay(story.owner, step_run_ids=runs, reason="again")
    assert carrying.deliver(rounds=1) == 1
    stop_replay(story.owner, replay.pk)
    assert sorted((ReplayItemState(item.state).name, item.result) for item in replay.items.all()) == [
        ("FAILED", "Stopped after it had been tried. no answer came"),
        ("SKIPPED", "Stopped before it was sent."),
    ]


def test_a_success_whose_replay_is_stopped_is_a_success_still(target: Target) -> None:
    story = tell(target)
    (event,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(event)["ledger"].id
    replay = request_replay(story.owner, step_run_ids=[run], reason="again")
    stop_replay(story.owner, replay.pk)
    assert states_of(run) == ("ledger:succeeded notify:succeeded", TransactionState.SUCCEEDED)


def test_a_success_after_a_dead_letter_whose_replay_is_stopped_is_a_success_still(target: Target) -> None:
    story = tell(target)
    (run,) = dead(story, 1)
    request_replay(story.owner, step_run_ids=[run], reason="again")
    carrying.deliver()
    again = request_replay(story.owner, step_run_ids=[run], reason="and again")
    stop_replay(story.owner, again.pk)
    assert states_of(run) == ("ledger:succeeded notify:succeeded", TransactionState.SUCCEEDED)


def test_what_a_vanished_worker_may_have_sent_is_not_withdrawn_but_taken_over_and_recorded(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    (run,) = dead(story, 1)
    replay = request_replay(story.owner, step_run_ids=[run], reason="again")
    asyncio.run(carrying.claim_and_vanish())
    carrying.let_time_pass()
    stop_replay(story.owner, replay.pk)
    assert states_of(run) == ("ledger:pending", TransactionState.RUNNING)
    carrying.deliver()
    outcomes = [Outcome(one.outcome) for one in Attempt.objects.filter(step_run_id=run).order_by("number")]
    assert outcomes == [Outcome.REJECTED, Outcome.TAKEN_OVER, Outcome.SUCCEEDED]
    assert ReplayItemState(replay.items.get().state) is ReplayItemState.SUCCEEDED


def test_a_replay_that_fails_again_skips_nothing_anew_and_is_done(target: Target) -> None:
    story = tell(target)
    (run,) = dead(story, 1)
    target.moods.append(Mood.REJECTS)
    replay = request_replay(story.owner, step_run_ids=[run], reason="again")
    carrying.deliver()
    assert states_of(run) == ("ledger:dead notify:skipped", TransactionState.DEAD)
    replay = Replay.objects.get(pk=replay.pk)
    assert (replay.state, ReplayItemState(replay.items.get().state)) == ("done", ReplayItemState.FAILED)
    assert DeadLetter.objects.get().resolved_at is None


def test_steps_that_were_skipped_go_on_once_the_replay_has_succeeded_and_their_condition_is_asked_again(
    target: Target,
) -> None:
    when = deliver("when", "billing-notify", "put", needs=["ledger"], when="false", mapping={"number": "'never'"})
    story = tell(target, steps=[LEDGER, {**when, "name": "never"}, {**when, "name": "then", "when": ""}])
    (run,) = dead(story, 1)
    assert states_of(run)[0] == "ledger:dead never:skipped then:skipped"
    request_replay(story.owner, step_run_ids=[run], reason="again")
    carrying.deliver()
    assert states_of(run) == ("ledger:succeeded never:skipped then:succeeded", TransactionState.SUCCEEDED)


def test_two_workers_that_finish_the_last_two_items_leave_no_replay_open(target: Target) -> None:
    story = tell(target, steps=[LEDGER], max_in_flight=1)
    runs = dead(story, 1, 2)
    connection.cursor().execute("update destination_state set max_in_flight = 64")
    for _ in range(8):
        replay = request_replay(story.owner, step_run_ids=runs, reason="again")
        asyncio.run(_two_at_once())
        assert Replay.objects.get(pk=replay.pk).state == "done"


async def _written(sent: Claimed) -> None:
    """What came of it, by the worker that sent it."""
    async with await connect_async() as own:
        await finish(own, catalogue, sent.deliveries)


async def _two_at_once() -> None:
    outward = Outward()
    async with await connect_async() as one, await connect_async() as other:
        first = await claim(one, catalogue, most=1)
        second = await claim(other, catalogue, most=1)
        assert (len(first.deliveries), len(second.deliveries)) == (1, 1)
        for own, claimed in ((one, first), (other, second)):
            await carry_out(own, outward, claimed)
        await asyncio.gather(finish(one, catalogue, first.deliveries), finish(other, catalogue, second.deliveries))
    await outward.aclose()


def test_a_dead_letter_outlives_its_payloads_and_is_replayed_from_its_own_copy(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    (run,) = dead(story, 1)
    for _ in range(2):
        Payload.objects.exclude(retention=Retention.PINNED).delete()
        target.moods.append(Mood.REJECTS)
        request_replay(story.owner, step_run_ids=[run], reason="again")
        carrying.deliver()
    request_replay(story.owner, step_run_ids=[run], reason="and again")
    carrying.deliver()
    assert states_of(run) == ("ledger:succeeded", TransactionState.SUCCEEDED)
    assert story.numbers == ["INV-0001"] * 4


@pytest.mark.parametrize(("hours", "expired"), [(1, False), (25, True)])
def test_a_take_over_after_the_vendors_memory_has_ended_says_so(target: Target, hours: int, expired: bool) -> None:
    story = tell(target, steps=[LEDGER])
    story.send(paid())
    carrying.process()
    asyncio.run(carrying.claim_and_vanish())
    with connection.cursor() as cursor:
        cursor.execute("update step_queue set due_at = due_at - make_interval(hours => %s)", [hours])
    carrying.deliver()
    lost, again = target.operations
    assert (lost.takeover, lost.key_expired) == (False, False)
    assert (again.key, again.takeover, again.key_expired) == (lost.key, True, expired)


def test_a_worker_that_stood_still_past_its_lease_sends_nothing(target: Target, settings: Any) -> None:
    story = tell(target, steps=[LEDGER])
    story.send(paid())
    carrying.process()
    settings.LEASE_SECONDS = 0

    async def too_late() -> int:
        outward = Outward()
        async with await connect_async() as own:
            claimed = await claim(own, catalogue)
            await carry_out(own, outward, claimed)
            return await finish(own, catalogue, claimed.deliveries)

    assert asyncio.run(too_late()) == 0
    assert story.numbers == []
    settings.LEASE_SECONDS = 45
    carrying.let_time_pass()
    carrying.deliver()
    assert story.numbers == ["INV-0001"]
    assert [Outcome(one.outcome) for one in Attempt.objects.order_by("number")] == [
        Outcome.TAKEN_OVER,
        Outcome.SUCCEEDED,
    ]


def test_releasing_one_of_several_transactions_of_a_request_would_send_the_others_twice(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    story.send(paid(currency="euro"))
    carrying.carry()
    aside = Transaction.objects.get()
    other = Transaction.objects.get()
    other.pk = UUID(int=aside.pk.int + 1)
    other.state = TransactionState.SUCCEEDED
    other.save(force_insert=True)
    with pytest.raises(Conflict, match="Other transactions came of the same request"):
        release(story.owner, aside.pk, "look again")
    assert Transaction.objects.filter(pk=aside.pk).exists()


def test_two_people_who_release_the_same_event_release_it_once(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    (event,) = story.send(paid(currency="euro"))
    carrying.carry()
    release(story.owner, event, "look again")
    with pytest.raises(Exception, match="There is no such transaction"):
        release(story.owner, event, "look again")
