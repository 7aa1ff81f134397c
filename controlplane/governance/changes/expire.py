"""End what nobody decided in time, and approvals that nobody used in time."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from controlplane.audit import services as audit
from controlplane.audit.models import SYSTEM, Subject
from controlplane.governance.changes.settle import close
from controlplane.governance.models import ChangeRequest, ChangeState
from controlplane.people.access import Access

NOT_DECIDED = "Nobody decided in time."
NOT_APPLIED = "It was approved, and not applied in time."
_BY_ITSELF = Access(name=SYSTEM.label)


def expire() -> int:
    """End every change whose time is over; returns how many. Each in a transaction of its own."""
    over = Q(state=ChangeState.PROPOSED, open_until__lte=Now()) | Q(
        state=ChangeState.APPROVED, approved_until__lte=Now()
    )
    due = ChangeRequest.objects.filter(over).order_by("pk").values_list("pk", flat=True)
    return sum(_expire(pk, over) for pk in list(due))


@transaction.atomic
def _expire(change_id: int, over: Q) -> int:
    # Whoever holds it votes or revises just now; the next sweep looks again.
    rows = ChangeRequest.objects.select_for_update(of=("self",), skip_locked=True).select_related("current", "board")
    change = rows.filter(over, pk=change_id).first()
    if change is None:
        return 0
    words = NOT_DECIDED if change.state == ChangeState.PROPOSED else NOT_APPLIED
    close(_BY_ITSELF, change, ChangeState.EXPIRED, words)
    audit.record("change.expired", subject=Subject("change", str(change.pk)), reason=words)
    return 1
