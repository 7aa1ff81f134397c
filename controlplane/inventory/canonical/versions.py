"""The versions of an entity, read and added to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controlplane.audit.models import Actor
from controlplane.inventory.canonical.content import check_operations, check_schema
from controlplane.inventory.canonical.shipped_model import keep_attributes
from controlplane.inventory.models import EntityAttribute, EntityKind, EntityVersion, Lifecycle
from controlplane.inventory.ownership.put import ENTITY, keep_changes
from controlplane.inventory.rules.schemas import content_hash


def newest(entity: EntityKind) -> EntityVersion | None:
    """The version that holds."""
    return EntityVersion.objects.filter(entity=entity).order_by("-number").first()


def put_version(
    entity: EntityKind, schema: Mapping[str, Any], operations: Sequence[str], actor: Actor, reason: str
) -> EntityVersion:
    """The same without asking who may, in the caller's transaction; history is kept."""
    check_schema(schema)
    check_operations(operations)
    last = newest(entity)
    digest = content_hash(schema, operations)
    if last is not None and last.content_hash == digest:
        return last
    made = EntityVersion.objects.create(
        entity=entity,
        number=last.number + 1 if last else 1,
        schema=dict(schema),
        operations=[word for word in Lifecycle.values if word in operations],
        content_hash=digest,
        reason=reason,
        author_id=actor.person or None,
        author_label=actor.label,
    )
    keep_attributes(entity, schema, EntityAttribute)
    keep_changes(ENTITY, entity.pk, [("version", last.number if last else None, made.number)], actor, reason)
    return made
