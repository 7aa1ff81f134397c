"""A change reviewed in a real browser: many findings and a long document, walked and decided by keyboard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.resolve import resolve
from controlplane.governance.changes.revise import revise
from controlplane.governance.models import ChangeRequest, Comment, Vote
from controlplane.people.models import Account
from tests.browser.conftest import PHONE, WIDE, Visit, Visitor
from tests.contracts.given import an_order
from tests.transactions.agreements.board import Deciding, deciding
from tests.transactions.factories import Estate, estate

#: Where pictures of the pages are left, when somebody wants to look at them.
PICTURES = os.environ.get("PICTURES", "")
FIELDS = 500


@pytest.fixture
def here(transactional_db: None) -> Estate:
    return estate()


@pytest.fixture
def board(here: Estate) -> Deciding:
    return deciding(here.team)


def schema(type_: str, fields: int, said: int = 0) -> dict[str, Any]:
    """An order with so many fields more, each of this type, with ``said`` lines of notes before the next one."""
    notes = {f"x-note-{number}": "As it was." for number in range(said)}
    return an_order(**{f"field_{number:04}": {"type": type_, **notes} for number in range(fields)})


@pytest.fixture
def change(here: Estate, board: Deciding) -> ChangeRequest:
    """Five hundred fields become another type; between any two of them stand lines that stay."""
    publish(here, schema("string", FIELDS, said=8))
    return board.proposed(schema=schema("integer", FIELDS, said=8), breaks="They are counted.")


@pytest.fixture
def long(here: Estate, board: Deciding) -> ChangeRequest:
    """A document of which more than ten thousand lines change."""
    publish(here, schema("string", 10))
    return board.proposed(schema=an_order(total=an_enum(10_400)), breaks="They are listed.")


def an_enum(lines: int) -> dict[str, Any]:
    return {"type": "string", "enum": [f"value {number:05}" for number in range(lines)]}


def publish(here: Estate, document: Any) -> None:
    """What holds before the change."""
    from tests.contracts.given import a_version

    a_version(here.contract, document)


def a_member(visit: Visit, board: Deciding, window: dict[str, int] = WIDE, **more: Any) -> Visitor:
    return visit(window, **more).be(Account.objects.get(pk=board.members[0].account_id))


def pictured(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('[id]')?.id ?? ''"))


def lines_added(page: Page) -> int:
    """How many there are. A locator would mark each of them first, which takes longer than they took to come."""
    return int(page.evaluate("document.querySelectorAll('table.diff tr.add').length"))


def walked(page: Page, key: str) -> str:
    """The line on which the focus is after a key, once it has come."""
    last = focused(page)
    page.keyboard.press(key)
    page.wait_for_function("(last) => (document.activeElement.closest('tr[id]')?.id ?? last) !== last", arg=last)
    return focused(page)


def test_changes_are_walked_across_parts_by_keyboard(visit: Visit, board: Deciding, change: ChangeRequest) -> None:
    page = a_member(visit, board).go(f"/changes/{change.pk}/")
    expect(page.locator("#changes")).to_contain_text("500 changes, worst first")
    seen = [walked(page, "n") for _ in range(60)]
    pictured(page, "walked")
    assert len(set(seen)) == 60
    assert walked(page, "p") == seen[-2]


def test_a_line_is_commented_on_and_the_change_approved_by_keyboard(
    visit: Visit, board: Deciding, change: ChangeRequest
) -> None:
    page = a_member(visit, board).go(f"/changes/{change.pk}/")
    for _ in range(3):
        line = walked(page, "n")
    page.keyboard.press("c")
    expect(page.locator("tr.cmt textarea")).to_be_focused()
    page.keyboard.type("Who counts these?")
    pictured(page, "saying")
    page.keyboard.press("Escape")
    assert focused(page) == line
    page.keyboard.press("c")
    expect(page.locator("tr.cmt textarea")).to_have_value("Who counts these?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/changes/{change.pk}/?v=1&at={line}#{line}")
    expect(page.locator(f"#{line} + .cmt")).to_contain_text("Who counts these?")
    assert Comment.objects.get().place == line
    pictured(page, "said")

    page.keyboard.press("a")
    expect(page.get_by_label("Reason, kept in the record")).to_be_focused()
    page.keyboard.type("They are right.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/changes/{change.pk}/")
    expect(page.locator("#decision")).to_contain_text("You have voted on this version already")
    assert Vote.objects.get().words == "They are right."


def test_a_difference_is_talked_about_where_it_stands(visit: Visit, board: Deciding, change: ChangeRequest) -> None:
    page = a_member(visit, board).go(f"/changes/{change.pk}/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("Why this one?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/changes/{change.pk}/?v=1&at=F2#F2")
    expect(page.locator("#F2")).to_contain_text("Why this one?")
    page.locator("#F2").get_by_role("button", name="Resolve").press("Enter")
    expect(page.locator("#F2")).to_contain_text("Resolved")


def test_every_line_of_a_long_document_is_reached_by_scrolling_and_by_its_address(
    visit: Visit, board: Deciding, long: ChangeRequest
) -> None:
    visitor = a_member(visit, board)
    page = visitor.go(f"/changes/{long.pk}/")
    way = page.locator("table.diff [data-way]")
    while way.count():
        before = lines_added(page)
        way.scroll_into_view_if_needed()
        page.wait_for_function("(n) => document.querySelectorAll('table.diff tr.add').length > n", arg=before)
    assert lines_added(page) > 10_000
    expect(page.locator("table.diff")).to_contain_text("value 10399")

    visitor.go("/changes/")
    page = visitor.go(f"/changes/{long.pk}/#L9000")
    page.wait_for_function("() => document.activeElement.closest('tr')?.id === 'L9000'")
    assert lines_added(page) == 500
    expect(way).to_have_count(2)
    page.keyboard.press("c")
    expect(page.locator("#L9000 + .cmt textarea")).to_be_focused()


def test_without_scripts_parts_places_and_forms_are_links_and_forms(
    visit: Visit, board: Deciding, long: ChangeRequest
) -> None:
    page = a_member(visit, board, java_script_enabled=False).go(f"/changes/{long.pk}/")
    page.get_by_role("link", name="Show it line by line").click()
    page.get_by_role("link", name="Lines 501 to 1,000 of").click()
    line = page.get_by_role("link", name="Line 700", exact=True)
    line.click()
    page.get_by_text("Comment on line 700").click()
    page.get_by_label("Say something").first.fill("Sorted?")
    page.get_by_role("button", name="Comment").first.click()
    expect(page.locator("#L700 + .cmt")).to_contain_text("Sorted?")
    assert Comment.objects.get().place == "L700"


def test_a_newer_version_blocks_the_form_before_anybody_sends_it(
    visit: Visit, board: Deciding, change: ChangeRequest
) -> None:
    page = a_member(visit, board).go(f"/changes/{change.pk}/")
    page.get_by_label("Reason, kept in the record").fill("It reads well.")
    revise(board.owner, change.pk, {"schema": schema("number", 3), "breaks": "They are counted."}, after=1)
    page.evaluate("document.getElementById('standing').dispatchEvent(new CustomEvent('interlock:hint'))")
    expect(page.locator("#decision")).to_contain_text("A newer version arrived.")
    expect(page.get_by_role("button", name="Approve v1")).to_be_disabled()
    expect(page.get_by_label("Reason, kept in the record")).to_have_value("It reads well.")


LOOKS = [(window, scheme) for window in (WIDE, PHONE) for scheme in ("light", "dark")]


@pytest.mark.parametrize(("window", "scheme"), LOOKS)
def test_five_hundred_findings_are_accessible_and_fit(
    visit: Visit, board: Deciding, change: ChangeRequest, window: dict[str, int], scheme: str
) -> None:
    visitor = a_member(visit, board, window, color_scheme=scheme)
    page = visitor.go(f"/changes/{change.pk}/")
    pictured(page, f"many-{scheme}-{window['width']}")
    assert (visitor.overflow(), visitor.violations()) == (0, [])


@pytest.mark.parametrize(("window", "scheme"), LOOKS)
def test_what_is_said_at_lines_and_differences_is_accessible_and_fits(
    visit: Visit, here: Estate, board: Deciding, window: dict[str, int], scheme: str
) -> None:
    publish(here, schema("string", 30))
    change = board.proposed(schema=schema("integer", 30), breaks="They are counted.")
    said = comment(board.members[1], change.pk, "Does the ledger count them?", at="F2")
    comment(board.owner, change.pk, "It does, and has to be told.", at="/properties/field_0001/type")
    resolve(board.owner, change.pk, said.pk, resolved=True)
    visitor = a_member(visit, board, window, color_scheme=scheme)
    for name, address in {"line": "?at=/properties/field_0001/type#document", "finding": "?at=F2#F2"}.items():
        page = visitor.go(f"/changes/{change.pk}/{address}")
        pictured(page, f"{name}-{scheme}-{window['width']}")
        page.get_by_text("Comment on").first.click()
        assert (name, visitor.overflow(), visitor.violations()) == (name, 0, [])
    page.keyboard.press("n")
    page.keyboard.press("c")
    expect(page.locator("tr.cmt textarea").last).to_be_focused()
    pictured(page, f"typing-{scheme}-{window['width']}")
    assert (visitor.overflow(), visitor.violations()) == (0, [])
