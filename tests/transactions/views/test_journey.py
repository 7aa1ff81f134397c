"""The journey page over HTTP."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils.html import escape

from controlplane.foundation import clock
from controlplane.people.roles import Role
from controlplane.transactions.models import TransactionKey
from tests.transactions.factories import Estate, estate
from tests.transactions.traffic import a_key, a_transaction
from tests.transactions.views.reading import SignIn, links, text_of, told

pytestmark = pytest.mark.django_db


def test_the_journey_is_a_link_away_and_each_on_it_is_a_link(here: Estate, signed_in: SignIn) -> None:
    one, other = told(here, 9).transaction, told(here, 5).transaction
    client = signed_in(Role.SUPPORT, here.team)
    assert f"/tx/{one.id}/journey/" in links(client.get(f"/tx/{one.id}/"))
    page = client.get(f"/tx/{one.id}/journey/")
    assert {f"/tx/{one.id}/", f"/tx/{other.id}/"} <= set(links(page))
    assert "same customer 4 min later 2.1 s" in text_of(page)
    assert "All within 7 days of it." in text_of(page)
    assert f"/tx/{one.id}/journey/?within=1h&by=customer" in links(page)
    assert f"/tx/{one.id}/journey/?within=7d&by=invoice" in links(page)
    assert "/tx/?q=customer%3Acus_R7v2" in links(page)


def test_a_personal_key_is_in_no_address_of_the_page(here: Estate, signed_in: SignIn) -> None:
    one = a_transaction(here, at=clock.now(), keys={"contact": "ada@example.com"})
    page = signed_in(Role.SUPPORT, here.team).get(f"/tx/{one.id}/journey/")
    assert "ada@example.com" in text_of(page)
    assert not [link for link in links(page) if "ada" in link]


@pytest.mark.parametrize("odd", ["?within=x&by=y", "?by=customer%3A"])
def test_odd_addresses_are_the_usual_page(here: Estate, signed_in: SignIn, odd: str) -> None:
    one = told(here).transaction
    assert signed_in(Role.SUPPORT, here.team).get(f"/tx/{one.id}/journey/{odd}").status_code == 200


def test_one_of_others_looks_like_a_missing_one(here: Estate, signed_in: SignIn) -> None:
    theirs = told(estate("sales")).transaction
    client = signed_in(Role.SUPPORT, here.team)
    missing = client.get(f"/tx/{uuid4()}/journey/")
    assert (client.get(f"/tx/{theirs.id}/journey/").status_code, missing.status_code) == (404, 404)


@pytest.mark.parametrize("value", ["a\tb", "\x85z", 'q"\\', "C-1042, (b)"])
def test_a_strange_key_is_shown_and_its_link_if_it_has_one_can_be_read(
    here: Estate, signed_in: SignIn, value: str
) -> None:
    transaction = told(here).transaction
    TransactionKey.objects.filter(transaction_id=transaction.id).delete()
    a_key(transaction, "customer", value)
    client = signed_in(Role.OWNER, here.team)
    for address in (f"/tx/{transaction.id}/", f"/tx/{transaction.id}/journey/"):
        page = client.get(address)
        assert page.status_code == 200
        searches = {link for link in links(page) if link.startswith(("/tx/?q=", "/tx/?kept=")) and "trace" not in link}
        assert all(client.get(link).status_code == 200 for link in searches)
    assert escape(value.strip()) in client.get(f"/tx/{transaction.id}/").content.decode()
