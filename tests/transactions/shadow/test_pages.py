"""A board reads what a proposed version would send, and an event of it side by side, as far as each may see it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.governance.models import ChangeRequest, Check, CheckState
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import Payload, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.agreements.board import Deciding, check, deciding, schema
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db(transaction=True)

CAPITALS: dict[str, Any] = {"type": "string", "pattern": "^[A-Z]{3}$"}


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Two paid invoices, one of them in small letters."""
    told = tell_story()
    told.send(paid(1, currency="EUR"), paid(2, currency="eur", customer_name="Brandt"))
    carrying.carry()
    assert set(Transaction.objects.values_list("state", flat=True)) == {TransactionState.SUCCEEDED}
    return told


@pytest.fixture
def board(story: Story) -> Deciding:
    """Those who decide."""
    return deciding(story.estate.team)


@pytest.fixture
def change(board: Deciding) -> ChangeRequest:
    """Capitals alone, on purpose."""
    return board.proposed(schema=schema(currency=CAPITALS), breaks="Odoo asks for it.")


def small() -> UUID:
    """The event in small letters."""
    found: UUID = Transaction.objects.latest("pk").pk
    return found


def page(account: Account, address: str, status: int = 200) -> str:
    client = Client()
    client.force_login(account)
    answer = client.get(address)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))


def test_the_check_leads_to_what_would_be_lost_and_to_an_event_of_it(story: Story, change: ChangeRequest) -> None:
    mara = an_account("Mara", Role.OWNER, story.estate.team)
    state, required, detail = check(change, "shadow")
    assert (state, required) == (CheckState.FAILED, False)
    assert detail == "Of the last 2 events, 1 send the same, 1 would fail or be set aside."

    client = Client()
    client.force_login(mara)
    assert f'href="/tx/shadow/{change.pk}/"' in client.get(change.get_absolute_url()).content.decode()
    read = page(mara, f"/tx/shadow/{change.pk}/")
    assert "The whole event Would fail currency: … does not match …" in read
    assert f'href="/tx/shadow/{change.pk}/{small()}/"' in client.get(f"/tx/shadow/{change.pk}/").content.decode()

    read = page(mara, f"/tx/shadow/{change.pk}/{small()}/")
    assert 'currency: "eur" does not match "^[A-Z]{3}$"' in read
    assert "What goes out of it today 2, and none of it then" in read
    assert '"number": "INV-0002"' in read


def test_who_sees_no_payloads_reads_that_and_who_sees_no_transactions_reads_no_ids(change: ChangeRequest) -> None:
    jonas = an_account("Jonas", Role.BOARD)
    client = Client()
    client.force_login(jonas)
    shown = client.get(f"/tx/shadow/{change.pk}/").content.decode()
    assert "The whole event" in shown
    assert f"/tx/shadow/{change.pk}/{small()}/" in shown
    read = page(jonas, f"/tx/shadow/{change.pk}/{small()}/")
    assert "Payloads are not yours to see" in read
    assert "eur" not in read
    stranger = an_account("Stranger", None)
    assert f"{small()}" not in page(stranger, f"/tx/shadow/{change.pk}/")
    page(stranger, f"/tx/shadow/{change.pk}/{small()}/", 404)


def test_personal_values_are_masked_for_whom_they_are_masked_elsewhere(story: Story, board: Deciding) -> None:
    strict = schema(customer_email={"type": "string", "pattern": "^x"})
    change = board.proposed(schema=strict, breaks="A try.")
    support = an_account("Sam", Role.SUPPORT, story.estate.team)
    read = page(support, f"/tx/shadow/{change.pk}/{small()}/")
    assert "Personal values are masked" in read
    assert "office@brandt-mt.example" not in read
    assert "office@brandt-mt.example" not in page(support, f"/tx/shadow/{change.pk}/")


def test_a_payload_that_is_gone_cannot_be_tried(story: Story, change: ChangeRequest) -> None:
    Payload.objects.filter(pk=small()).delete()
    mara = an_account("Mara", Role.OWNER, story.estate.team)
    assert "The payload is gone" in page(mara, f"/tx/shadow/{change.pk}/{small()}/")


@pytest.mark.parametrize(
    ("state", "said"), [(CheckState.WAITING, "It has not run yet"), (CheckState.COULD_NOT_RUN, "It could not run")]
)
def test_before_it_ran_the_page_says_so(story: Story, change: ChangeRequest, state: str, said: str) -> None:
    Check.objects.filter(name="shadow").update(state=state, evidence={})
    assert said in page(an_account("Mara", Role.OWNER, story.estate.team), f"/tx/shadow/{change.pk}/")


def test_of_no_events_it_says_so(story: Story, board: Deciding) -> None:
    Transaction.objects.all().delete()
    change = board.proposed(schema=schema(currency=CAPITALS), breaks="Odoo asks for it.")
    assert check(change, "shadow")[:2] == (CheckState.FAILED, False)
    assert "No event to try" in page(an_account("Mara", Role.OWNER, story.estate.team), f"/tx/shadow/{change.pk}/")


def test_what_is_no_change_or_sends_nothing_is_not_there(story: Story, change: ChangeRequest) -> None:
    mara = an_account("Mara", Role.OWNER, story.estate.team)
    page(mara, "/tx/shadow/987654/", 404)
    page(mara, f"/tx/shadow/{change.pk}/01a227c4-5954-71c9-86b6-df5a8534b2ad/", 404)
    Check.objects.filter(name="shadow").update(name="another")
    page(mara, f"/tx/shadow/{change.pk}/", 404)
