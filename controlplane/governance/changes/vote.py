"""Vote on the current revision of a change, for one's own seat or as a deputy.

What a person may not do is said here in words; the database refuses it again, whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock, planned
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.governance.changes.locking import locked, require_state
from controlplane.governance.changes.refusals import guarded
from controlplane.governance.changes.settle import settle
from controlplane.governance.changes.writing import LONGEST_WORDS, words_of
from controlplane.governance.models import BoardMember, ChangeRequest, ChangeState, Choice, Condition, Vote
from controlplane.governance.selectors import author_ids, current_votes, seats_open_to
from controlplane.people.access import Access

MOST_CONDITIONS = 10
OWN = "You wrote a revision of this change, so others decide on it, whatever account, token or seat you use."
TAKEN = "Somebody has voted for your seat on this version already."
VOTED = "You have voted on this version already; a new version asks you again."


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition of an approval. ``before``: it is met before the change is applied."""

    text: str
    before: bool = True
    due: datetime | None = None


@transaction.atomic
def vote(
    access: Access,
    change_id: int,
    choice: Choice,
    words: str = "",
    *,
    revision: int,
    content_hash: str,
    on_behalf_of: UUID | None = None,
    conditions: Sequence[Asked] = (),
    via: Via = Via.PAGE,
) -> ChangeRequest:
    """Cast a vote, and decide if it was the one that was missing; a kind that does so is applied at once.

    ``revision`` and ``content_hash`` are what the person read. Raises :class:`NotAllowed` for an author and for who has
    no seat, :class:`Conflict` for another version, a closed change or a second vote, :class:`Invalid` for what is
    missing.
    """
    change = locked(access, change_id)
    _require_current(change, revision, content_hash)
    require_state(change, ChangeState.PROPOSED)
    seat = _seat(access, change, on_behalf_of)
    said = _said(choice, words, conditions)
    own = seat.person_id == UUID(access.person_id)
    with guarded("Your vote was not taken; the others are as they were."):
        cast = Vote.objects.create(
            change=change,
            revision=change.revision,
            content_hash=content_hash,
            person_id=UUID(access.person_id),
            account=UUID(access.account_id),
            on_behalf_of_id=None if own else seat.person_id,
            choice=choice,
            words=said,
        )
    Condition.objects.bulk_create(_condition(cast, one) for one in conditions)
    counted = settle(access, change, said)
    audit.record(
        "change.voted",
        actor=access.actor,
        via=via,
        subject=Subject("change", str(change.pk)),
        reason=said,
        details={
            "choice": str(choice),
            "revision": revision,
            "content_hash": content_hash,
            "on_behalf_of": "" if own else str(seat.person_id),
            "conditions": len(conditions),
            "verdict": counted.verdict.value,
            "state": str(change.state),
        },
    )
    return change


def why_no_vote(access: Access, change: ChangeRequest) -> str:
    """Why this person has no vote on the change now, in words; empty when they have one."""
    if change.state != ChangeState.PROPOSED:
        return f"It is {change.get_state_display().lower()}; nobody votes on it now."
    if not access.person_id:
        return "Nobody is signed in."
    person, authors = UUID(access.person_id), author_ids(change)
    if person in authors:
        return OWN
    seats = {seat.person_id for seat in seats_open_to(person, change, clock.now())}
    if not seats:
        return f"{change.board} decides on it, and you have no seat there. A platform operator names its members."
    return _why_no_seat(person, seats, authors, list(current_votes(change)))


def _why_no_seat(person: UUID, seats: set[UUID], authors: AbstractSet[UUID], votes: Sequence[Vote]) -> str:
    if seats <= authors:
        return "You deputise for an author of this change; their seat has no vote on it."
    if any(cast.person_id == person for cast in votes):
        return VOTED
    if seats <= authors | {cast.on_behalf_of_id or cast.person_id for cast in votes}:
        return TAKEN
    return ""


def _require_current(change: ChangeRequest, number: int, content_hash: str) -> None:
    current = change.revision
    if (current.number, current.content_hash) != (number, content_hash):
        what = f"Version {current.number} arrived" if current.number != number else "What you read is not what it says"
        raise Conflict(f"{what}. Load {change} again and read it before you vote; your vote was not taken.")


def _seat(access: Access, change: ChangeRequest, on_behalf_of: UUID | None) -> BoardMember:
    if why := why_no_vote(access, change):
        refused = Conflict if why in {VOTED, TAKEN} else NotAllowed
        raise refused(f"{why} Your vote was not taken.")
    seats = seats_open_to(UUID(access.person_id), change, clock.now())
    if on_behalf_of is None:
        taken = author_ids(change) | {cast.on_behalf_of_id or cast.person_id for cast in current_votes(change)}
        return next(seat for seat in seats if seat.person_id not in taken)
    found = next((seat for seat in seats if seat.person_id == on_behalf_of), None)
    if found is None:
        raise NotAllowed("You are not the deputy of that member. Your vote was not taken.", field="on_behalf_of")
    if found.person_id in author_ids(change):
        raise NotAllowed("That member wrote the change; their seat has no vote on it.", field="on_behalf_of")
    return found


def _said(choice: Choice, words: str, conditions: Sequence[Asked]) -> str:
    if conditions and choice is not Choice.APPROVE:
        raise Invalid("Conditions go with a vote for it.", field="conditions")
    if len(conditions) > MOST_CONDITIONS:
        raise Invalid(f"Up to {MOST_CONDITIONS} conditions go with a vote.", field="conditions")
    if choice is Choice.REJECT or words.strip():
        return words_of(words, "words", LONGEST_WORDS)
    return ""


def _condition(cast: Vote, asked: Asked) -> Condition:
    text = words_of(asked.text, "conditions", LONGEST_WORDS)
    if asked.due is not None:
        planned.ahead(
            asked.due, field="conditions", over="That time is over: say until when the condition has to be met."
        )
    return Condition(
        vote=cast, change_id=cast.change_id, revision_id=cast.revision_id, text=text, before=asked.before, due=asked.due
    )
