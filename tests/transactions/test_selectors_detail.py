"""One transaction from near: what its page says about it, and to whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import Http404

from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import (
    DeadLetter,
    Destination,
    MappingVersion,
    Payload,
    PayloadKind,
    Repeat,
    StepRun,
    Transaction,
)
from controlplane.transactions.rules.states import Outcome, StepState, TransactionState
from controlplane.transactions.selectors.detail import StepView, TransactionDetail, detail
from tests.transactions.factories import RECORD, Estate, an_access, estate
from tests.transactions.traffic import (
    NOW,
    RECEIVED_AT,
    Story,
    a_digest,
    a_payload,
    a_step_run,
    a_transaction,
    an_attempt,
    id_at,
    paid_invoice,
    queued,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(here: Estate) -> Access:
    """Sees everything of the team, personal values too."""
    return an_access(Role.OWNER, here.team)


def seen(access: Access, story: Story | Transaction, now: datetime = NOW) -> TransactionDetail:
    transaction = story.transaction if isinstance(story, Story) else story
    return detail(access, transaction.id, now)


def bars(shown: TransactionDetail, step: str) -> list[tuple[float, float, str]]:
    lane = next(lane for lane in shown.lanes if lane.step == step)
    return [(round(bar.at, 3), round(bar.length, 3), bar.look) for bar in lane.bars]


def test_a_transaction_of_others_looks_exactly_like_a_missing_one(here: Estate, owner: Access) -> None:
    theirs = paid_invoice(estate("sales")).transaction
    with pytest.raises(Http404) as foreign:
        detail(owner, theirs.id, NOW)
    with pytest.raises(Http404) as missing:
        detail(owner, uuid4(), NOW)
    assert str(foreign.value) == str(missing.value)
    assert here


def test_the_waterfall_shows_waiting_and_every_try(here: Estate, owner: Access) -> None:
    shown = seen(owner, paid_invoice(here, fails_at="invoice", tries=2))
    assert [(lane.number, lane.name, lane.kind) for lane in shown.lanes] == [
        (1, "Received from Billing Payments", "ok"),
        (2, "Queue", "ok"),
        (3, "Check against Paid invoice v1", "ok"),
        (4, "Map to invoice.paid.v1", "ok"),
        (5, "Find or create the customer", "ok"),
        (6, "Post the paid invoice", "dead"),
        (7, "Tell the notifier (optional)", "off"),
    ]
    assert bars(shown, "party") == [(0.6, 0.1, "wait"), (0.7, 0.4, "")]
    assert bars(shown, "invoice") == [
        (1.1, 0.1, "wait"),
        (1.2, 0.4, ""),
        (1.6, 5.1, "wait"),
        (6.7, 0.4, "err"),
    ]
    assert bars(shown, "notify") == []
    notes = {lane.step: lane.note for lane in shown.lanes}
    assert notes["invoice"] == "400 tax_id_invalid"
    assert notes["notify"] == "Not started: needs invoice, which ended badly"


def test_what_is_being_sent_and_what_waits_is_read_off_the_queue(here: Estate, owner: Access) -> None:
    transaction = a_transaction(here, at=NOW - timedelta(seconds=30), state=TransactionState.RUNNING)
    run = a_step_run(transaction, here, "party", queued_at=NOW - timedelta(seconds=29))
    row = queued(run, datetime.now(UTC) + timedelta(hours=1))  # the database says what is due, by its own clock
    shown = seen(owner, transaction)
    assert shown.state == "waiting"
    assert shown.lanes[-1 - 2].note.startswith("next try at ")
    with connection.cursor() as cursor:
        cursor.execute(
            "update step_queue set lease_token = %s, due_at = now() + interval '30 s' where step_run_id = %s",
            [uuid4(), row.step_run_id],
        )
    assert (seen(owner, transaction).state, seen(owner, transaction).lanes[1].kind) == ("running", "run")
    with connection.cursor() as cursor:
        cursor.execute("update step_queue set lease_token = null, due_at = '9000-01-01Z'")
    assert seen(owner, transaction).lanes[1].note == "an earlier event of the same key goes first"
    with connection.cursor() as cursor:
        cursor.execute("update destination_state set paused_until = 'infinity', pause_reason = 'month end'")
    shown = seen(owner, transaction)
    assert (shown.state, shown.lanes[1].kind, shown.lanes[1].note) == ("paused", "pause", "Billing Erp is paused")
    assert shown.explanation.lead == "Billing Erp is paused (month end)."


def test_what_waits_for_a_retired_destination_says_so(here: Estate, owner: Access) -> None:
    transaction = a_transaction(here, at=NOW - timedelta(seconds=30), state=TransactionState.RUNNING)
    queued(a_step_run(transaction, here, "party", queued_at=NOW - timedelta(seconds=29)), NOW)
    Destination.objects.filter(pk=here.to_erp.pk).update(active=False)
    shown = seen(owner, transaction)
    assert (shown.state, shown.lanes[1].kind, shown.lanes[1].note) == ("paused", "pause", "Billing Erp is retired")
    assert shown.explanation.lead == "Billing Erp is retired: nothing is sent there until it is active again."


def test_a_dead_letter_is_explained_in_words_and_says_what_is_safe(here: Estate, owner: Access) -> None:
    stories = [paid_invoice(here, at=RECEIVED_AT + timedelta(minutes=n), fails_at="invoice") for n in range(3)]
    explanation = seen(owner, stories[-1]).explanation
    assert explanation.kind == "bad"
    assert explanation.lead == (
        "“Post the paid invoice” did not reach Billing Erp. Safe: “Find or create the customer” in Billing Erp."
    )
    assert explanation.rest == (
        "Billing Erp answered: The tax ID contains spaces. Not begun: Tell the notifier. "
        "2 others failed the same way since 13:32:01. "
        "Correct the data at its source, or the mapping, and then replay."
    )


def test_when_only_an_optional_step_failed_the_core_is_said_to_be_done(here: Estate, owner: Access) -> None:
    explanation = seen(owner, paid_invoice(here, fails_at="notify", error_class="transient")).explanation
    assert explanation.kind == "warn"
    assert explanation.lead == "What matters is done; “Tell the notifier”, which is optional, is not."
    assert explanation.rest.endswith("When Billing Notifier is well again, replay it.")


@pytest.mark.parametrize(
    ("state", "fields", "lead", "rest"),
    [
        (TransactionState.SUCCEEDED, {}, "Everything arrived.", "No step had to write anything."),
        (
            TransactionState.QUARANTINED,
            {"error_class": "contract", "reason": "amount_paid: '12' is not an integer"},
            "It was received and is kept, and nothing was sent anywhere.",
            (
                "amount_paid: '12' is not an integer. "
                "Ask the owner of Billing Payments to send what was agreed, or change the contract."
            ),
        ),
        (
            TransactionState.IGNORED,
            {"reason": "echo"},
            "Nothing had to be done.",
            "It is our own write, reported back by the system; sending it on would go round in circles.",
        ),
        (TransactionState.IGNORED, {"reason": "no route"}, "Nothing had to be done.", "No flow takes invoice.paid.v1."),
        (TransactionState.CANCELLED, {"reason": "Sent by hand"}, "A person ended it.", "Sent by hand."),
        (TransactionState.RUNNING, {}, "It is on its way.", "Nothing has been written yet."),
    ],
)
def test_every_state_is_explained(
    here: Estate, owner: Access, state: TransactionState, fields: dict[str, Any], lead: str, rest: str
) -> None:
    explanation = seen(owner, a_transaction(here, at=RECEIVED_AT, state=state, **fields)).explanation
    assert (explanation.lead, explanation.rest) == (lead, rest)


def view(shown: TransactionDetail, step: str) -> StepView:
    found = shown.step_view(step)
    assert found is not None
    return found


def rows(shown: TransactionDetail, step: str) -> list[tuple[Any, ...]]:
    return [(p.source, p.before, p.rule, p.target, p.after, p.kind) for p in shown.pairs(view(shown, step))]


def test_before_and_after_of_a_step_names_the_fields_the_rule_and_what_was_sent(here: Estate, owner: Access) -> None:
    shown = seen(owner, paid_invoice(here))
    assert rows(shown, "party") == [
        ("event.customer.id", "cus_R7v2", "copy", "code", "cus_R7v2", ""),
        ("event.customer.name", "Brandt Messtechnik GmbH", "copy", "name", "Brandt Messtechnik GmbH", ""),
        ("event.customer.email", "office@brandt-mt.example", "lower", "email", "office@brandt-mt.example", "changed"),
        ("event.number", "INV-0001", "left out", "", None, "drop"),
        ("event.amount", "3940.00", "left out", "", None, "drop"),
        ("event.amount_minor", 394000, "left out", "", None, "drop"),
        ("event.currency", "EUR", "left out", "", None, "drop"),
    ]
    assert rows(shown, "invoice")[0] == ("steps.party.external_id", "8841-party", "copy", "party", "8841-party", "")
    assert rows(shown, "normalise")[4] == ("record.amount_paid", 394000, "major 2", "amount", "3940.00", "changed")
    assert ("record.status", "paid", "left out", "", None, "drop") in rows(shown, "normalise")


def test_the_field_that_a_refusal_speaks_of_is_marked(here: Estate, owner: Access) -> None:
    shown = seen(owner, paid_invoice(here, fails_at="invoice", reason="The number is taken."))
    assert [pair[3] for pair in rows(shown, "invoice") if pair[5] == "bad"] == ["number"]


def test_a_line_that_cannot_be_evaluated_says_why(here: Estate, owner: Access) -> None:
    story = paid_invoice(here)
    Payload.objects.filter(id__in=[story.runs["party"].request_id]).delete()
    envelope = Payload.objects.get(kind=PayloadKind.CANONICAL)
    envelope.body = bytes(envelope.body).replace(b'"email":"office@brandt-mt.example"', b'"mail":""')
    Payload.objects.filter(kind=PayloadKind.CANONICAL).update(body=envelope.body)
    line = rows(seen(owner, story), "party")[2]
    assert (line[2], line[4], line[5]) == ("there is no field 'email'", None, "bad")


def test_what_was_sent_otherwise_than_mapped_is_said(here: Estate, owner: Access) -> None:
    story = paid_invoice(here)
    Payload.objects.filter(id__in=[story.runs["party"].request_id]).update(body=b'{"code":"C-1","name":"Brandt"}')
    assert rows(seen(owner, story), "party")[0][2:] == ("copy, sent otherwise", "code", "C-1", "changed")


def test_support_sees_personal_values_masked_everywhere(here: Estate) -> None:
    support = an_access(Role.SUPPORT, here.team)
    reason = "No such party: office@brandt-mt.example"
    shown = seen(support, paid_invoice(here, fails_at="invoice", reason=reason))
    assert rows(shown, "party")[2][1] == "o••••@brandt-mt.example"
    assert [pair.masked for pair in shown.pairs(view(shown, "party"))][:3] == [False, True, True]
    bodies = shown.bodies
    everything = str([body.document for body in (bodies.received(), bodies.canonical(), bodies.sent("party"))])
    everything += str(bodies.answered("invoice").document) + shown.explanation.rest + str(shown.tries("invoice"))
    everything += str(shown.fields(view(shown, "party")))
    assert "Messtechnik" not in everything
    assert "office@" not in everything
    assert "B•••• M•••• G••••" in everything
    assert "cus_R7v2" in everything
    assert bodies.note == "Personal values are masked; Integration owner or Auditor see them."


def test_the_owner_sees_personal_values(here: Estate, owner: Access) -> None:
    bodies = seen(owner, paid_invoice(here)).bodies
    assert bodies.received().document["data"]["object"] == dict(RECORD)
    assert bodies.note == ""


def test_without_the_right_to_payloads_there_are_none_and_a_reason(here: Estate) -> None:
    board = an_access(Role.BOARD, here.team)
    shown = seen(board, paid_invoice(here, fails_at="invoice", reason="Brandt Messtechnik GmbH is unknown"))
    body = shown.bodies.received()
    assert (body.there, body.document) == (False, None)
    assert body.why.startswith("You see steps and times. Payloads need the role Support or")
    assert shown.pairs(view(shown, "party")) == []
    assert len(shown.lanes) == 7
    assert "answered: B•••• M•••• G•••• is unknown." in shown.explanation.rest


def test_a_payload_that_is_gone_says_since_when(here: Estate, owner: Access) -> None:
    story = paid_invoice(here)
    Payload.objects.all().delete()
    shown = seen(owner, story)
    later = shown.bodies.received().why
    assert later == "It would be kept until 23 Dec 2026, but it is not there: it was erased."
    assert shown.pairs(view(shown, "party")) == []


def test_a_dead_letter_keeps_its_own_body(here: Estate, owner: Access) -> None:
    story = paid_invoice(here, fails_at="invoice")
    run = story.runs["invoice"]
    pinned = a_payload(story.transaction, PayloadKind.REQUEST, {"number": "INV-0001"}, retention=4)
    DeadLetter.objects.filter(pk=run.id).update(payload_id=pinned.id)
    Payload.objects.filter(id__in=[run.request_id]).delete()
    body = seen(owner, story).bodies.sent("invoice")
    assert (body.title, body.document) == ("Sent (kept with its dead letter)", {"number": "INV-0001"})


def test_without_a_contract_support_sees_no_text_at_all(here: Estate) -> None:
    transaction = a_transaction(here, at=RECEIVED_AT, state=TransactionState.QUARANTINED, event_type="surprise")
    a_payload(transaction, PayloadKind.RECEIVED, {"name": "Ada Lovelace", "total": 3}, id=transaction.event_id)
    bodies = seen(an_access(Role.SUPPORT, here.team), transaction).bodies
    assert bodies.received().document == {"name": "•••• L••••", "total": 3}
    assert bodies.note == "No contract says which fields are personal, so every text is masked."


def test_a_body_that_is_not_json_is_not_shown_to_those_it_would_have_to_be_masked_for(
    here: Estate, owner: Access
) -> None:
    transaction = a_transaction(here, at=RECEIVED_AT, state=TransactionState.QUARANTINED)
    a_payload(transaction, PayloadKind.RECEIVED, b"name=Ada&broken", id=transaction.event_id)
    assert seen(owner, transaction).bodies.received().document == "name=Ada&broken"
    support = seen(an_access(Role.SUPPORT, here.team), transaction).bodies.received()
    assert not support.there
    assert support.why.startswith("It is not JSON")


def test_attempts_say_how_each_ended_and_what_followed(here: Estate, owner: Access) -> None:
    shown = seen(owner, paid_invoice(here, fails_at="invoice", tries=2))
    (first, second), older = shown.tries("invoice")
    assert older is None
    assert (first.number, first.kind, first.outcome, first.detail) == (1, "warn", "Failed for now", "503 Unavailable")
    assert first.next_at == second.at
    assert (second.kind, second.outcome, second.next_at) == ("bad", "Rejected", None)


def test_a_lost_lease_is_among_the_attempts(here: Estate, owner: Access) -> None:
    transaction = a_transaction(here, at=RECEIVED_AT, state=TransactionState.RUNNING)
    run = a_step_run(transaction, here, "party")
    an_attempt(run, RECEIVED_AT, Outcome.TAKEN_OVER, detail="worker-1 fell silent")
    tries, _ = seen(owner, transaction).tries("party")
    assert [(t.kind, t.outcome) for t in tries] == [("warn", "Lease lost, taken over")]


def test_what_else_came_of_the_event_and_of_its_trace_is_linked(here: Estate, owner: Access) -> None:
    story = paid_invoice(here)
    sibling = a_transaction(here, at=RECEIVED_AT + timedelta(seconds=1), event_id=story.transaction.event_id)
    follower = a_transaction(here, at=RECEIVED_AT, correlation_id=story.transaction.correlation_id)
    there = estate("sales")
    a_transaction(there, at=RECEIVED_AT, correlation_id=story.transaction.correlation_id)
    Repeat.objects.create(
        id=id_at(RECEIVED_AT),
        transaction_id=story.transaction.event_id,
        endpoint=here.endpoint,
        kind=1,
        body_digest=a_digest("x"),
    )
    shown = seen(owner, story)
    assert [row.id for row in shown.siblings] == [sibling.id]
    assert [row.id for row in shown.journey] == [follower.id]
    assert [repeat.get_kind_display() for repeat in shown.repeats] == ["Conflict"]
    assert shown.keys == [("customer", "Customer", "cus_R7v2"), ("invoice", "Invoice", "INV-0001")]


def test_an_old_flow_that_cannot_be_read_any_more_still_shows_what_ran(here: Estate, owner: Access) -> None:
    story = paid_invoice(here)
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("""update transactions_flowversion set steps = '[{"name": "party", "kind": "teleport"}]'""")
    shown = seen(owner, story)
    assert [lane.name for lane in shown.lanes][-3:] == ["party", "invoice", "notify"]
    assert StepRun.objects.filter(state=StepState.SUCCEEDED).count() == 3
    assert MappingVersion.objects.count() == 1
