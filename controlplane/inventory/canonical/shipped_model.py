"""The entities as they ship with the product, and putting them where nobody has made them their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from controlplane.inventory.rules.schemas import attributes, content_hash

SHIPPED = Path(__file__).parent / "shipped"
_FIELDS = ("position", "type", "description", "personal", "is_identifier", "active")


@dataclass(frozen=True, slots=True)
class Shipped:
    """An entity as the product has it."""

    slug: str
    name: str
    description: str
    operations: tuple[str, ...]
    schema: dict[str, Any]

    @property
    def content_hash(self) -> str:
        """What tells one content from another."""
        return content_hash(self.schema, self.operations)


@lru_cache(maxsize=1)
def shipped() -> tuple[Shipped, ...]:
    """Every entity of the product, by name."""
    return tuple(_read())


def _read() -> Iterator[Shipped]:
    for path in sorted(SHIPPED.glob("*.yaml")):
        found = yaml.safe_load(path.read_text())
        name = found.get("name", path.stem.replace("-", " ").capitalize())
        yield Shipped(path.stem, name, found["description"], tuple(found["operations"]), found["schema"])


def put_shipped(kinds: Any, versions: Any, rows: Any) -> list[str]:
    """Bring the model up to what the product has, by these models; the entities that have a new version.

    What is there in the same content stays; a newer content of the product is a new version of an entity whose versions
    are all the product's; an entity that somebody of the company has edited is left alone.
    """
    newest: dict[int, Any] = {}
    edited: set[int] = set()
    for version in versions.objects.order_by("entity_id", "number"):
        newest[version.entity_id] = version
        edited |= set() if version.shipped else {version.entity_id}
    known = {kind.slug: kind for kind in kinds.objects.all()}
    made = []
    for entity in shipped():
        kind = known.get(entity.slug)
        last = newest.get(kind.pk) if kind else None
        if kind is None or kind.pk in edited or (last and last.content_hash == entity.content_hash):
            continue
        _put(kind, entity, last.number + 1 if last else 1, versions)
        keep_attributes(kind, entity.schema, rows)
        made.append(entity.slug)
    return made


def _put(kind: Any, entity: Shipped, number: int, versions: Any) -> None:
    versions.objects.create(
        entity=kind,
        number=number,
        schema=entity.schema,
        operations=list(entity.operations),
        content_hash=entity.content_hash,
        shipped=True,
        reason="As it comes with the product.",
        author_label="Interlock",
    )
    if not kind.purpose:
        kind.purpose = entity.description
        kind.save(update_fields=["purpose"])


def keep_attributes(entity: Any, schema: Mapping[str, Any], rows: Any) -> None:
    """Rows for the attributes of ``schema``; those that it no longer has stay, not active."""
    found = [
        rows(
            entity=entity,
            pointer=one.pointer,
            position=position,
            type=one.type,
            description=one.description,
            personal=one.personal,
            is_identifier=one.is_identifier,
            active=True,
        )
        for position, one in enumerate(attributes(schema), 1)
    ]
    rows.objects.bulk_create(
        found, update_conflicts=True, unique_fields=["entity", "pointer"], update_fields=list(_FIELDS)
    )
    gone = rows.objects.filter(entity=entity, active=True)
    gone.exclude(pointer__in=[one.pointer for one in found]).update(active=False)
