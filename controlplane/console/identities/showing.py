"""An identity as its page and the API show it: its ids, what was done to it, and what names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from controlplane.inventory.identities.held import aliases_of, is_live
from controlplane.inventory.models import ChangeKind, Identity, IdentityAlias, IdentityChange
from controlplane.transactions.search.fields import key_fields
from controlplane.transactions.search.query import Term, render_term, word

#: Of the history, so much.
CHANGES = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """An identity with its aliases: live ones first."""

    identity: Identity
    aliases: Sequence[IdentityAlias]

    @property
    def live(self) -> list[IdentityAlias]:
        """What systems call it today."""
        return [one for one in self.aliases if is_live(one)]

    @property
    def former(self) -> list[IdentityAlias]:
        """What systems called it."""
        return [one for one in self.aliases if not is_live(one)]

    @property
    def name(self) -> str:
        """How people would call it: by an id."""
        return self.aliases[0].value if self.aliases else "without an id"

    @property
    def title(self) -> str:
        """``Customer C-1042``."""
        return f"{self.identity.kind.name} {self.name}"

    @property
    def search(self) -> str:
        """The search that finds its transactions, by any id; empty where it has none."""
        if not self.aliases:
            return ""
        slug = self.identity.kind.slug
        field = next(name for name, kind in key_fields([slug]).items() if kind == slug)
        return render_term(Term(field, (word(self.name),)))


@dataclass(frozen=True, slots=True)
class Done:
    """One act in the history of an identity, seen from it."""

    change: IdentityChange
    kind: ChangeKind
    other: UUID
    came: bool
    ids: int
    undone: bool

    @property
    def at(self) -> datetime:
        """When."""
        return self.change.at

    @property
    def may_be_undone(self) -> bool:
        """Whether it is a merge that stands."""
        return self.kind is ChangeKind.MERGE and not self.undone

    @property
    def words(self) -> str:
        """What happened, as this identity saw it."""
        ids = f"{self.ids} id{'' if self.ids == 1 else 's'}"
        return {
            (ChangeKind.MERGE, True): f"Merged: {ids} came",
            (ChangeKind.MERGE, False): f"Merged away with {ids}",
            (ChangeKind.SPLIT, True): f"Split off with {ids}",
            (ChangeKind.SPLIT, False): f"Split: {ids} became another",
            (ChangeKind.UNDO, True): f"Merge undone: {ids} came back",
            (ChangeKind.UNDO, False): f"Merge undone: {ids} went back",
        }[self.kind, self.came]


def shown(identities: Iterable[Identity]) -> list[Shown]:
    """These with their aliases, in their order."""
    rows = list(identities)
    aliases = aliases_of([row.id for row in rows]) if rows else {}
    return [Shown(row, aliases.get(row.id, [])) for row in rows]


def history(identity: Identity) -> list[Done]:
    """What people did to it, and to those that were merged into it, newest first."""
    members = _members(identity)
    rows = (
        IdentityChange.objects.filter(Q(given_by__in=members) | Q(given_to__in=members))
        .select_related("by")
        .annotate(ids=Count("moves", distinct=True), undoings=Count("undone_by"))
        .order_by("-id")[:CHANGES]
    )
    return list(_done(identity, members, rows))


def told(change: IdentityChange) -> Done:
    """A change that was made just now, seen from who got the aliases."""
    ids = change.moves.count()
    return Done(change, ChangeKind(change.kind), change.given_by_id, came=True, ids=ids, undone=False)


def _members(identity: Identity) -> set[UUID]:
    """Itself and what was merged into it, one step: the next is in the history of that one."""
    return {identity.id, *identity.merged.values_list("id", flat=True)}


def _done(identity: Identity, members: set[UUID], rows: Iterable[IdentityChange]) -> Iterator[Done]:
    for row in rows:
        came = row.given_to_id == identity.id or (row.given_by_id != identity.id and row.given_to_id in members)
        other = row.given_by_id if came else row.given_to_id
        ids, undone = getattr(row, "ids", 0), bool(getattr(row, "undoings", 0))
        yield Done(row, ChangeKind(row.kind), other, came, ids, undone)
