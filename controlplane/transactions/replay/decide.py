"""Agree to a large replay, or decline it: a vote on its change request, bound to the frozen selection.

The vote that was missing sends it (:mod:`controlplane.transactions.replay.governed`). There is no other way to decide.
"""

from __future__ import annotations

from django.db import transaction

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.governance.changes.vote import vote, why_no_vote
from controlplane.governance.models import ChangeRequest, Choice
from controlplane.people.access import Access
from controlplane.transactions.models import Replay, ReplayState
from controlplane.transactions.replay.governed import WAITS_FOR, change_of, hold


def approve_replay(access: Access, replay_id: int, decision: str) -> Replay:
    """Vote for it.

    Raises :class:`NotAllowed` for the person who asked and without a seat on the board, :class:`Conflict` when it does
    not wait any more, :class:`Invalid` without a word.
    """
    return _voted(access, replay_id, decision, Choice.APPROVE)


def decline_replay(access: Access, replay_id: int, decision: str) -> Replay:
    """Vote against it: once the board has declined, nothing of it is sent, and the dead letters stay as they are."""
    return _voted(access, replay_id, decision, Choice.REJECT)


def why_not_approve(access: Access, replay: Replay) -> str:
    """Why this person does not decide about it, in words; empty when they may."""
    if access.person_id == str(replay.requested_by_id):
        return "You asked for it, so somebody else decides."
    change = change_of(replay)
    if change is None or clock.now() - replay.requested_at > WAITS_FOR:
        return f"It was asked for more than {WAITS_FOR.days} days ago; it has to be asked for anew."
    return why_no_vote(access, change)


@transaction.atomic
def _voted(access: Access, replay_id: int, decision: str, choice: Choice) -> Replay:
    found = hold(Replay.objects.get_visible_or_404(access, pk=replay_id))
    if access.person_id == str(found.requested_by_id):
        raise NotAllowed("You asked for this replay, so somebody else decides about it. Nothing was changed.")
    change = _undecided(found)
    if not decision.strip():
        raise Invalid("Say why: your word is kept with the replay.", field="reason")
    now = change.revision
    vote(access, change.pk, choice, decision, revision=now.number, content_hash=now.content_hash)
    return Replay.objects.get(pk=replay_id)


def _undecided(replay: Replay) -> ChangeRequest:
    if replay.state != ReplayState.PLANNED:
        raise Conflict(f"Replay {replay.pk} is {replay.get_state_display().lower()}; nothing was changed.")
    change = change_of(replay)
    if change is None or clock.now() - replay.requested_at > WAITS_FOR:
        raise Conflict(
            f"It was asked for more than {WAITS_FOR.days} days ago; it has to be asked for anew. Nothing was changed."
        )
    return change
