"""Dead letters and replays in a real browser: taken in hand, edited, asked for and agreed to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from controlplane.foundation import clock
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, Payload, PayloadKind, Replay
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.browser.conftest import Visit
from tests.governance.seats import a_board
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import paid_invoice


@pytest.fixture
def here(transactional_db: None, settings: Any) -> Estate:
    catalogue.forget()
    settings.REPLAY_APPROVAL_ITEMS = 1
    made = estate(erp_connector="webhook")
    for minutes in (9, 4):
        paid_invoice(made, at=clock.now() - timedelta(minutes=minutes), fails_at="invoice")
    return made


@pytest.fixture
def mara(here: Estate) -> Account:
    return an_account("Mara Lindqvist", Role.OWNER, here.team)


def test_an_owner_edits_what_was_refused_and_sees_the_difference_first(
    visit: Visit, here: Estate, mara: Account
) -> None:
    letter = DeadLetter.objects.all()[0]
    page = visit().be(mara).go(f"/tx/dead/{letter.fingerprint}/")
    page.locator(f"a[href='/tx/dead/letters/{letter.pk}/']").click()
    page.get_by_role("link", name="Edit and send").click()
    box = page.get_by_label("What will be sent (JSON)")
    box.fill(box.input_value().replace("INV-0001", "INV-0001-b"))
    page.get_by_label("Reason, kept in the record").fill("The number was taken.")
    page.get_by_role("button", name="See the difference").click()
    page.wait_for_selector("text=Send this?")
    assert page.locator("table.map tbody").inner_text().split() == ["/number", '"INV-0001"', '"INV-0001-b"']
    page.get_by_role("button", name="Keep and send").click()
    page.wait_for_url("**/tx/replays/*/")
    assert Payload.objects.filter(kind=PayloadKind.EDITED).count() == 2


def test_a_large_replay_is_asked_for_and_agreed_to_by_somebody_else(visit: Visit, here: Estate, mara: Account) -> None:
    tomas = an_account("Tomás Ortega", Role.SUPPORT, here.team)
    a_board(tomas)
    page = visit().be(mara).go("/tx/dead/")
    page.locator("input[name=cause]").first.check()
    page.keyboard.press("r")
    page.wait_for_url("**/tx/dead/replay/**")
    page.get_by_label("Reason, kept in the record").fill("The ledger is back.")
    page.get_by_role("button", name="Ask for approval").click()
    page.wait_for_url("**/tx/replays/*/")
    replay = Replay.objects.get()
    other = visit().be(tomas).go(f"/tx/replays/{replay.pk}/")
    other.get_by_role("link", name="Decide").click()
    other.get_by_label("Your word, kept in the record").fill("Confirmed.")
    other.get_by_role("button", name="Agree and send").click()
    other.wait_for_selector("text=Agreed; it is under way.")
    assert "0 of 2 done" in other.locator("#replay-progress").inner_text()
