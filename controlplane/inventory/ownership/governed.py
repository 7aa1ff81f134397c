"""Changes of who owns what, and of what an entity is, as a kind of change that a board decides on.

Where a board decides on the kind ``ownership``, nobody decides by themselves any more: pages propose, and documents
that would change it are refused. Where none does, whoever may configure everywhere decides at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.foundation.pages import page_url
from controlplane.foundation.registries import subjects
from controlplane.governance import selectors
from controlplane.governance.kinds import Applying, Content, Described, Kind
from controlplane.governance.models import Board, Revision
from controlplane.governance.rules.changed import Changed, Level
from controlplane.inventory.canonical.content import check_operations, check_schema
from controlplane.inventory.canonical.versions import newest, put_version
from controlplane.inventory.models import EntityAttribute, EntityKind, NonOwner, System
from controlplane.inventory.ownership.put import (
    differing,
    place_of,
    put,
    put_enforcement,
    standing_terms,
)
from controlplane.inventory.ownership.terms import Terms, person_called
from controlplane.inventory.rules.schemas import differences
from controlplane.people.roles import Action

KIND: Final = "ownership"
#: Subjects of the kind: an attribute or a whole entity in the matrix, and what an entity is.
PLACE, ENTITY = "ownership", "entity"
_LISTS: Final = ("writers", "readers", "trusted")


def deciding_board() -> Board | None:
    """The board that decides who owns what; None where whoever may configure everywhere does."""
    return selectors.deciding_board(KIND) if KIND in subjects else None


def require_nobody_else_decides() -> None:
    """:class:`Conflict` where a board decides."""
    if (board := deciding_board()) is not None:
        raise Conflict(f"{board.name} decides who owns which data. Nothing was changed: propose it to them.")


def found(subject: Subject) -> tuple[EntityKind, EntityAttribute | None]:
    """The place of a subject; :class:`NotFound` for one that is not there any more."""
    slug, _, path = subject.id.partition(".")
    kind = EntityKind.objects.filter(slug=slug).first()
    if kind is None:
        raise NotFound(f"There is no entity {slug!r}.")
    if not path:
        return kind, None
    attribute = EntityAttribute.objects.filter(entity=kind, pointer="/" + path.replace(".", "/"), active=True).first()
    if attribute is None:
        raise NotFound(f"{kind.name} has no attribute {path!r}.")
    return kind, attribute


def describe(subject: Subject) -> Described:
    """Its name and its page. It is the company's, of no team."""
    kind, attribute = found(subject)
    if subject.kind == ENTITY:
        return Described(name=kind.name, url=page_url("console:entity", kind.slug))
    place = place_of(kind, attribute)
    return Described(name=place, url=f"{page_url('console:ownership')}?at={place}")


def validate(subject: Subject, content: Content) -> Content:
    """As it is kept; :class:`Invalid` names the field."""
    if subject.kind == ENTITY:
        return _entity_content(content)
    unknown = set(content) - set(Terms.__dataclass_fields__) - {"on_breach"}
    if unknown:
        raise Invalid(f"There is no {min(unknown)!r} in who owns something.", field=min(unknown))
    terms = terms_from(content)
    terms.check(System.objects.values_list("slug", flat=True))
    for name in ("steward", "deputy"):
        person_called(getattr(terms, name), name)
    if content.get("on_breach") and content["on_breach"] not in NonOwner.values:
        raise Invalid(f"There is no {content['on_breach']!r}.", field="on_breach")
    return terms.as_written() | ({"on_breach": content["on_breach"]} if content.get("on_breach") else {})


def _entity_content(content: Content) -> Content:
    schema, operations = content.get("schema"), content.get("operations", ())
    check_schema(schema)
    check_operations(operations)
    return {"schema": schema, "operations": list(operations)}


def terms_from(content: Mapping[str, Any]) -> Terms:
    """The terms of a content; :class:`Invalid` for what is no text."""
    given: dict[str, Any] = {}
    for name in Terms.__dataclass_fields__:
        value = content.get(name) or ([] if name in _LISTS else "")
        texts = value if name in _LISTS and isinstance(value, list | tuple) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise Invalid(f"{name} is text, or a list of texts.", field=name)
        given[name] = tuple(texts) if name in _LISTS else value
    return Terms(**given)


def base(subject: Subject) -> Any:
    """What is decided now; the version that holds now."""
    kind, attribute = found(subject)
    if subject.kind == ENTITY:
        version = newest(kind)
        return (
            {"version": version.number, "schema": version.schema, "operations": version.operations} if version else {}
        )
    terms: dict[str, Any] = standing_terms(kind, attribute).as_written()
    return terms | ({} if attribute else {"on_breach": kind.on_breach})


def diff(subject: Subject, content: Content, before: Any) -> Sequence[Changed]:
    """What becomes otherwise: a right that is taken can stop deliveries."""
    if subject.kind == ENTITY:
        return _entity_diff(content, before)
    pairs = differing(terms_from(before), terms_from(content))
    changes = [Changed(_level(name), name, _told(was), _told(becomes)) for name, was, becomes in pairs]
    if content.get("on_breach") and content["on_breach"] != before.get("on_breach"):
        level = Level.BREAKING if content["on_breach"] == NonOwner.BLOCK else Level.RISKY
        changes.append(Changed(level, "on_breach", str(before.get("on_breach", "")), content["on_breach"]))
    return changes


def _level(name: str) -> Level:
    return Level.RISKY if name in {"record", "writers"} else Level.SAFE


def _told(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _entity_diff(content: Content, before: Any) -> list[Changed]:
    levels = {"removed": Level.BREAKING, "changed": Level.RISKY, "added": Level.SAFE}
    old = before.get("schema") or {"properties": {}}
    found_ones = differences(old, content["schema"])
    changes = [Changed(levels[one.how], f"{one.what} {one.how}", "", one.words) for one in found_ones]
    was, becomes = before.get("operations", []), content["operations"]
    changes += [Changed(Level.BREAKING, f"{word} is no longer allowed") for word in was if word not in becomes]
    return changes + [Changed(Level.SAFE, f"{word} is allowed") for word in becomes if word not in was]


def apply(applying: Applying) -> None:
    """Do it, in the name of whoever applies."""
    kind, attribute = found(applying.subject)
    content, actor, why = applying.content, applying.access.actor, applying.change.why
    if applying.subject.kind == ENTITY:
        put_version(kind, content["schema"], content["operations"], actor, why)
    else:
        put(kind, attribute, terms_from(content), actor, why)
        if content.get("on_breach") and attribute is None:
            put_enforcement(kind, content["on_breach"], actor, why)
    audit.record(
        "entity.revised" if applying.subject.kind == ENTITY else "ownership.decided",
        actor=actor,
        via=Via.SYSTEM,
        subject=applying.subject,
        reason=why,
        details={"change": applying.change.pk},
    )


def undo(subject: Subject, revision: Revision) -> Content:
    """What it was before; :class:`Conflict` for the first version of an entity, before which there was none."""
    before: Mapping[str, Any] = revision.base or {}
    if subject.kind == ENTITY and "version" not in before:
        raise Conflict(f"There was no version of {subject.id} before this one; make a newer one instead.")
    return {name: value for name, value in before.items() if name != "version"}


OWNERSHIP: Final = Kind(
    label="Who owns which data",
    needs=Action.CONFIGURE,
    describe=describe,
    validate=validate,
    base=base,
    diff=diff,
    apply=apply,
    undo=undo,
)
