"""Mara, integration owner, asks which failures share a cause, and clears them; what has to stand still, she pauses."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from controlplane.foundation import clock
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import (
    DeadLetter,
    DestinationState,
    Payload,
    PayloadKind,
    Replay,
    ReplayItem,
    ReplayState,
)
from tests.browser.journeys.conftest import Begin
from tests.browser.windows import PHONE
from tests.transactions.factories import Estate


def test_pauses_the_target_and_lets_it_go_on(here: Estate, works_here: Callable[..., Account], begin: Begin) -> None:
    hands = begin(works_here("Mara Lindqvist", Role.OWNER, here.team))
    page = hands.page
    hands.press(page.get_by_role("link", name="Destinations"))
    hands.press(page.get_by_role("link", name=here.to_erp.name, exact=True))
    hands.press(page.get_by_role("link", name="Pause…"))
    dialog = page.get_by_role("dialog", name="Pause it")
    hands.write(dialog.get_by_label("Reason"), "The ledger is being upgraded.")
    hands.press(dialog.get_by_role("button", name="Pause"))
    expect(page.locator("#live .note")).to_contain_text("The ledger is being upgraded.")
    state = DestinationState.objects.get(destination=here.to_erp)
    assert state.paused_until > clock.now()

    hands.press(page.get_by_role("link", name="Resume…"))
    dialog = page.get_by_role("dialog", name="Let it go on")
    hands.write(dialog.get_by_label("Reason"), "It is up again.")
    hands.press(dialog.get_by_role("button", name="Resume"))
    expect(page.get_by_role("link", name="Pause…")).to_be_visible()
    state.refresh_from_db()
    assert state.paused_until <= clock.now()


def test_clears_a_cause(here: Estate, works_here: Callable[..., Account], begin: Begin, window: dict[str, int]) -> None:
    """On a desk one letter is edited; on a telephone, which is no place for editing, it is sent again as it is."""
    hands = begin(works_here("Mara Lindqvist", Role.OWNER, here.team))
    page = hands.page
    letter = DeadLetter.objects.latest("died_at")
    hands.press(page.locator("main").get_by_role("link", name="Dead letters"))
    page.wait_for_url("**/tx/dead/")
    row = page.get_by_role("row", name="The tax ID contains spaces.").first
    expect(row).to_contain_text("2")
    hands.press(page.get_by_role("link", name="Show the 2: The tax ID contains spaces."))
    hands.press(page.locator(f"a[href='/tx/dead/letters/{letter.pk}/']").first)
    if window == PHONE:
        hands.press(page.get_by_role("link", name="Replay…"), key="r")
        hands.write(page.get_by_label("Reason, kept in the record"), "The ledger takes spaces.")
        hands.press(page.get_by_role("button", name="Replay 1"))
        page.wait_for_url("**/tx/replays/*/")
        replay = Replay.objects.get()
        assert (replay.state, replay.reason) == (ReplayState.RUNNING, "The ledger takes spaces.")
        assert [item.step_run_id for item in ReplayItem.objects.filter(replay=replay)] == [letter.step_run_id]
        return
    hands.press(page.get_by_role("link", name="Edit and send…"))
    box = page.get_by_label("What will be sent (JSON)")
    hands.write(box, box.input_value().replace("INV-0001", "INV-0001-b"))
    hands.write(page.get_by_label("Reason, kept in the record"), "The number was taken.")
    hands.press(page.get_by_role("button", name="See the difference"))
    expect(page.locator("table.map tbody")).to_contain_text("INV-0001-b")
    hands.press(page.get_by_role("button", name="Keep and send"))
    page.wait_for_url("**/tx/replays/*/")
    assert Replay.objects.get().state == ReplayState.RUNNING
    edited = Payload.objects.filter(kind=PayloadKind.EDITED).latest("id")
    assert b'"INV-0001-b"' in bytes(edited.body)
