"""What the pipeline really left, as a person reads it: from the sender's request to the page and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.people.roles import Role
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db(transaction=True)

Tell = Callable[..., Story]


@pytest.fixture
def elif_kaya(client: Client) -> Callable[[Story], Client]:
    """Support in the story's team, signed in."""

    def sign_in(story: Story) -> Client:
        client.force_login(an_account("Elif Kaya", Role.SUPPORT, story.estate.team))
        return client

    return sign_in


def words(response: Any) -> str:
    assert response.status_code == 200, response.content
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def plain(response: Any) -> str:
    """The text as it stands: payloads are marked up inside their lines."""
    assert response.status_code == 200, response.content
    return unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


def test_an_invoice_that_arrived_shows_every_step(tell_story: Tell, elif_kaya: Callable[[Story], Client]) -> None:
    story = tell_story()
    (answer,) = story.send(paid())
    client = elif_kaya(story)
    assert "received and safe, and not processed yet" in words(client.get(f"/tx/{answer.id}/"))
    carrying.carry()
    page = words(client.get("/tx/", {"q": "INV-0001"}))
    assert "Invoice INV-0001" in page
    assert "Everything arrived." in page
    for lane in ("Received from", "Check against Paid invoice v1", "Map to invoice.paid.v1", "Post to the ledger"):
        assert lane in page
    raw = plain(client.get(f"/tx/{answer.id}/?step=ledger&tab=raw"))
    assert '"number": "INV-0001"' in raw
    assert '"customer_email": "o••••@brandt-mt.example"' in raw
    assert "office@" not in raw
    assert "200" in words(client.get(f"/tx/{answer.id}/?step=ledger&tab=attempts"))
    assert "record.amount_paid" in words(client.get(f"/tx/{answer.id}/?step=normalise"))


def test_a_credential_that_was_refused_says_that_it_has_to_be_replaced_and_that_this_is_enough(
    tell_story: Tell, elif_kaya: Callable[[Story], Client]
) -> None:
    story = tell_story()
    story.receiver.answer("/ledger", status=401)
    (answer,) = story.send(paid())
    carrying.carry()
    page = words(elif_kaya(story).get(f"/tx/{answer.id}/"))
    assert "“Post to the ledger” is tried again at" in page
    assert (
        f"Replace the credential of {story.estate.erp.name}: then it goes out by itself. Nothing has been written yet."
        in page
    )


def test_a_target_that_was_down_is_explained_found_and_replayed_to_success(
    tell_story: Tell, elif_kaya: Callable[[Story], Client]
) -> None:
    story = tell_story()
    story.receiver.answer("/ledger", status=503)
    (answer,) = story.send(paid())
    carrying.carry()
    client = elif_kaya(story)
    waiting = words(client.get(f"/tx/{answer.id}/"))
    assert "“Post to the ledger” is tried again at" in waiting
    for _ in range(2):
        carrying.let_time_pass()
        carrying.deliver()
    failed = words(client.get("/tx/", {"q": "customer:cus_R7v2 status:failed error:transient step:ledger"}))
    assert "“Post to the ledger” did not reach Billing Erp. Nothing was written anywhere." in failed
    assert "Not begun: Tell the notifier." in failed
    assert "1 of 1" not in failed
    asked = client.get(f"/tx/{answer.id}/replay/").content.decode()
    items = re.search(r'name="items" value="([^"]+)"', asked)
    assert items is not None
    story.receiver.answer("/ledger", json={"ok": True})
    catalogue.forget()
    done = client.post(f"/tx/{answer.id}/replay/", {"items": items[1], "reason": "The ERP is back."})
    assert "0 of 1 done" in words(client.get(done.headers["location"]))
    asked_for = AuditRecord.objects.get(action="replay.requested")
    assert (asked_for.via, asked_for.actor_label) == ("page", "Elif Kaya")
    carrying.deliver()
    assert "1 of 1 done" in words(client.get(done.headers["location"]))
    page = words(client.get(f"/tx/{answer.id}/"))
    assert "Everything arrived." in page
    assert "503, then again" in page
    assert "Replay" in page
    assert "Nothing waits" in words(client.get("/tx/dead/"))
    assert "Delivered after all 1" in words(client.get("/tx/dead/"))
    assert "1 transaction, " in words(client.get("/tx/", {"q": "is:replayed", "counted": "1"}))


def test_a_body_that_breaks_the_contract_is_quarantined_and_said_to_be_kept(
    tell_story: Tell, elif_kaya: Callable[[Story], Client]
) -> None:
    story = tell_story()
    (answer,) = story.send(paid(amount_paid="12,5"))
    carrying.carry()
    client = elif_kaya(story)
    page = words(client.get("/tx/", {"q": f"id:{answer.id}"}))
    assert "It was received and is kept, and nothing was sent anywhere." in page
    assert "change the contract" in page
    assert "What came in" in page
    address = f"/tx/{answer.id}/release/"
    assert address in client.get(f"/tx/{answer.id}/").content.decode()
    assert '"amount_paid": "12,5"' in plain(client.get(f"/tx/{answer.id}/"))
    assert "Why it is in quarantine." in words(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Agreed otherwise."}).headers["location"] == f"/tx/{answer.id}/"
    assert "received and safe, and not processed yet" in words(client.get(f"/tx/{answer.id}/"))
    carrying.carry()
    assert "It was received and is kept" in words(client.get(f"/tx/{answer.id}/"))


def test_only_what_is_in_quarantine_is_judged_again(tell_story: Tell, elif_kaya: Callable[[Story], Client]) -> None:
    story = tell_story()
    (answer,) = story.send(paid())
    carrying.carry()
    client = elif_kaya(story)
    assert client.get(f"/tx/{answer.id}/release/").status_code == 404
    assert client.post(f"/tx/{answer.id}/release/", {"reason": "r"}).status_code == 409
    board = Client()
    board.force_login(an_account("Jonas Weber", Role.BOARD))
    assert board.post(f"/tx/{answer.id}/release/", {"reason": "r"}).status_code == 403


def test_a_duplicate_is_a_receipt_on_the_first(tell_story: Tell, elif_kaya: Callable[[Story], Client]) -> None:
    story = tell_story()
    answer, _again = story.send(paid(), paid())
    carrying.carry()
    page = elif_kaya(story).get("/tx/", {"q": "is:duplicate"})
    assert f"sel={answer.id}" in page.content.decode()
    assert "Duplicate, answered with this id" in words(page)
