"""What the company speaks of, and who decides about it: entities in versions, and the ownership matrix."""

from __future__ import annotations

from typing import Any, Final

from controlplane.console.estate.changes import Difference
from controlplane.console.estate.document import UNKNOWN, Entry
from controlplane.console.estate.rows import Rows
from controlplane.foundation.errors import Invalid
from controlplane.inventory.canonical.content import check_operations, check_schema
from controlplane.inventory.canonical.shipped_model import keep_attributes, shipped
from controlplane.inventory.models import (
    EntityAttribute,
    EntityKind,
    EntityVersion,
    Lifecycle,
    NonOwner,
    Ownership,
    Survivorship,
    System,
)
from controlplane.inventory.ownership.governed import deciding_board
from controlplane.inventory.ownership.put import ATTRIBUTE, ENTITY, differing, keep_changes, replace_terms
from controlplane.inventory.ownership.terms import NOTHING, Terms, emails_of, terms_of
from controlplane.inventory.rules.schemas import attributes, content_hash

REASON: Final = "An estate document was applied."
Attributes = dict[tuple[str, str], EntityAttribute | None]


def entity(entry: Entry, rows: Rows) -> None:
    """An entity; with a schema or other operations than its newest version it gets a new one."""
    before = rows.of(EntityKind).get(entry.slug)
    ships = next((one for one in shipped() if one.slug == entry.slug), None)
    known = before if isinstance(before, EntityKind) else None
    row = rows.put(
        entry,
        EntityKind,
        name=entry.take("name", ships.name) if ships else entry.name(),
        purpose=entry.take("purpose", ships.description if ships else ""),
        personal=entry.take("personal", known.personal if known else False),
        on_breach=entry.choice("on_breach", NonOwner.values, NonOwner.FLAG),
    )
    last: Any = rows.newest(EntityVersion, "entity").get(row.pk) if row is not UNKNOWN else None
    schema, operations = _schema(entry, last), _operations(entry, last)
    if not entry.stands or not (entry.has("schema") or entry.has("operations")):
        return
    content = {"schema": schema, "operations": sorted(operations)}
    if last is not None and last.content_hash != content_hash(schema, operations) and (board := _board(rows)):
        entry.wrong(f"{board} decides what an entity is; propose this to them, or leave it out.")
        return
    rows.put_version(entry, EntityVersion, "entity", row, content, schema=schema, operations=operations)
    made: Any = rows.newest(EntityVersion, "entity")[row.pk]
    for one in attributes(schema):
        _attributes(rows).setdefault((entry.slug, one.pointer[1:].replace("/", ".")), None)
    if made is not last and rows.writes:
        keep_attributes(row, schema, EntityAttribute)
        versions = [("version", last.number if last else None, made.number)]
        keep_changes(ENTITY, row.pk, versions, rows.actor, rows.reason or REASON)
        found = EntityAttribute.objects.filter(entity=row)
        _attributes(rows).update({(entry.slug, one.path): one for one in found})


def _schema(entry: Entry, last: EntityVersion | None) -> dict[str, Any]:
    if not entry.has("schema"):
        return last.schema if last else {"type": "object", "properties": {}}
    schema = entry.fields("schema")
    if not entry.holds_unkept("schema"):
        with entry.telling("schema"):
            check_schema(schema)
    return schema


def _operations(entry: Entry, last: EntityVersion | None) -> list[str]:
    if not entry.has("operations"):
        return last.operations if last else Lifecycle.values
    found = entry.items("operations")
    with entry.telling("operations"):
        check_operations(found)
    return [word for word in Lifecycle.values if word in found]


