"""The map in a real browser: by keyboard a system is stopped and read what breaks, on a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from controlplane.inventory.models import FailureMode, Integration, System, SystemStage
from controlplane.people.models import Account, Person
from controlplane.people.roles import Role
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(transactional_db: None) -> Estate:
    made = estate()
    System.objects.filter(slug="tryton").update(domain="Finance", stage=SystemStage.RETIRING)
    owner = Person.objects.create(name="Tomás Ortega")
    Integration.objects.update(owner=owner)
    FailureMode.objects.create(
        integration=made.integration, slug="closed", name="The month is closed", workaround="By hand at noon."
    )
    return made


@pytest.fixture
def greta(here: Estate, person: Callable[..., Account]) -> Account:
    return person(Role.OPERATOR)


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_system_is_stopped_by_keyboard_and_what_breaks_is_read(
    visit: Visit, greta: Account, window: dict[str, int]
) -> None:
    visitor = visit(window, reduced_motion="reduce").be(greta)
    page = visitor.go("/integrations/map/")
    page.get_by_label("If this stops").focus()
    page.keyboard.type("system:tryton")
    page.keyboard.press("Enter")
    page.wait_for_url("**/integrations/map/?stop=system*tryton*")
    impact = page.get_by_role("region", name="If Tryton stops")
    expect(impact).to_contain_text("Waits in the queue, not lost")
    expect(impact).to_contain_text("Billing: invoice to ledger")
    expect(impact.get_by_text("Customers, 30 days")).to_be_visible()
    expect(page.get_by_text("owns Billing: invoice to ledger, which waits")).to_be_visible()
    expect(page.get_by_text("By hand at noon.")).to_be_visible()
    assert visitor.overflow() <= 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert visitor.violations() == []


def test_a_box_of_the_drawing_is_reached_and_opened_by_keyboard(visit: Visit, greta: Account) -> None:
    visitor = visit(WIDE, reduced_motion="reduce").be(greta)
    page = visitor.go("/integrations/map/")
    box = page.locator("svg.map a").filter(has_text="Tryton")
    box.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/integrations/map/?about=system:tryton")
    expect(page.locator("svg.map a.focus")).to_contain_text("Tryton")


def test_on_a_telephone_the_list_stands_before_the_drawing(visit: Visit, greta: Account) -> None:
    visitor = visit(PHONE).be(greta)
    page = visitor.go("/integrations/map/")
    listed, drawn = page.locator(".twin").bounding_box(), page.locator("svg.map").bounding_box()
    assert listed is not None
    assert drawn is not None
    assert listed["y"] < drawn["y"]
