"""Getting in, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import PASSWORD, Visit

Person = Callable[..., Account]


@pytest.mark.parametrize("javascript", [True, False])
def test_one_signs_in_with_the_keyboard_alone_and_signs_out_again(
    visit: Visit, person: Person, *, javascript: bool
) -> None:
    person(Role.AUDITOR)
    visitor = visit(java_script_enabled=javascript)
    page = visitor.go("/access/audit/")

    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("elif@example.test")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{visitor.site}/access/audit/")
    assert page.locator("h1").inner_text() == "Audit"

    page.get_by_role("button", name="Elif Kaya: look, keys, sign out").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(f"{visitor.site}/signin/")


def test_a_wrong_password_is_said_aloud_and_the_name_is_kept(visit: Visit, person: Person) -> None:
    person(Role.AUDITOR)
    page = visit().go("/signin/")
    page.get_by_label("E-mail").fill("elif@example.test")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    assert page.get_by_role("alert").inner_text().startswith("This e-mail and password do not belong together.")
    assert page.get_by_label("E-mail").input_value() == "elif@example.test"
    assert page.get_by_label("Password").input_value() == ""


def test_the_fonts_arrive_from_the_installed_packages(visit: Visit) -> None:
    page = visit().go("/signin/")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('13px Inter'))")
    assert page.evaluate("[...document.fonts].filter((font) => font.status === 'error').length") == 0
