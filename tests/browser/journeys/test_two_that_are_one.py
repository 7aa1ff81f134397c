"""Sam, support, finds a customer by the id of another system; Olga, an owner, joins two and parts them again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from controlplane.foundation import clock
from controlplane.inventory.models import Identity, IdentityAlias, IdentityChange
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.journeys.conftest import Begin
from tests.browser.journeys.hands import Hands
from tests.transactions.factories import Estate
from tests.transactions.traffic import a_transaction, an_identity

PLACE = "/data/identities/"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def another(here: Estate) -> Identity:
    """The same customer as the notifier calls it, with a transaction of its own."""
    known = an_identity("customer", clock.now(), {here.notifier: ["CRM-77"]})
    a_transaction(
        here, at=clock.now() - timedelta(minutes=3), keys={"customer": "CRM-77"}, headline="Asked for a quote"
    )
    return known


def shown(page: Page) -> set[str]:
    """What the search for the CRM's id finds."""
    addresses = page.locator("#found [data-rows] > a").evaluate_all("rows => rows.map(row => row.href)")
    return {found[0] for address in addresses if (found := ID.search(address)) is not None}


def search(hands: Hands, text: str) -> set[str]:
    """Search the transactions from wherever one is."""
    hands.write(hands.page.get_by_label("Search transactions"), text)
    hands.page.keyboard.press("Enter")
    hands.page.wait_for_url(f"**/tx/?q={text}")
    expect(hands.page.locator("#found [data-rows]")).to_be_visible()
    return shown(hands.page)


def test_support_finds_a_customer_by_the_id_of_any_system(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    another(here)
    hands = begin(works_here("Sam Reiter", Role.SUPPORT, here.team))
    page = hands.page
    page.goto(page.url.split("/tx/")[0] + PLACE)
    hands.write(page.get_by_label("Any id"), "CRM-77")
    hands.press(page.get_by_role("button", name="Find"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Customer CRM-77")
    expect(page.locator("main")).to_contain_text("Asked for a quote")
    expect(page.get_by_role("button", name="Merge…")).to_have_attribute("aria-disabled", "true")


def test_an_owner_joins_two_the_search_shows_both_and_parts_them_again(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    booked, called = Identity.objects.get(aliases__value="8841"), another(here)
    before = dict(IdentityAlias.objects.values_list("id", "identity"))
    hands = begin(works_here("Olga Berger", Role.OWNER, here.team))
    page = hands.page
    of_both = {text: search(hands, text) for text in ("8841", "CRM-77")}
    assert not of_both["8841"] & of_both["CRM-77"]

    page.goto(page.url.split("/tx/")[0] + f"{PLACE}{booked.pk}/")
    hands.press(page.get_by_role("link", name="Merge…"))
    hands.write(page.get_by_label("Any id"), "CRM-77")
    hands.press(page.get_by_role("button", name="Show both"))
    expect(page.locator("main")).to_contain_text("1 id and 1 transactions join")
    hands.write(page.get_by_label("Reason, kept in the record"), "The same tax id.")
    hands.press(page.get_by_role("button", name="Merge", exact=True))
    expect(page.locator(".acts")).to_contain_text("Merged: 1 id came")
    assert IdentityChange.objects.get().reason == "The same tax id."
    for text in ("8841", "CRM-77"):
        assert search(hands, text) == of_both["8841"] | of_both["CRM-77"]

    page.goto(page.url.split("/tx/")[0] + f"{PLACE}{called.pk}/")
    page.wait_for_url(f"**{PLACE}{booked.pk}/")
    hands.press(page.get_by_role("link", name="Undo…"))
    hands.write(page.get_by_label("Reason, kept in the record"), "Two branches.")
    hands.press(page.get_by_role("button", name="Undo the merge"))
    page.wait_for_url(f"**{PLACE}{called.pk}/")
    assert {text: search(hands, text) for text in ("8841", "CRM-77")} == of_both
    assert dict(IdentityAlias.objects.values_list("id", "identity")) == before
