"""Withdraw a change that was not applied."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.governance.changes.locking import locked, require_owner, require_state
from controlplane.governance.changes.settle import close
from controlplane.governance.changes.writing import LONGEST_WORDS, words_of
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import OPEN, ChangeRequest, ChangeState
from controlplane.people.access import Access


@transaction.atomic
def withdraw(access: Access, change_id: int, why: str, *, via: Via = Via.PAGE) -> ChangeRequest:
    """Take a change back, with a reason that is kept; its votes stay in the record."""
    change = locked(access, change_id)
    require_owner(access, change, kind_called(change.kind))
    require_state(change, *OPEN)
    words = words_of(why, "why", LONGEST_WORDS)
    close(access, change, ChangeState.WITHDRAWN, words)
    subject = Subject("change", str(change.pk))
    audit.record("change.withdrawn", actor=access.actor, via=via, subject=subject, reason=words)
    return change