def ownership(entry: Entry, rows: Rows) -> None:
    """Who decides about ``customer.tax_id``, or about all of ``customer``."""
    kind, attribute, path = _place(entry, rows)
    terms = _terms(entry, rows)
    if not entry.stands:
        return
    before = _decided(rows).get(entry.slug, NOTHING)
    _decided(rows)[entry.slug] = terms
    changes = differing(before, terms)
    how = "created" if before == NOTHING and terms != NOTHING else "changed"
    if not changes:
        rows.note(entry, "same")
        return
    if board := _board(rows):
        entry.wrong(f"{board} decides who owns which data; propose this to them, or leave it out.")
        return
    rows.note(entry, how, "", *(Difference(name, was, becomes) for name, was, becomes in changes))
    if rows.writes:
        systems = {slug: rows.of(System)[slug] for slug in {terms.record, *terms.writers, *terms.readers} - {""}}
        people = {name: rows.people.get(getattr(terms, name)) for name in ("steward", "deputy")}
        replace_terms(kind, attribute if path else None, before, terms, systems, people)
        what, key = (ATTRIBUTE, attribute.pk) if attribute else (ENTITY, kind.pk)
        keep_changes(what, key, changes, rows.actor, rows.reason or REASON)


def _place(entry: Entry, rows: Rows) -> tuple[Any, EntityAttribute | None, str]:
    slug, _, path = entry.slug.partition(".")
    kinds = rows.of(EntityKind)
    if slug not in kinds:
        entry.wrong(f"there is no entity {slug!r}; name an attribute such as customer.tax_id, or an entity.")
        return UNKNOWN, None, path
    if (kind := kinds[slug]) is UNKNOWN:
        entry.fall()
    elif path and (slug, path) not in _attributes(rows):
        entry.wrong(f"{slug} has no attribute {path!r}.")
    return kind, _attributes(rows).get((slug, path)), path


def _terms(entry: Entry, rows: Rows) -> Terms:
    survivorship = entry.take("survivorship", "")
    if survivorship:
        entry.must_be_known("survivorship", survivorship, Survivorship.values)
    terms = Terms(
        record=_system(entry, rows),
        writers=tuple(sorted(_systems(entry, "writers", rows))),
        readers=tuple(sorted(_systems(entry, "readers", rows))),
        survivorship=survivorship,
        trusted=tuple(_systems(entry, "trusted", rows)),
        steward=_person(entry, "steward", rows),
        deputy=_person(entry, "deputy", rows),
    )
    if entry.stands:
        try:
            terms.check(rows.of(System))
        except Invalid as error:
            entry.amiss(error.field, error.detail)
    return terms


def _system(entry: Entry, rows: Rows) -> str:
    slug = entry.take("record", "")
    if slug and entry.must_be_known("record", slug, rows.of(System)) and rows.of(System)[slug] is UNKNOWN:
        entry.fall()
    return slug


def _systems(entry: Entry, name: str, rows: Rows) -> list[str]:
    found = []
    for number, slug in enumerate(entry.items(name), 1):
        if not isinstance(slug, str) or slug not in rows.of(System):
            entry.amiss(name, f"there is no system {slug!r}.", number)
        elif rows.of(System)[slug] is UNKNOWN:
            entry.fall()
        else:
            found.append(slug)
    return found


def _person(entry: Entry, name: str, rows: Rows) -> str:
    email = entry.take(name, "").strip().lower()
    if email and email not in rows.people:
        entry.amiss(name, f"nobody signs in as {email!r}; make them first: manage.py person add.")
        return ""
    return rows.addresses[rows.people[email].pk] if email else ""


def _board(rows: Rows) -> str:
    """The name of the board that decides instead; "" where none does."""
    return rows.once("board", lambda: str(deciding_board() or ""))


def _attributes(rows: Rows) -> Attributes:
    """Attributes by entity and path, also those that the document has just made; read once."""

    def read() -> Attributes:
        found = EntityAttribute.objects.filter(active=True).select_related("entity")
        return {(one.entity.slug, one.path): one for one in found}

    return rows.once("attributes", read)


def _decided(rows: Rows) -> dict[str, Terms]:
    """What is decided, by ``customer.tax_id``; read once."""
    return rows.once("decided", decided)


def decided() -> dict[str, Terms]:
    """Everything that is decided, in words, by its place."""
    found = Ownership.objects.select_related("entity", "attribute__entity", "record")
    ownerships = list(found.prefetch_related("rights__system"))
    emails = emails_of({key for one in ownerships for key in (one.steward_id, one.deputy_id) if key})
    return {str(one): terms_of(one, emails) for one in ownerships}
