"""Oskar, platform operator: is everything up, what is scheduled, and a key for a program."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from controlplane.people.models import Account, ServiceToken
from controlplane.people.roles import Role
from controlplane.sync.models import SyncJob
from tests.browser.journeys.conftest import Begin
from tests.transactions.factories import Estate


def test_holds_a_job_of_the_schedule_and_lets_it_go(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    job = SyncJob.objects.create(
        slug="parties",
        name="Parties",
        integration=here.integration,
        interface=here.interface,
        stream="party",
        event_type="party.changed",
        schedule="cron",
        cron="0 2 * * *",
    )
    hands = begin(works_here("Oskar Lind", Role.OPERATOR))
    page = hands.page
    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Integrations"))
    hands.press(page.get_by_role("link", name="Schedules"))
    hands.press(page.get_by_role("link", name="Parties").first)
    hands.press(page.get_by_role("link", name="Hold…"))
    dialog = page.get_by_role("dialog", name="Hold its schedule")
    hands.write(dialog.get_by_label("Reason"), "The source is being moved.")
    hands.press(dialog.get_by_role("button", name="Hold"))
    expect(page.locator("main .note")).to_contain_text("The source is being moved.")
    job.refresh_from_db()
    assert (job.paused, job.paused_by) == (True, "Oskar Lind")

    hands.press(page.get_by_role("button", name="Let it go"))
    expect(page.get_by_role("link", name="Hold…")).to_be_visible()
    job.refresh_from_db()
    assert not job.paused


def test_gives_a_program_a_token_and_takes_it_away(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    hands = begin(works_here("Oskar Lind", Role.OPERATOR))
    page = hands.page
    hands.press(page.get_by_role("button", name="Oskar Lind: look, keys, sign out"))
    hands.press(page.get_by_role("link", name="API tokens"))
    hands.write(page.get_by_label("What it is for"), "Night shift")
    hands.choose(page.get_by_label("What it may do"), "Support, Billing")
    hands.press(page.get_by_role("button", name="Make it"))
    expect(page.get_by_text("Copy it now: it is shown only this once.")).to_be_visible()
    (secret,) = set(re.findall(r"ilk_[\w-]{43}", page.content()))
    headers = {"Authorization": f"Bearer {secret}"}
    address = re.sub(r"/access/.*", "/api/v1/me", page.url)
    assert page.request.get(address, headers=headers).status == 200

    hands.press(page.get_by_role("button", name="Revoke"))
    expect(page.get_by_text("Revoked by Oskar Lind")).to_be_visible()
    assert page.request.get(address, headers=headers).status == 401
    assert ServiceToken.objects.get().revoked_at is not None
