"""What every change of identities has in common: who may, why, and the aliases that go along."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Max

from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import ChangeKind, Identity, IdentityAlias, IdentityChange, IdentityMove
from controlplane.people.access import Access, Action

LONGEST_REASON = 1000


def needs(access: Access, reason: str, missing: str) -> str:
    """The reason as it is kept; refused without the right, or without a reason."""
    access.require_somewhere(Action.MERGE_IDENTITIES)
    words = reason.strip()[:LONGEST_REASON]
    if not words:
        raise Invalid(missing, field="reason")
    return words


def moved(
    access: Access,
    kind: ChangeKind,
    given_by: Identity,
    given_to: Identity,
    aliases: Sequence[int],
    reason: str,
    undoes: IdentityChange | None = None,
) -> IdentityChange:
    """Give these aliases away, and keep by whom, why and which they were. Both rows are locked by then."""
    of_both = IdentityAlias.objects.filter(identity__in=[given_by, given_to])
    change = IdentityChange.objects.create(
        kind=kind,
        given_by=given_by,
        given_to=given_to,
        undoes=undoes,
        newest_alias=of_both.aggregate(newest=Max("id", default=0))["newest"],
        reason=reason,
        by_id=UUID(access.person_id),
    )
    IdentityMove.objects.bulk_create(IdentityMove(change=change, alias_id=one) for one in aliases)
    IdentityAlias.objects.filter(id__in=aliases).update(identity=given_to)
    return change
