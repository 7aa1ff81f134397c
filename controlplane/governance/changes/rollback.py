"""Roll back an applied change: a change of its own, with the failures that it answers for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from controlplane.audit.models import Via
from controlplane.foundation.errors import Conflict
from controlplane.governance.changes.locking import locked, require_state
from controlplane.governance.changes.propose import Emergency, propose
from controlplane.governance.changes.writing import LONGEST_TITLE
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import OPEN, ChangeRequest, ChangeState
from controlplane.people.access import Access


@transaction.atomic
def rollback(
    access: Access,
    change_id: int,
    *,
    why: str,
    answers_for: Sequence[str] = (),
    due: datetime | None = None,
    emergency: Emergency | None = None,
    via: Via = Via.PAGE,
) -> ChangeRequest:
    """Propose to take an applied change back. :class:`Conflict` where its kind cannot, or where it is asked already."""
    change = locked(access, change_id)
    require_state(change, ChangeState.APPLIED)
    kind = kind_called(change.kind)
    if kind.undo is None:
        raise Conflict(f"What “{kind.label}” does cannot be taken back. Propose a change that sets it right.")
    asked = ChangeRequest.objects.filter(rolls_back=change, state__in=OPEN).first()
    if asked is not None:
        raise Conflict(f"{asked} proposes that already. Nothing was changed.")
    return propose(
        access,
        change.kind,
        change.subject,
        kind.undo(change.subject, change.revision),
        title=f"Roll back {change}: {change.title}"[:LONGEST_TITLE],
        why=why,
        due=due,
        emergency=emergency,
        rolls_back=change,
        answers_for=answers_for,
        via=via,
    )
