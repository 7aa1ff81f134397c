"""Priya, auditor: who did what and why, is the record whole; reads everything, changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from controlplane.audit.models import ChainCheck
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, Replay
from controlplane.transactions.replay.request import request_replay
from tests.browser.journeys.conftest import Begin
from tests.transactions.factories import Estate, an_account


def test_reads_who_sent_something_again_checks_the_chain_and_can_send_nothing(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    mara = an_account("Mara Lindqvist", Role.OWNER, here.team)
    letters = list(DeadLetter.objects.values_list("step_run_id", flat=True))
    request_replay(access_for(mara), step_run_ids=letters[:1], reason="The ledger is back.")
    hands = begin(works_here("Priya Raman", Role.AUDITOR))
    page = hands.page
    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Access"))
    page.wait_for_url("**/access/audit/")
    row = page.get_by_role("row", name="replay.requested")
    expect(row).to_contain_text("Mara Lindqvist")
    hands.press(page.get_by_role("button", name="Check the chain now"))
    expect(page.locator("main")).to_contain_text("records, unbroken")
    assert ChainCheck.objects.get().by_label == "Priya Raman"

    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Transactions"))
    hands.press(page.locator("#found [data-rows] > a").first)
    expect(page.locator("#step table.map")).to_contain_text("office@brandt-mt.example")
    hands.press(page.locator("main").get_by_role("link", name="Dead letters"))
    page.wait_for_url("**/tx/dead/")
    for act in ("Replay…", "Assign…", "Close without sending…"):
        expect(page.get_by_role("button", name=act)).to_have_attribute("aria-disabled", "true")
    assert Replay.objects.count() == 1
