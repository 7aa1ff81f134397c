"""Merge two identities of one kind: everything of the one belongs to the other from now on, and can be given back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.inventory.identities.changing import moved, needs
from controlplane.inventory.identities.held import aliases_of, held, locked
from controlplane.inventory.identities.owned import may_be_merged, of_record
from controlplane.inventory.models import ChangeKind, Identity, IdentityAlias, IdentityChange
from controlplane.inventory.rules.identities import MOST_ALIASES, Disagreement, disagreements
from controlplane.people.access import Access


@dataclass(frozen=True, slots=True)
class Merging:
    """A merge as it would be: what both hold, and ``why_not`` where it is refused."""

    stays: Identity
    goes: Identity
    kept: Sequence[IdentityAlias]
    joined: Sequence[IdentityAlias]
    disagree: Sequence[Disagreement]
    allowed: bool = True

    @property
    def why_not(self) -> str:
        """Why it is refused; empty when it may be done."""
        return self._not_two_of_a_kind() or self._not_one()

    def _not_two_of_a_kind(self) -> str:
        if self.stays.pk == self.goes.pk:
            return "An identity cannot be merged with itself."
        for one in (self.stays, self.goes):
            if one.merged_into_id is not None:
                return f"{one} was merged into {one.merged_into_id} already. Merge that one."
        if self.stays.kind_id != self.goes.kind_id:
            kinds = f"a {self.stays.kind.name.lower()} and a {self.goes.kind.name.lower()}"
            return f"Only identities of one kind can be one: these are {kinds}."
        return ""

    def _not_one(self) -> str:
        if not self.allowed:
            return f"{self.goes.kind.name}: the canonical model does not allow merging it."
        if self.disagree:
            return f"They are different records where both are known. {' '.join(self._against())}"
        if (count := len(self.kept) + len(self.joined)) > MOST_ALIASES:
            return f"Together they would have {count} ids; an identity has {MOST_ALIASES} at most."
        return ""

    def _against(self) -> list[str]:
        names = {alias.instance_id: alias.instance.name for alias in (*self.kept, *self.joined)}
        return [
            f"{names[one.instance_id]} has {' and '.join(one.stays)} for the one and {' and '.join(one.goes)}"
            " for the other."
            for one in self.disagree
        ]


def preview_merge(stays: UUID, goes: UUID) -> Merging:
    """What merging ``goes`` into ``stays`` would do now; :class:`NotFound` for one that does not exist."""
    rows = {row.id: row for row in Identity.objects.filter(id__in=[stays, goes]).select_related("kind")}
    return _merging(rows, stays, goes)


def _merging(rows: dict[UUID, Identity], stays: UUID, goes: UUID) -> Merging:
    for one in (stays, goes):
        if one not in rows:
            raise NotFound(f"There is no identity {one}.")
    aliases = aliases_of([stays, goes])
    kept, joined = aliases.get(stays, []), aliases.get(goes, [])
    kind = rows[stays].kind
    found = disagreements(held(kept), held(joined), of_record(kind))
    return Merging(rows[stays], rows[goes], kept, joined, found, may_be_merged(kind))


@transaction.atomic
def merge(access: Access, *, stays: UUID, goes: UUID, reason: str, via: Via = Via.PAGE) -> IdentityChange:
    """Give all aliases of ``goes`` to ``stays``; ``goes`` keeps its id and leads there.

    Raises :class:`Conflict` where a system of record knows both, or somebody else was faster, :class:`Invalid` for two
    kinds or without a reason.
    """
    words = needs(access, reason, "Say why they are one: whoever wonders later reads it.")
    merging = _merging(dict(locked([stays, goes])), stays, goes)
    _refuse(merging)
    change = moved(access, ChangeKind.MERGE, merging.goes, merging.stays, [one.id for one in merging.joined], words)
    Identity.objects.filter(pk=goes).update(merged_into=stays)
    audit.record(
        "identity.merged",
        actor=access.actor,
        via=via,
        subject=Subject("identity", str(stays)),
        reason=words,
        details=_details(merging, change),
    )
    return change


def _details(merging: Merging, change: IdentityChange) -> dict[str, str | int]:
    """How many and of what: the ids themselves name people, and the audit is for ever."""
    return {
        "change": change.pk,
        "merged": str(merging.goes),
        "ids": len(merging.joined),
        "kind": merging.goes.kind.slug,
    }


def _refuse(merging: Merging) -> None:
    if not (why := merging.why_not):
        return
    said = f"{why} Nothing was changed."
    if merging.stays.kind_id != merging.goes.kind_id or merging.stays.pk == merging.goes.pk:
        raise Invalid(said, field="other")
    raise Conflict(said, disagreements=shown(merging))


def shown(merging: Merging) -> list[dict[str, str | Collection[str]]]:
    """The disagreements in words: the instance, and what it calls either."""
    slugs = {alias.instance_id: alias.instance.slug for alias in (*merging.kept, *merging.joined)}
    return [
        {"instance": slugs[one.instance_id], "stays": list(one.stays), "goes": list(one.goes)}
        for one in merging.disagree
    ]
