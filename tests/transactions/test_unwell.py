"""Destinations that are unwell, ask for a pause, or take nothing any more: all is kept, and nothing wears them out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import connection

from connectors.messages import Receipt
from controlplane.foundation.database import connect_async
from controlplane.transactions.models import Attempt, DeadLetter, DestinationState, StepQueue, StepRun, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.connecting import Connecting
from controlplane.transactions.pipeline.finishing import finish
from controlplane.transactions.rules.breaker import FIRST_REST, PROBES, THRESHOLD, BreakerState
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import deliver
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, NOTIFY, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 40
ADD = deliver("note", "billing-erp", "add", title="Add a note", mapping={"number": "event.number"})
#: So many of them are one call.
BATCH = 3


def many(target: Target, moods: int, mood: Mood = Mood.FAILS, **options: Any) -> QuickStory:
    """Many events for a destination that takes a few at a time and is in that mood for so many requests."""
    story = tell(target, steps=[LEDGER], max_in_flight=5, **options)
    story.send(*(paid(number) for number in range(MANY)))
    carrying.process()
    target.moods.extend([mood] * moods)
    return story


def state() -> DestinationState:
    """How the only destination that was used is."""
    return DestinationState.objects.get(destination__slug="billing-erp")


def is_rested() -> None:
    """The rest of the breaker is over."""
    with connection.cursor() as cursor:
        cursor.execute("update destination_state set breaker_until = now() where breaker_until > now()")


def claimed_by_several(workers: int) -> list[int]:
    """How many each of several workers got that claimed one after the other, and all hold."""

    async def ask() -> list[int]:
        connections = [await connect_async() for _ in range(workers)]
        try:
            return [len((await claim(one, catalogue)).deliveries) for one in connections]
        finally:
            for one in connections:
                await one.close()

    return asyncio.run(ask())


# -- the breaker ----------------------------------------------------------------------------------


def test_a_destination_that_fails_is_left_in_peace_and_what_waits_for_it_costs_no_try(target: Target) -> None:
    many(target, moods=MANY)
    carrying.deliver()
    assert len(target.operations) == THRESHOLD
    assert (state().breaker, state().openings) == (BreakerState.OPEN, 1)
    assert Attempt.objects.count() == THRESHOLD
    assert StepQueue.objects.count() == MANY
    untouched = StepRun.objects.filter(attempts=0, state=StepState.PENDING).count()
    assert untouched == MANY - THRESHOLD


def test_a_call_that_carried_many_and_failed_counts_once(target: Target) -> None:
    story = tell(target, steps=[ADD], max_in_flight=THRESHOLD + 2)
    story.send(*(paid(number) for number in range(THRESHOLD + 2)))
    carrying.process()
    target.moods.extend([Mood.AWAY] * (THRESHOLD + 2))
    assert carrying.deliver(rounds=1) == THRESHOLD + 2
    assert (state().breaker, state().failures) == (BreakerState.CLOSED, (THRESHOLD + 2) // BATCH)


def test_a_call_that_went_well_for_some_counts_for_both(target: Target) -> None:
    story = tell(target, steps=[ADD], max_in_flight=BATCH)
    story.send(*(paid(number) for number in range(BATCH)))
    carrying.process()
    DestinationState.objects.filter(destination__slug="billing-erp").update(failures=5)
    target.moods.extend([Mood.TAKES, Mood.SILENT_UNDONE, Mood.FAILS])
    assert carrying.deliver(rounds=1) == BATCH
    assert state().failures == 5 - 1 + 2


def test_since_when_it_is_in_trouble_is_kept_until_that_is_over(target: Target) -> None:
    many(target, moods=THRESHOLD + 1)
    carrying.deliver()
    since = state().troubled_since
    assert since is not None
    is_rested()
    carrying.let_time_pass()
    carrying.deliver()
    assert (state().openings, state().troubled_since) == (2, since), "a probe that fails is the same trouble"
    for _ in range(3):
        is_rested()
        carrying.let_time_pass()
        carrying.deliver()
    assert (state().breaker, state().troubled_since) == (BreakerState.CLOSED, None)


def test_the_rest_is_as_long_as_the_database_says(target: Target) -> None:
    many(target, moods=MANY)
    carrying.deliver()
    with connection.cursor() as cursor:
        cursor.execute("select extract(epoch from breaker_until - now()) from destination_state where breaker = 1")
        (seconds,) = cursor.fetchone()
    assert FIRST_REST - 10 < seconds <= FIRST_REST


def test_after_the_rest_all_workers_together_send_a_few_probes_at_once(target: Target) -> None:
    many(target, moods=THRESHOLD)
    carrying.deliver()
    is_rested()
    assert claimed_by_several(4) == [PROBES, 0, 0, 0]
    assert state().breaker == BreakerState.HALF_OPEN


def test_probes_that_go_well_let_everything_through(target: Target) -> None:
    many(target, moods=THRESHOLD)
    carrying.deliver()
    is_rested()
    carrying.let_time_pass()
    carrying.deliver()
    assert (state().breaker, state().failures, state().openings) == (BreakerState.CLOSED, 0, 0)
    assert {one.state for one in Transaction.objects.all()} == {TransactionState.SUCCEEDED}
    assert set(target.records.values()) == {1}


def test_probes_that_fail_make_the_rest_longer(target: Target) -> None:
    many(target, moods=MANY)
    carrying.deliver()
    is_rested()
    carrying.deliver()
    assert len(target.operations) == THRESHOLD + PROBES
    assert (state().breaker, state().openings) == (BreakerState.OPEN, 2)


def test_a_destination_that_says_no_is_well(target: Target) -> None:
    many(target, moods=MANY, mood=Mood.REJECTS)
    carrying.deliver()
    assert state().breaker == BreakerState.CLOSED
    assert Attempt.objects.filter(outcome=Outcome.REJECTED).count() == MANY


def test_bodies_that_could_not_be_sent_are_no_probes_that_went_well(target: Target) -> None:
    many(target, moods=THRESHOLD)
    carrying.deliver()
    is_rested()
    target.moods.extend([Mood.UNSENDABLE] * PROBES)
    assert carrying.deliver(rounds=1) == PROBES
    assert Attempt.objects.filter(outcome=Outcome.REJECTED, calls=0).count() == PROBES
    assert (state().breaker, state().probes) == (BreakerState.HALF_OPEN, 0)
    carrying.deliver()
    assert state().breaker == BreakerState.CLOSED


def test_a_credential_that_lapses_kills_nothing_and_all_of_it_goes_out_once_it_is_replaced(target: Target) -> None:
    many(target, moods=THRESHOLD + PROBES, mood=Mood.BARS)
    carrying.deliver()
    is_rested()
    carrying.deliver()
    assert (state().breaker, state().openings, len(target.operations)) == (BreakerState.OPEN, 2, THRESHOLD + PROBES)
    assert DeadLetter.objects.count() == 0
    assert StepQueue.objects.count() == MANY
    assert StepRun.objects.filter(error_class="auth_failed", state=StepState.PENDING).count() == THRESHOLD + PROBES

    is_rested()
    carrying.let_time_pass()
    carrying.deliver()
    assert {one.state for one in Transaction.objects.all()} == {TransactionState.SUCCEEDED}
    assert set(target.records.values()) == {1}


@pytest.mark.parametrize(
    ("mood", "error_class"), [(Mood.DENIES, "auth_failed.topic_denied"), (Mood.LACKS, "transient.unknown_topic")]
)
def test_what_a_broker_says_of_one_topic_keeps_nothing_from_the_others(
    target: Target, monkeypatch: pytest.MonkeyPatch, mood: Mood, error_class: str
) -> None:
    asked_anew: list[object] = []
    monkeypatch.setattr(Connecting, "forget", lambda _, destination: asked_anew.append(destination))
    many(target, moods=MANY, mood=mood)
    carrying.deliver()
    assert asked_anew == []
    assert StepRun.objects.filter(error_class=error_class, state=StepState.PENDING, attempts=1).count() == MANY
    assert state().breaker == BreakerState.CLOSED


def test_a_credential_that_nobody_replaces_makes_a_dead_letter_once_the_schedule_is_spent(target: Target) -> None:
    story = tell(target, steps=[LEDGER], retry_delays=(5, 30))
    story.send(paid())
    target.moods.extend([Mood.BARS] * 3)
    carrying.carry()
    for _ in range(2):
        assert DeadLetter.objects.count() == 0
        carrying.let_time_pass()
        carrying.deliver()
    assert [letter.error_class for letter in DeadLetter.objects.all()] == ["auth_failed"]


def test_other_destinations_do_not_notice(target: Target) -> None:
    story = tell(target, steps=[LEDGER, {**NOTIFY, "needs": []}])
    DestinationState.objects.filter(destination=story.estate.to_erp).update(
        breaker=1, breaker_until="9000-01-01T00:00Z"
    )
    story.send(paid(1), paid(2))
    carrying.carry()
    assert StepRun.objects.filter(name="notify", state=StepState.SUCCEEDED).count() == 2
    assert StepRun.objects.filter(name="ledger", state=StepState.PENDING).count() == 2


def fails_now_and_then(cap: int, *, retries: int) -> None:
    """So many of its oldest step runs have failed before, and all are due."""
    DestinationState.objects.update(failures=1, max_in_flight=cap)
    with connection.cursor() as cursor:
        cursor.execute(
            "update step_queue set tries = 1, due_at = now() - interval '1 minute' where step_run_id in "
            "(select step_run_id from step_queue order by step_run_id limit %s)",
            [retries],
        )


def leased() -> tuple[int, int]:
    """How many step runs are with workers: that were not tried before, and retries."""
    held = StepQueue.objects.exclude(lease_token=None)
    return held.filter(tries=1).count(), held.filter(tries__gt=1).count()


def test_retries_never_have_more_than_a_fifth_of_the_cap_however_often_is_claimed(target: Target) -> None:
    many(target, moods=0)
    fails_now_and_then(20, retries=MANY)
    assert claimed_by_several(6) == [4, 0, 0, 0, 0, 0]
    assert leased() == (0, 4)


def test_what_is_new_goes_past_retries_that_have_no_room(target: Target) -> None:
    many(target, moods=0)
    fails_now_and_then(20, retries=30)
    assert claimed_by_several(2) == [4 + 10, 0]
    assert leased() == (10, 4)


def test_of_a_small_cap_one_retry_at_a_time_is_let_through(target: Target) -> None:
    many(target, moods=0)
    fails_now_and_then(3, retries=MANY)
    assert claimed_by_several(3) == [1, 0, 0]


def test_retries_get_a_fifth_of_the_room_while_it_fails_now_and_then(target: Target) -> None:
    many(target, moods=0)
    fails_now_and_then(20, retries=6)
    claimed_by_several(1)
    assert leased() == (16, 4)
    StepQueue.objects.update(lease_token=None, tries=1, due_at="2026-01-01T00:00Z")
    DestinationState.objects.update(failures=0)
    assert claimed_by_several(1) == [20]


# -- pauses ---------------------------------------------------------------------------------------


def test_a_destination_that_asks_to_slow_down_is_paused_as_long_as_it_asks(target: Target) -> None:
    many(target, moods=MANY, mood=Mood.SLOWS)
    carrying.deliver()
    assert len(target.operations) == 5
    with connection.cursor() as cursor:
        cursor.execute(
            "select round(extract(epoch from paused_until - now())) from destination_state where pause_reason <> ''"
        )
        (seconds,) = cursor.fetchone()
    assert 50 < seconds <= 60
    assert state().pause_reason == "It asked us to slow down."


def test_a_destination_that_asks_to_slow_down_again_and_again_has_nothing_buried(target: Target) -> None:
    story = tell(target, steps=[LEDGER], retry_delays=(3600, 3600))
    story.send(paid())
    carrying.process()
    target.moods.extend([Mood.SLOWS] * 5)
    for _ in range(5):
        assert carrying.deliver() == 1
        DestinationState.objects.update(paused_until="2026-01-01T00:00Z")
        carrying.let_time_pass()
    assert (StepQueue.objects.get().tries, DeadLetter.objects.count()) == (1, 0)
    target.moods.append(Mood.FAILS)
    carrying.deliver()
    carrying.let_time_pass()
    carrying.deliver()
    assert Transaction.objects.get().state == TransactionState.SUCCEEDED


def test_an_allowance_that_is_used_up_pauses_it_although_the_call_went_well(target: Target) -> None:
    target.receipt = Receipt(external_id="1", record={"id": 1}, status=200, rest=30)
    many(target, moods=0)
    carrying.deliver()
    assert (len(target.operations), state().pause_reason) == (5, "It asked us to slow down.")
    assert StepRun.objects.filter(state=StepState.SUCCEEDED).count() == 5


def test_a_persons_pause_is_not_shortened_by_what_the_destination_asks(target: Target) -> None:
    many(target, moods=MANY, mood=Mood.SLOWS)
    asyncio.run(_finish_while_paused())
    assert (state().paused_until.year, state().pause_reason) == (9000, "Month end")


async def _finish_while_paused() -> None:
    claimed = await carrying.claim_and_vanish()
    async with await connect_async() as own:
        await own.execute("update destination_state set paused_until = '9000-01-01Z', pause_reason = 'Month end'")
        await finish(own, catalogue, claimed.deliveries)


def test_a_receiver_that_is_gone_gets_nothing_more_and_nothing_is_lost(target: Target) -> None:
    many(target, moods=1, mood=Mood.GOES)
    carrying.deliver()
    asked = len(target.operations)
    assert asked <= 5
    assert (state().paused_until.year, state().pause_reason[:15]) == (9000, "It answered 410")
    assert state().troubled_since is not None
    assert StepQueue.objects.count() == MANY - asked + 1
    assert Attempt.objects.filter(outcome=Outcome.GONE).count() == 1
    assert StepRun.objects.filter(state=StepState.DEAD).count() == 0

    DestinationState.objects.update(paused_until="2026-01-01T00:00Z", pause_reason="")
    carrying.let_time_pass()
    carrying.deliver()
    assert {one.state for one in Transaction.objects.all()} == {TransactionState.SUCCEEDED}
