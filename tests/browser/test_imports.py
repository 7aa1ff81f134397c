"""Importing a document in a real browser: chosen, looked at, applied; wide and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.console.imports.documents import ORDERS
from tests.transactions.factories import Estate, an_account, estate

FORM = "/integrations/apis/import/"


@pytest.fixture
def here(transactional_db: None) -> Estate:
    return estate(erp_connector="webhook")


@pytest.fixture
def oskar(here: Estate) -> Account:
    return an_account("Oskar Lind", Role.OPERATOR)


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_document_is_chosen_looked_at_and_imported(
    visit: Visit, here: Estate, oskar: Account, window: dict[str, int], tmp_path: Path
) -> None:
    file = tmp_path / "orders.yaml"
    file.write_text(ORDERS.replace("#/components/requestBodies/Placed", "#/gone"))
    visitor = visit(window).be(oskar)
    page = visitor.go(FORM)
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)
    page.get_by_label("Document", exact=True).set_input_files(file)
    page.get_by_label("Whose interface it describes").select_option(here.source.slug)
    page.get_by_role("button", name="Show what it would change").click()
    expect(page.get_by_text("orders.yaml:23:21: #/gone leads to nothing in this document.")).to_be_visible()
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)
    file.write_text(ORDERS)
    page.get_by_label("Document", exact=True).set_input_files(file)
    page.get_by_role("button", name="Show what it would change").click()
    expect(page.get_by_text("6 to create, 0 to change, 0 gone, 0 as they are")).to_be_visible()
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    expect(page.get_by_text("DELETE /orders/{id}").first).to_be_visible()
    assert (visitor.violations(), max(0, visitor.overflow())) == ([], 0)
    page.get_by_label("Path, name, summary or tag").fill("place")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="placeOrder")).to_be_visible()
    expect(page.get_by_text("DELETE /orders/{id}")).to_have_count(0)
