"""Mara, integration owner, says who stands for an integration, finds it on its timeline, and has a system retired."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from controlplane.inventory.models import Integration, System
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.journeys.conftest import Begin
from tests.transactions.factories import Estate


def test_the_owner_edits_the_record_and_a_system_is_being_retired(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    System.objects.filter(pk=here.erp.system.pk).update(team=here.team)
    mara = works_here("Mara Lindqvist", Role.OWNER, here.team)
    hands = begin(mara)
    page = hands.page
    origin = page.evaluate("location.origin")
    page.goto(f"{origin}/integrations/{here.integration.slug}/")
    hands.press(page.get_by_role("link", name="Edit its record"))
    hands.write(page.get_by_label("Owner"), mara.email)
    hands.choose(page.get_by_label("Classification"), "Confidential")
    hands.write(page.get_by_label("What fails").first, "The ledger is closed")
    hands.write(page.get_by_label("Reason"), "Asked by the auditor.")
    hands.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("The ledger is closed")).to_be_visible()
    one = Integration.objects.get(pk=here.integration.pk)
    assert (one.owner_id, one.classification) == (mara.person_id, "confidential")

    hands.press(page.get_by_role("link", name="Whole timeline"))
    expect(page.locator(".feed")).to_contain_text("Classification: nothing → confidential")
    expect(page.locator(".feed")).to_contain_text("Mara Lindqvist: Asked by the auditor.")

    page.goto(f"{origin}/integrations/systems/{here.erp.system.slug}/")
    hands.press(page.get_by_role("link", name="Mark as being retired…"))
    dialog = page.get_by_role("dialog", name="Mark as being retired")
    hands.write(dialog.get_by_label("Reason"), "Odoo takes over.")
    hands.press(dialog.get_by_role("button", name="It is being retired"))
    expect(page.locator(".feed")).to_contain_text("Stage: live → retiring")
    assert System.objects.get(pk=here.erp.system.pk).stage == "retiring"
