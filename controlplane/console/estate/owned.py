"""Entities and the ownership matrix as a document says them: what ships as it is, is left out."""

from __future__ import annotations

from typing import Any

from controlplane.console.estate.owning import decided
from controlplane.inventory.canonical.shipped_model import shipped
from controlplane.inventory.models import EntityAttribute, EntityKind, EntityVersion, NonOwner
from controlplane.inventory.rules.schemas import ordered
from controlplane.inventory.wording import in_words


def entities() -> dict[str, dict[str, Any]]:
    """Entities that are otherwise than they ship, or the company's own."""
    known = {one.slug: one for one in shipped()}
    newest = EntityVersion.objects.order_by("entity_id", "-number").distinct("entity_id")
    versions = {version.entity_id: version for version in newest}
    pointers: dict[int, list[str]] = {}
    for row in EntityAttribute.objects.filter(active=True):
        pointers.setdefault(row.entity_id, []).append(row.pointer)
    found = {}
    for kind in EntityKind.objects.order_by("slug"):
        ships, version = known.get(kind.slug), versions.get(kind.pk)
        entry: dict[str, Any] = {}
        if kind.name != (ships.name if ships else in_words(kind.slug)):
            entry["name"] = kind.name
        if kind.purpose != (ships.description if ships else ""):
            entry["purpose"] = kind.purpose
        if ships is None and kind.personal:
            entry["personal"] = True
        if kind.on_breach != NonOwner.FLAG:
            entry["on_breach"] = kind.on_breach
        if version is not None and (ships is None or version.content_hash != ships.content_hash):
            entry["operations"] = version.operations
            entry["schema"] = ordered(version.schema, pointers.get(kind.pk, []))
        if entry or ships is None:
            found[kind.slug] = entry
    return found


def ownership() -> dict[str, dict[str, Any]]:
    """Everything that is decided, by its place."""
    return {place: terms.as_written() for place, terms in sorted(decided().items())}
