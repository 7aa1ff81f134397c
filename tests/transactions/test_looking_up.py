"""A step that looks a record up before something is written: what later steps read, and what if nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from controlplane.foundation import clock
from controlplane.foundation.database import connect_async
from controlplane.transactions.models import Attempt, DeadLetter, DestinationState, LookUpAnswer, Payload, StepQueue
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.sweeping import sweep
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import deliver

pytestmark = pytest.mark.django_db(transaction=True)

Tell = Callable[..., Story]

CUSTOMER = {"id": 7, "name": "Brandt", "address": {"city": "Lyon", "street": "Rue 1"}, "secret_note": "never kept"}
LEDGER = deliver(
    "ledger",
    "billing-erp",
    "send",
    needs=["customer"],
    mapping={"n": "event.number", "city": "steps.customer.address.city"},
)


def look_up(**more: Any) -> dict[str, Any]:
    """A step that looks the event's customer up at the notifier."""
    return {
        "name": "customer",
        "title": "Look the customer up",
        "kind": "lookup",
        "destination": "billing-notify",
        "stream": "customer",
        "key": "event.customer.id",
        "keep": ["name", "address.city"],
    } | more


@pytest.fixture
def tell(tell_story: Tell) -> Tell:
    """A story whose notifier can be asked for customers."""

    def tell(step: dict[str, Any], *more: dict[str, Any], **overrides: Any) -> Story:
        story = tell_story(steps=[step, *(more or (LEDGER,))], **overrides)
        story.estate.notifier.settings = {"look_ups": {"customer": "/customers/{key}"}}
        story.estate.notifier.save()
        story.receiver.answer("/customers/cus_R7v2", json=CUSTOMER)
        return story

    return tell


def asked(story: Story) -> list[str]:
    """The paths that were asked, in order."""
    return [received.path for received in story.receiver.received if received.method == "GET"]


def tries(step_run_id: UUID) -> list[tuple[Outcome, int, str]]:
    """The attempts of a run: outcome, calls that could write, detail."""
    found = Attempt.objects.filter(step_run_id=step_run_id).order_by("number")
    return [(Outcome(one.outcome), one.calls, one.detail) for one in found]


def sweep_once() -> int:
    """What the carrier does every half minute."""

    async def once() -> int:
        async with await connect_async() as own:
            return await sweep(own, catalogue)

    return asyncio.run(once())


def the_deadline_passes() -> None:
    """Every question's time is over, and whatever waits for its time is due."""
    StepQueue.objects.filter(expires_at__isnull=False).update(expires_at=clock.now() - timedelta(seconds=1))
    carrying.let_time_pass()


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


@pytest.mark.parametrize("held", ["paused", "resting"])
def test_a_deadline_passes_also_while_the_destination_is_held(tell: Tell, held: str) -> None:
    story = tell(look_up(deadline=5, fallback={"value": {"address": {"city": "-"}}}))
    soon = clock.now() + timedelta(hours=1)
    state = DestinationState.objects.filter(destination=story.estate.to_notifier)
    if held == "paused":
        state.update(paused_until=soon)
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
