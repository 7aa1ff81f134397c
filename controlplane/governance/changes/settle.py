"""What follows from a vote: the decision, once there is one, and what the kind does at once."""

from __future__ import annotations

from datetime import timedelta

from controlplane.foundation import clock
from controlplane.governance.changes.apply import apply_now, why_not_apply
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import ChangeRequest, ChangeState, Condition, Decision, Outcome
from controlplane.governance.rules.tally import Tally, Verdict
from controlplane.governance.selectors import tally_of
from controlplane.people.access import Access


def settle(access: Access, change: ChangeRequest, words: str) -> Tally:
    """Decide if the votes do; ``change`` is locked and follows."""
    counted = tally_of(change)
    if counted.verdict is Verdict.AGREED:
        _approve(change, counted, words)
        apply_if_ready(access, change, words)
    elif counted.verdict is Verdict.REFUSED:
        close(access, change, ChangeState.REJECTED, words, counted)
    return counted


def apply_if_ready(access: Access, change: ChangeRequest, words: str = "") -> bool:
    """Apply an approved change of a kind that does so at once, when nothing is missing any more."""
    kind = kind_called(change.kind)
    if not kind.at_once or why_not_apply(change):
        return False
    apply_now(access, change, words)
    return True


def close(access: Access, change: ChangeRequest, state: ChangeState, words: str, counted: Tally | None = None) -> None:
    """End a change without applying it, note the decision where it is one, and tell the kind."""
    change.state = state
    change.closed_at = clock.now()
    outcome = {ChangeState.REJECTED: Outcome.REJECTED, ChangeState.EXPIRED: Outcome.EXPIRED}.get(state)
    if outcome is not None:
        change.decided_at = change.closed_at
        _log(change, outcome, counted or tally_of(change), words)
    change.save(update_fields=["state", "closed_at", "decided_at"])
    kind_called(change.kind).closed(change, state, access, words)


def _approve(change: ChangeRequest, counted: Tally, words: str) -> None:
    now = clock.now()
    change.state = ChangeState.APPROVED
    change.decided_at = now
    ends = now + timedelta(days=change.board.approval_days)
    change.approved_until = min(ends, change.emergency_until) if change.emergency_until else ends
    change.save(update_fields=["state", "decided_at", "approved_until"])
    bound = Condition.objects.filter(revision=change.revision).exists()
    _log(change, Outcome.CONDITION if bound else Outcome.APPROVED, counted, words)


def _log(change: ChangeRequest, outcome: Outcome, counted: Tally, words: str) -> None:
    Decision.objects.create(
        change=change,
        revision=change.revision,
        outcome=outcome,
        votes_for=counted.votes_for,
        votes_against=counted.votes_against,
        abstained=counted.abstained,
        words=words,
    )
