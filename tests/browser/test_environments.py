"""The switch in the frame, in a real browser: by mouse, by keyboard, on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import Visit
from tests.transactions.factories import estate, in_environment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def elif_kaya(person: Callable[..., Account]) -> Account:
    production = estate()
    in_environment(estate("trial", team=production.team), "staging")
    return person(Role.OPERATOR)


def test_by_mouse(visit: Visit, elif_kaya: Account) -> None:
    visitor = visit(DESK)
    visitor.be(elif_kaya)
    page = visitor.go("/integrations/")
    page.get_by_role("button", name="Environment: Production. Choose another").click()
    page.get_by_role("button", name="Staging", exact=True).click()
    page.get_by_role("link", name="Trial: invoice to ledger").wait_for()
    assert page.get_by_role("link", name="Billing: invoice to ledger").count() == 0
    assert page.url.endswith("/integrations/")


def test_by_keyboard(visit: Visit, elif_kaya: Account) -> None:
    visitor = visit(DESK)
    visitor.be(elif_kaya)
    page = visitor.go("/integrations/")
    page.keyboard.press("w")
    page.get_by_role("button", name="All environments").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Production"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Environment: All environments. Choose another").wait_for()
    for name in ("Billing: invoice to ledger", "Trial: invoice to ledger"):
        page.get_by_role("link", name=name).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_it_is_accessible_and_fits(visit: Visit, elif_kaya: Account, size: dict[str, int], scheme: str) -> None:
    visitor = visit(size, color_scheme=scheme)
    visitor.be(elif_kaya)
    page = visitor.go("/integrations/")
    page.get_by_role("button", name="Environment: Production. Choose another").click()
    page.get_by_role("button", name="All environments").wait_for()
    assert visitor.violations() == []
    assert visitor.overflow() == 0
    page.get_by_role("button", name="Staging", exact=True).click()
    page.get_by_role("button", name="Environment: Staging. Choose another").wait_for()
