"""A look-up without an answer, or with a bad one: its deadline, its fall-back, and what its destination is held for."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from controlplane.foundation import clock
from controlplane.foundation.database import connect_async
from controlplane.transactions.models import Attempt, DeadLetter, Destination, DestinationState, StepQueue
from controlplane.transactions.pipeline import looking_up
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.claiming import claim
from controlplane.transactions.pipeline.deliveries import Claimed
from controlplane.transactions.pipeline.delivering import make_ready
from controlplane.transactions.pipeline.outward import Called, Outward, TooLate
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import deliver
from tests.transactions.look_ups import (
    LEDGER,
    Tell,
    asked,
    look_up,
    story_that_asks,
    sweep_once,
    the_deadline_passes,
    tries,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tell(tell_story: Tell) -> Tell:
    """Tells stories whose notifier can be asked for customers."""
    return partial(story_that_asks, tell_story)


def test_a_system_that_is_down_is_tried_again_and_at_the_deadline_its_fall_back_is_used(tell: Tell) -> None:
    story = tell(look_up(deadline=20, fallback={"value": {"address": {"city": "-"}}}), retry_delays=(5, 3600))
    story.receiver.answer("/customers/cus_R7v2", status=503)
    (answer,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(answer.id)["customer"]
    assert StepState(run.state) is StepState.PENDING
    carrying.let_time_pass()
    carrying.deliver()
    waits = StepQueue.objects.get()
    assert waits.expires_at is not None
    assert abs(waits.due_at - waits.expires_at) < timedelta(seconds=1), "the next try would come after an hour"
    the_deadline_passes()
    carrying.deliver()
    run.refresh_from_db()
    assert StepState(run.state) is StepState.SUCCEEDED
    said = "Its fall-back was used, because: Billing Notify gave no answer within 20 s."
    assert [outcome for outcome, _, _ in tries(run.id)] == [Outcome.TRANSIENT, Outcome.TRANSIENT, Outcome.EXPIRED]
    assert (run.reason, run.error_class, run.result) == (said, "", {"address": {"city": "-"}})
    assert len(asked(story)) == 2
    assert story.bodies("/ledger") == [{"n": "INV-0001", "city": "-"}]


def test_a_fall_back_of_skip_leaves_out_the_step_and_what_needs_it(tell: Tell) -> None:
    notify = deliver("notify", "billing-notify", "send", mapping={"n": "event.number"})
    story = tell(look_up(fallback="skip", deadline=0), LEDGER, notify)
    story.receiver.answer("/customers/cus_R7v2", status=503)
    (answer,) = story.send(paid())
    carrying.carry()
    runs = carrying.runs_of(answer.id)
    assert {name: StepState(run.state) for name, run in runs.items()} == {
        "customer": StepState.SKIPPED,
        "ledger": StepState.SKIPPED,
        "notify": StepState.SUCCEEDED,
    }
    assert runs["customer"].reason.startswith("Skipped by its fall-back, because: the system answered 503")
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.SUCCEEDED


@pytest.mark.parametrize("held", ["paused", "resting", "retired"])
def test_a_deadline_passes_also_while_the_destination_is_held(tell: Tell, held: str) -> None:
    story = tell(look_up(deadline=5, fallback={"value": {"address": {"city": "-"}}}))
    soon = clock.now() + timedelta(hours=1)
    state = DestinationState.objects.filter(destination=story.estate.to_notifier)
    if held == "paused":
        state.update(paused_until=soon)
    elif held == "retired":
        Destination.objects.filter(pk=story.estate.to_notifier.pk).update(active=False)
    else:
        state.update(breaker=BreakerState.OPEN, breaker_until=soon)
    (answer,) = story.send(paid())
    carrying.carry()
    assert (sweep_once(), story.bodies("/ledger")) == (0, [])
    the_deadline_passes()
    assert carrying.deliver() == 0
    assert sweep_once() == 1
    carrying.deliver()
    assert asked(story) == []
    assert story.bodies("/ledger") == [{"n": "INV-0001", "city": "-"}]
    assert tries(carrying.runs_of(answer.id)["customer"].id)[0][0] is Outcome.EXPIRED


def test_a_failing_look_up_counts_for_the_destinations_breaker_though_its_fall_back_is_used(tell: Tell) -> None:
    story = tell(look_up(deadline=0, fallback={"value": {"address": {"city": "-"}}}))
    story.receiver.answer("/customers/cus_R7v2", status=503)
    for number in range(10):
        story.send(paid(number))
        carrying.carry()
    assert DestinationState.objects.get(destination=story.estate.to_notifier).breaker == BreakerState.OPEN
    assert len(story.bodies("/ledger")) == 10


def test_one_failure_that_many_share_counts_once_for_the_breaker(tell: Tell) -> None:
    story = tell(look_up())
    story.receiver.answer("/customers/cus_R7v2", status=503)
    story.send(*(paid(number) for number in range(12)))
    carrying.carry()
    assert len(asked(story)) == 1
    found = DestinationState.objects.get(destination=story.estate.to_notifier)
    assert (found.breaker, found.failures) == (BreakerState.CLOSED, 1)


def test_silence_is_a_failure_like_another_because_nothing_was_written(tell: Tell) -> None:
    story = tell(look_up())
    story.receiver.resets("/customers/cus_R7v2")
    (answer,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(answer.id)["customer"]
    assert StepState(run.state) is StepState.PENDING
    assert [(outcome, calls) for outcome, calls, _ in tries(run.id)] == [(Outcome.TRANSIENT, 0)]


def test_a_killed_workers_look_up_is_asked_again(tell: Tell) -> None:
    story = tell(look_up())
    (answer,) = story.send(paid())
    carrying.process()
    asyncio.run(carrying.claim_and_vanish())
    carrying.let_time_pass()
    carrying.deliver()
    assert len(asked(story)) == 2
    run = carrying.runs_of(answer.id)["customer"]
    assert [outcome for outcome, _, _ in tries(run.id)] == [Outcome.TAKEN_OVER, Outcome.SUCCEEDED]


BAD = [
    ("a field that is not there", "event.customer.vat", "key: there is no field 'vat'"),
    ("nothing", "null", "key: 'null' gave nothing."),
    ("an object", "event.customer", "key: 'event.customer' gave no text or number."),
    ("true", "true", "key: 'true' gave no text or number."),
    ("blanks", "'  '", "key: \"'  '\" gave an empty text."),
    ("a novel", "joined([1,2,3].map(x, '" + "x" * 90 + "'), '')", "gave what cannot be a key."),
]


@pytest.mark.parametrize(("key", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_key_that_cannot_be_one_is_a_dead_letter_whatever_the_fall_back(tell: Tell, key: str, said: str) -> None:
    story = tell(look_up(key=key, fallback="skip"))
    story.send(paid())
    carrying.carry()
    letter = DeadLetter.objects.get()
    assert letter.error_class == "mapping_failed"
    assert letter.reason.endswith(said)
    assert asked(story) == []


def test_a_key_is_one_segment_of_the_address_whatever_is_in_it(tell: Tell) -> None:
    story = tell(look_up(key="'../../admin?x=1#y'", fallback="skip"))
    story.send(paid())
    carrying.carry()
    (received,) = [one for one in story.receiver.received if one.method == "GET"]
    assert (received.path, received.query) == ("/customers/../../admin?x=1#y", "")


def test_an_answer_of_ten_megabytes_is_refused_and_an_answer_with_much_to_keep_too(tell: Tell) -> None:
    story = tell(look_up(fallback={"value": {"address": {"city": "-"}}}))
    story.receiver.answer("/customers/cus_R7v2", json={"name": "x" * (10 * 1024 * 1024)})
    story.send(paid(1))
    carrying.carry()
    story.receiver.answer("/customers/cus_R7v2", json={"name": "x" * 70_000})
    story.send(paid(2))
    carrying.carry()
    details = list(
        Attempt.objects.filter(outcome=Outcome.CONTRACT_BROKEN).order_by("id").values_list("detail", flat=True)
    )
    assert details[0].endswith("is larger than 10485760 bytes")
    assert details[1].endswith("What is to be kept of the answer is more than 64 KiB, or no plain document.")
    assert [body["city"] for body in story.bodies("/ledger")] == ["-", "-"]


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'"x"', b"", b"\xff\xfe"])
def test_an_answer_that_is_no_record_is_the_fall_backs_case(tell: Tell, body: bytes) -> None:
    story = tell(look_up(fallback={"value": {"address": {"city": "-"}}}))
    story.receiver.answer("/customers/cus_R7v2", body=body)
    (answer,) = story.send(paid())
    carrying.carry()
    assert tries(carrying.runs_of(answer.id)["customer"].id)[0][0] is Outcome.CONTRACT_BROKEN
    assert story.bodies("/ledger") == [{"n": "INV-0001", "city": "-"}]


def test_an_answer_without_a_field_says_so_and_a_mapping_that_needs_it_fails(tell: Tell) -> None:
    story = tell(look_up())
    story.receiver.answer("/customers/cus_R7v2", json={"name": "Brandt", "address": "Lyon"})
    (answer,) = story.send(paid())
    carrying.carry()
    runs = carrying.runs_of(answer.id)
    assert (runs["customer"].result, runs["customer"].reason) == ({"name": "Brandt"}, "It has no address.city.")
    assert runs["ledger"].reason == "city: there is no field 'address'"


@pytest.mark.parametrize(("seconds", "outcome"), [(1.0, Outcome.EXPIRED), (20.0, Outcome.TRANSIENT)])
def test_a_system_that_had_no_time_to_answer_is_not_called_unwell(tell: Tell, seconds: float, outcome: Outcome) -> None:
    class Silent(Outward):
        async def call(self, *_: Any) -> list[Called]:
            return [Called(Outcome.UNKNOWN, reason="It did not end within its deadline.")]

    async def ask() -> Called | None:
        async with await connect_async() as own:
            claimed = await claim(own, catalogue)
            await make_ready(own, claimed)
        (delivery,) = claimed.deliveries
        delivery.expires = time.monotonic() + seconds
        await looking_up.ask(Silent(), claimed, [delivery])
        return delivery.called

    story = tell(look_up())
    story.send(paid())
    carrying.process()
    called = asyncio.run(ask())
    assert called is not None
    assert called.outcome is outcome


def _asked_too_late(tell: Tell, *, lease_ends: float) -> Called | None:
    """What became of a question that was over before its turn came; its own time ends ten seconds from now."""

    class Late(Outward):
        async def call(self, *_: Any) -> list[Called]:
            raise TooLate

    async def ask() -> Called | None:
        async with await connect_async() as own:
            (delivery,) = (await claim(own, catalogue)).deliveries
        delivery.expires = time.monotonic() + 10
        await looking_up.ask(Late(), Claimed([delivery], until=time.monotonic() + lease_ends), [delivery])
        return delivery.called

    tell(look_up()).send(paid())
    carrying.process()
    return asyncio.run(ask())


def test_a_question_whose_time_is_over_before_its_turn_has_no_answer(tell: Tell) -> None:
    called = _asked_too_late(tell, lease_ends=20)
    assert called is not None
    assert called.outcome is Outcome.EXPIRED


def test_a_question_whose_lease_is_over_before_its_turn_is_left_to_whoever_takes_it_over(tell: Tell) -> None:
    with pytest.raises(TooLate):
        _asked_too_late(tell, lease_ends=5)


def test_deadlines_that_pass_under_a_pause_keep_the_order_of_their_key(tell: Tell) -> None:
    fallback = {"value": {"address": {"city": "-"}}}
    story = tell(look_up(deadline=5, fallback=fallback), ordering="event.customer.id")
    state = DestinationState.objects.filter(destination=story.estate.to_notifier)
    state.update(paused_until=clock.now() + timedelta(hours=1))
    story.send(paid(1), paid(2), paid(3))
    carrying.process()
    the_deadline_passes()
    assert sweep_once() == 3 + 2  # deliveries that are ready, and the next of the key two times
    carrying.deliver()
    assert [body["n"] for body in story.bodies("/ledger")] == ["INV-0001", "INV-0002", "INV-0003"]
