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
from controlplane.transactions.dead_letters.hold import require_some
from controlplane.transactions.dead_letters.named import named
from controlplane.transactions.models import DeadLetter, Deed, StepRun
from controlplane.transactions.rules.states import StepState


@transaction.atomic
def drop(access: Access, step_run_ids: Sequence[UUID], reason: str) -> int:
    """Close open dead letters with a reason; returns how many. They can still be replayed later.

    Those that are being sent again just now stay open: what comes of that is told of them. :class:`NotAllowed` for
    who sees them and may close none, :class:`NotFound` when none of them is open and theirs.
    """
    if not reason.strip():
        raise Invalid("Say why they will not be delivered: the reason is kept.", field="reason")
    rows = DeadLetter.objects.visible_to(access, Action.EDIT_DEAD_LETTERS).filter(
        pk__in=_resting(step_run_ids), resolved_at=None
    )
    chosen = list(rows.order_by("pk").values_list("pk", flat=True))
    closed = rows.update(resolved_at=clock.now(), resolution=f"dropped: {reason.strip()}"[:500])
    if not closed:
        require_some(access, Action.EDIT_DEAD_LETTERS, step_run_ids)
        message = "None of these is an open dead letter of yours that is not being sent just now; nothing was changed."
        raise NotFound(message)
    remember_selection(access, chosen, Deed.DROPPED, reason.strip())
    audit.record(
        "dead_letters.dropped",
        actor=access.actor,
        subject=Subject("dead_letters", str(chosen[0])),
        reason=reason.strip(),
        details={"count": closed} | named("letters", chosen),
    )
    return closed


def _resting(step_run_ids: Sequence[UUID]) -> list[UUID]:
    """Those that nobody sends again. Their rows stay locked: whoever replays one meanwhile waits, and comes later."""
    dead = StepRun.objects.filter(pk__in=list(step_run_ids), state=StepState.DEAD).order_by("pk")
    return list(dead.select_for_update(no_key=True).values_list("pk", flat=True))
