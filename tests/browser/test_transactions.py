"""The pages of transactions in a real browser: found, read, followed and replayed, on a desk and on a telephone."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from controlplane.foundation import clock
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import Replay, StepQueue, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import TransactionState
from tests.browser.conftest import PHONE, WIDE, Visit, Visitor
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import a_step_run, a_transaction, an_identity, paid_invoice, queued


@pytest.fixture
def here(transactional_db: None) -> Estate:
    catalogue.forget()
    made = estate(erp_connector="webhook")
    an_identity("customer", clock.now(), {made.source: ["cus_old", "cus_R7v2"], made.erp: ["8841"]})
    for minutes in (50, 9, 4):
        paid_invoice(made, at=clock.now() - timedelta(minutes=minutes), fails_at="invoice" if minutes < 10 else "")
    return made


@pytest.fixture
def mara(here: Estate) -> Account:
    return an_account("Mara Lindqvist", Role.OWNER, here.team)


def test_support_finds_a_customer_s_failure_and_replays_it(visit: Visit, here: Estate, mara: Account) -> None:
    visitor = visit().be(mara)
    page = visitor.go("/tx/")
    page.keyboard.press("/")
    page.keyboard.type("8841")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tx/?q=8841")
    assert page.locator("#found header").inner_text().startswith("Customer 8841")
    page.get_by_role("link", name="Dead letter 2").click()
    page.wait_for_url("**/tx/?q=8841+status%3Adead")
    assert page.locator("[data-rows] > a").count() >= 2
    page.keyboard.press("r")
    page.wait_for_url("**/replay/")
    page.get_by_label("Reason, kept in the record").fill("The ERP takes it again.")
    page.get_by_role("button", name="Replay 1").click()
    page.wait_for_url("**/tx/replays/*/")
    assert "0 of 1 done" in page.locator("#replay-progress").inner_text()
    assert Replay.objects.get().reason == "The ERP takes it again."
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("text=Stopped. What was being sent ends by itself")


def test_support_keeps_a_search_under_a_name_and_comes_back_to_it(visit: Visit, here: Estate, mara: Account) -> None:
    visitor = visit().be(mara)
    page = visitor.go("/tx/?q=customer:8841+status:dead")
    page.get_by_role("button", name="Save view").click()
    page.get_by_label("Name").fill("Failed for 8841")
    assert (visitor.violations(), visitor.overflow()) == ([], 0)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/tx/?q=*")
    page.goto(f"{visitor.site}/integrations/")
    page.get_by_role("navigation", name="Saved views").get_by_role("link", name="Failed for 8841").click()
    page.wait_for_url("**/tx/?q=customer*")
    page.get_by_role("navigation", name="Saved views").get_by_role("link", name="Saved views").click()
    assert (visitor.violations(), visitor.overflow()) == ([], 0)
    page.get_by_role("button", name="Remove Failed for 8841").click()
    assert page.get_by_text("No saved view yet").is_visible()


def test_one_on_its_way_is_followed_until_it_ends(visit: Visit, here: Estate, mara: Account) -> None:
    running = a_transaction(here, at=clock.now(), state=TransactionState.RUNNING)
    run = a_step_run(running, here, "party")
    queued(run, clock.now())
    visitor = visit().be(mara)
    page = visitor.go(f"/tx/{running.id}/")
    assert "It is on its way." in page.locator("#tx-status").inner_text()
    StepQueue.objects.all().delete()
    Transaction.objects.filter(pk=running.id).update(state=TransactionState.SUCCEEDED, finished_at=clock.now())
    page.wait_for_selector("#tx-status:has-text('Everything arrived.')", timeout=10_000)


def test_a_typing_error_is_mended_by_a_click(visit: Visit, here: Estate, mara: Account) -> None:
    visitor = visit().be(mara)
    page = visitor.page
    page.goto(f"{visitor.site}/tx/?q=custmer:8841")
    page.get_by_role("link", name="Use customer:").click()
    page.wait_for_url("**/tx/?q=customer%3A8841")
    assert page.locator("#found header").inner_text().startswith("Customer 8841")


def test_everything_works_without_scripts(visit: Visit, here: Estate, mara: Account) -> None:
    visitor = visit(java_script_enabled=False).be(mara)
    page = visitor.go("/tx/")
    page.get_by_label("Add a filter or an id").fill("customer:8841")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/tx/?q=customer%3A8841")
    page.get_by_role("link", name="Narrow down").click()
    page.locator("#counts").get_by_role("link", name="Count them").click()
    assert "3 transactions, " in page.locator("#counts").inner_text()
    page.locator(".facets a", has_text="Dead letter").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tx/?q=customer%3A8841+status%3Adead&facets=1&counted=1")
    assert page.locator(".facets a[aria-current]").inner_text().split() == ["Dead", "letter", "2"]
    page.locator(".facets a[aria-current]").click()
    with page.expect_download() as sent:
        page.get_by_role("button", name="CSV").click()
    assert sent.value.suggested_filename.endswith(".csv")
    assert len(Path(sent.value.path()).read_text().splitlines()) == 4
    page.goto(f"{visitor.site}/tx/?q=customer:8841")
    page.locator(".wf a", has_text="Find or create the customer").click()
    assert "step=party" in page.url
    assert page.locator("#step h2").inner_text() == "Step 5: Find or create the customer"
    page.get_by_role("link", name="Attempts").click()
    assert "Succeeded" in page.locator("#step table").inner_text()
    page.goto(f"{visitor.site}/tx/dead/")
    page.locator("input[name=cause]").first.check()
    page.get_by_role("button", name="Replay…").click()
    assert "Replay 2 deliveries" in page.locator("h1").inner_text()


def held_back(visitor: Visitor, path: str, *parts: str) -> dict[str, Route]:
    """Open a page whose parts do not come until the test lets them: the requests for them."""
    held: dict[str, Route] = {}
    for part in parts:
        visitor.page.route(f"**/tx/{part}/**", partial(held.__setitem__, part))
    visitor.go(path)
    visitor.page.wait_for_function(f"document.querySelectorAll('.htmx-request').length === {len(parts)}")
    return held


@pytest.mark.parametrize("window", [WIDE, PHONE])
def test_rows_are_there_before_they_are_counted_and_stay_where_they_are(
    visit: Visit, mara: Account, window: dict[str, int]
) -> None:
    visitor = visit(window).be(mara)
    held = held_back(visitor, "/tx/?q=customer:8841", "counts")
    page = visitor.page
    first = page.locator("#found [data-rows] > *").first
    assert "Counting…" in page.locator("#counts").inner_text()
    before = first.bounding_box()
    assert before is not None
    held["counts"].continue_()
    page.wait_for_selector("#counts:not([aria-busy])")
    assert "3 transactions, " in page.locator("#counts").inner_text()
    assert page.locator("#found header").inner_text().startswith("Customer 8841\n2 open\n")
    assert first.bounding_box() == before
    assert visitor.violations() == []


def test_what_cannot_be_counted_says_so_where_it_would_be(visit: Visit, mara: Account) -> None:
    visitor = visit().be(mara)
    held = held_back(visitor, "/tx/?q=customer:8841&facets=1", "counts", "facets")
    page = visitor.page
    assert "Counting…" in page.locator("#facets").inner_text()
    for part in ("counts", "facets"):
        held[part].abort()
        page.wait_for_selector(f"#{part}:not([aria-busy])")
        assert "Not counted: the server did not answer." in page.locator(f"#{part}").inner_text()
    assert page.locator(".toast").count() == 0
    assert page.locator("#found").get_by_text("in_1001").count() == 3
    visitor.complaints.clear()  # the browser logs requests that were cut off


def test_the_list_never_moves_under_the_reader_when_something_arrives(
    visit: Visit, here: Estate, mara: Account
) -> None:
    page = visit().be(mara).go("/tx/?q=customer:8841")
    page.wait_for_selector("#counts:not([aria-busy])")
    first = page.locator("#found [data-rows] > *").first
    before, words = first.bounding_box(), first.inner_text()
    paid_invoice(here, at=clock.now())
    page.wait_for_selector("#newer .chip")
    assert page.locator("#newer").inner_text() == "1 newer, show"
    assert (first.inner_text(), page.locator("#found [data-rows] > *").count()) == (words, 3)
    assert first.bounding_box() == before
    page.locator("#newer .chip").click()
    page.wait_for_function("document.querySelectorAll('#found [data-rows] > *').length === 4")


def test_the_newest_of_an_integration_stay_where_they_are_while_the_rest_of_its_page_follows(
    visit: Visit, here: Estate, mara: Account
) -> None:
    page = visit().be(mara).go(f"/integrations/{here.integration.slug}/")
    rows = page.locator("#newest-transactions [data-rows] > *")
    words = rows.all_inner_texts()
    held = rows.first.element_handle()
    paid_invoice(here, at=clock.now(), fails_at="invoice")
    page.wait_for_selector("#live .note:has-text('3 deliveries wait')")
    page.wait_for_selector("#newer .chip")
    assert page.locator("#newer").inner_text() == "1 newer, show"
    assert (rows.all_inner_texts(), len(words)) == (words, 3)
    assert held.evaluate("row => row.isConnected")
    page.locator("#newer .chip").click()
    page.wait_for_function("document.querySelectorAll('#found [data-rows] > *').length === 4")


def test_what_is_being_typed_is_completed_by_keyboard_and_by_mouse(visit: Visit, here: Estate, mara: Account) -> None:
    visitor = visit().be(mara)
    page = visitor.go("/tx/")
    box = page.get_by_label("Add a filter or an id")
    box.press_sequentially("sta")
    option = page.get_by_role("option")
    expect(option).to_have_text(re.compile(r"^\s*status:\s+how it ended, or where it is\s*$"))
    expect(box).to_have_attribute("aria-expanded", "true")
    assert visitor.violations() == []
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(box).to_have_value("status:")
    expect(page.get_by_role("option")).to_have_count(8)
    box.press_sequentially("de")
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("option", name="dead").click()
    expect(box).to_have_value("status:dead ")
    expect(box).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tx/?q=status%3Adead*")


def test_enter_searches_for_what_was_typed_and_escape_closes_the_list(
    visit: Visit, here: Estate, mara: Account
) -> None:
    page = visit(PHONE).be(mara).go("/tx/")
    box = page.get_by_label("Add a filter or an id")
    box.press_sequentially("status:d")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_value("status:d")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Backspace")
    page.keyboard.type("ok")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tx/?q=status%3Aok*")
