"""Saved views in a real browser: counted beside their names after the page, changed, saved, reset."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, Route, expect

from controlplane.foundation import clock
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import SavedView
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.saved_views.save import save
from controlplane.transactions.selectors import pinned
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import paid_invoice

COUNTS = "**/tx/views/counts/"


@pytest.fixture
def here(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Estate:
    catalogue.forget()
    cache.clear()
    monkeypatch.setattr(pinned, "SECONDS", 60.0)  # a busy machine still counts
    made = estate(erp_connector="webhook")
    for minutes in (50, 9, 4):
        paid_invoice(made, at=clock.now() - timedelta(minutes=minutes), fails_at="invoice" if minutes < 10 else "")
    return made


@pytest.fixture
def mara(here: Estate) -> Account:
    return an_account("Mara Lindqvist", Role.OWNER, here.team)


@pytest.fixture
def dead(here: Estate, mara: Account) -> SavedView:
    save(access_for(mara), "Everything of the last two hours that anybody sent", "after:2h", here.team, clock.now())
    return save(access_for(mara), "Dead", "status:dead", None, clock.now())


def _beside(page: Page, view: SavedView) -> str:
    """What stands beside a view, once something does."""
    place = page.locator(f"#pinned-{view.pk}")
    expect(place).not_to_be_empty()
    return place.inner_text().partition("\n")[0].strip()


def test_counts_come_beside_their_names_after_the_page(visit: Visit, mara: Account, dead: SavedView) -> None:
    page = visit().be(mara).go("/overview/")
    assert _beside(page, dead).startswith("2")


def test_they_are_asked_for_again_each_minute_and_not_behind_a_hidden_page(
    visit: Visit, mara: Account, dead: SavedView
) -> None:
    visitor = visit().be(mara)
    visitor.page.clock.install()
    asked: list[str] = []
    visitor.page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/tx/views/counts/") else None)
    page = visitor.go("/tx/views/")
    _beside(page, dead)
    page.clock.run_for(59_000)
    assert len(asked) == 1
    with page.expect_response(COUNTS):
        page.clock.run_for(2_000)
    assert len(asked) == 2


def test_when_they_do_not_come_a_word_says_so_and_nothing_else(visit: Visit, mara: Account, dead: SavedView) -> None:
    visitor = visit().be(mara)

    def unavailable(route: Route) -> None:
        route.fulfill(status=503, body="")

    visitor.page.route(COUNTS, unavailable)
    page = visitor.go("/overview/")
    expect(page.get_by_role("navigation", name="Saved views")).to_contain_text("not counted in time")
    assert page.locator("#toasts .toast").count() == 0
    visitor.complaints.clear()


def test_a_changed_view_is_reset_and_saved(visit: Visit, mara: Account, dead: SavedView) -> None:
    page = visit().be(mara).go("/overview/")
    page.get_by_role("navigation", name="Saved views").get_by_role("link", name="Dead").click()
    page.wait_for_url("**/tx/?q=status%3Adead&view=*")
    expect(page.get_by_role("button", name="Save view")).to_be_hidden()
    page.get_by_label("Add a filter or an id").fill("after:2h")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Reset").click()
    expect(page.get_by_role("link", name="Reset")).to_be_hidden()
    page.get_by_label("Add a filter or an id").fill("after:3h")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“Dead” is changed.")).to_be_visible()
    dead.refresh_from_db()
    assert dead.query == "status:dead after:3h"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE])
def test_a_changed_view_is_accessible_and_fits(
    visit: Visit, mara: Account, dead: SavedView, window: dict[str, int], scheme: str
) -> None:
    visitor = visit(window, color_scheme=scheme).be(mara)
    page = visitor.go(f"/tx/?q=status:dead+after:2h&view={dead.pk}")
    expect(page.locator(f"#pinned-{dead.pk}")).not_to_be_empty()
    assert (visitor.violations(), visitor.overflow()) == ([], 0)
