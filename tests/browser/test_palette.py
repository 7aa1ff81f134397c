"""The palette in a real browser: by keyboard from anywhere to anything, and as a page without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from controlplane.foundation import clock
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import paid_invoice


@pytest.fixture
def here(transactional_db: None) -> Estate:
    made = estate(erp_connector="webhook")
    paid_invoice(made, at=clock.now(), fails_at="invoice")
    return made


@pytest.fixture
def elif_kaya(here: Estate) -> Account:
    return an_account("Elif Kaya", Role.SUPPORT, here.team)


def test_from_anywhere_to_a_customers_transaction_without_a_mouse(visit: Visit, elif_kaya: Account) -> None:
    page = visit().be(elif_kaya).go("/integrations/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search or jump to")
    expect(box).to_be_focused()
    expect(page.get_by_role("option", name="Overview")).to_have_attribute("aria-selected", "true")
    page.keyboard.type("cus_R7v2")
    first = page.locator("#palette-found").get_by_role("option").first
    expect(first).to_contain_text("Invoice to ledger")
    expect(first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="All transactions: cus_R7v2")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tx/*/")


def test_what_is_not_found_is_searched_for_and_a_typing_error_is_named(visit: Visit, elif_kaya: Account) -> None:
    page = visit().be(elif_kaya).go("/integrations/")
    page.keyboard.press("Control+k")
    page.keyboard.type("custmer:C-1")
    expect(page.locator("#palette-found")).to_contain_text("customer")
    page.keyboard.press("Control+a")
    page.keyboard.type("brandt")
    expect(page.get_by_role("option", name="All transactions: brandt")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tx/**")


def test_escape_closes_it_and_gives_the_focus_back(visit: Visit, elif_kaya: Account) -> None:
    page = visit().be(elif_kaya).go("/integrations/")
    page.get_by_role("button", name="Jump to a page, an integration, an id").click()
    expect(page.get_by_role("option", name="Overview")).to_be_visible()
    expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Jump to a page, an integration, an id")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_it_is_accessible_and_fits(visit: Visit, elif_kaya: Account, window: dict[str, int], scheme: str) -> None:
    visitor = visit(window, color_scheme=scheme).be(elif_kaya)
    page = visitor.go("/overview/")
    page.get_by_role("button", name="Jump to a page, an integration, an id").click()
    page.keyboard.type("ledger")
    expect(page.get_by_role("option", name="Billing: invoice to ledger")).to_be_visible()
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)
    page.keyboard.press("Control+a")
    page.keyboard.type("nothing:of that")
    expect(page.locator("#palette-found")).to_contain_text("nothing")
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)
    visitor.go("/search/")
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)


def test_without_scripts_it_is_a_page(visit: Visit, elif_kaya: Account) -> None:
    page = visit(java_script_enabled=False).be(elif_kaya).go("/search/")
    page.get_by_role("combobox").fill("ledger")
    page.get_by_role("combobox").press("Enter")
    page.get_by_role("option", name="Billing: invoice to ledger").click()
    page.wait_for_url("**/integrations/*/")
