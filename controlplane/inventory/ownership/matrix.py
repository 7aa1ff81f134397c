"""The ownership matrix as it is read: an attribute a row, with what holds for it and where that was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from controlplane.inventory.models import (
    EntityAttribute,
    EntityKind,
    Ownership,
    OwnershipRight,
    Personal,
    Right,
    Survivorship,
    System,
)
from controlplane.people.models import Person

#: Attributes on one page.
PAGE: Final = 100
RECORD, WRITES, READS, NONE = "record", "writes", "reads", ""


@dataclass(frozen=True, slots=True)
class Row:
    """An attribute, or an entity as a whole (``attribute`` None), with the row that decides about it.

    ``own`` is what was decided for it itself, ``holds`` what holds: that, or what it inherits. ``steward`` and
    ``deputy`` are of the entity where the attribute names none.
    """

    entity: EntityKind
    attribute: EntityAttribute | None
    own: Ownership | None
    holds: Ownership | None
    steward: Person | None
    deputy: Person | None
    cells: Mapping[int, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """``customer.tax_id``; ``customer`` for all of it."""
        return f"{self.entity.slug}.{self.attribute.path}" if self.attribute else self.entity.slug

    @property
    def name(self) -> str:
        """As the matrix calls it, below its entity."""
        return self.attribute.path if self.attribute else "everything else"

    @property
    def inherits(self) -> bool:
        """Whether what holds was decided elsewhere."""
        return self.holds is not None and self.own is None

    @property
    def is_personal(self) -> bool:
        """Whether it is close to a person."""
        return self.attribute is not None and self.attribute.personal != Personal.NONE

    @property
    def rule(self) -> str:
        """Which value survives, in words; empty where nothing is said."""
        holds = self.holds
        if holds is None or not holds.survivorship:
            return ""
        if holds.survivorship == Survivorship.RECORD and holds.record:
            return f"{holds.record.name} wins"
        if holds.survivorship == Survivorship.TRUSTED:
            return f"First of {', '.join(holds.trusted)}"
        return f"{holds.get_survivorship_display()}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many attributes there are, and of how many what is said."""

    attributes: int
    decided: int
    stewards: int
    deputies: int
    personal: int


def systems_in(rows: Iterable[Row]) -> set[int]:
    """The systems that rows speak of."""
    return {system for row in rows for system in row.cells}


def rows_of(attributes: Sequence[EntityAttribute], wholes: Sequence[EntityKind]) -> list[Row]:
    """These attributes, and these entities as wholes, with what holds for each: three statements, however many."""
    entities = {one.entity_id for one in attributes} | {one.pk for one in wholes}
    by_place = {(row.entity_id, row.attribute.path if row.attribute else ""): row for row in _decided(entities)}
    found = [_row(kind, None, by_place) for kind in wholes]
    return found + [_row(one.entity, one, by_place) for one in attributes]


def _decided(entities: Iterable[int]) -> QuerySet[Ownership]:
    rows = Ownership.objects.filter(entity_id__in=entities)
    return rows.select_related("attribute", "record", "steward", "deputy").prefetch_related("rights__system")


def _row(kind: EntityKind, one: EntityAttribute | None, by_place: Mapping[tuple[int, str], Ownership]) -> Row:
    parts = one.path.split(".") if one else []
    places = [".".join(parts[:end]) for end in range(len(parts), -1, -1)]
    chain = [by_place[kind.pk, place] for place in places if (kind.pk, place) in by_place]
    own = by_place.get((kind.pk, places[0]))
    holds = next((row for row in chain if row.record_id), own or (chain[0] if chain else None))
    whole = by_place.get((kind.pk, ""))
    steward = next((row.steward for row in (own, holds, whole) if row and row.steward), None)
    deputy = next((row.deputy for row in (own, holds, whole) if row and row.deputy), None)
    return Row(kind, one, own, holds, steward, deputy, _cells(holds))


def _cells(holds: Ownership | None) -> dict[int, str]:
    if holds is None:
        return {}
    found = {right.system_id: WRITES if right.right == Right.WRITES else READS for right in holds.rights.all()}
    return found | ({holds.record_id: RECORD} if holds.record_id else {})


def attributes_of(show: str, *, entity: str = "", system: str = "", person: Any = None) -> QuerySet[EntityAttribute]:
    """The attributes that a filter keeps, in the order of their entities.

    ``show``: ``decided`` (by a row of their own), ``no-steward``, ``personal``, ``mine``, or ``all``.
    """
    rows = EntityAttribute.objects.filter(active=True).select_related("entity").order_by("entity__slug", "position")
    rows = rows.filter(entity__slug=entity) if entity else rows
    own = Ownership.objects.filter(attribute=OuterRef("pk"))
    whole = Ownership.objects.filter(entity=OuterRef("entity_id"), attribute=None)
    if show == "decided":
        rows = rows.filter(Exists(own))
    if show == "no-steward":
        rows = rows.filter(Exists(own), ~Exists(own.exclude(steward=None)), ~Exists(whole.exclude(steward=None)))
    if show == "personal":
        rows = rows.exclude(personal=Personal.NONE)
    if show == "mine":
        mine = Q(steward=person) | Q(deputy=person)
        rows = rows.filter(Exists(own.filter(mine)) | (Exists(whole.filter(mine)) & ~Exists(own.exclude(steward=None))))
    if system:
        named = Q(record__slug=system) | Q(rights__system__slug=system)
        rows = rows.filter(Exists(own.filter(named)) | (Exists(whole.filter(named)) & ~Exists(own)))
    return rows


def counts() -> Counts:
    """Of all attributes; whoever inherits a decision counts among those that have one."""
    found = EntityAttribute.objects.filter(active=True).aggregate(
        attributes=Count("pk"),
        decided=Count("pk", filter=_with_one("record")),
        stewards=Count("pk", filter=_with_one("steward")),
        deputies=Count("pk", filter=_with_one("deputy")),
        personal=Count("pk", filter=~Q(personal=Personal.NONE)),
    )
    return Counts(**found)


def _with_one(name: str) -> Q:
    """Attributes for which a decision names one, their own or that of the whole entity."""
    said = Ownership.objects.exclude(**{name: None})
    own = said.exclude(attribute=None).values("attribute_id")
    return Q(pk__in=own) | Q(entity__in=said.filter(attribute=None).values("entity_id"))


def mentioned() -> list[System]:
    """The systems that anybody said something of, by name: what the matrix can be narrowed to."""
    recorded = Ownership.objects.exclude(record=None).values("record_id")
    righted = OwnershipRight.objects.values("system_id")
    return list(System.objects.filter(Q(pk__in=recorded) | Q(pk__in=righted)).order_by("name"))
