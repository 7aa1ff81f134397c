"""Consumers of a contract in a real browser: declared, asked, answered for; wide and narrow, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from controlplane.audit.models import Subject
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Confirmation, Contract
from controlplane.governance.changes.propose import propose
from controlplane.governance.models import Board, BoardMember
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.conftest import PHONE, WIDE, Visit, Visitor
from tests.contracts.given import a_contract, an_order
from tests.transactions.factories import a_team, an_account

HERE = "/data/contracts/order/"


@pytest.fixture
def order(transactional_db: None) -> Contract:
    return a_contract(versions=[an_order()])


@pytest.fixture
def fred(order: Contract) -> Account:
    """He owns what the finance team has."""
    return an_account("Fred Finance", Role.OWNER, a_team("finance"))


def _faultless(page: Visitor) -> None:
    """Accessible in both schemes, not wider than the window, and silent."""
    assert page.overflow() <= 0
    for scheme in ("light", "dark"):
        page.page.emulate_media(color_scheme=scheme)
        assert page.violations() == []
    assert page.complaints == []


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_one_is_declared_asked_and_answered_for(
    visit: Visit, order: Contract, fred: Account, window: dict[str, int]
) -> None:
    here = visit(window, reduced_motion="reduce").be(fred)
    page = here.go(HERE)
    page.get_by_role("link", name="Declare one…").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Called").fill("Finance data warehouse")
    page.get_by_label("Team that answers for it").select_option("finance")
    page.get_by_label("Fields it uses").fill("/id\n/total")
    _faultless(here)
    page.get_by_role("button", name="Declare it").press("Enter")
    expect(page.get_by_text("Finance, reads: outside our sight")).to_be_visible()
    _faultless(here)

    board = Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=1)
    BoardMember.objects.create(board=board, person=an_account("Jonas Weber", Role.BOARD).person)
    mara = access_for(an_account("Mara Lindqvist", Role.OWNER, order.team))
    content = {"schema": an_order(total={"type": "string"}), "breaks": "There is no other way."}
    change = propose(mara, NAME, Subject(NAME, order.slug), content, title="Totals are text", why="Cents get lost.")
    page = here.go("/notifications/")
    page.get_by_role(
        "link", name=f"Finance data warehouse is asked whether it can live with {change.reference}"
    ).click()
    expect(page.get_by_text("It is string now; it was number.")).to_be_visible()
    _faultless(here)
    page.get_by_role("button", name="We cannot").press("Enter")
    expect(page.get_by_text("Say why it cannot live with it")).to_be_visible()
    _faultless(here)
    page.get_by_label("Why").fill("Not before May.")
    page.get_by_role("button", name="We cannot").press("Enter")
    expect(page.get_by_text("It is kept that Finance data warehouse cannot live with it.")).to_be_visible()
    assert Confirmation.objects.get().state == "refused"
    page = here.go(change.get_absolute_url())
    expect(page.get_by_text("Fred Finance: “Not before May.”")).to_be_visible()
    _faultless(here)
