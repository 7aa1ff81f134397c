"""Split ids off an identity: they are another record of the same kind from now on."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.foundation.ids import uuid7
from controlplane.inventory.identities.changing import moved, needs
from controlplane.inventory.identities.held import locked
from controlplane.inventory.models import ChangeKind, Identity, IdentityAlias, IdentityChange
from controlplane.people.access import Access


@transaction.atomic
def split(
    access: Access, identity_id: UUID, aliases: Collection[int], reason: str, *, via: Via = Via.PAGE
) -> IdentityChange:
    """Give these aliases to a new identity, which the change names (``given_to``).

    Raises :class:`Invalid` for none, for all, or for one that is not its own; :class:`Conflict` for an identity that
    was merged away.
    """
    words = needs(access, reason, "Say why they are another record: whoever wonders later reads it.")
    identity = locked([identity_id]).get(identity_id)
    if identity is None:
        raise NotFound(f"There is no identity {identity_id}.")
    if identity.merged_into_id is not None:
        raise Conflict(f"It was merged into {identity.merged_into_id}; split that one. Nothing was changed.")
    chosen = sorted(set(aliases))
    _check(identity, chosen)
    other = Identity.objects.create(id=uuid7(), kind=identity.kind)
    change = moved(access, ChangeKind.SPLIT, identity, other, chosen, words)
    audit.record(
        "identity.split",
        actor=access.actor,
        via=via,
        subject=Subject("identity", str(identity_id)),
        reason=words,
        details={"change": change.pk, "new": str(other), "ids": len(chosen), "kind": identity.kind.slug},
    )
    return change


def _check(identity: Identity, chosen: Collection[int]) -> None:
    own = set(IdentityAlias.objects.filter(identity=identity).values_list("id", flat=True))
    if not chosen:
        raise Invalid("Choose at least one id that is another record's.", field="aliases")
    if not own.issuperset(chosen):
        raise Invalid("One of these ids is not this identity's any more. Nothing was changed.", field="aliases")
    if own == set(chosen):
        raise Invalid("With all of its ids it would be the same record again. Leave at least one.", field="aliases")
