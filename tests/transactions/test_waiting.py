"""A step that waits for an identity: who goes on when, what happens at its deadline, and who waits behind it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from controlplane.foundation import clock
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters.edit import draft, edit_and_retry
from controlplane.transactions.models import DeadLetter, DestinationState, StepQueue
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import an_access, deliver
from tests.transactions.identities import (
    LEDGER,
    bring,
    identity,
    learn_by_hand,
    names,
    send,
    state,
    sweep_once,
    the_deadline_passes,
    tries,
    waiting_estate,
    written,
)
from tests.transactions.memory import Target

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_identity_that_is_known_is_read_at_once(target: Target) -> None:
    billing = waiting_estate(target)
    bring(billing)
    (one,) = send(billing, paid(1))
    carrying.carry()
    assert written(target) == [{"n": "INV-0001", "party": "party-7"}]
    run = carrying.runs_of(one)["customer"]
    assert (tries(run.id), run.external_id, run.result) == (
        [Outcome.SUCCEEDED],
        "party-7",
        {"external_id": "party-7"},
    )
    assert state(one) is TransactionState.SUCCEEDED
    assert names() == [("billing-erp", "party-7"), ("billing-payments", "cus_R7v2")]


def test_an_invoice_that_comes_before_its_customer_waits_and_goes_on_when_the_customer_comes(target: Target) -> None:
    billing = waiting_estate(target)
    (one,) = send(billing, paid(1))
    carrying.carry()
    run = carrying.runs_of(one)["customer"]
    said = "Waits for the id of customer cus_R7v2 in Billing Erp."
    assert (StepState(run.state), run.reason, state(one)) == (StepState.WAITING, said, TransactionState.WAITING)
    assert carrying.the(one).headline == f"Wait for the customer: {said}"
    assert carrying.deliver() == 0, "nothing polls"
    place = StepQueue.objects.get()
    assert place.due_at == place.expires_at
    bring(billing)
    assert written(target) == [{"n": "INV-0001", "party": "party-7"}]
    assert tries(run.id) == [Outcome.WAITS, Outcome.SUCCEEDED]
    assert state(one) is TransactionState.SUCCEEDED
    assert StepQueue.objects.count() == 0


def test_others_are_not_woken(target: Target) -> None:
    billing = waiting_estate(target)
    one, other = send(billing, paid(1), paid(2, customer="cus_other"))
    carrying.carry()
    bring(billing)
    assert [body["n"] for body in written(target)] == ["INV-0001"]
    assert (state(one), state(other)) == (TransactionState.SUCCEEDED, TransactionState.WAITING)
    assert tries(carrying.runs_of(other)["customer"].id) == [Outcome.WAITS]


def test_at_the_deadline_it_is_a_dead_letter_with_a_clear_cause_and_a_replay_waits_anew(target: Target) -> None:
    billing = waiting_estate(target)
    one, _ = send(billing, paid(1), paid(2, customer="cus_other"))
    carrying.carry()
    the_deadline_passes()
    carrying.deliver()
    assert state(one) is TransactionState.DEAD
    letters = DeadLetter.objects.order_by("transaction_id")
    assert [(letter.error_class, letter.reason) for letter in letters] == [
        ("expired", "No identity of customer cus_R7v2 in Billing Erp within 2 h."),
        ("expired", "No identity of customer cus_other in Billing Erp within 2 h."),
    ]
    access = an_access(Role.SUPPORT, billing.team)
    request_replay(access, step_run_ids=[letters[0].step_run_id], reason="It will come")
    carrying.deliver()
    assert state(one) is TransactionState.WAITING
    place = StepQueue.objects.get()
    assert place.expires_at is not None
    assert place.expires_at - clock.now() > timedelta(hours=1, minutes=50)
    bring(billing)
    assert state(one) is TransactionState.SUCCEEDED
    assert written(target) == [{"n": "INV-0001", "party": "party-7"}]


def test_at_the_deadline_its_fall_back_lets_it_go_on(target: Target) -> None:
    billing = waiting_estate(target, identity(deadline=60, fallback={"value": {"external_id": "walk-in"}}), LEDGER)
    (one,) = send(billing, paid(1))
    carrying.carry()
    the_deadline_passes()
    carrying.deliver()
    assert written(target) == [{"n": "INV-0001", "party": "walk-in"}]
    run = carrying.runs_of(one)["customer"]
    said = "Its fall-back was used, because: No identity of customer cus_R7v2 in Billing Erp within 1 min."
    assert (StepState(run.state), run.reason) == (StepState.SUCCEEDED, said)
    assert state(one) is TransactionState.SUCCEEDED


def test_what_is_learned_at_the_last_moment_still_counts(target: Target) -> None:
    billing = waiting_estate(target)
    (one,) = send(billing, paid(1))
    carrying.carry()
    learn_by_hand()
    the_deadline_passes()
    carrying.deliver()
    assert state(one) is TransactionState.SUCCEEDED
    assert written(target) == [{"n": "INV-0001", "party": "party-7"}]


def test_later_events_of_the_key_stay_behind_one_that_waits_and_others_pass(target: Target) -> None:
    billing = waiting_estate(target, ordering="event.customer.id")
    bring(billing, 901, "cus_known")
    send(billing, paid(1), paid(2), paid(3, customer="cus_known"))
    carrying.carry()
    assert [body["n"] for body in written(target)] == ["INV-0003"]
    bring(billing)
    assert [body["n"] for body in written(target)] == ["INV-0003", "INV-0001", "INV-0002"]


def test_those_behind_go_on_when_the_head_dies(target: Target) -> None:
    billing = waiting_estate(target, ordering="event.customer.id")
    one, other = send(billing, paid(1), paid(2))
    carrying.carry()
    head = carrying.runs_of(one)["customer"].id
    past = clock.now() - timedelta(seconds=1)
    StepQueue.objects.filter(pk=head).update(expires_at=past, due_at=past)
    carrying.deliver()
    assert (state(one), state(other)) == (TransactionState.DEAD, TransactionState.WAITING)
    bring(billing)
    assert [body["n"] for body in written(target)] == ["INV-0002"]


def test_a_transaction_is_running_while_another_branch_of_it_is(target: Target) -> None:
    aside = deliver("aside", "billing-notify", "send", mapping={"n": "event.number"})
    billing = waiting_estate(target, identity(), aside, LEDGER)
    DestinationState.objects.filter(destination=billing.to_notifier).update(
        paused_until=clock.now() + timedelta(hours=1)
    )
    (one,) = send(billing, paid(1))
    carrying.carry()
    assert StepState(carrying.runs_of(one)["customer"].state) is StepState.WAITING
    assert state(one) is TransactionState.RUNNING
    bring(billing)
    assert StepState(carrying.runs_of(one)["ledger"].state) is StepState.SUCCEEDED


def test_the_deadline_passes_also_while_the_destination_is_paused(target: Target) -> None:
    billing = waiting_estate(target)
    (one,) = send(billing, paid(1))
    carrying.carry()
    DestinationState.objects.filter(destination=billing.to_erp).update(paused_until=clock.now() + timedelta(hours=1))
    the_deadline_passes()
    assert carrying.deliver() == 0
    sweep_once()
    assert state(one) is TransactionState.DEAD


@pytest.mark.parametrize(
    "held",
    [{"paused_until": "9000-01-01T00:00:00Z"}, {"breaker": 1, "breaker_until": "9000-01-01T00:00:00Z"}],
    ids=["paused", "breaker open"],
)
def test_the_deadline_passes_where_a_worker_vanished_before_the_destination_was_held(
    target: Target, held: dict[str, Any]
) -> None:
    billing = waiting_estate(target)
    (one,) = send(billing, paid(1))
    carrying.process()
    asyncio.run(carrying.claim_and_vanish(send=False))
    DestinationState.objects.filter(destination=billing.to_erp).update(**held)
    the_deadline_passes()
    sweep_once()
    assert state(one) is TransactionState.RUNNING, "another worker may be at it"
    carrying.let_time_pass()
    assert carrying.deliver() == 0
    sweep_once()
    assert state(one) is TransactionState.DEAD
    assert tries(carrying.runs_of(one)["customer"].id) == [Outcome.TAKEN_OVER, Outcome.EXPIRED]


def test_the_sweep_finds_what_was_learned_beside_the_pipeline(target: Target) -> None:
    billing = waiting_estate(target)
    send(billing, paid(1), paid(2, customer="cus_other"))
    carrying.carry()
    assert sweep_once() == 0
    learn_by_hand()
    assert carrying.deliver() == 0
    assert sweep_once() == 1
    carrying.deliver()
    assert [body["n"] for body in written(target)] == ["INV-0001"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": "cus_\0"}, "key: The kept question gave what cannot be a key."),
        ({"key": None}, "key: The kept question gave nothing."),
        ({"of": "customer\0"}, "It could not be made ready: CharacterNotInRepertoire. Nothing was sent."),
    ],
    ids=["its key", "no key", "something else"],
)
def test_an_edited_question_that_cannot_be_asked_is_a_dead_letter_again_and_costs_no_other(
    target: Target, change: dict[str, Any], reason: str
) -> None:
    billing = waiting_estate(target)
    bad, good = send(billing, paid(1), paid(2, customer="cus_other"))
    carrying.carry()
    the_deadline_passes()
    carrying.deliver()
    bring(billing, customer="cus_other")
    access = an_access(Role.OWNER, billing.team)
    run, other = (carrying.runs_of(one)["customer"].id for one in (bad, good))
    seen = draft(access, run)
    edit_and_retry(access, run, json.dumps(seen.shown | change), "Mistyped", (seen.revision, str(seen.basis)))
    request_replay(access, step_run_ids=[other], reason="It has come")
    carrying.deliver()
    assert tries(run) == [Outcome.WAITS, Outcome.EXPIRED, Outcome.MAPPING_FAILED]
    letter = DeadLetter.objects.get(resolved_at=None)
    assert (letter.step_run_id, letter.reason) == (run, reason)
    assert (state(bad), state(good)) == (TransactionState.DEAD, TransactionState.SUCCEEDED)
    assert written(target) == [{"n": "INV-0002", "party": "party-7"}]
