"""API tokens and the API's reference, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from controlplane.people import services
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import Visit

Person = Callable[..., Account]


def test_somebody_makes_a_token_from_the_menu_and_asks_with_it(visit: Visit, person: Person) -> None:
    team = services.create_team("billing", "Billing")
    visitor = visit().be(person((Role.SUPPORT, team)))
    page = visitor.go("/tx/")
    page.get_by_role("button", name="Elif Kaya: look, keys, sign out").click()
    page.get_by_role("link", name="API tokens").click()
    page.get_by_label("What it is for").fill("Night shift")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("Copy it now: it is shown only this once.")).to_be_visible()
    secret = re.search(r"ilk_[\w-]{43}", page.content())
    assert secret is not None
    told = page.request.get(f"{visitor.site}/api/v1/me", headers={"Authorization": f"Bearer {secret[0]}"})
    assert told.json()["token"]["name"] == "Night shift"
    page.get_by_role("link", name="API reference").first.click()
    page.get_by_role("link", name="Replays", exact=True).click()
    expect(page.get_by_role("heading", name="Replays", exact=True)).to_be_in_viewport()
