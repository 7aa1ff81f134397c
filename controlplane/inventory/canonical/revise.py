"""Make an entity the company's own: a new version of its schema and of what its records allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Conflict
from controlplane.inventory.canonical.versions import newest, put_version
from controlplane.inventory.models import EntityKind, EntityVersion
from controlplane.inventory.ownership.governed import require_nobody_else_decides
from controlplane.inventory.ownership.put import said
from controlplane.people.access import Access, Action


@transaction.atomic
def revise(
    access: Access,
    entity: EntityKind,
    schema: Mapping[str, Any],
    operations: Sequence[str],
    reason: str,
    *,
    stands_on: int | None = None,
    via: Via = Via.PAGE,
) -> EntityVersion:
    """The version with that content: the newest where it has it already.

    ``stands_on`` is the number of the version that was edited; :class:`Conflict` when there is a newer one.
    """
    access.require_everywhere(Action.CONFIGURE)
    require_nobody_else_decides()
    words = said(reason)
    EntityKind.objects.select_for_update(no_key=True).get(pk=entity.pk)
    last = newest(entity)
    if stands_on is not None and last is not None and last.number != stands_on:
        raise Conflict(
            f"There is a version {last.number} since you opened version {stands_on}. Nothing was changed: look at what "
            "it changes, and make your change again on top of it."
        )
    made = put_version(entity, schema, operations, access.actor, words)
    if last is None or made.number != last.number:
        audit.record(
            "entity.revised",
            actor=access.actor,
            via=via,
            subject=Subject("entity", entity.slug),
            reason=words,
            details={"version": made.number, "hash": made.content_hash},
        )
    return made
