"""The page says what would differ in the other environment, asks what nobody can know alone, and proposes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.governance.models import Board, BoardMember, ChangeRequest
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.console.promotion.conftest import Here, an_estate, begun
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db

HERE = "/integrations/invoices-staging/promote/"


def text_of(answer: Any) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def signed_in(client: Client, here: Here) -> Client:
    """The owner, at a browser."""
    client.force_login(Account.objects.get(pk=here.owner.account_id))
    return client


def test_it_shows_what_would_differ_there(client: Client, here: Here) -> None:
    page = text_of(signed_in(client, here).get(HERE))
    assert "What would change in Production" in page
    assert "Mapping invoice: lines.paid — record.amount_paid" in page
    assert "Propose it" in page
    # Looked at only: nothing is proposed, and nothing is other than it was.
    assert not ChangeRequest.objects.exists()


def test_the_owner_proposes_it_and_is_led_to_the_change(client: Client, here: Here) -> None:
    signed_in(client, here)
    answer = client.post(HERE, {"title": "Paid amounts", "why": "The listener asks for them."})
    change = ChangeRequest.objects.get()
    assert answer.headers["location"] == change.get_absolute_url()
    assert (change.title, change.environment, change.board.slug) == ("Paid amounts", "production", "integration")
    assert f"{change} proposes this already" in text_of(client.get(HERE))


def test_without_a_reason_the_form_says_what_is_missing(client: Client, here: Here) -> None:
    answer = signed_in(client, here).post(HERE, {"title": "Paid amounts", "why": " "})
    assert answer.status_code == 422
    assert "This field is required" in text_of(answer)
    assert not ChangeRequest.objects.exists()


def test_a_board_that_is_missing_is_said_on_the_form(client: Client, here: Here) -> None:
    BoardMember.objects.all().delete()
    Board.objects.all().delete()
    answer = signed_in(client, here).post(HERE, {"title": "Paid amounts", "why": "Asked for."})
    assert answer.status_code == 422
    assert "board" in text_of(answer)


def test_others_read_it_and_are_told_who_proposes(client: Client, here: Here) -> None:
    client.force_login(an_account("Reader", Role.EXECUTIVE))
    page = text_of(client.get(HERE))
    assert "Only Integration owner or Platform operator of Finance may propose it" in page
    assert client.post(HERE, {"title": "Mine", "why": "I want it."}).status_code == 403
    assert not ChangeRequest.objects.exists()


def test_what_nobody_can_know_alone_is_asked(client: Client) -> None:
    document = an_estate()
    document["destinations"]["listener-archive"] = {"instance": "listener"}
    here = begun(document)
    page = text_of(signed_in(client, here).get(HERE))
    assert "What stands for it in Production?" in page
    assert "Listener archive (listener-archive)" in page
    answered = text_of(client.get(f"{HERE}?to=production&destinations.listener-staging=listener"))
    assert "What would change in Production" in answered


def test_what_is_the_same_already_has_nothing_to_promote(client: Client) -> None:
    document = an_estate()
    document["mappings"]["invoice-staging"]["lines"] = document["mappings"]["invoice"]["lines"]
    tell = document["flows"]["tell"]
    step = tell["steps"][0] | {"destination": "listener-staging"}
    document["flows"]["tell-staging"] |= {"ordering": "", "steps": [step]}
    document["flows"]["tell-staging"]["routes"] = [{"event_type": "invoice.paid", "interface": "webhooks-staging"}]
    here = begun(document)
    page = text_of(signed_in(client, here).get(HERE))
    assert "Nothing to promote" in page
    assert "Invoices does the same in Production already" in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{HERE}?to=nowhere", 400),
        (f"{HERE}?to=staging", 400),
        ("/integrations/nothing/promote/", 404),
        (f"{HERE}?to=production&destinations.listener-staging=nothing", 200),
        (f"{HERE}?to=production&x.y={'z' * 500}", 200),
    ],
)
def test_rubbish_is_refused_or_asked_again(client: Client, here: Here, address: str, status: int) -> None:
    assert signed_in(client, here).get(address).status_code == status


def test_nobody_sees_it_without_signing_in(client: Client, here: Here) -> None:
    assert client.get(HERE).headers["location"] == f"/signin/?next={HERE}"
