"""One event from the sender to its targets, in every way it can end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest

from controlplane.people.roles import Role
from controlplane.transactions.models import (
    Attempt,
    DeadLetter,
    Payload,
    PayloadKind,
    Repeat,
    RepeatKind,
    Replay,
    Transaction,
    TransactionKey,
)
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.finishing import finish
from controlplane.transactions.releases.release import release
from controlplane.transactions.replay.request import preview, request_replay
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import a_flow_version, an_access, deliver

pytestmark = pytest.mark.django_db(transaction=True)

Tell = Callable[..., Story]


def outcomes(step_run_id: UUID) -> list[Outcome]:
    """The outcomes of a step run's attempts, in order."""
    return [Outcome(one.outcome) for one in Attempt.objects.filter(step_run_id=step_run_id).order_by("number")]


def body_of(payload_id: UUID | None) -> Payload:
    """A kept body."""
    assert payload_id is not None
    return Payload.objects.get(pk=payload_id)


def test_a_paid_invoice_reaches_both_targets(tell_story: Tell) -> None:
    story = tell_story()
    (answer,) = story.send(paid())
    assert answer.status == 202
    carrying.carry()
    assert story.bodies("/ledger") == [{"number": "INV-0001"}]
    assert story.bodies("/notify") == [{"text": "Paid: INV-0001", "ledger": 200}]
    found = carrying.the(answer.id)
    assert TransactionState(found.state) is TransactionState.SUCCEEDED
    assert (found.amount_minor, found.currency) == (394000, "EUR")
    keys = TransactionKey.objects.filter(transaction_id=answer.id).values_list("kind__slug", "value")
    assert sorted(keys) == [("customer", "cus_R7v2"), ("invoice", "INV-0001")]
    assert carrying.queued() == 0


