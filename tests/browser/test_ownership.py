"""The ownership matrix in a real browser: decided without a mouse, with scripts and without, wide and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import EntityAttribute, EntityKind, Ownership
from controlplane.inventory.ownership.decide import decide
from controlplane.inventory.ownership.terms import Terms
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import OwnershipBreach
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.transactions.factories import Estate, an_account, estate

HERE = "/data/ownership/"


@pytest.fixture
def here(transactional_db: None) -> Estate:
    return estate()


@pytest.fixture
def operator(here: Estate) -> Account:
    """Two attributes are decided, one of them without a steward, and one was breached."""
    account = an_account("Oskar Lind", Role.OPERATOR)
    customer = EntityKind.objects.get(slug="customer")
    for path, steward in (("email", ""), ("phone", account.email)):
        attribute = EntityAttribute.objects.get(entity=customer, pointer=f"/{path}")
        terms = Terms("tryton", readers=("stripe",), survivorship="record", steward=steward)
        decide(access_for(account), customer, attribute, terms, "As agreed.")
    OwnershipBreach.objects.create(
        id=uuid7(),
        entity=customer,
        path="phone",
        system=here.source.system,
        record=here.erp.system,
        transaction_id=uuid7(),
        step_run_id=uuid7(),
        integration=here.integration,
        destination=here.to_erp,
        blocked=True,
    )
    return account


def test_a_cell_is_decided_without_a_mouse(visit: Visit, operator: Account) -> None:
    page = visit().be(operator).go(HERE)
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(f"**{HERE}")
    page.locator("#row-customer\\.email").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="Stripe, customer.email: Reads")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Stripe, customer.phone: Reads")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(page.locator("#row-customer\\.phone")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reads it")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("May write it, beside the system of record")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("They type it themselves.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("customer.email is decided anew.")).to_be_visible()
    expect(page.get_by_role("link", name="Stripe, customer.email: May write")).to_be_visible()


def test_only_one_cell_is_reached_by_tab(visit: Visit, operator: Account) -> None:
    page = visit().be(operator).go(HERE)
    assert page.locator("[data-matrix] [data-cell][tabindex='0']").count() == 1


def test_without_scripts_every_cell_is_a_link_to_its_form(visit: Visit, operator: Account) -> None:
    page = visit(java_script_enabled=False).be(operator).go(HERE)
    page.get_by_role("link", name="Stripe, customer.email: Reads").click()
    page.get_by_label("Is its system of record").check()
    page.get_by_label("Why").fill("The shop knows first.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("link", name="Stripe, customer.email: System of record")).to_be_visible()
    row = Ownership.objects.select_related("record").get(attribute__pointer="/email")
    assert row.record is not None
    assert row.record.slug == "stripe"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_matrix_and_entities_are_accessible_and_fit(
    visit: Visit, operator: Account, window: dict[str, int], scheme: str
) -> None:
    visitor = visit(window, color_scheme=scheme).be(operator)
    for address in (
        HERE,
        f"{HERE}?at=customer.phone&cell=stripe",
        f"{HERE}?at=customer",
        "/data/entities/",
        "/data/entities/customer/",
        "/data/entities/customer/?tab=schema",
        "/data/entities/customer/?tab=versions",
        "/data/entities/customer/?tab=lifecycle",
    ):
        visitor.go(address)
        assert (address, visitor.overflow(), visitor.violations()) == (address, 0, [])
