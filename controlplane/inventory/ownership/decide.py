"""Decide who owns an attribute, or what an entity's attributes have in common, and what others' writes meet."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.inventory.models import EntityAttribute, EntityKind
from controlplane.inventory.ownership.governed import require_nobody_else_decides
from controlplane.inventory.ownership.put import history, place_of, put, put_enforcement, said
from controlplane.inventory.ownership.terms import Terms
from controlplane.people.access import Access, Action

__all__ = ["decide", "enforce", "history"]


@transaction.atomic
def decide(
    access: Access,
    entity: EntityKind,
    attribute: EntityAttribute | None,
    terms: Terms,
    reason: str,
    *,
    via: Via = Via.PAGE,
) -> list[str]:
    """Put ``terms`` in the place of what was decided; the names of what differs now."""
    access.require_everywhere(Action.CONFIGURE)
    require_nobody_else_decides()
    words = said(reason)
    changed = put(entity, attribute, terms, access.actor, words)
    if changed:
        audit.record(
            "ownership.decided",
            actor=access.actor,
            via=via,
            subject=Subject("ownership", place_of(entity, attribute)),
            reason=words,
            details={"changed": ", ".join(changed), "record": terms.record, "steward": terms.steward},
        )
    return changed


@transaction.atomic
def enforce(access: Access, entity: EntityKind, on_breach: str, reason: str, *, via: Via = Via.PAGE) -> bool:
    """Say what a write without the right meets; whether that is something else than before."""
    access.require_everywhere(Action.CONFIGURE)
    require_nobody_else_decides()
    words = said(reason)
    if not put_enforcement(entity, on_breach, access.actor, words):
        return False
    audit.record(
        "ownership.enforced",
        actor=access.actor,
        via=via,
        subject=Subject("entity", entity.slug),
        reason=words,
        details={"on_breach": on_breach},
    )
    return True
