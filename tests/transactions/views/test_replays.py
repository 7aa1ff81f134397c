"""Replays over HTTP: a dry run, a reason, progress, and stopping."""

from __future__ import annotations

import pytest
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.people.models import Person
from controlplane.people.roles import Role
from controlplane.transactions.models import Replay, ReplayItem
from tests.transactions.factories import Estate, an_account
from tests.transactions.views.reading import SignIn, frozen, text_of, told

pytestmark = pytest.mark.django_db


def test_a_replay_is_asked_for_with_a_dry_run_and_a_reason(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    address = f"/tx/{story.transaction.id}/replay/"
    page = client.get(address)
    words = text_of(page)
    assert "Replay 1 delivery" in words
    assert "1 will be sent again" in words
    assert "Post the paid invoice Billing Erp 1" in words
    refused = client.post(address, {"items": frozen(page), "reason": " "})
    assert refused.status_code == 422
    assert "This field is required" in text_of(refused)
    assert frozen(refused) == frozen(page)
    assert Replay.objects.count() == 0
    done = client.post(address, {"items": frozen(page), "reason": "The number is free again."})
    replay = Replay.objects.get()
    assert (done.status_code, done.headers["location"]) == (302, f"/tx/replays/{replay.pk}/")
    assert ReplayItem.objects.get().step_run_id == story.runs["invoice"].id
    assert AuditRecord.objects.filter(action="replay.requested").count() == 1
    shown = text_of(client.get(f"/tx/replays/{replay.pk}/"))
    assert "0 of 1 done" in shown
    assert "The number is free again." in shown


def test_the_replay_page_of_somebody_without_the_right_says_why_nothing_can_be_sent(
    here: Estate, signed_in: SignIn
) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.BOARD)
    address = f"/tx/{story.transaction.id}/replay/"
    page = client.get(address)
    assert "1 left out. Your role does not replay for this team." in text_of(page)
    assert "Nothing of the selection can be replayed" in text_of(page)
    sent = client.post(address, {"items": str(story.runs["invoice"].id), "reason": "because"})
    assert sent.status_code == 403
    assert Replay.objects.count() == 0


def test_junk_for_a_selection_is_a_message(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    answer = client.post(f"/tx/{story.transaction.id}/replay/", {"items": "1,2", "reason": "r"})
    assert answer.status_code == 422
    assert "The selection cannot be read." in text_of(answer)


def test_a_form_from_another_site_is_refused(here: Estate) -> None:
    story = told(here, fails_at="invoice")
    client = Client(enforce_csrf_checks=True)
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, here.team))
    data = {"items": str(story.runs["invoice"].id), "reason": "r"}
    assert client.post(f"/tx/{story.transaction.id}/replay/", data).status_code == 403


def test_a_replay_is_stopped_from_its_page(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    client.post(
        f"/tx/{story.transaction.id}/replay/", {"items": str(story.runs["invoice"].id), "reason": "ERP is back"}
    )
    replay = Replay.objects.get()
    assert client.get(f"/tx/replays/{replay.pk}/stop/").status_code == 405
    answer = client.post(f"/tx/replays/{replay.pk}/stop/", follow=True)
    assert "Stopped. What was being sent ends by itself" in text_of(answer)
    again = client.post(f"/tx/replays/{replay.pk}/stop/", follow=True)
    assert "has ended already; nothing was stopped" in text_of(again)
    assert "Replay 1 ERP is back Stopped" in text_of(client.get("/tx/replays/")).replace(
        f"Replay {replay.pk}", "Replay 1"
    )


@pytest.mark.parametrize("query", ["show=failed", "show=nonsense", "after=1", "after=x", "after=" + "9" * 5000])
def test_the_items_of_a_replay_take_any_address(here: Estate, signed_in: SignIn, query: str) -> None:
    client = signed_in(Role.SUPPORT, here.team)
    replay = Replay.objects.create(team=here.team, requested_by=Person.objects.get(), reason="r", total=0)
    assert client.get(f"/tx/replays/{replay.pk}/?{query}").status_code == 200
