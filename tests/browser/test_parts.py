"""Parts that move: dialogs, tokens, toasts, copying, regions that follow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

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
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.keyboard.press("Enter")
    assert parse_qs(asked.value.post_data)["q"] == ["customer:C-1042", "-flow:renewal", "sytem:odoo", "status:dead"]
    # What stands behind a field that there is not may be anything, also a name: it is kept out of the address.
    page.wait_for_url("**/tx/?kept=*")


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
<p id="region" data-follows="weather" hx-get="/tx/follow/" hx-trigger="interlock:hint" hx-swap="outerHTML">before</p>
"""


class Live:
    """The server's end of the page's socket, in the hands of the test."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.opened: list[WebSocketRoute] = []
        self.refuses = 0
        page.route_web_socket("**/live/", self._take)

    def _take(self, socket: WebSocketRoute) -> None:
        self.opened.append(socket)
        socket.on_message(self._hear)
        if self.refuses:
            socket.close(code=self.refuses)

    def _hear(self, text: str | bytes) -> None:
        self.asked = json.loads(text)["follow"]
        self.opened[-1].send('{"as_of": "14:32:05"}')

    def hint(self, name: str = "weather") -> None:
        self.opened[-1].send(json.dumps({"changed": [name]}))

    def end(self, code: int) -> None:
        self.opened[-1].close(code=code)


@pytest.fixture
def following(gallery: Visitor) -> Iterator[tuple[Page, Live, list[str]]]:
    """A page with a region that follows the weather, its socket, and the requests of the region."""
    page, asked = gallery.page, list[str]()

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
    live = Live(page)
    page.route("**/tx/follow/", answer)
    page.route("**/gallery/", with_region)
    gallery.go("/gallery/")
    expect(page.locator("[data-pauses-live]")).to_have_text("Following")
    assert "weather" in live.asked
    yield page, live, asked
    gallery.complaints.clear()  # the browser logs requests that were cut off


def test_a_region_fetches_itself_when_it_is_told_and_the_page_says_when_nobody_answers(
    following: tuple[Page, Live, list[str]],
) -> None:
    page, live, asked = following
    mark = page.locator("[data-pauses-live]")
    live.hint()
    expect(page.locator("#region")).to_have_text("answer 1")
    live.hint("something else")
    live.hint()
    expect(mark).to_have_text("No answer, trying again")
    live.hint()
    expect(page.locator("#region")).to_have_text("answer 3")
    expect(mark).to_have_text("Following")
    assert len(asked) == 3


def test_what_changes_while_a_region_fetches_itself_is_fetched_after_it(
    following: tuple[Page, Live, list[str]],
) -> None:
    page, live, asked = following
    held: list[Route] = []
    page.unroute("**/tx/follow/")
    page.route("**/tx/follow/", lambda route: held.append(route))  # noqa: PLW0108 - a builtin has no signature for it
    live.hint()
    page.wait_for_selector("#region.htmx-request")
    live.hint()
    live.hint()
    # The answer that was asked for before the change takes the region's place.
    with page.expect_request("**/tx/follow/"):
        held[0].fulfill(body=FOLLOWING.replace("before", "older"), content_type="text/html")
    expect(page.locator("#region.htmx-request")).to_have_text("older")
    held[1].fulfill(body=FOLLOWING.replace("before", "newer"), content_type="text/html")
    expect(page.locator("#region")).to_have_text("newer")
    assert (len(held), asked) == (2, [])


def test_a_paused_page_stands_still_and_catches_up_once(following: tuple[Page, Live, list[str]]) -> None:
    page, live, asked = following
    mark = page.locator("[data-pauses-live]")
    live.hint()
    expect(page.locator("#region")).to_have_text("answer 1")
    page.keyboard.press("l")
    expect(mark).to_have_text("Paused")
    live.hint()
    live.hint()
    page.clock.run_for(20000)
    assert len(asked) == 1
    page.keyboard.press("l")
    expect(mark).to_have_text("No answer, trying again")
    assert len(asked) == 2


def test_without_a_socket_the_page_asks_by_itself_until_there_is_one_again(
    following: tuple[Page, Live, list[str]],
) -> None:
    page, live, _ = following
    mark = page.locator("[data-pauses-live]")
    live.end(1013)
    expect(mark).to_have_text("Reconnecting, asking every 15 s")
    page.clock.run_for(15000)
    expect(page.locator("#region")).to_have_text("answer 1")
    page.clock.run_for(30000)
    expect(mark).to_have_text("Following")
    assert len(live.opened) >= 2


def test_a_socket_that_says_nothing_any_more_is_given_up(following: tuple[Page, Live, list[str]]) -> None:
    page, live, _ = following
    page.clock.run_for(60000)
    page.clock.run_for(30000)
    expect(page.locator("[data-pauses-live]")).to_have_text("Following")
    assert len(live.opened) >= 2


def test_other_rights_are_said_and_nothing_is_asked_any_more(following: tuple[Page, Live, list[str]]) -> None:
    page, live, asked = following
    live.end(4403)
    expect(page.locator("[data-pauses-live]")).to_have_text("What you may see has changed: reload")
    page.clock.run_for(60000)
    assert (len(asked), len(live.opened)) == (0, 1)


def test_an_ended_session_is_said_once_new_sockets_were_refused_too(following: tuple[Page, Live, list[str]]) -> None:
    page, live, asked = following
    mark = page.locator("[data-pauses-live]")
    live.refuses = 4401
    live.end(4401)
    for opened, pause in enumerate((1000, 2000, 4000), 1):
        expect(mark).to_have_text("Reconnecting, asking every 15 s")
        assert len(live.opened) == opened
        page.clock.run_for(pause)
    expect(mark).to_have_text("Your session has ended: sign in again")
    page.clock.run_for(60000)
    assert (len(asked), len(live.opened)) == (0, 4)


def test_a_session_that_was_replaced_is_followed_on_each_time(following: tuple[Page, Live, list[str]]) -> None:
    page, live, asked = following
    mark = page.locator("[data-pauses-live]")
    for _ in range(2):
        live.end(4401)
        expect(mark).to_have_text("Reconnecting, asking every 15 s")
        page.clock.run_for(2000)
        expect(mark).to_have_text("Following")
    live.hint()
    expect(page.locator("#region")).to_have_text("answer 1")
    assert (len(asked), len(live.opened)) == (1, 3)
