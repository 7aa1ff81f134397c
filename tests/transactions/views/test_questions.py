"""The page of a transaction that asks before it writes: what was asked, what came, what it waits for and until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from controlplane.people.roles import Role
from controlplane.transactions.models import StepQueue
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import deliver
from tests.transactions.identities import bring, send, the_deadline_passes, waiting_estate
from tests.transactions.memory import Target
from tests.transactions.views.reading import SignIn, text_of

pytestmark = pytest.mark.django_db(transaction=True)

LOOK_UP: dict[str, Any] = {
    "name": "customer",
    "title": "Look the customer up",
    "kind": "lookup",
    "destination": "billing-notify",
    "stream": "customer",
    "key": "event.customer.id",
    "keep": ["id", "contact"],
    "personal": ["contact"],
    "cache": 300,
    "fallback": {"value": {"id": "none"}},
}
LEDGER = deliver("ledger", "billing-erp", "send", needs=["customer"], mapping={"n": "steps.customer.id"})


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Somebody who is asked for a contact."""
    catalogue.forget()
    told = tell_story(steps=[LOOK_UP, LEDGER])
    told.estate.notifier.settings = {"look_ups": {"customer": "/customers/{key}"}}
    told.estate.notifier.save()
    told.receiver.answer("/customers/cus_R7v2", json={"id": "K-77", "contact": "ilse@secret.example", "other": "x"})
    return told


def test_a_look_up_shows_what_was_asked_and_what_was_kept_masked_by_role(story: Story, signed_in: SignIn) -> None:
    (answer,) = story.send(paid())
    carrying.carry()
    owner = signed_in(Role.OWNER, story.estate.team)
    asked = text_of(owner.get(f"/tx/{answer.id}/", {"step": "customer", "tab": "raw"}))
    assert "Asked" in asked
    assert "cus_R7v2" in asked
    kept = text_of(owner.get(f"/tx/{answer.id}/", {"step": "customer", "tab": "response"}))
    assert "What later steps read" in kept
    assert "ilse@secret.example" in kept
    support = signed_in(Role.SUPPORT, story.estate.team, name="Sam Support")
    for step in ("customer", "ledger"):
        for tab in ("changes", "fields", "raw", "response", "attempts"):
            page = text_of(support.get(f"/tx/{answer.id}/", {"step": step, "tab": tab}))
            assert "ilse@secret.example" not in page, (step, tab)
    masked = text_of(support.get(f"/tx/{answer.id}/", {"step": "customer", "tab": "response"}))
    assert "i••••@secret.example" in masked
    assert "K-77" in masked


def test_what_was_known_from_before_says_that_nobody_was_asked(story: Story, signed_in: SignIn) -> None:
    story.send(paid(1))
    carrying.carry()
    (answer,) = story.send(paid(2))
    carrying.carry()
    page = text_of(signed_in(Role.OWNER, story.estate.team).get(f"/tx/{answer.id}/"))
    assert "known from before, not asked" in page
    assert "Done: “ledger” in Billing Erp" in page


def test_a_fall_back_that_was_used_says_so_and_why(story: Story, signed_in: SignIn) -> None:
    story.receiver.answer("/customers/cus_R7v2", status=404)
    (answer,) = story.send(paid())
    carrying.carry()
    client = signed_in(Role.OWNER, story.estate.team)
    page = text_of(client.get(f"/tx/{answer.id}/"))
    assert "no such record: its fall-back was used" in page
    tries = text_of(client.get(f"/tx/{answer.id}/", {"step": "customer", "tab": "attempts"}))
    assert "Its fall-back was used, because: Billing Notify has no customer cus_R7v2." in tries


def test_one_that_waits_says_for_what_and_until_when_and_is_found_by_its_status(
    target: Target, signed_in: SignIn
) -> None:
    billing = waiting_estate(target)
    (one,) = send(billing, paid(1))
    carrying.carry()
    client = signed_in(Role.OWNER, billing.team)
    page = text_of(client.get(f"/tx/{one}/"))
    assert "“Wait for the customer” waits, until" in page
    assert "Waits for the id of customer cus_R7v2 in Billing Erp. It goes on as soon as that is known." in page
    assert "waits for its identity until" in page
    found = text_of(client.get("/tx/", {"q": "status:waiting"}))
    assert "Wait for the customer: Waits for the id of customer cus_R7v2 in Billing Erp." in found
    bring(billing)
    page = text_of(client.get(f"/tx/{one}/"))
    assert "it came" in page
    assert "Everything arrived." in page
    assert "cus_R7v2 in Billing Erp" not in text_of(client.get("/tx/", {"q": "status:waiting"}))


def test_one_that_waited_in_vain_says_what_to_do(target: Target, signed_in: SignIn) -> None:
    billing = waiting_estate(target)
    (one,) = send(billing, paid(1))
    carrying.carry()
    the_deadline_passes()
    carrying.deliver()
    page = text_of(signed_in(Role.OWNER, billing.team).get(f"/tx/{one}/"))
    assert "“Wait for the customer” got no answer from Billing Erp. Nothing was written anywhere." in page
    assert "No identity of customer cus_R7v2 in Billing Erp within 2 h. Not begun: ledger." in page
    assert "When it is there in Billing Erp, replay it; a replay waits anew." in page
    support = signed_in(Role.SUPPORT, billing.team, name="Sam Support")
    assert "Replaying is safe: the step asks again and writes nothing." in text_of(support.get(f"/tx/{one}/"))
    assert "Asks again" in text_of(support.get(f"/tx/{one}/replay/"))
    assert StepQueue.objects.count() == 0


def test_one_that_waits_behind_another_of_its_key_says_that(target: Target, signed_in: SignIn) -> None:
    billing = waiting_estate(target, ordering="event.customer.id")
    _, behind = send(billing, paid(1), paid(2))
    carrying.carry()
    page = text_of(signed_in(Role.OWNER, billing.team).get(f"/tx/{behind}/"))
    assert "an earlier event of the same key goes first" in page
