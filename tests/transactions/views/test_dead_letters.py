"""Dead letters over HTTP: grouped, opened, replayed and closed together."""

from __future__ import annotations

import pytest

from controlplane.people.models import Membership
from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, ReplayItem
from tests.transactions.factories import Estate, estate
from tests.transactions.views.reading import SignIn, frozen, links, text_of, told

pytestmark = pytest.mark.django_db


def test_dead_letters_are_grouped_opened_and_replayed_together(here: Estate, signed_in: SignIn) -> None:
    stories = [told(here, minutes, fails_at="invoice") for minutes in (9, 5)]
    client = signed_in(Role.OWNER, here.team)
    page = client.get("/tx/dead/")
    assert "2 of 2 share one cause." in text_of(page)
    cause = DeadLetter.objects.all()[0].fingerprint
    opened = client.get("/tx/dead/", {"open": str(cause)})
    for story in stories:
        assert f"/tx/{story.transaction.id}/" in links(opened)
    asked = client.get("/tx/dead/replay/", {"cause": str(cause)})
    assert "Replay 2 deliveries" in text_of(asked)
    client.post("/tx/dead/replay/", {"items": frozen(asked), "reason": "cleared"})
    assert ReplayItem.objects.count() == 2


def test_dead_letters_are_closed_with_a_reason(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.OWNER, here.team)
    address = "/tx/dead/drop/"
    page = client.get(address, {"item": str(story.runs["invoice"].id)})
    assert "Close 1 dead letter without sending" in text_of(page)
    assert client.post(address, {"items": frozen(page), "reason": ""}).status_code == 422
    answer = client.post(address, {"items": frozen(page), "reason": "Paid by hand"}, follow=True)
    assert "1 closed without sending." in text_of(answer)
    assert DeadLetter.objects.get().resolution == "dropped: Paid by hand"
    assert "Closed without sending 1" in text_of(client.get("/tx/dead/"))
    again = client.post(address, {"items": frozen(page), "reason": "Paid by hand"})
    assert again.status_code == 422
    assert "None of these is an open dead letter of yours" in text_of(again)


def test_without_a_selection_one_is_asked_for(here: Estate, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER, here.team)
    theirs = told(estate("sales"), fails_at="invoice")
    for address in ("/tx/dead/replay/", "/tx/dead/drop/", "/tx/dead/replay/?item=x&cause=y"):
        assert "Nothing is selected." in text_of(client.get(address, follow=True))
    foreign = {"item": str(theirs.runs["invoice"].id)}
    assert "Nothing is selected." in text_of(client.get("/tx/dead/replay/", foreign, follow=True))


def test_support_replays_but_does_not_close(here: Estate, signed_in: SignIn) -> None:
    story = told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    assert "Close without sending… (not now: it takes the role" in text_of(client.get("/tx/dead/"))
    sent = client.post("/tx/dead/drop/", {"items": str(story.runs["invoice"].id), "reason": "r"})
    assert sent.status_code == 422
    assert DeadLetter.objects.get().resolved_at is None


def test_when_nothing_waits_the_page_says_so(here: Estate, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER, here.team)
    assert "Nothing waits" in text_of(client.get("/tx/dead/"))
    Membership.objects.all().delete()
    assert "No dead letters for you" in text_of(client.get("/tx/dead/"))
    assert "Nothing was replayed yet" in text_of(client.get("/tx/replays/"))
