"""The operations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from controlplane.audit.models import Via
from controlplane.console.identities import finding, showing
from controlplane.console.identities.rest import shapes
from controlplane.console.identities.showing import Done, Shown
from controlplane.foundation.errors import Invalid, NotFound
from controlplane.inventory.identities.merge import merge, preview_merge
from controlplane.inventory.identities.merge import shown as disagreements
from controlplane.inventory.identities.split import split
from controlplane.inventory.identities.undo import Undoing, preview_undo, undo
from controlplane.inventory.models import EntityKind, Identity, IdentityAlias
from controlplane.people.access import Access, Action
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.rest import moments

AREA = "Identities"


class Identities(ApiView):
    """All of them."""

    area: ClassVar[str] = AREA

    @operation(shapes.IdentityPage, asks=shapes.WhichIdentities)
    def get(self, call: Call) -> dict[str, Any]:
        """Identities, the newest first, 50 a page at most."""
        call.access.require_somewhere(Action.SEE_TRANSACTIONS)
        cursor = moments.identifier(call.asked.get("cursor"))
        page = finding.newest(call.access, _kind(call.asked.get("kind")), UUID(cursor) if cursor else None)
        return {"identities": _lines(page.identities), "next": str(page.older) if page.older else None}


class IdentitySearch(ApiView):
    """By an id."""

    area: ClassVar[str] = AREA

    @operation(shapes.FoundIdentities, takes=shapes.WantedIdentity)
    def post(self, call: Call) -> dict[str, Any]:
        """Those that any system calls so, or called so in the past."""
        call.access.require_somewhere(Action.SEE_TRANSACTIONS)
        found = finding.with_id(call.access, call.given["value"], _kind(call.given.get("kind")))
        return {"identities": _lines(found)}


class OneIdentity(ApiView):
    """One of them."""

    area: ClassVar[str] = AREA

    @operation(shapes.IdentityShape)
    def get(self, call: Call, identity_id: UUID) -> dict[str, Any]:
        """One identity with its ids and its history; of one that was merged away, the one that it leads to."""
        return _whole(call.access, identity_id)


class IdentityMergePreview(ApiView):
    """A merge, tried."""

    area: ClassVar[str] = AREA

    @operation(shapes.MergePreview, takes=shapes.Other)
    def post(self, call: Call, identity_id: UUID) -> dict[str, Any]:
        """What merging another identity into this one would do, and what speaks against it; nothing is changed."""
        call.access.require_somewhere(Action.MERGE_IDENTITIES)
        stays, goes = finding.one(call.access, identity_id), finding.one(call.access, call.given["other"])
        merging = preview_merge(stays.pk, goes.pk)
        return {
            "allowed": not merging.why_not,
            "why_not": merging.why_not,
            "stays": _line(Shown(merging.stays, merging.kept)),
            "goes": _line(Shown(merging.goes, merging.joined)),
            "disagreements": disagreements(merging),
            "transactions": finding.transactions_of(merging.joined),
        }


class IdentityMerge(ApiView):
    """A merge."""

    area: ClassVar[str] = AREA

    @operation(shapes.IdentityShape, takes=shapes.NewMerge, writes=True)
    def post(self, call: Call, identity_id: UUID) -> dict[str, Any]:
        """Give everything of another identity to this one; the other leads here from then on.

        Refused with 409 and `disagreements` where a system knows the two apart.
        """
        call.access.require_somewhere(Action.MERGE_IDENTITIES)
        stays, goes = finding.one(call.access, identity_id), finding.one(call.access, call.given["other"])
        merge(call.access, stays=stays.pk, goes=goes.pk, reason=call.given["reason"], via=Via.API)
        return _whole(call.access, stays.pk)


class IdentitySplit(ApiView):
    """A split."""

    area: ClassVar[str] = AREA

    @operation(shapes.IdentityChangeShape, takes=shapes.NewSplit, writes=True)
    def post(self, call: Call, identity_id: UUID) -> dict[str, Any]:
        """Give some of its aliases to a new identity, which the answer names as `given_to`."""
        call.access.require_somewhere(Action.MERGE_IDENTITIES)
        found = finding.one(call.access, identity_id)
        change = split(call.access, found.pk, call.given["aliases"], call.given["reason"], via=Via.API)
        return _change(showing.told(change))


class IdentityUndo(ApiView):
    """A merge that is undone."""

    area: ClassVar[str] = AREA

    @operation(shapes.UndoPreview)
    def get(self, call: Call, change_id: int) -> dict[str, Any]:
        """What undoing that merge would do now; nothing is changed."""
        undoing = _undoing(call.access, change_id)
        return {
            "allowed": not undoing.why_not,
            "why_not": undoing.why_not,
            "holder": undoing.holder.pk,
            "restored": undoing.change.given_by_id,
            "back": [_alias(one) for one in undoing.back],
            "stays": [_alias(one) for one in undoing.stays],
        }

    @operation(shapes.IdentityChangeShape, takes=shapes.NewUndo, writes=True)
    def post(self, call: Call, change_id: int) -> dict[str, Any]:
        """Undo a merge: its aliases go back, with what was learnt beside them since."""
        _undoing(call.access, change_id)
        return _change(showing.told(undo(call.access, change_id, call.given["reason"], via=Via.API)))


def _undoing(access: Access, change_id: int) -> Undoing:
    access.require_somewhere(Action.MERGE_IDENTITIES)
    found = preview_undo(change_id)
    if not finding.visible(access, [found.holder.pk]):
        raise NotFound(finding.GONE)
    return found


def _kind(slug: str | None) -> int | None:
    if not slug:
        return None
    found = EntityKind.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid("There is no kind of entity of that name.", field="kind")
    return found


def _whole(access: Access, identity_id: UUID) -> dict[str, Any]:
    found = finding.one(access, identity_id)
    (shown,) = showing.shown([found])
    return _line(shown) | {"changes": [_change(one) for one in showing.history(found)]}


def _lines(identities: Iterable[Identity]) -> list[dict[str, Any]]:
    return [_line(one) for one in showing.shown(identities)]


def _line(shown: Shown) -> dict[str, Any]:
    return {
        "id": shown.identity.pk,
        "kind": shown.identity.kind.slug,
        "known_since": shown.identity.created_at,
        "aliases": [_alias(one) for one in shown.aliases],
    }


def _alias(one: IdentityAlias) -> dict[str, Any]:
    return {
        "id": one.pk,
        "instance": one.instance.slug,
        "value": one.value,
        "since": one.valid.lower,
        "until": one.valid.upper,
        "learnt_by": one.learnt_by.slug if one.learnt_by else None,
    }


def _change(done: Done) -> dict[str, Any]:
    change = done.change
    same = {name: getattr(change, name) for name in ("id", "kind", "reason", "at")}
    return same | {
        "given_by": change.given_by_id,
        "given_to": change.given_to_id,
        "aliases": done.ids,
        "by": change.by.name,
        "undone": done.undone,
    }
