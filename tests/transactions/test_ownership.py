"""A source writes what it does not own: blocked or flagged in live traffic, and support reads why."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.foundation import clock
from controlplane.inventory.models import EntityAttribute, EntityKind
from controlplane.inventory.ownership.decide import decide, enforce
from controlplane.inventory.ownership.terms import Terms
from controlplane.people.roles import Role
from controlplane.transactions.flows.publish import publish_flow
from controlplane.transactions.models import DeadLetter, FlowVersion, OwnershipBreach
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import StepState, TransactionState
from controlplane.transactions.selectors.finding import find
from controlplane.transactions.selectors.ownership import breached
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_access, an_account, deliver

pytestmark = pytest.mark.django_db(transaction=True)

Tell = Callable[..., Story]
STEPS = [
    deliver(
        "ledger",
        "billing-erp",
        "send",
        title="Post to the ledger",
        mapping={"number": "event.number", "mail": "event.customer.email"},
    )
]
WORDS = "Stripe does not own customer.email; Webhook does."


def owned_by_the_ledger(on_breach: str, **terms: Any) -> None:
    """The ledger's system decides about customers' addresses, and this is what others' writes meet."""
    kind = EntityKind.objects.get(slug="customer")
    email = EntityAttribute.objects.get(entity=kind, pointer="/email")
    operator = an_access(Role.OPERATOR, name=f"Operator {on_breach} {len(terms)}")
    decide(operator, kind, email, Terms(record="webhook", **terms), "The ledger asks for them.")
    enforce(operator, kind, on_breach, "As agreed.")
    catalogue.forget()


def the_page(identifier: UUID, story: Story) -> str:
    """What support reads."""
    client = Client()
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, story.estate.team))
    answer = client.get(f"/tx/{identifier}/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def test_a_write_without_the_right_is_blocked_and_support_reads_why(tell_story: Tell) -> None:
    story = tell_story(steps=STEPS)
    owned_by_the_ledger("block")
    (answer,) = story.send(paid())
    carrying.carry()
    assert story.bodies("/ledger") == []
    run = carrying.runs_of(answer.id)["ledger"]
    assert (StepState(run.state), run.error_class) == (StepState.DEAD, "ownership.customer.email")
    assert run.reason == (
        f"{WORDS} Not written. Nobody is named as steward of customer.email yet. Let the system of record send it, "
        "take the field out of the mapping, or give the right in the matrix."
    )
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.DEAD
    assert DeadLetter.objects.get().error_class == "ownership.customer.email"
    page = the_page(answer.id, story)
    assert f"{WORDS} Not written." in page
    assert "until then a replay is blocked again" in page


def test_it_is_found_by_its_error_and_by_its_breach_and_counted(tell_story: Tell) -> None:
    story = tell_story(steps=STEPS)
    owned_by_the_ledger("block")
    (answer,) = story.send(paid())
    carrying.carry()
    support, now = an_access(Role.SUPPORT, story.estate.team), clock.now()
    for query in ("error:ownership", "error:customer.email", "has:breach"):
        assert [row.id for row in find(support, query, "", now).rows] == [answer.id], query
    assert find(support, "-has:breach", "", now).rows == ()
    (one,) = breached(now)
    assert (one.path, one.number, one.blocked, one.system_id) == ("email", 1, True, story.estate.source.system_id)


def test_once_the_right_is_given_a_replay_goes_out(tell_story: Tell) -> None:
    story = tell_story(steps=STEPS)
    owned_by_the_ledger("block")
    (answer,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(answer.id)["ledger"]
    support = an_access(Role.SUPPORT, story.estate.team)
    request_replay(support, step_run_ids=[run.id], reason="Perhaps now")
    carrying.deliver()
    assert story.bodies("/ledger") == []
    assert carrying.runs_of(answer.id)["ledger"].reason.startswith(f"{WORDS} Not sent again.")
    owned_by_the_ledger("block", writers=("stripe",))
    request_replay(support, step_run_ids=[run.id], reason="Stripe may write it now")
    carrying.deliver()
    assert story.bodies("/ledger") == [{"number": "INV-0001", "mail": "office@brandt-mt.example"}]
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.SUCCEEDED
    assert OwnershipBreach.objects.filter(blocked=True).count() == 2


def test_where_it_is_only_flagged_it_is_delivered_and_the_transaction_says_so(tell_story: Tell) -> None:
    story = tell_story(steps=STEPS)
    owned_by_the_ledger("flag")
    (answer,) = story.send(paid())
    carrying.carry()
    assert story.bodies("/ledger") == [{"number": "INV-0001", "mail": "office@brandt-mt.example"}]
    assert TransactionState(carrying.the(answer.id).state) is TransactionState.SUCCEEDED
    assert OwnershipBreach.objects.get().blocked is False
    assert f"{WORDS} Delivered, and flagged." in the_page(answer.id, story)


def test_what_was_not_delivered_after_all_breached_nothing(tell_story: Tell) -> None:
    story = tell_story(steps=STEPS)
    owned_by_the_ledger("flag")
    story.receiver.answer("/ledger", status=422, json={"error": "closed"})
    story.send(paid())
    carrying.carry()
    assert not OwnershipBreach.objects.exists()


@pytest.mark.parametrize("terms", [{"on_breach": "off"}, {"on_breach": "block", "writers": ("stripe",)}])
def test_what_may_be_written_is_written_and_nothing_is_said(tell_story: Tell, terms: dict[str, Any]) -> None:
    story = tell_story(steps=STEPS)
    owned_by_the_ledger(**terms)
    story.send(paid())
    carrying.carry()
    assert len(story.bodies("/ledger")) == 1
    assert not OwnershipBreach.objects.exists()


def test_a_flow_is_flagged_when_it_is_written_and_keeps_what_was_found(tell_story: Tell) -> None:
    story = tell_story(steps=STEPS)
    owned_by_the_ledger("block")
    steps = [{**STEPS[0], "title": "Post it"}]
    made = publish_flow(story.estate.flow, steps)
    (finding,) = FlowVersion.objects.get(pk=made.pk).findings
    assert (finding["step"], finding["target"], finding["attribute"], finding["how"]) == (
        "ledger",
        "mail",
        "customer.email",
        "block",
    )
    assert finding["words"] == f"Step 'ledger' writes customer.email at 'mail'. {WORDS} Its deliveries are blocked."
    client = Client()
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, story.estate.team))
    page = client.get(f"/integrations/{story.estate.integration.slug}/").content.decode()
    assert WORDS in page


def test_work_in_flight_by_a_retired_version_is_judged_by_who_owns_it_now(tell_story: Tell) -> None:
    story = tell_story(steps=STEPS)
    (answer,) = story.send(paid())
    carrying.process()
    catalogue.snapshot()
    publish_flow(story.estate.flow, [{**STEPS[0], "title": "Post it"}])
    owned_by_the_ledger("block")
    carrying.deliver()
    assert carrying.runs_of(answer.id)["ledger"].error_class == "ownership.customer.email"
