"""Bring the canonical model up to what the product has, where the company has not made it its own. Idempotent."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import SYSTEM, Actor, Via
from controlplane.inventory.canonical.shipped_model import put_shipped
from controlplane.inventory.models import EntityAttribute, EntityKind, EntityVersion


@transaction.atomic
def ship(actor: Actor = SYSTEM, via: Via = Via.COMMAND) -> list[str]:
    """The entities that have a new version by it."""
    made = put_shipped(EntityKind, EntityVersion, EntityAttribute)
    if made:
        audit.record("entities.shipped", actor=actor, via=via, details={"entities": ", ".join(made)})
    return made
