"""Elif, support, asks what happened to a customer, where it stopped, and whether it may be sent again."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from controlplane.audit.models import AuditRecord
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, Replay, ReplayItem, StepQueue
from tests.browser.journeys.conftest import Begin
from tests.transactions.factories import Estate


def test_finds_a_customer_by_an_id_sees_the_step_that_failed_and_sends_it_again(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    elif_kaya = works_here("Elif Kaya", Role.SUPPORT, here.team)
    newest = DeadLetter.objects.latest("died_at")
    hands = begin(elif_kaya)
    page = hands.page
    page.wait_for_url("**/tx/")

    hands.write(page.get_by_label("Add a filter or an id"), "8841")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tx/?q=8841")
    expect(page.locator("#found header")).to_contain_text("Customer 8841")

    hands.press(page.locator("#found [data-rows] > a").first)
    expect(page.locator("#tx-status")).to_contain_text("The tax ID contains spaces.")
    expect(page.locator("#step h2")).to_have_text("Step 6: Post the paid invoice")
    expect(page.locator("#step table.map")).to_contain_text("INV-0001")

    hands.press(page.locator("#tx-status").get_by_role("link", name="Replay"), key="r")
    page.wait_for_url("**/replay/")
    hands.write(page.get_by_label("Reason, kept in the record"), "The ERP takes spaces again.")
    hands.press(page.get_by_role("button", name="Replay 1"))
    page.wait_for_url("**/tx/replays/*/")
    expect(page.locator("#replay-progress")).to_contain_text("0 of 1 done")

    replay = Replay.objects.get()
    assert (replay.requested_by, replay.reason) == (elif_kaya.person, "The ERP takes spaces again.")
    assert [item.step_run_id for item in ReplayItem.objects.filter(replay=replay)] == [newest.step_run_id]
    assert list(StepQueue.objects.values_list("step_run_id", flat=True)) == [newest.step_run_id]
    record = AuditRecord.objects.get(action="replay.requested")
    assert (record.actor_label, record.reason) == ("Elif Kaya", "The ERP takes spaces again.")
