"""Resume a destination: what waited goes out, within its rate and its cap."""

from __future__ import annotations

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models.functions import Now

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.people.access import Access
from controlplane.transactions.destinations.writers import require
from controlplane.transactions.models import Destination, DestinationState
from controlplane.transactions.rules.breaker import BreakerState


@transaction.atomic
def resume(access: Access, destination: Destination, reason: str, *, via: Via = Via.PAGE) -> None:
    """End a pause; where the breaker is open, end its rest as well: a few probes go first.

    :class:`Conflict` when nothing holds it.
    """
    require(access, destination)
    words = reason.strip()
    if not words:
        raise Invalid("Say why it goes on: the reason is kept.", field="reason")
    state = DestinationState.objects.select_for_update(no_key=True).get(destination=destination)
    # The transaction's own beginning: what reads it in the same transaction finds it over, too.
    over = TransactionNow()
    same = DestinationState.objects.filter(pk=state.pk)
    paused = same.filter(paused_until__gt=Now()).update(paused_until=over, pause_reason="")
    rested = same.filter(breaker=BreakerState.OPEN, breaker_until__gt=Now()).update(breaker_until=over)
    same.filter(breaker=BreakerState.CLOSED).update(troubled_since=None)
    if not paused and not rested:
        raise Conflict(f"{destination.name} is not paused; nothing was changed.")
    audit.record(
        "destination.resumed",
        actor=access.actor,
        via=via,
        subject=Subject("destination", destination.slug),
        reason=words,
        details={"pause_reason": state.pause_reason, "rest_ended": bool(rested)},
    )
    ring_on_commit("deliver")
