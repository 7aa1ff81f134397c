"""Undo a merge: what went along with it goes back, with what was learnt beside it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Conflict, NotFound
from controlplane.inventory.identities.changing import moved, needs
from controlplane.inventory.identities.held import aliases_of, held, led_to, locked
from controlplane.inventory.models import ChangeKind, Identity, IdentityAlias, IdentityChange
from controlplane.inventory.rules.identities import with_what_was_learnt_beside
from controlplane.people.access import Access


@dataclass(frozen=True, slots=True)
class Undoing:
    """An undo as it would be: what goes ``back`` to its identity, and what ``stays``."""

    change: IdentityChange
    holder: Identity
    back: Sequence[IdentityAlias]
    stays: Sequence[IdentityAlias]

    @property
    def why_not(self) -> str:
        """Why it is refused; empty when it may be done."""
        if self.change.kind != ChangeKind.MERGE:
            return "Only a merge is undone. What was split off is merged again."
        if IdentityChange.objects.filter(undoes=self.change).exists():
            return "This merge was undone already."
        if not self.back:
            return "None of its ids is there any more: they were split off since."
        return ""


def preview_undo(change_id: int) -> Undoing:
    """What undoing that merge would do now; :class:`NotFound` for a change that does not exist."""
    change = _change(change_id)
    return _undoing(change, Identity.objects.get(pk=_holder(change)))


def _change(change_id: int) -> IdentityChange:
    change = IdentityChange.objects.filter(pk=change_id).select_related("given_by", "given_to").first()
    if change is None:
        raise NotFound("There is no such change of an identity.")
    return change


def _holder(change: IdentityChange) -> UUID:
    """Who has what the merge moved: the identity it went to, or the one that this was merged into since."""
    return led_to([change.given_to_id])[change.given_to_id]


def _undoing(change: IdentityChange, holder: Identity) -> Undoing:
    aliases = aliases_of([holder.pk]).get(holder.pk, [])
    went = set(change.moves.values_list("alias_id", flat=True))
    back = with_what_was_learnt_beside(went, held(aliases), since=change.newest_alias)
    return Undoing(
        change, holder, [one for one in aliases if one.id in back], [one for one in aliases if one.id not in back]
    )


@transaction.atomic
def undo(access: Access, change_id: int, reason: str, *, via: Via = Via.PAGE) -> IdentityChange:
    """Give a merge's aliases back to the identity that it merged away, which stands for itself again.

    Raises :class:`Conflict` where it was undone already, is no merge, or nothing of it is left to give back.
    """
    words = needs(access, reason, "Say why they are not one after all: whoever wonders later reads it.")
    change = _change(change_id)
    holder_id = _holder(change)
    rows = locked([change.given_by_id, holder_id])
    if rows[holder_id].merged_into_id is not None:
        raise Conflict("Somebody has just merged it further. Nothing was changed; look again.")
    undoing = _undoing(change, rows[holder_id])
    if why := undoing.why_not:
        raise Conflict(f"{why} Nothing was changed.")
    given_to = rows[change.given_by_id]
    Identity.objects.filter(pk=given_to.pk).update(merged_into=None)
    back = [one.id for one in undoing.back]
    undone = moved(access, ChangeKind.UNDO, rows[holder_id], given_to, back, words, undoes=change)
    audit.record(
        "identity.merge_undone",
        actor=access.actor,
        via=via,
        subject=Subject("identity", str(holder_id)),
        reason=words,
        details={"change": undone.pk, "undoes": change.pk, "restored": str(given_to), "ids": len(back)},
    )
    return undone
