"""Pause a destination: nothing more is sent there, and everything for it is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import planned
from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access
from controlplane.transactions.destinations.writers import require
from controlplane.transactions.models import Destination, DestinationState
from controlplane.transactions.rules.pauses import FOR_GOOD


@transaction.atomic
def pause(
    access: Access, destination: Destination, reason: str, *, until: datetime | None = None, via: Via = Via.PAGE
) -> None:
    """Hold what is for it, until then or until somebody resumes it.

    Calls that are under way come to their end. :class:`Invalid` without a reason, and for a time that is over
    or many years ahead.
    """
    require(access, destination)
    words = reason.strip()
    if not words:
        raise Invalid("Say why it is paused: everybody whose events wait will read it.", field="reason")
    if until is not None:
        planned.ahead(
            until, field="until", over="That time is over; leave it empty to pause until somebody resumes it."
        )
    state = DestinationState.objects.select_for_update(no_key=True).get(destination=destination)
    DestinationState.objects.filter(pk=state.pk).update(paused_until=until or FOR_GOOD, pause_reason=words[:500])
    audit.record(
        "destination.paused",
        actor=access.actor,
        via=via,
        subject=Subject("destination", destination.slug),
        reason=words,
        details={"until": until.isoformat() if until else "resumed"},
    )
