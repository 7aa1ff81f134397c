"""Say "I have seen it": whoever looks next knows that somebody has, and how many letters have come since."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.people.access import Access, Action
from controlplane.transactions.dead_letters.history import remember
from controlplane.transactions.dead_letters.hold import hold
from controlplane.transactions.models import Cause, Deed


@transaction.atomic
def acknowledge(access: Access, fingerprint: UUID) -> Cause:
    """By this person, now; once more is no harm: it counts from then on."""
    cause = hold(access, fingerprint, Action.REPLAY)
    cause.acknowledged_by_id, cause.acknowledged_at = UUID(access.person_id), clock.now()
    cause.save(update_fields=["acknowledged_by", "acknowledged_at"])
    remember(access, cause.integration_id, fingerprint, Deed.ACKNOWLEDGED, "")
    audit.record("dead_letters.acknowledged", actor=access.actor, subject=Subject("cause", str(fingerprint)))
    return cause
