"""Who owns an attribute, written: the change, its history, and nothing of who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from controlplane.audit.models import Actor
from controlplane.foundation.errors import Invalid
from controlplane.inventory.changing import Changed, history_of, keep
from controlplane.inventory.models import (
    EntityAttribute,
    EntityKind,
    FieldChange,
    NonOwner,
    Ownership,
    OwnershipRight,
    Right,
    System,
)
from controlplane.inventory.ownership.terms import NOTHING, Terms, emails_of, person_called, systems_called, terms_of
from controlplane.people.models import Person

#: What history calls the things that ownership is about (``FieldChange.kind``).
ENTITY: Final = "entity_kind"
ATTRIBUTE: Final = "entity_attribute"


def said(reason: str) -> str:
    """A reason, which there must be."""
    if not (words := reason.strip()):
        raise Invalid("Say why: the reason is kept.", field="reason")
    return words


def place_of(entity: EntityKind, attribute: EntityAttribute | None) -> str:
    """``customer.tax_id``; ``customer`` for all of it."""
    return f"{entity.slug}.{attribute.path}" if attribute else entity.slug


def standing_terms(entity: EntityKind, attribute: EntityAttribute | None) -> Terms:
    """What is decided now, in words."""
    rows = Ownership.objects.select_related("record").prefetch_related("rights__system")
    row = rows.filter(entity=entity, attribute=attribute).first()
    return terms_of(row, emails_of({row.steward_id, row.deputy_id} - {None})) if row else NOTHING


def put(entity: EntityKind, attribute: EntityAttribute | None, terms: Terms, actor: Actor, reason: str) -> list[str]:
    """The same without asking who may, in the caller's transaction; history is kept."""
    # One after the other: two who decide at once would each make the row.
    EntityKind.objects.select_for_update(no_key=True).get(pk=entity.pk)
    before = standing_terms(entity, attribute)
    if before == terms:
        return []
    mentioned = {terms.record, *terms.writers, *terms.readers, *terms.trusted} - {""}
    systems = systems_called(mentioned)
    terms.check(systems)
    people = {name: person_called(getattr(terms, name), name) for name in ("steward", "deputy")}
    replace_terms(entity, attribute, before, terms, systems, people)
    changes = differing(before, terms)
    kind, key = (ATTRIBUTE, attribute.pk) if attribute else (ENTITY, entity.pk)
    keep_changes(kind, key, changes, actor, reason)
    return [name for name, _, _ in changes]


def differing(before: Terms, after: Terms) -> list[tuple[str, Any, Any]]:
    """What differs, field by field, in words."""
    pairs = [(field.name, getattr(before, field.name), getattr(after, field.name)) for field in fields(Terms)]
    return [(name, _plain(was), _plain(becomes)) for name, was, becomes in pairs if was != becomes]


def put_enforcement(entity: EntityKind, on_breach: str, actor: Actor, reason: str) -> bool:
    """The same for what a write without the right meets."""
    if on_breach not in NonOwner.values:
        raise Invalid(f"There is no {on_breach!r}; there are: {', '.join(NonOwner.values)}.", field="on_breach")
    before = EntityKind.objects.select_for_update(no_key=True).get(pk=entity.pk).on_breach
    if before == on_breach:
        return False
    EntityKind.objects.filter(pk=entity.pk).update(on_breach=on_breach)
    entity.on_breach = on_breach
    keep_changes(ENTITY, entity.pk, [("on_breach", before, on_breach)], actor, reason)
    return True


def keep_changes(kind: str, key: int, changes: list[tuple[str, Any, Any]], actor: Actor, reason: str) -> None:
    """Fields of one thing, before and after, in its history."""
    entries = [Changed(name, before or None, after or None) for name, before, after in changes]
    keep(history_of((kind, key), entries, actor, reason))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def replace_terms(
    entity: EntityKind,
    attribute: EntityAttribute | None,
    before: Terms,
    terms: Terms,
    systems: Mapping[str, System],
    people: Mapping[str, Person | None],
) -> None:
    """Write terms that were checked, in the place of others; of none, no row is left."""
    if terms == NOTHING:
        Ownership.objects.filter(entity=entity, attribute=attribute).delete()
        return
    values = {
        "record": systems[terms.record] if terms.record else None,
        "survivorship": terms.survivorship,
        "trusted": list(terms.trusted),
        **people,
    }
    if before == NOTHING:
        kept = Ownership.objects.create(entity=entity, attribute=attribute, **values)
    else:
        kept, _ = Ownership.objects.update_or_create(entity=entity, attribute=attribute, defaults=values)
        kept.rights.all().delete()
    wanted = [(slug, Right.WRITES) for slug in terms.writers] + [(slug, Right.READS) for slug in terms.readers]
    OwnershipRight.objects.bulk_create(
        OwnershipRight(ownership=kept, system=systems[slug], right=right) for slug, right in wanted
    )


def history(entity: EntityKind, attribute: EntityAttribute | None, most: int = 20) -> list[FieldChange]:
    """What became of one place, the newest first."""
    kind, key = (ATTRIBUTE, attribute.pk) if attribute else (ENTITY, entity.pk)
    return list(FieldChange.objects.filter(kind=kind, object_id=key).order_by("-id")[:most])