def test_the_senders_trace_goes_on_to_the_target(tell_story: Tell) -> None:
    story = tell_story()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    (answer,) = story.send(paid(), traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    carrying.carry()
    assert carrying.the(answer.id).correlation_id.hex == trace
    assert story.receiver.received[0].headers["traceparent"].split("-")[1] == trace


def test_the_same_event_again_is_known(tell_story: Tell) -> None:
    story = tell_story()
    first, again = story.send(paid(), paid())
    assert (first.status, again.status) == (202, 200)
    assert again.json() == {"id": str(first.id), "status": "duplicate"}
    carrying.carry()
    assert len(story.bodies("/ledger")) == 1
    assert [repeat.kind for repeat in Repeat.objects.all()] == [RepeatKind.DUPLICATE]


def test_the_same_id_with_another_body_is_kept_as_a_conflict_and_acknowledged(tell_story: Tell) -> None:
    story = tell_story()
    first, other = story.send(paid(), paid(amount_paid=1))
    assert other.status == 200
    assert other.json()["id"] == str(first.id)
    repeat = Repeat.objects.get()
    assert (repeat.transaction_id, repeat.kind) == (first.id, RepeatKind.CONFLICT)
    kept = body_of(repeat.payload_id)
    assert PayloadKind(kept.kind) is PayloadKind.CONFLICT
    assert b'"amount_paid":1' in bytes(kept.body)


def test_a_target_that_is_down_is_tried_again_and_then_waits_for_a_person(tell_story: Tell) -> None:
    story = tell_story()
    story.receiver.answer("/ledger", status=503)
    (answer,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(answer.id)["ledger"]
    assert StepState(run.state) is StepState.PENDING
    assert carrying.queued() == 1
    for _ in range(2):
        carrying.let_time_pass()
        carrying.deliver()
    runs = carrying.runs_of(answer.id)
    assert StepState(runs["ledger"].state) is StepState.DEAD
    assert StepState(runs["notify"].state) is StepState.SKIPPED
    assert runs["notify"].reason == "needs ledger, which ended as dead letter"
    assert outcomes(run.id) == [Outcome.TRANSIENT] * 3
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.DEAD
    letter = DeadLetter.objects.get()
    assert letter.step_run_id == run.id
    assert bytes(body_of(letter.payload_id).body) == b'{"number":"INV-0001"}'


def test_a_dead_letter_is_replayed_to_success_and_what_waited_behind_it_goes_on(tell_story: Tell) -> None:
    story = tell_story(retry_delays=[0.001])
    story.receiver.answer("/ledger", status=422, json={"error": "closed period"})
    (answer,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(answer.id)["ledger"]
    assert StepState(run.state) is StepState.DEAD
    story.receiver.answer("/ledger", json={"ok": True})
    access = an_access(Role.SUPPORT, story.estate.team)
    (planned,) = preview(access, [run.id])
    assert (planned.allowed, planned.destination) == (True, "Billing Erp")
    replay = request_replay(access, step_run_ids=[run.id], reason="The period is open again")
    carrying.deliver()
    assert story.bodies("/notify") == [{"text": "Paid: INV-0001", "ledger": 200}]
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.SUCCEEDED
    replay = Replay.objects.get(pk=replay.pk)
    assert (replay.state, replay.total) == ("done", 1)
    assert replay.items.get().result == "Succeeded"
    assert DeadLetter.objects.get().resolution == "succeeded"
    keys = {received.headers["webhook-id"] for received in story.receiver.received if received.path == "/ledger"}
    assert len(keys) == 1


def test_a_flow_of_one_step_says_why_it_ended_and_succeeds_once_it_is_replayed(tell_story: Tell) -> None:
    only = deliver("ledger", "billing-erp", "send", title="Post to the ledger", mapping={"number": "event.number"})
    story = tell_story(steps=[only])
    story.receiver.answer("/ledger", status=422)
    (answer,) = story.send(paid())
    carrying.carry()
    dead = carrying.the(answer.id)
    assert (TransactionState(dead.state), dead.error_class) == (TransactionState.DEAD, "rejected")
    assert dead.headline.startswith("Post to the ledger, step 1 of 1: ")
    assert dead.finished_at is not None
    story.receiver.answer("/ledger", json={"ok": True})
    run = carrying.runs_of(answer.id)["ledger"]
    request_replay(an_access(Role.SUPPORT, story.estate.team), step_run_ids=[run.id], reason="It takes them again")
    carrying.deliver()
    good = carrying.the(answer.id)
    assert (TransactionState(good.state), good.error_class) == (TransactionState.SUCCEEDED, "")
    assert good.headline == "Invoice to ledger"
    assert carrying.queued() == 0


def test_an_optional_target_that_refuses_makes_the_transaction_partial(tell_story: Tell) -> None:
    story = tell_story()
    story.receiver.answer("/notify", status=422)
    (answer,) = story.send(paid())
    carrying.carry()
    found = carrying.the(answer.id)
    assert TransactionState(found.state) is TransactionState.PARTIAL
    assert found.error_class == "rejected"
    assert found.headline.startswith("Tell the notifier, step 2 of 2: ")


def test_a_step_whose_condition_is_false_is_skipped_and_harms_nobody(tell_story: Tell) -> None:
    steps = [
        deliver("ledger", "billing-erp", "send", when="event.amount_minor > 1000000", mapping={"n": "event.number"}),
        deliver("notify", "billing-notify", "send", mapping={"n": "event.number"}),
    ]
    story = tell_story(steps=steps)
    (answer,) = story.send(paid())
    carrying.carry()
    assert StepState(carrying.runs_of(answer.id)["ledger"].state) is StepState.SKIPPED
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.SUCCEEDED


def test_an_answer_that_never_came_is_unknown_and_then_sent_again_with_the_same_key(tell_story: Tell) -> None:
    story = tell_story()
    story.receiver.resets("/ledger")
    (answer,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(answer.id)["ledger"]
    assert StepState(run.state) is StepState.UNKNOWN
    story.receiver.answer("/ledger", json={"ok": True})
    carrying.let_time_pass()
    carrying.deliver()
    assert outcomes(run.id) == [Outcome.UNKNOWN, Outcome.SUCCEEDED]
    keys = [received.headers["webhook-id"] for received in story.receiver.received if received.path == "/ledger"]
    assert keys == [f"{run.id}:0"] * 2


def test_a_killed_workers_delivery_is_taken_over_and_every_request_is_explained(tell_story: Tell) -> None:
    story = tell_story()
    (answer,) = story.send(paid())
    carrying.process()
    asyncio.run(carrying.claim_and_vanish())
    assert len(story.bodies("/ledger")) == 1
    assert carrying.deliver() == 0
    carrying.let_time_pass()
    carrying.deliver()
    run = carrying.runs_of(answer.id)["ledger"]
    assert outcomes(run.id) == [Outcome.TAKEN_OVER, Outcome.SUCCEEDED]
    calls = sum(one.calls for one in Attempt.objects.filter(step_run_id=run.id))
    assert calls == len(story.bodies("/ledger")) == 2
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.SUCCEEDED


def test_a_zombies_late_write_is_refused(tell_story: Tell) -> None:
    story = tell_story()
    (answer,) = story.send(paid())
    carrying.process()
    late = asyncio.run(carrying.claim_and_vanish())
    carrying.let_time_pass()
    carrying.deliver()
    before = Attempt.objects.count()

    async def rise() -> int:
        from controlplane.foundation.database import connect_async

        async with await connect_async() as own:
            return await finish(own, catalogue, late.deliveries)

    assert asyncio.run(rise()) == 0
    assert Attempt.objects.count() == before
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.SUCCEEDED


def test_what_breaks_the_contract_is_quarantined_and_can_be_released(tell_story: Tell) -> None:
    story = tell_story()
    (answer,) = story.send(paid(currency="euro"))
    carrying.carry()
    found = carrying.the(answer.id)
    assert TransactionState(found.state) is TransactionState.QUARANTINED
    assert found.error_class == "contract"
    assert "currency" in found.headline
    assert story.bodies("/ledger") == []
    release(an_access(Role.SUPPORT, story.estate.team), answer.id, "The contract was widened")
    assert not Transaction.objects.filter(pk=answer.id).exists()
    carrying.process()
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.QUARANTINED


def test_an_event_that_no_flow_takes_is_ignored_and_kept(tell_story: Tell) -> None:
    story = tell_story(condition="event.amount_minor > 1000000000")
    (answer,) = story.send(paid())
    carrying.carry()
    found = carrying.the(answer.id)
    assert (TransactionState(found.state), found.reason) == (TransactionState.IGNORED, "no route")
    assert Payload.objects.filter(pk=answer.id).exists()


def test_a_mapping_that_fails_is_a_dead_letter_that_says_which_field(tell_story: Tell) -> None:
    story = tell_story(steps=[deliver("ledger", "billing-erp", "send", mapping={"vat": "event.tax_id"})])
    (answer,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(answer.id)["ledger"]
    assert StepState(run.state) is StepState.DEAD
    assert run.reason == "vat: there is no field 'tax_id'"
    assert story.bodies("/ledger") == []


def test_events_of_one_customer_keep_their_order_while_others_pass(tell_story: Tell) -> None:
    story = tell_story(ordering="event.customer.id", steps=[{**_only_ledger(), "needs": []}])
    story.receiver.answer("/ledger", status=503)
    story.send(paid(1, customer="cus_A"), paid(2, customer="cus_A"))
    carrying.carry()
    assert story.bodies("/ledger") == [{"number": "INV-0001"}]
    story.receiver.answer("/ledger", json={"ok": True})
    story.send(paid(3, customer="cus_B"))
    carrying.carry()
    assert story.bodies("/ledger")[1:] == [{"number": "INV-0003"}]
    carrying.let_time_pass()
    carrying.deliver()
    assert story.bodies("/ledger")[2:] == [{"number": "INV-0001"}, {"number": "INV-0002"}]


def _only_ledger() -> dict[str, object]:
    return deliver("ledger", "billing-erp", "send", mapping={"number": "event.number"})


def test_a_second_flow_for_the_same_event_is_a_transaction_of_its_own(tell_story: Tell) -> None:
    from controlplane.transactions.models import Flow, Route

    story = tell_story()
    other = Flow.objects.create(slug="billing-stats", name="Statistics", integration=story.estate.integration)
    a_flow_version(other, [deliver("count", "billing-notify", "send", mapping={"n": "event.number"})])
    Route.objects.create(flow=other, event_type="invoice.paid.v1")
    (answer,) = story.send(paid())
    carrying.carry()
    assert Transaction.objects.filter(event_id=answer.id, state=TransactionState.SUCCEEDED).count() == 2
    assert {"n": "INV-0001"} in story.bodies("/notify")
