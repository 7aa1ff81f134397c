"""The estate as a document: everything there is, in the same words that are applied, the same each time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import yaml
from django.db import models, transaction
from django.utils.text import slugify

from controlplane.console.estate import owned, policies
from controlplane.console.estate.apply import MODELS, one_at_a_time
from controlplane.console.estate.format import FORMAT, Field, Left
from controlplane.console.estate.many import is_many
from controlplane.console.estate.narrowing import Document
from controlplane.console.estate.rows import IN_FULL
from controlplane.console.estate.written import FIRST_IN_STEPS, NO_REFERENCE, as_written
from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.governance.models import Policy
from controlplane.inventory.models import Integration, Process
from controlplane.inventory.wording import in_words, with_record, words_of
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import (
    DestinationState,
    FlowVersion,
    MappingVersion,
    Normalisation,
    Route,
)

#: What no row has by that name: it is written from something else.
_APART: Final[Mapping[str, Collection[str]]] = {
    "normalisations": {"canonical_type", "contract", "mapping"},
    "flows": {"routes"},
}
#: Of the newest version of a contract, of a mapping, of a flow; and of a destination's limits.
CONTENT: Final[Mapping[str, Collection[str]]] = {
    "contracts": ("schema", "keys", "links", "personal", "secret", "examples", "downgrade", "enforcement"),
    "mappings": ("lines",),
    "flows": ("ordering", "steps"),
    "destinations": ("max_in_flight", "rate_per_second"),
}
#: What fields are that stay as they are when left out, in an installation that begins with the document.
_AT_FIRST: Final[Mapping[str, Any]] = {"active": True, "expires_at": None, "max_in_flight": 64, "rate_per_second": None}


def _fields(section: str) -> dict[str, Any]:
    """The fields of a section that its rows have, with what they are when left out; a needed one is always written."""
    apart = {"name", *CONTENT.get(section, ()), *_APART.get(section, ())}
    return {name: _left_out(name, one) for name, one in FORMAT[section].items() if name not in apart}


def _content_of(section: str) -> dict[str, Any]:
    return {name: _left_out(name, FORMAT[section][name]) for name in CONTENT[section]}


def _left_out(name: str, one: Field) -> Any:
    return _AT_FIRST[name] if one.left_out is Left.AS_IT_IS else one.left_out


@dataclass(slots=True)
class Exported:
    """A document, and what it does not say of what there is: of which entry, "" for none, and in which words."""

    document: Document = field(default_factory=dict)
    unsaid: list[tuple[str, str]] = field(default_factory=list)


def export() -> Exported:
    """Everything there is, while nobody applies a document."""
    with transaction.atomic():
        one_at_a_time()
        exported = Exported()
        for section, model in MODELS.items():
            if section in {"entities", "ownership"}:
                exported.document[section] = owned.entities() if section == "entities" else owned.ownership()
                continue
            if model is Policy:
                exported.document[section] = policies.exported()
                continue
            rows = _rows(model)
            if model is Normalisation:
                exported.document[section] = _normalisations(cast("list[Normalisation]", rows))
                continue
            content = _CONTENT_OF[section](None) if section in _CONTENT_OF else None
            exported.document[section] = dict(_entries(section, rows, content, exported))
    exported.document = {section: found for section, found in exported.document.items() if found}
    return exported


def exported_entry(section: str, slug: str) -> dict[str, Any] | None:
    """One entry as the whole document would hold it; None where there is none, or no version of it."""
    model = MODELS[section]
    if model is Normalisation:
        return _normalisations(cast("list[Normalisation]", _rows(model))).get(slug)
    rows = _rows(model, slug=slug)
    content = _CONTENT_OF[section](rows[0]) if rows and section in _CONTENT_OF else None
    return dict(_entries(section, rows, content, Exported())).get(slug)


def event_slug(interface: str, event_type: str) -> str:
    """What a document calls what an event becomes, where no other is called so."""
    return f"{interface}-{slugify(event_type.replace('.', '-'))}"


def as_yaml(document: Document) -> str:
    """As people would write it."""
    return f"# The estate, as `manage.py estate export` wrote it. Secrets are references.\n{yaml_of(document)}"


def yaml_of(value: Any) -> str:
    """A document, or a part of one."""
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Everything where it belongs, also what stands in two places."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _rows(model: type[models.Model], **among: Any) -> list[Any]:
    references = [one.name for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)]
    rows = model._default_manager.filter(**among)
    rows = rows.select_related(*references) if references else rows
    return list(with_record(rows) if model in IN_FULL else rows)


def _entries(
    section: str, rows: Iterable[Any], content: Mapping[int, Any] | None, exported: Exported
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row as an entry, by its slug."""
    rows = list(rows)
    routes = _routes(rows) if section == "flows" else {}
    fields = _fields(section)
    for row in sorted(rows, key=lambda row: row.slug):
        where = f"{section}.{row.slug}"
        if content is not None and row.pk not in content:
            exported.unsaid.append(("", f"{where} has no version that a document could hold; it is left out."))
            continue
        entry = {} if row.name == in_words(row.slug) else {"name": row.name}
        entry |= _written(row, fields)
        if content is not None:
            entry |= _written(
                content[row.pk], {name: _left_out(name, FORMAT[section][name]) for name in CONTENT[section]}
            )
        if section == "systems" and entry.get("monogram") == row.name[:2].title():
            del entry["monogram"]
        if row.pk in routes:
            entry["routes"] = routes[row.pk]
        unsaid = _unsaid(row, content[row.pk] if content else None, entry)
        exported.unsaid += [(where, f"{where}: {words}") for words in unsaid]
        yield row.slug, entry


