"""Parts that move: dialogs, tokens, toasts, copying, regions that follow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import Visit, Visitor

Person = Callable[..., Account]


@pytest.fixture
def gallery(visit: Visit, person: Person) -> Visitor:
    """The gallery, opened by an operator."""
    visitor = visit(permissions=["clipboard-read", "clipboard-write"]).be(person(Role.OPERATOR))
    visitor.go("/gallery/")
    return visitor


def test_a_dialog_keeps_the_focus_and_gives_it_back(gallery: Visitor) -> None:
    page = gallery.page
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="Replay 24 dead letters")
    expect(dialog).to_be_visible()
    assert gallery.violations() == []

    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_letters_do_nothing_behind_a_dialog(gallery: Visitor) -> None:
    gallery.page.keyboard.press("r")
    gallery.page.get_by_role("dialog", name="Replay 24 dead letters").get_by_role("button", name="Cancel").focus()
    gallery.page.keyboard.press("?")
    expect(gallery.page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_backspace_takes_the_last_token_back_for_editing(gallery: Visitor) -> None:
    page = gallery.page
    box = page.get_by_label("Add a filter or an id")
    box.focus()
    page.keyboard.press("Backspace")

    expect(box).to_have_value("sytem:odoo")
    assert page.locator("[data-token]").evaluate_all("tokens => tokens.map(t => t.dataset.token)") == [
        "customer:C-1042",
        "-flow:renewal",
    ]
    page.keyboard.press("Backspace")
    expect(box).to_have_value("sytem:odo")


def test_searching_sends_every_token_and_what_was_typed(gallery: Visitor) -> None:
    page = gallery.page
    page.get_by_label("Add a filter or an id").fill("status:dead")
    with page.expect_request("**/tx/?*") as asked:
        page.keyboard.press("Enter")
    assert asked.value.url.endswith("/tx/?q=customer%3AC-1042+-flow%3Arenewal+sytem%3Aodoo+status%3Adead")


def test_the_address_is_copied(gallery: Visitor) -> None:
    gallery.page.keyboard.press("y")
    expect(gallery.page.locator("#toasts .toast")).to_contain_text("Copied")
    assert gallery.page.evaluate("navigator.clipboard.readText()") == f"{gallery.site}/gallery/"


def test_a_toast_can_be_dismissed(gallery: Visitor) -> None:
    gallery.page.keyboard.press("y")
    gallery.page.locator("#toasts").get_by_role("button", name="Dismiss").click()
    expect(gallery.page.locator("#toasts .toast")).to_have_count(0)


def test_when_the_server_does_not_answer_a_toast_says_so(gallery: Visitor) -> None:
    page = gallery.page
    page.route("**/look/", lambda route: route.abort())
    page.get_by_role("button", name="Elif Kaya: look, keys, sign out").click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("#toasts .toast")).to_contain_text("The server did not answer. Nothing was changed here")
    expect(page.locator("html")).to_have_attribute("data-theme", "system")
    gallery.complaints.clear()


def test_a_refusal_by_htmx_is_a_toast_and_the_page_stays(gallery: Visitor) -> None:
    page = gallery.page
    page.get_by_role("button", name="Elif Kaya: look, keys, sign out").click()
    page.get_by_role("button", name="Dark").evaluate("button => { button.value = 'pink'; }")
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("#toasts .toast")).to_contain_text("'pink' is no theme; there are: system, light, dark.")
    assert page.locator("h1").inner_text() == "Gallery"


FOLLOWING = """
<p id="region" data-follows hx-get="/tx/follow/" hx-trigger="interlock:tick from:body" hx-swap="outerHTML">before</p>
"""


def test_a_region_follows_until_it_is_paused_and_says_when_nobody_answers(gallery: Visitor) -> None:
    page, asked = gallery.page, []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 2:
            route.abort()
        else:
            route.fulfill(body=FOLLOWING.replace("before", f"answer {len(asked)}"), content_type="text/html")

    def with_region(route: Route) -> None:
        original = route.fetch()
        route.fulfill(
            response=original, body=original.text().replace("<h1>Gallery</h1>", f"<h1>Gallery</h1>{FOLLOWING}")
        )

    page.clock.install()
    page.route("**/tx/follow/", answer)
    page.route("**/gallery/", with_region)
    gallery.go("/gallery/")
    mark = page.locator("[data-pauses-live]")
    expect(mark).to_have_text("Following")

    page.clock.run_for(5000)
    expect(page.locator("#region")).to_have_text("answer 1")
    page.clock.run_for(5000)
    expect(mark).to_have_text("No answer, trying every 5 s")
    page.clock.run_for(5000)
    expect(mark).to_have_text("Following")

    page.keyboard.press("l")
    expect(mark).to_have_text("Paused")
    page.clock.run_for(20000)
    assert len(asked) == 3
    gallery.complaints.clear()
