"""Jonas, board member, asks whether promises are kept and what waits for a decision.

Values are not his to see, and sending is not his to decide about.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, Replay, ReplayState, StepQueue
from controlplane.transactions.replay.request import request_replay
from tests.browser.journeys.conftest import Begin
from tests.transactions.factories import Estate, an_account


def test_sees_what_is_kept_and_what_a_large_replay_waits_for_and_who_decides(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    mara = an_account("Mara Lindqvist", Role.OWNER, here.team)
    letters = list(DeadLetter.objects.values_list("step_run_id", flat=True))
    asked = request_replay(access_for(mara), step_run_ids=letters, reason="The ledger is back.")
    hands = begin(works_here("Jonas Weber", Role.BOARD))
    page = hands.page
    page.wait_for_url("**/overview/")
    expect(page.locator(".verdict")).to_contain_text("0 of 1 business processes are well.")

    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Transactions"))
    page.wait_for_url("**/tx/")
    hands.press(page.get_by_role("link", name="Replays"))
    page.wait_for_url("**/tx/replays/")
    hands.press(page.get_by_role("link", name=f"Replay {asked.pk}"))
    page.wait_for_url(f"**/tx/replays/{asked.pk}/")
    expect(page.locator("h1")).to_have_text(f"Replay {asked.pk}")
    expect(page.locator("main")).to_contain_text("The ledger is back.")
    decide = page.get_by_role("button", name="Decide…")
    expect(decide).to_have_attribute("aria-disabled", "true")

    page.go_back()
    hands.press(page.get_by_role("link", name="Search", exact=True))
    page.wait_for_url("**/tx/")
    hands.press(page.locator("#found [data-rows] > a").first)
    expect(page.locator("#step")).to_contain_text("Payload values are hidden")

    assert Replay.objects.get().state == ReplayState.PLANNED
    assert StepQueue.objects.count() == 0
