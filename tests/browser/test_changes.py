"""Changes in a real browser: read, voted on by keyboard and on a phone, light and dark, without a finding of axe."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from controlplane.foundation import clock
from controlplane.governance.boards.convene import plan_meeting
from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.revise import revise
from controlplane.governance.changes.vote import Asked
from controlplane.governance.models import Vote
from controlplane.people.models import Account
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.governance import names
from tests.governance.board import Company

#: Where pictures of the pages are left, when somebody wants to look at them.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def company(transactional_db: None) -> Company:
    names.register()
    made = Company()
    made.approved("Dunning")
    change = made.proposed("Invoicing", due=clock.now() + timedelta(hours=21))
    made.votes(made.priya, change, conditions=[Asked("Tell the auditors.")])
    comment(made.ana, change.pk, "Do the reports of finance know?")
    plan_meeting(made.jonas, made.board, clock.now().astimezone(clock.zone()).date())
    return made


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_changes_fits_and_is_accessible(
    visit: Visit, company: Company, window: dict[str, int], theme: str
) -> None:
    change = company.board.changes.latest("pk")
    meeting = company.board.meetings.get()
    visitor = visit(viewport=window, color_scheme=theme).be(Account.objects.get(pk=company.jonas.account_id))
    for name, address in {
        "list": "/changes/",
        "change": f"/changes/{change.pk}/",
        "meeting": f"/changes/board/{meeting.date}/",
        "board": "/changes/boards/integration/",
        "log": "/changes/log/",
        "new": "/changes/new/",
    }.items():
        page = visitor.go(address)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{theme}-{window['width']}.png", full_page=True)
        assert visitor.overflow() <= 0, name
        assert visitor.violations() == [], name


def test_a_member_votes_by_keyboard_and_a_stale_form_is_blocked(visit: Visit, company: Company) -> None:
    change = company.board.changes.latest("pk")
    page = visit().be(Account.objects.get(pk=company.jonas.account_id)).go("/overview/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/changes/")
    page.get_by_role("link", name="Call it Invoicing").first.press("Enter")
    page.wait_for_url(f"**/changes/{change.pk}/")
    page.get_by_label("Reason, kept in the record").fill("It reads well.")
    revise(company.mara, change.pk, {"name": "Receivables"}, after=1)
    page.get_by_role("button", name="Approve v1").press("Enter")
    expect(page.locator("#decision")).to_contain_text("Version 2 arrived")
    expect(page.get_by_label("Reason, kept in the record")).to_have_value("It reads well.")
    assert Vote.objects.filter(person_id=company.jonas.person_id, change=change).count() == 0
    page.get_by_role("button", name="Approve v2").press("Enter")
    page.wait_for_url(f"**/changes/{change.pk}/")
    expect(page.locator("#decision")).to_contain_text("You have voted on this version already")
