"""A step that looks a record up before something is written: what later steps read, and what is remembered."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from controlplane.foundation import clock
from controlplane.foundation.database import connect_async
from controlplane.transactions.models import Attempt, DeadLetter, DestinationState, LookUpAnswer, Payload, StepQueue
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.look_ups import (
    CUSTOMER,
    LEDGER,
    Tell,
    asked,
    look_up,
    story_that_asks,
    sweep_once,
    tries,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tell(tell_story: Tell) -> Tell:
    """Tells stories whose notifier can be asked for customers."""
    return partial(story_that_asks, tell_story)


def test_later_steps_read_the_fields_that_are_kept_and_nothing_else_is_stored(tell: Tell) -> None:
    story = tell(look_up())
    (answer,) = story.send(paid())
    carrying.carry()
    assert story.bodies("/ledger") == [{"n": "INV-0001", "city": "Lyon"}]
    run = carrying.runs_of(answer.id)["customer"]
    assert StepState(run.state) is StepState.SUCCEEDED
    assert (run.result, run.external_id, run.response_id) == (
        {"name": "Brandt", "address": {"city": "Lyon"}},
        "7",
        None,
    )
    assert tries(run.id) == [(Outcome.SUCCEEDED, 0, "")]
    assert run.request_id is not None
    assert bytes(Payload.objects.get(pk=run.request_id).body) == b'{"stream":"customer","by":"","key":"cus_R7v2"}'
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.SUCCEEDED
    assert StepQueue.objects.count() == 0


def test_a_condition_can_ask_what_was_looked_up(tell: Tell) -> None:
    story = tell(look_up(), LEDGER | {"when": "steps.customer.name != 'Brandt'"})
    (answer,) = story.send(paid())
    carrying.carry()
    assert StepState(carrying.runs_of(answer.id)["ledger"].state) is StepState.SKIPPED
    assert story.bodies("/ledger") == []


def test_events_that_ask_the_same_ask_once(tell: Tell) -> None:
    story = tell(look_up())
    story.send(paid(1), paid(2), paid(3))
    carrying.carry()
    assert asked(story) == ["/customers/cus_R7v2"]
    assert len(story.bodies("/ledger")) == 3
    outcomes = sorted(Attempt.objects.exclude(outcome=Outcome.SUCCEEDED).values_list("outcome", "calls"))
    assert outcomes == [(Outcome.CACHED, 0)] * 2
    assert LookUpAnswer.objects.count() == 0


def test_an_answer_is_remembered_for_as_long_as_the_step_says(tell: Tell) -> None:
    story = tell(look_up(cache=300))
    (first,) = story.send(paid(1))
    carrying.carry()
    (second,) = story.send(paid(2))
    carrying.carry()
    assert asked(story) == ["/customers/cus_R7v2"]
    run = carrying.runs_of(second.id)["customer"]
    assert tries(run.id) == [(Outcome.CACHED, 0, "")]
    assert run.result == carrying.runs_of(first.id)["customer"].result
    assert story.bodies("/ledger")[1] == {"n": "INV-0002", "city": "Lyon"}
    kept = LookUpAnswer.objects.get()
    assert timedelta(seconds=290) < kept.expires_at - clock.now() <= timedelta(seconds=300)
    LookUpAnswer.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    story.send(paid(3))
    carrying.carry()
    assert asked(story) == ["/customers/cus_R7v2"] * 2


def test_what_is_remembered_is_of_these_settings_and_these_fields(tell: Tell) -> None:
    story = tell(look_up(cache=300))
    story.send(paid(1))
    carrying.carry()
    story.estate.notifier.settings = {"look_ups": {"customer": "/parties/{key}"}}
    story.estate.notifier.save()
    story.receiver.answer("/parties/cus_R7v2", json=CUSTOMER | {"address": {"city": "Paris"}})
    story.send(paid(2))
    carrying.carry()
    assert story.bodies("/ledger")[1] == {"n": "INV-0002", "city": "Paris"}


def test_no_such_record_is_the_fall_backs_case_and_is_remembered_for_a_moment_only(tell: Tell) -> None:
    story = tell(look_up(cache=3600, fallback={"value": {"address": {"city": "unknown"}}}))
    story.receiver.answer("/customers/cus_R7v2", status=404)
    (first,) = story.send(paid(1))
    carrying.carry()
    (second,) = story.send(paid(2))
    carrying.carry()
    said = "Its fall-back was used, because: Billing Notify has no customer cus_R7v2."
    runs = [carrying.runs_of(one.id)["customer"] for one in (first, second)]
    assert [tries(run.id) for run in runs] == [[(Outcome.NOT_FOUND, 0, said)], [(Outcome.ABSENT, 0, said)]]
    assert [(run.error_class, run.reason) for run in runs] == [("", said)] * 2
    assert story.bodies("/ledger") == [{"n": f"INV-000{n}", "city": "unknown"} for n in (1, 2)]
    assert LookUpAnswer.objects.get().expires_at - clock.now() <= timedelta(seconds=10)
    assert len(asked(story)) == 1


def test_no_such_record_without_a_fall_back_is_a_dead_letter_that_says_so(tell: Tell) -> None:
    story = tell(look_up())
    story.receiver.answer("/customers/cus_R7v2", status=404)
    (answer,) = story.send(paid())
    carrying.carry()
    letter = DeadLetter.objects.get()
    assert (letter.error_class, letter.reason) == ("not_found", "Billing Notify has no customer cus_R7v2.")
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.DEAD


def test_the_destinations_rate_holds_for_look_ups(tell: Tell) -> None:
    story = tell(look_up())
    state = DestinationState.objects.filter(destination=story.estate.to_notifier)
    state.update(rate_per_second=1.0, tat=clock.now() + timedelta(hours=1))
    story.send(paid())
    carrying.carry()
    assert asked(story) == []


def test_two_workers_that_ask_the_same_at_once_both_remember_it(tell: Tell) -> None:
    story = tell(look_up(cache=300))
    story.send(paid(1), paid(2))
    carrying.process()
    state = DestinationState.objects.filter(destination=story.estate.to_notifier)
    state.update(max_in_flight=1)
    held = asyncio.run(carrying.claim_and_vanish())
    state.update(max_in_flight=64)
    carrying.deliver()

    async def finish_late() -> None:
        from controlplane.transactions.pipeline.finishing import finish

        async with await connect_async() as own:
            await finish(own, catalogue, held.deliveries)

    asyncio.run(finish_late())
    carrying.deliver()
    assert len(asked(story)) == 2
    assert LookUpAnswer.objects.count() == 1
    assert sorted(body["n"] for body in story.bodies("/ledger")) == ["INV-0001", "INV-0002"]


def test_the_sweep_forgets_answers_that_are_out_of_date(tell: Tell) -> None:
    story = tell(look_up(cache=300))
    story.send(paid())
    carrying.carry()
    sweep_once()
    assert LookUpAnswer.objects.count() == 1
    LookUpAnswer.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    sweep_once()
    assert LookUpAnswer.objects.count() == 0
