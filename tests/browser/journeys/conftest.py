"""What the six journeys share: the company at work, two kinds of hands, two windows, and the form to sign in by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from controlplane.foundation import clock
from controlplane.inventory.models import Integration
from controlplane.people import services
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.browser.conftest import PASSWORD, PHONE, WIDE, Visit
from tests.browser.journeys.hands import Hands, Keys, Mouse
from tests.governance.seats import a_board
from tests.transactions.factories import Estate, a_process, estate
from tests.transactions.traffic import an_identity, paid_invoice

#: Signs in by the form and gives the hands at the page where this person's work begins.
Begin = Callable[[Account], Hands]


@pytest.fixture
def here(transactional_db: None, settings: Any) -> Estate:
    """Invoices of one customer: one arrived, two were refused at the ledger for the same cause."""
    catalogue.forget()
    settings.REPLAY_APPROVAL_ITEMS = 1
    made = estate(erp_connector="webhook")
    a_board()
    Integration.objects.update(process=a_process("order-to-cash"))
    an_identity("customer", clock.now(), {made.source: ["cus_R7v2"], made.erp: ["8841"]})
    for minutes in (50, 9, 4):
        paid_invoice(made, at=clock.now() - timedelta(minutes=minutes), fails_at="invoice" if minutes < 10 else "")
    count_hours()
    return made


@pytest.fixture
def works_here(here: Estate) -> Callable[[str, Role, Team | None], Account]:
    """``works_here("Elif Kaya", Role.SUPPORT, team)``: somebody with a password."""

    def made(name: str, role: Role, team: Team | None = None) -> Account:
        return services.create_account(
            f"{name.split(maxsplit=1)[0].lower()}@halden.example", name, PASSWORD, [(role, team)]
        )

    return made


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def window(request: pytest.FixtureRequest) -> dict[str, int]:
    """The window that the journey is made in."""
    given: dict[str, int] = request.param
    return given


@pytest.fixture(params=[Mouse, Keys], ids=["mouse", "keyboard"])
def begin(request: pytest.FixtureRequest, visit: Visit, window: dict[str, int]) -> Begin:
    """Sign in."""

    def begun(account: Account) -> Hands:
        visitor = visit(window, reduced_motion="reduce")
        hands: Hands = request.param(visitor.go("/"))
        hands.write(hands.page.get_by_label("E-mail"), account.email)
        hands.write(hands.page.get_by_label("Password"), PASSWORD)
        hands.press(hands.page.get_by_role("button", name="Sign in"))
        expect(hands.page.locator("html[data-ready]")).to_be_attached()
        return hands

    return begun
