"""An entry as it stands: what the estate says of it now, and where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from django.db import models

from controlplane.console.entries.sorts import Said, Sort
from controlplane.console.estate.apply import MODELS
from controlplane.console.estate.export import exported_entry
from controlplane.console.estate.format import FORMAT, Left
from controlplane.credentials.models import Credential
from controlplane.inventory.environments import PRODUCTION
from controlplane.inventory.models import Instance, Integration, Interface, System
from controlplane.inventory.wording import in_words
from controlplane.people.models import Team
from controlplane.transactions.models import Mapping as FieldMapping

#: What stays as it is when a document leaves it out, as it is at first.
_AT_FIRST: Final[Mapping[str, Any]] = {"active": True, "max_in_flight": 64}
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
LONGEST_SLUG: Final = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Whose an entry is: the team, its slug, and the slug of the environment; empty where nobody knows."""

    team_id: int | None = None
    environment: str = ""


def standing(sort: Sort, slug: str) -> Said | None:
    """What the estate says of it now, also of what a document may leave as it is; None where there is none."""
    entry = exported_entry(sort.section, slug) if is_word(slug) else None
    if entry is None and sort.section in {"flows", "mappings"} and is_word(slug):
        entry = _without_version(sort, slug)
    return None if entry is None else _at_first(sort) | entry


def _without_version(sort: Sort, slug: str) -> Said | None:
    """A flow or a mapping that has a name and an owner, and nothing that it does yet."""
    row: Any = MODELS[sort.section]._default_manager.select_related("integration").filter(slug=slug).first()
    return None if row is None else {"name": row.name, "integration": row.integration.slug}


def in_full(sort: Sort, entry: Mapping[str, Any], before: Mapping[str, Any]) -> Said:
    """What an entry says with all that it leaves out, so that two can be compared."""
    kept = {name: before.get(name, first) for name, first in _at_first(sort).items()}
    kept |= {name: before[name] for name in stays(sort) if name in before}
    left_out = {name: one for name, one in _fields(sort).items() if one not in _EMPTY}
    values = {name: one for name, one in left_out.items() if not isinstance(one, Left)}
    said = {name: value for name, value in (values | kept | dict(entry)).items() if value not in _EMPTY}
    if sort.section == "flows" and isinstance(said.get("steps"), list):
        said["steps"] = [_step(one) if isinstance(one, Mapping) else one for one in said["steps"]]
    return said


def _step(step: Mapping[str, Any]) -> Said:
    """Without what is so anyway."""
    return {name: value for name, value in step.items() if value not in _EMPTY and (name, value) != ("required", True)}


def is_word(value: Any) -> TypeGuard[str]:
    """Whether it can be the name of an entry at all; what cannot, no database is asked for."""
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= LONGEST_SLUG


def stays(sort: Sort) -> list[str]:
    """The fields that stay as they are where an entry leaves them out."""
    return [name for name, one in _fields(sort).items() if one is Left.AS_IT_IS]


def name_of(slug: str, entry: Mapping[str, Any]) -> str:
    """What people read."""
    said = entry.get("name")
    return said if is_word(said) else in_words(slug)


def place_of(sort: Sort, entry: Mapping[str, Any]) -> Place:
    """Where an entry belongs by what it says, whether it is there or not."""
    if sort.section == "integrations":
        return Place(_key(Team, entry, "team"), _word(entry, "environment") or PRODUCTION)
    if sort.section == "instances":
        system = _row(System, entry, "system")
        return Place(system.team_id if system else None, _word(entry, "environment") or PRODUCTION)
    if sort.section == "normalisations":
        return _of_event(entry)
    if "integration" in entry:
        return _of(_row(Integration, entry, "integration", "environment"))
    return _at(entry)


def _of(integration: Integration | None) -> Place:
    return Place(integration.team_id, integration.environment.slug) if integration else Place()


def _of_event(entry: Mapping[str, Any]) -> Place:
    """That of its mapping; without one, its door's."""
    door = _row(Interface, entry, "interface", "instance__system", "instance__environment")
    mapping = _row(FieldMapping, entry, "mapping", "integration")
    environment = door.instance.environment.slug if door else ""
    if mapping is not None:
        return Place(mapping.integration.team_id, environment)
    return Place(door.instance.system.team_id if door else None, environment)


def _at(entry: Mapping[str, Any]) -> Place:
    """Of a destination and of a credential: whose credential it is; without one, whose system."""
    instance = _row(Instance, entry, "instance", "system", "environment")
    environment = instance.environment.slug if instance else ""
    if "team" in entry:
        return Place(_key(Team, entry, "team"), environment)
    credential = _row(Credential, entry, "credential")
    if credential is not None:
        return Place(credential.team_id, environment)
    return Place(instance.system.team_id if instance else None, environment)


def _row(model: type[models.Model], entry: Mapping[str, Any], name: str, *related: str) -> Any:
    rows = model._default_manager.select_related(*related) if related else model._default_manager.all()
    return rows.filter(slug=_word(entry, name)).first()


def _key(model: type[models.Model], entry: Mapping[str, Any], name: str) -> int | None:
    row = _row(model, entry, name)
    return row.pk if row is not None else None


def _word(entry: Mapping[str, Any], name: str) -> str:
    """The slug that a field names; "" where it is none that the database could look for."""
    word = entry.get(name)
    return word if is_word(word) else ""


def _fields(sort: Sort) -> dict[str, Any]:
    return {name: one.left_out for name, one in FORMAT[sort.section].items()}


def _at_first(sort: Sort) -> Said:
    return {name: first for name, first in _AT_FIRST.items() if _fields(sort).get(name) is Left.AS_IT_IS}
