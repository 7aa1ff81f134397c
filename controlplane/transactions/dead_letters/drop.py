"""Drop dead letters: decide that they will not be delivered. Nothing is deleted; the decision is kept."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotFound
from controlplane.people.access import Access, Action
from controlplane.transactions.dead_letters.history import remember_selection
from controlplane.transactions.models import DeadLetter, Deed


@transaction.atomic
def drop(access: Access, step_run_ids: Sequence[UUID], reason: str) -> int:
    """Close open dead letters with a reason; returns how many. They can still be replayed later."""
    if not reason.strip():
        raise Invalid("Say why they will not be delivered: the reason is kept.", field="reason")
    rows = DeadLetter.objects.visible_to(access, Action.EDIT_DEAD_LETTERS).filter(
        pk__in=list(step_run_ids), resolved_at=None
    )
    chosen = list(rows.values_list("pk", flat=True))
    closed = rows.update(resolved_at=clock.now(), resolution=f"dropped: {reason.strip()}"[:500])
    if not closed:
        raise NotFound("None of these is an open dead letter of yours; nothing was changed.")
    remember_selection(access, chosen, Deed.DROPPED, reason.strip())
    audit.record(
        "dead_letters.dropped",
        actor=access.actor,
        subject=Subject("dead_letters", str(step_run_ids[0])),
        reason=reason.strip(),
        details={"count": closed},
    )
    return closed
