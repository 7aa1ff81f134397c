"""The frame: keys, menu, look, phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import PHONE, WIDE, Visit, Visitor

Person = Callable[..., Account]
MENU = "Elif Kaya: look, keys, sign out"


@pytest.fixture
def operator(visit: Visit, person: Person) -> Visitor:
    """An operator at a wide screen."""
    return visit().be(person(Role.OPERATOR))


def _focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()")
    )


def test_g_and_a_letter_goes_to_an_area(operator: Visitor) -> None:
    page = operator.go("/gallery/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/access/audit/")


def test_slash_goes_to_the_search_and_letters_typed_there_are_only_letters(operator: Visitor) -> None:
    page = operator.go("/access/audit/")
    page.keyboard.press("/")
    assert _focused(page) == "Search transactions"

    page.keyboard.type("ga?")
    assert page.get_by_label("Search transactions").input_value() == "ga?"
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_a_page_with_its_own_search_gets_the_slash(operator: Visitor) -> None:
    page = operator.go("/gallery/")
    page.keyboard.press("/")
    assert _focused(page) == "Add a filter or an id"


def test_the_question_mark_lists_the_keys_that_work_here(operator: Visitor) -> None:
    page = operator.go("/gallery/")
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keys")

    expect(listed).to_be_visible()
    assert " ".join(listed.inner_text().split()) == (
        "Keys Close / Search l Pause, or follow again r Replay 24… y Copy link j k Down and up in the list "
        "g o Overview g t Transactions g i Integrations g c Changes g d Data g a Access ? This list "
        "Keys do nothing while you type. The user menu switches single letters off."
    )
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()


def test_j_and_k_walk_through_the_list(operator: Visitor) -> None:
    page = operator.go("/gallery/")
    page.keyboard.press("j")
    first = _focused(page)
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert _focused(page) == first != ""


def test_single_letters_can_be_switched_off(operator: Visitor) -> None:
    page = operator.go("/gallery/")
    page.get_by_role("button", name=MENU).click()
    page.get_by_role("group", name="Single-letter keys").get_by_role("button", name="Off").click()
    expect(page.locator("html")).to_have_attribute("data-keys", "off")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()

    page.reload()
    expect(page.locator("html")).to_have_attribute("data-keys", "off")


def test_the_theme_changes_at_once_without_losing_what_was_typed(operator: Visitor) -> None:
    page = operator.go("/access/audit/")
    page.get_by_label("Search transactions").fill("customer:C-1042")
    page.get_by_role("button", name=MENU).click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert page.get_by_label("Search transactions").input_value() == "customer:C-1042"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_without_scripts_the_theme_changes_with_the_page(visit: Visit, person: Person) -> None:
    visitor = visit(java_script_enabled=False).be(person(Role.OPERATOR))
    page = visitor.go("/access/audit/")
    page.get_by_role("button", name=MENU).click()
    page.get_by_role("button", name="Dark").click()

    expect(page).to_have_url(f"{visitor.site}/access/audit/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_search_in_the_frame_goes_to_the_transactions(operator: Visitor) -> None:
    page = operator.go("/access/audit/")
    with page.expect_request("**/tx/?q=C-1042"):
        page.get_by_label("Search transactions").fill("C-1042")
        page.keyboard.press("Enter")


def test_the_first_tab_skips_to_the_content(operator: Visitor) -> None:
    page = operator.go("/access/audit/")
    page.keyboard.press("Tab")
    assert _focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_page_that_follows_nothing_says_when_it_was_made(operator: Visitor) -> None:
    page = operator.go("/gallery/")
    mark = page.locator("[data-pauses-live]")
    assert mark.inner_text().startswith("As of")


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_address_with_nothing_there_is_accessible_and_fits(
    visit: Visit, person: Person, viewport: dict[str, int], scheme: str
) -> None:
    visitor = visit(viewport, color_scheme=scheme).be(person(Role.OPERATOR))
    visitor.go("/nowhere/")

    assert visitor.violations() == []
    assert visitor.overflow() == 0


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_the_menu_is_accessible(visit: Visit, person: Person, viewport: dict[str, int]) -> None:
    visitor = visit(viewport).be(person(Role.OPERATOR))
    page = visitor.go("/access/audit/")
    page.get_by_role("button", name=MENU).click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()

    assert visitor.violations() == []


def test_density_changes_the_height_of_rows(operator: Visitor) -> None:
    page = operator.go("/gallery/")

    def height(name: str) -> float:
        page.get_by_role("button", name=MENU).click()
        page.get_by_role("button", name=name).click()
        expect(page.locator("html")).to_have_attribute("data-density", name.lower())
        page.keyboard.press("Escape")
        box = page.get_by_role("row", name="Rejected").bounding_box()
        assert box
        return round(box["height"])

    assert [height(name) for name in ("Compact", "Standard", "Comfortable")] == [28, 32, 40]
