"""What other tabs, and other browsers, see of a new password and of signing out everywhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from controlplane.console.live import watcher
from controlplane.foundation import clock
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.browser.conftest import PASSWORD, Visit, Visitor
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import an_identity, paid_invoice

LIST, SETTINGS = "/tx/?q=customer:8841", "/settings/"
Act = Callable[[Page], None]
NEW_PASSWORD = "four purple bicycles"


@pytest.fixture
def here(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Estate:
    """An invoice of one customer; whether somebody may still follow is asked at every look."""
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(watcher, "STANDING_SECONDS", 0.0)
    catalogue.forget()
    made = estate(erp_connector="webhook")
    an_identity("customer", clock.now(), {made.source: ["cus_R7v2"], made.erp: ["8841"]})
    paid_invoice(made, at=clock.now())
    return made


@pytest.fixture
def elif_kaya(here: Estate) -> Account:
    account = an_account("Elif Kaya", Role.SUPPORT, here.team)
    account.set_password(PASSWORD)
    account.save()
    return account


def _follows(visitor: Visitor) -> Page:
    page = visitor.go(LIST)
    expect(_mark(page)).to_have_text("Following")
    return page


def _another_tab(visitor: Visitor) -> Page:
    page = visitor.context.new_page()
    page.goto(f"{visitor.site}{SETTINGS}")
    return page


def _mark(page: Page) -> Locator:
    return page.locator("[data-pauses-live]")


def _change_the_password(page: Page) -> None:
    page.get_by_label("Your password now").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your password is changed. Everywhere else you are signed out.")).to_be_visible()


def _sign_out_everywhere_else(page: Page) -> None:
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("only this one goes on.")).to_be_visible()


@pytest.mark.parametrize("act", [_change_the_password, _sign_out_everywhere_else], ids=["password", "sign-out"])
def test_another_tab_of_the_same_browser_goes_on_following(
    visit: Visit, here: Estate, elif_kaya: Account, act: Act
) -> None:
    visitor = visit().be(elif_kaya)
    page = _follows(visitor)
    with page.expect_event("websocket", timeout=60_000):
        act(_another_tab(visitor))
    expect(_mark(page)).to_have_text("Following")
    paid_invoice(here, at=clock.now())
    expect(page.locator("#newer .chip")).to_have_text("1 newer, show")


@pytest.mark.parametrize("act", [_change_the_password, _sign_out_everywhere_else], ids=["password", "sign-out"])
def test_another_browser_says_that_its_session_has_ended(visit: Visit, elif_kaya: Account, act: Act) -> None:
    elsewhere, visitor = visit().be(elif_kaya), visit().be(elif_kaya)
    page = _follows(elsewhere)
    act(_another_tab(visitor))
    expect(_mark(page)).to_have_text("Your session has ended: sign in again")


def test_a_page_of_whoever_was_here_before_is_to_be_reloaded(visit: Visit, here: Estate, elif_kaya: Account) -> None:
    visitor = visit().be(elif_kaya)
    page = _follows(visitor)
    visitor.be(an_account("Mara Stone", Role.SUPPORT, here.team))
    elif_kaya.is_active = False
    elif_kaya.save()
    expect(_mark(page)).to_have_text("What you may see has changed: reload")
