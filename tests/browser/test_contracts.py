"""Contracts in a real browser: found, read and compared without a mouse, with scripts and without, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from controlplane.contracts.models import Compatibility, VersionState
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.contracts.given import a_contract, a_version, an_order
from tests.transactions.factories import Estate, an_account, estate

HERE = "/data/contracts/"


@pytest.fixture
def here(transactional_db: None) -> Estate:
    return estate()


@pytest.fixture
def reader(here: Estate) -> Account:
    """Somebody with no right but to look; orders are agreed in three versions, the last a draft."""
    account = an_account("Elif Kaya", Role.SUPPORT)
    order = a_contract(compatibility=Compatibility.BACKWARD, team=here.team)
    said: dict[str, Any] = {
        "author": account.person,
        "keys": [{"kind": "order", "value": "record.id"}],
        "personal": ["/email"],
        "secret": ["/card"],
        "examples": [{"name": "Two lines", "value": {"id": "O-1", "customer": "C-1"}}],
    }
    a_version(order, an_order(), **said)
    a_version(order, an_order(total={"type": "string"}, note={"type": "string"}, status={"enum": ["open"]}), **said)
    a_version(order, an_order(card={"type": "string"}), state=VersionState.DRAFT, **said)
    return account


def test_a_contract_is_found_and_compared_without_a_mouse(visit: Visit, reader: Account) -> None:
    page = visit().be(reader).go("/data/entities/")
    page.get_by_role("link", name="Contracts", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HERE}")
    page.get_by_label("Name", exact=True).fill("order")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Paid invoice")).to_have_count(0)
    page.get_by_role("link", name="Order", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Order")
    page.get_by_role("link", name="What changed in version 2").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Breaks what is promised")).to_be_visible()
    page.get_by_label("From version").select_option("2")
    page.get_by_label("To version").select_option("1")
    page.get_by_role("button", name="Compare").press("Enter")
    page.wait_for_url("**/differences/?from=2&to=1")


def test_a_wide_document_scrolls_in_its_place_by_keyboard(visit: Visit, reader: Account) -> None:
    visitor = visit(PHONE).be(reader)
    page = visitor.go(f"{HERE}order/differences/?from=1&to=2")
    part = page.get_by_role("group", name="Document, line by line")
    part.focus()
    page.keyboard.press("ArrowRight")
    expect(part).to_be_focused()
    assert visitor.overflow() == 0


def test_without_scripts_everything_is_a_link_or_a_form(visit: Visit, reader: Account) -> None:
    page = visit(java_script_enabled=False).be(reader).go(HERE)
    page.get_by_label("Owned by").select_option("billing")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Order", exact=True).click()
    page.get_by_text("Two lines").click()
    expect(page.get_by_role("group", name="Example")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_contracts_are_accessible_and_fit(visit: Visit, reader: Account, window: dict[str, int], scheme: str) -> None:
    visitor = visit(window, color_scheme=scheme).be(reader)
    for address in (
        HERE,
        f"{HERE}?q=nothing",
        f"{HERE}order/",
        f"{HERE}order/?version=3",
        f"{HERE}billing-invoice/",
        f"{HERE}order/differences/?from=1&to=2",
        f"{HERE}billing-invoice/differences/",
        f"{HERE}order/?version=9",
    ):
        visitor.go(address)
        assert (address, visitor.overflow(), visitor.violations()) == (address, 0, [])
