"""The ownership matrix as it will be when a document is applied: flows of the document are judged by that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from controlplane.console.estate.document import UNKNOWN
from controlplane.console.estate.owning import decided
from controlplane.console.estate.rows import Rows
from controlplane.inventory.models import EntityKind, EntityVersion, System
from controlplane.inventory.ownership.terms import Terms
from controlplane.inventory.rules.schemas import attributes
from controlplane.transactions.flows.findings import Matrix
from controlplane.transactions.models import Destination
from controlplane.transactions.pipeline.guarding import Model, whole_model
from controlplane.transactions.rules.ownership import Entity, Owner


def matrix_of(rows: Rows) -> Matrix:
    """By what was written already, or, where nothing is written, by what would be."""
    names = {system.pk: system.name for system in rows.of(System).values() if system is not UNKNOWN}
    there = [one for one in rows.of(Destination).values() if one is not UNKNOWN]
    asked = {one.slug: one.instance.system_id for one in there}
    return Matrix(whole_model() if rows.writes else _planned(rows, whole_model()), names, asked)


def _planned(rows: Rows, now: Model) -> Model:
    """What there is, with what the document says of entities and of who owns them."""
    said = rows.once("decided", decided)
    found: dict[str, Entity] = {}
    for kind in rows.of(EntityKind).values():
        if kind is not UNKNOWN:
            found[kind.slug] = _entity(kind, now.get(kind.slug), rows, said)
    return found


def _entity(kind: EntityKind, before: Entity | None, rows: Rows, said: Mapping[str, Terms]) -> Entity:
    entity = replace(before or Entity(kind.slug), on_breach=kind.on_breach)
    version = rows.newest(EntityVersion, "entity").get(kind.pk)
    if version is not None:
        known = attributes(version.schema)
        entity = replace(
            entity,
            operations=frozenset(version.operations),
            attributes=frozenset(one.pointer[1:].replace("/", ".") for one in known),
            identifiers=frozenset(one.pointer[1:].replace("/", ".") for one in known if one.is_identifier),
        )
    owners = {
        place.partition(".")[2]: owner
        for place, terms in said.items()
        if place.partition(".")[0] == kind.slug and (owner := _owner(terms, rows)) is not None
    }
    return replace(entity, owners=owners)


def _owner(terms: Terms, rows: Rows) -> Owner | None:
    systems = rows.of(System)
    record = systems.get(terms.record) if terms.record else None
    if record is None or record is UNKNOWN:
        return None
    writers = [systems[slug] for slug in terms.writers if slug in systems]
    return Owner(record.pk, record.name, frozenset(one.pk for one in writers if one is not UNKNOWN), terms.steward)
