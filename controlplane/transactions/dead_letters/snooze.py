"""Put a cause aside until a time: it comes back by itself, and says so when letters have come meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.people.access import Access, Action
from controlplane.transactions.dead_letters.history import remember
from controlplane.transactions.dead_letters.hold import hold
from controlplane.transactions.models import Cause, Deed

#: A letter's body is kept for 120 days: what is put aside for longer may come back without.
LONGEST = timedelta(days=30)


@transaction.atomic
def snooze(access: Access, fingerprint: UUID, until: datetime, reason: str = "") -> Cause:
    """Until ``until``, which is in the coming 30 days, in whatever zone it was given."""
    now, until = clock.now(), until.astimezone(UTC)
    if not now < until <= now + LONGEST:
        raise Invalid(f"Choose a time from now to {LONGEST.days} days ahead.", field="until")
    cause = hold(access, fingerprint, Action.EDIT_DEAD_LETTERS)
    cause.snoozed_at, cause.snoozed_until = now, until
    cause.save(update_fields=["snoozed_at", "snoozed_until"])
    said = f"until {until:%-d %b %Y %H:%M} UTC" + (f": {reason.strip()}" if reason.strip() else "")
    remember(access, cause.integration_id, fingerprint, Deed.SNOOZED, said)
    audit.record(
        "dead_letters.snoozed",
        actor=access.actor,
        subject=Subject("cause", str(fingerprint)),
        reason=reason.strip(),
        details={"until": until.isoformat()},
    )
    return cause


@transaction.atomic
def wake(access: Access, fingerprint: UUID) -> Cause:
    """Before its time. :class:`Conflict` when it is not put aside."""
    cause = hold(access, fingerprint, Action.EDIT_DEAD_LETTERS)
    if cause.snoozed_until is None or cause.snoozed_until <= clock.now():
        raise Conflict("It is not put aside; nothing was changed.")
    cause.snoozed_at = cause.snoozed_until = None
    cause.save(update_fields=["snoozed_at", "snoozed_until"])
    remember(access, cause.integration_id, fingerprint, Deed.WOKEN, "")
    audit.record("dead_letters.woken", actor=access.actor, subject=Subject("cause", str(fingerprint)))
    return cause
