"""Dead letters by cause, and how far a replay is."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from controlplane.people.access import Access
from controlplane.people.models import Person
from controlplane.people.roles import Role
from controlplane.transactions.models import (
    DeadLetter,
    Replay,
    ReplayItem,
    ReplayItemState,
    ReplayState,
    Transaction,
)
from controlplane.transactions.selectors import dead_letters, replays
from tests.transactions.factories import Estate, an_access, estate
from tests.transactions.traffic import RECEIVED_AT, Story, paid_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(here: Estate) -> Access:
    return an_access(Role.OWNER, here.team)


def test_dead_letters_of_one_cause_are_one_group_the_largest_first(here: Estate, owner: Access) -> None:
    for minute in range(2):
        at = RECEIVED_AT + timedelta(minutes=minute)
        paid_invoice(here, at=at, fails_at="invoice", reason=f"Number INV-{minute} is taken.")
    optional = paid_invoice(here, fails_at="notify", error_class="transient", reason="Unavailable")
    paid_invoice(estate("sales"), fails_at="invoice")
    DeadLetter.objects.filter(pk=optional.runs["notify"].id).update(assignee=Person.objects.get())
    first, second = dead_letters.groups(owner)
    assert (first.count, first.error_class, first.money) == (2, "rejected.tax_id_invalid", "€7,880.00")
    assert first.reason == "Number INV-1 is taken."
    assert first.destination == here.to_erp
    assert first.last - first.first == timedelta(minutes=1)
    assert (second.count, second.reason, second.required) == (1, "Unavailable", False)
    assert [person.name for person in second.assignees] == ["Integration owner billing"]
    assert dead_letters.open_count(owner) == 3


def test_money_behind_a_cause_may_be_more_than_one_amount_can_be(here: Estate, owner: Access) -> None:
    stories = [paid_invoice(here, fails_at="invoice") for _ in range(2)]
    ids = [story.transaction.id for story in stories]
    Transaction.objects.filter(pk__in=ids).update(amount_minor=2**63 - 1, currency="JPY")
    (group,) = dead_letters.groups(owner)
    assert group.money == "JPY 18,446,744,073,709,551,614"


def test_the_letters_of_a_cause_are_listed_newest_first(here: Estate, owner: Access) -> None:
    stories = [paid_invoice(here, at=RECEIVED_AT + timedelta(minutes=n), fails_at="invoice") for n in range(2)]
    (group,) = dead_letters.groups(owner)
    found = dead_letters.letters(owner, group.fingerprint)
    assert [letter.transaction_id for letter in found] == [story.transaction.id for story in stories[::-1]]
    assert (found[0].key, found[0].step, found[0].amount) == ("in_1001", "invoice", "€3,940.00")


def test_a_selection_is_single_letters_and_whole_causes_that_are_still_open_and_theirs(
    here: Estate, owner: Access
) -> None:
    there = estate("sales")
    one, two = (paid_invoice(here, at=RECEIVED_AT + timedelta(minutes=n), fails_at="invoice") for n in range(2))
    other = paid_invoice(here, fails_at="notify", error_class="transient", reason="Unavailable")
    theirs = paid_invoice(there, fails_at="invoice")
    resolved = paid_invoice(here, fails_at="notify", error_class="transient", reason="Unavailable")
    DeadLetter.objects.filter(transaction_id=resolved.transaction.id).update(resolved_at=RECEIVED_AT)
    cause = DeadLetter.objects.get(transaction_id=one.transaction.id).fingerprint
    asked = [run(other, "notify"), run(theirs, "invoice"), run(resolved, "notify")]
    assert dead_letters.chosen(owner, asked, [cause]) == [
        run(one, "invoice"),
        run(other, "notify"),
        run(two, "invoice"),
    ]


def run(story: Story, name: str) -> UUID:
    return story.runs[name].id


def test_a_replay_s_parts_add_up_and_its_items_say_what_became_of_them(here: Estate, owner: Access) -> None:
    stories = [paid_invoice(here, at=RECEIVED_AT + timedelta(minutes=n)) for n in range(3)]
    states = [ReplayItemState.SUCCEEDED, ReplayItemState.QUEUED, ReplayItemState.SKIPPED]
    replay = Replay.objects.create(
        team=here.team, requested_by=Person.objects.get(), reason="ERP is back", total=3, state=ReplayState.RUNNING
    )
    for ordinal, (story, state) in enumerate(zip(stories, states, strict=True), 1):
        ReplayItem.objects.create(
            replay=replay,
            step_run_id=run(story, "invoice"),
            transaction_id=story.transaction.id,
            ordinal=ordinal,
            state=state,
            result="It is succeeded already." if state is ReplayItemState.SKIPPED else "",
        )
    progress = replays.progress(replay)
    assert (progress.done, progress.asked, progress.waiting, progress.left_out) == (1, 2, 1, 1)
    items = replays.items(owner, replay)
    assert [(item.kind, item.words, item.result) for item in items] == [
        ("ok", "Delivered", "8841-invoice"),
        ("wait", "Waiting", ""),
        ("off", "Left out", "It is succeeded already."),
    ]
    assert [item.ordinal for item in replays.items(owner, replay, after=1)] == [2, 3]
    assert [item.ordinal for item in replays.items(owner, replay, state=ReplayItemState.WAITING)] == [2]
    (listed,) = replays.newest(owner)
    assert (listed[0], listed[1].done) == (replay, 1)
    assert replays.running_count(owner) == 1
    assert replays.newest(an_access(Role.OWNER, estate("sales").team)) == []