def _written(row: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those fields of a row that are not what they are when left out."""
    values = {name: as_written(name, _value(row, name)) for name in fields}
    return {
        name: _IN_ORDER[type(row), name](value) if (type(row), name) in _IN_ORDER else value
        for name, value in values.items()
        if value is not None and value != fields[name]
    }


def _value(row: Any, name: str) -> Any:
    """What belongs to others comes with the row in words."""
    return words_of(row, name) if isinstance(row, IN_FULL) and not _is_plain(row, name) else getattr(row, name)


def _is_plain(row: models.Model, name: str) -> bool:
    return not is_many(type(row), name) and name not in {"owner", "deputy"}


def _named_steps(steps: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Names that are the slug in words are left out."""
    return [step if step["name"] != in_words(step["slug"]) else {"slug": step["slug"]} for step in steps]


def _named_failures(modes: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {
        slug: {field: words for field, words in mode.items() if field != "name" or words != in_words(slug)}
        for slug, mode in modes.items()
    }


def _in_order(steps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps as people write them: first what a step is, then what it does."""
    found = []
    for step in steps:
        given = {name: value for name, value in step.items() if value or name not in {"mapping", "keys"}}
        first = {name: given[name] for name in FIRST_IN_STEPS if name in given}
        found.append(first | dict(sorted(given.items())))
    return found


def _normalisations(rows: list[Normalisation]) -> dict[str, dict[str, Any]]:
    """They have no slugs: each is called by its interface and type."""
    contracts = dict(ContractVersion.objects.values_list("pk", "contract__slug"))
    mappings = dict(MappingVersion.objects.values_list("pk", "mapping__slug"))
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row.interface.slug, row.event_type)):
        name = slug = event_slug(row.interface.slug, row.event_type)
        number = 1
        while name in found:
            number += 1
            name = f"{slug}-{number}"
        entry = _written(row, _fields("normalisations"))
        if row.canonical_type != row.event_type:
            entry["canonical_type"] = row.canonical_type
        if row.contract_version_id is not None:
            entry["contract"] = contracts[row.contract_version_id]
        if row.mapping_version_id is not None:
            entry["mapping"] = mappings[row.mapping_version_id]
        found[name] = entry
    return dict(sorted(found.items()))


def _routes(flows: Sequence[models.Model]) -> dict[int, list[dict[str, Any]]]:
    """The routes that start each of these flows."""
    found: dict[int, list[dict[str, Any]]] = {}
    routes = Route.objects.filter(active=True, flow__in=[one.pk for one in flows]).select_related("interface")
    for route in sorted(routes, key=lambda one: (one.event_type, one.interface.slug if one.interface else "", one.pk)):
        entry = {"event_type": route.event_type}
        entry |= {"interface": route.interface.slug} if route.interface else {}
        entry |= {"condition": route.condition} if route.condition else {}
        found.setdefault(route.flow_id, []).append(entry)
    return found


def _unsaid(row: models.Model, content: Any, entry: dict[str, Any]) -> Iterator[str]:
    """What there is of a row that its entry does not hold."""
    if isinstance(row, SyncJob) and row.deleted_share is None:
        yield "it has no deleted_share; a document cannot say so."
    if isinstance(content, ContractVersion) and content.state != VersionState.PUBLISHED:
        yield "its newest version is not published; applying the document publishes it."
    for name in ("references", "secrets"):
        values = entry.get(name, ())
        if NO_REFERENCE in (values.values() if isinstance(values, dict) else values):
            del entry[name]
            yield f"{name} holds what is no reference; it is left out."


def _newest(model: type[models.Model], of: str, row: models.Model | None, **among: Any) -> dict[int, Any]:
    only = {of: row} if row is not None else {}
    versions = model._default_manager.filter(**only, **among).order_by(f"{of}_id", "-number").distinct(f"{of}_id")
    return {getattr(version, f"{of}_id"): version for version in versions}


_IN_ORDER: Final[Mapping[tuple[type[Any], str], Callable[[Any], Any]]] = {
    (FlowVersion, "steps"): _in_order,
    (Process, "steps"): _named_steps,
    (Integration, "failure_modes"): _named_failures,
}


def _limits(row: models.Model | None) -> dict[int, Any]:
    states = DestinationState.objects.filter(**({"destination": row} if row is not None else {}))
    return {state.destination_id: state for state in states}


#: The newest content of each row, or of one, by the row's key.
_CONTENT_OF: Final[Mapping[str, Callable[[models.Model | None], dict[int, Any]]]] = {
    "contracts": lambda row: (
        _newest(ContractVersion, "contract", row, state=VersionState.DRAFT)
        | _newest(ContractVersion, "contract", row, state=VersionState.PUBLISHED)
    ),
    "mappings": lambda row: _newest(MappingVersion, "mapping", row),
    "flows": lambda row: _newest(FlowVersion, "flow", row, state=VersionState.PUBLISHED),
    "destinations": _limits,
}
