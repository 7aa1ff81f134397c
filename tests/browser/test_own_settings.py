"""One's settings and “For you” in a real browser: by keyboard, light and dark, wide and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from controlplane.foundation import clock
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import Export, ExportState
from controlplane.transactions.replay.request import request_replay
from tests.browser.conftest import PASSWORD, PHONE, WIDE, Visit
from tests.governance.seats import a_board
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import paid_invoice

HERE, FOR_YOU = "/settings/", "/notifications/"


@pytest.fixture
def here(transactional_db: None) -> Estate:
    return estate(erp_connector="webhook")


@pytest.fixture
def elif_kaya(here: Estate, settings: Any) -> Account:
    """She has a seat on the board: an export of hers failed, and Tomás asks for her vote."""
    account, asks = an_account("Elif Kaya", Role.SUPPORT, here.team), an_account("Tomás Ortega", Role.OWNER, here.team)
    account.set_password(PASSWORD)
    account.save()
    Export.objects.create(
        requested_by=account.person,
        account=account,
        asked_at=clock.now(),
        due_at=clock.now(),
        state=ExportState.FAILED,
        reason="Three workers vanished while they wrote it; it was given up. " + "Long" * 60,
        finished_at=clock.now(),
    )
    a_board(account)
    settings.REPLAY_APPROVAL_ITEMS = 0
    run = paid_invoice(here, fails_at="invoice").runs["invoice"].id
    request_replay(access_for(asks), step_run_ids=[run], reason="The ledger is back.")
    return account


def test_the_bell_leads_to_what_is_new_and_falls_silent(visit: Visit, elif_kaya: Account) -> None:
    page = visit().be(elif_kaya).go("/overview/")
    bell = page.get_by_role("link", name="For you 2 new")
    bell.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{FOR_YOU}")
    expect(page.get_by_role("heading", level=1)).to_have_text("For you")
    expect(page.get_by_text("New", exact=True)).to_have_count(2)
    expect(page.get_by_role("banner").get_by_role("link", name="For you", exact=True)).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Tomás Ortega asks for your vote")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/changes/*/")


def test_settings_are_found_and_saved_without_a_mouse(visit: Visit, elif_kaya: Account) -> None:
    page = visit().be(elif_kaya).go("/overview/")
    page.keyboard.press("Control+k")
    page.keyboard.type("your settings")
    expect(page.get_by_role("option", name="Your settings", exact=True)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HERE}")
    page.get_by_label("Time zone").select_option("Asia/Kolkata")
    page.get_by_label("Single-letter keys").select_option("off")
    page.get_by_label("Theme").select_option("dark")
    page.get_by_label("My exports that are ready or failed").focus()
    page.keyboard.press("Space")
    save = page.get_by_role("button", name="Save", exact=True)
    save.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved. It holds on every page from now on.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("[data-clock]")).to_have_attribute("data-clock", "Asia/Kolkata")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(page.get_by_label("My exports that are ready or failed")).not_to_be_checked()
    expect(page.get_by_role("link", name="For you 1 new")).to_be_visible()


def test_a_wrong_password_is_told_beside_its_field_and_the_right_one_changes_it(
    visit: Visit, elif_kaya: Account
) -> None:
    page = visit().be(elif_kaya).go(HERE)
    page.get_by_label("Your password now").fill("not it at all")
    page.get_by_label("New password", exact=True).fill("four purple bicycles")
    page.get_by_label("New password again").fill("four purple bicycles")
    page.get_by_role("button", name="Change the password").click()
    wrong = page.get_by_label("Your password now")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("This is not your password; it was not changed.")).to_be_visible()
    wrong.fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("four purple bicycles")
    page.get_by_label("New password again").fill("four purple bicycles")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your password is changed. Everywhere else you are signed out.")).to_be_visible()
    expect(page.get_by_text("This one")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_both_pages_are_accessible_and_fit(
    visit: Visit, elif_kaya: Account, window: dict[str, int], scheme: str
) -> None:
    visitor = visit(window, color_scheme=scheme).be(elif_kaya)
    for address in ("/overview/", HERE, FOR_YOU, FOR_YOU):
        visitor.go(address)
        assert (address, visitor.violations(), max(0, visitor.overflow())) == (address, [], 0)
    page = visitor.go(HERE)
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)


def test_who_has_no_role_is_told_why_there_is_nothing(visit: Visit, transactional_db: None) -> None:
    visitor = visit(PHONE).be(an_account("Nora New"))
    expect(visitor.go(FOR_YOU).get_by_text("Nothing can concern you yet")).to_be_visible()
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)
    expect(visitor.go(HERE).get_by_text("Nothing can concern you before you have a role.")).to_be_visible()
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)
