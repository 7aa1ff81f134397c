"""The ownership matrix as the pipeline judges by it: read once a change, compiled once a flow version.

Where a delivery meets it is ``pipeline.owning``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from controlplane.inventory.models import (
    EntityAttribute,
    EntityKind,
    EntityVersion,
    Instance,
    Ownership,
    OwnershipStamp,
    Right,
    System,
)
from controlplane.transactions.rules.flow import Step
from controlplane.transactions.rules.ownership import NO_GUARDS, Entity, Guards, Owner, guards_of

Model = Mapping[str, Entity]


@dataclass(slots=True)
class Guarding:
    """What a snapshot of the configuration is compiled with; flow versions keep theirs as long as nothing changes."""

    stamp: UUID | None
    model: Model
    systems: Mapping[int, int]
    names: Mapping[int, str]
    types: Mapping[str, frozenset[str]]
    asked: Mapping[str, int]
    compiled: dict[int, tuple[Any, Mapping[str, Guards]]] = field(default_factory=dict)

    def of(self, version_id: int, flow: str, steps: Sequence[Step]) -> Mapping[str, Guards]:
        """The guards of a flow version's steps; nothing where nobody owns what it writes."""
        if not self.model:
            return NO_GUARDS
        key = self.stamp, self.types.get(flow, frozenset())
        kept = self.compiled.get(version_id)
        if kept is None or kept[0] != key:
            found = guards_of(steps, key[1], self.model, self.asked)
            made = {name: Guards(guards, self.systems, self.names) for name, guards in found.items()}
            kept = self.compiled[version_id] = key, MappingProxyType(made) if made else NO_GUARDS
        return kept[1]


def read_guarding(
    types: Mapping[str, frozenset[str]], destinations: Mapping[str, int], before: Guarding | None
) -> Guarding:
    """How it is now. ``types`` start each flow, ``destinations`` are the instances behind each by its slug."""
    stamp = OwnershipStamp.objects.values_list("stamp", flat=True).first()
    systems = dict(Instance.objects.values_list("pk", "system_id"))
    asked = {slug: systems[instance] for slug, instance in destinations.items() if instance in systems}
    same = before is not None and before.stamp == stamp and before.systems == systems and before.asked == asked
    if before is not None and same:
        return Guarding(stamp, before.model, before.systems, before.names, types, before.asked, before.compiled)
    return Guarding(stamp, owned_model(stamp), systems, system_names(), types, asked)


def system_names() -> dict[int, str]:
    """What people call each system."""
    return dict(System.objects.values_list("pk", "name"))


@lru_cache(maxsize=4)
def owned_model(_stamp: UUID | None) -> Model:
    """The entities of which somebody owns something; the others hold nobody up."""
    return read_model(set(Ownership.objects.exclude(record=None).values_list("entity_id", flat=True)))


def whole_model() -> Model:
    """Every entity, as it is now; read once a change."""
    return _whole_model(OwnershipStamp.objects.values_list("stamp", flat=True).first())


@lru_cache(maxsize=2)
def _whole_model(_stamp: UUID | None) -> Model:
    return read_model()


def read_model(entities: Collection[int] | None = None) -> dict[str, Entity]:
    """Those entities (None: all), with their attributes and owners, from the database."""
    kinds = EntityKind.objects.all() if entities is None else EntityKind.objects.filter(pk__in=entities)
    rows = {kind.pk: kind for kind in kinds}
    attributes: dict[int, set[str]] = {}
    identifiers: dict[int, set[str]] = {}
    for row in EntityAttribute.objects.filter(entity_id__in=rows, active=True):
        attributes.setdefault(row.entity_id, set()).add(row.path)
        if row.is_identifier:
            identifiers.setdefault(row.entity_id, set()).add(row.path)
    owners = _owners(rows)
    operations = _operations(rows)
    return {
        kind.slug: Entity(
            kind.slug,
            kind.on_breach,
            operations.get(kind.pk),
            frozenset(attributes.get(kind.pk, ())),
            frozenset(identifiers.get(kind.pk, ())),
            owners.get(kind.pk, {}),
        )
        for kind in rows.values()
    }


def _owners(entities: Collection[int]) -> dict[int, dict[str, Owner]]:
    found: dict[int, dict[str, Owner]] = {}
    rows = Ownership.objects.filter(entity_id__in=entities).exclude(record=None)
    stewards = dict(
        Ownership.objects.filter(entity_id__in=entities, attribute=None).values_list("entity_id", "steward__name")
    )
    for row in rows.select_related("attribute", "record", "steward").prefetch_related("rights"):
        if row.record is None:
            continue
        writers = frozenset(one.system_id for one in row.rights.all() if one.right == Right.WRITES)
        steward = row.steward.name if row.steward else stewards.get(row.entity_id) or ""
        path = row.attribute.path if row.attribute else ""
        found.setdefault(row.entity_id, {})[path] = Owner(row.record.pk, row.record.name, writers, steward)
    return found


def _operations(entities: Collection[int]) -> dict[int, frozenset[str]]:
    newest = EntityVersion.objects.filter(entity_id__in=entities).order_by("entity_id", "-number").distinct("entity_id")
    return {entity_id: frozenset(words) for entity_id, words in newest.values_list("entity_id", "operations")}
