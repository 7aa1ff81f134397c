"""A newer event of the same record takes an older dead letter off the list, and says so; nothing else does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter, Transaction
from controlplane.transactions.replay.request import preview
from controlplane.transactions.selectors import dead_letters
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import an_access
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, QuickStory, tell
from tests.transactions.views.reading import SignIn, links, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def again(number: int, record: str, **more: Any) -> dict[str, Any]:
    """Another event about a record."""
    return {**paid(number, id=record), **more}


def refused(story: QuickStory, event: dict[str, Any]) -> DeadLetter:
    """An event that the ledger refused; its letter."""
    story.target.moods.append(Mood.REJECTS)
    (identifier,) = story.send(event)
    carrying.carry()
    return DeadLetter.objects.get(transaction_id=identifier)


def delivered(story: QuickStory, event: dict[str, Any]) -> UUID:
    """An event that arrived; its transaction."""
    (identifier,) = story.send(event)
    carrying.carry()
    return identifier


def test_a_newer_event_of_the_record_takes_the_letter_off_the_list_and_is_named_on_it(
    target: Target, signed_in: SignIn
) -> None:
    story = tell(target, steps=[LEDGER])
    letter = refused(story, again(1, "in_7"))
    newer = delivered(story, again(2, "in_7"))
    letter.refresh_from_db()
    assert (letter.resolution, letter.superseded_by) == ("superseded", newer)
    assert letter.resolved_at is not None
    owner = an_access(Role.OWNER, story.estate.team)
    assert dead_letters.open_count(owner) == 0
    assert [one.words for one in dead_letters.cleared(owner, letter.died_at)] == ["Superseded by a newer event"]
    page = signed_in(Role.OWNER, story.estate.team).get(f"/tx/dead/letters/{letter.pk}/")
    assert "A newer event of the same record was delivered by the same step." in text_of(page)
    assert f"/tx/{newer}/" in links(page)
    (planned,) = preview(owner, [letter.pk])
    assert planned.why_not == (
        "A newer event of the same record has been delivered there since; this one would be skipped."
    )


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (again(2, "in_8"), "another record"),
        (again(2, "in_7", created=1_700_000_000), "an older event"),
        (again(2, "in_7", created=1_790_000_001), "of the same moment"),
    ],
)
def test_an_event_that_is_not_a_newer_one_of_the_same_record_leaves_the_letter(
    target: Target, other: dict[str, Any], why: str
) -> None:
    story = tell(target, steps=[LEDGER])
    letter = refused(story, again(1, "in_7"))
    delivered(story, other)
    letter.refresh_from_db()
    assert (letter.resolved_at, letter.resolution) == (None, ""), why


def test_another_type_of_event_or_another_step_leaves_the_letter(target: Target) -> None:
    story = tell(target)
    target.moods.extend([Mood.TAKES, Mood.REJECTS])
    (identifier,) = story.send(again(1, "in_7"))
    carrying.carry()
    letter = DeadLetter.objects.get(transaction_id=identifier)
    assert letter.step == "notify"
    target.moods.extend([Mood.TAKES, Mood.REJECTS])
    delivered(story, again(2, "in_7"))  # its ledger step succeeded, its notify step did not
    letter.refresh_from_db()
    assert letter.resolved_at is None
    delivered(story, again(3, "in_7"))
    letter.refresh_from_db()
    assert letter.resolution == "superseded"
    letter = refused(story, again(4, "in_9"))
    Transaction.objects.filter(pk=letter.transaction_id).update(event_type="invoice.voided.v1")
    delivered(story, again(5, "in_9"))
    letter.refresh_from_db()
    assert letter.resolved_at is None


def test_a_dropped_letter_stays_dropped(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    letter = refused(story, again(1, "in_7"))
    DeadLetter.objects.filter(pk=letter.pk).update(resolved_at=letter.died_at, resolution="dropped: paid by hand")
    delivered(story, again(2, "in_7"))
    letter.refresh_from_db()
    assert letter.resolution == "dropped: paid by hand"


@pytest.fixture
def signed_in(client: Any) -> SignIn:
    """A browser of somebody with that role."""
    from tests.transactions.factories import an_account

    def sign_in(role: Role, team: Any) -> Any:
        client.force_login(an_account("Elif Kaya", role, team))
        return client

    return sign_in
