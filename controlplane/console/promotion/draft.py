"""The document of the other environment: what an integration does here, in the names of there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import slugify

from controlplane.console.estate.narrowing import Document
from controlplane.console.estate.written import as_written
from controlplane.console.promotion.elsewhere import Elsewhere, Open, elsewhere
from controlplane.console.promotion.part import part_of
from controlplane.foundation.errors import Conflict
from controlplane.inventory.models import Environment, Integration
from controlplane.transactions.models import Flow
from controlplane.transactions.models import Mapping as FieldMapping

#: What of the record is the same in every environment; the rest is each environment's own to say.
RECORD: Final = (
    "name",
    "purpose",
    "team",
    "company",
    "process",
    "criticality",
    "pattern",
    "layer",
    "sync_mode",
    "real_time_need",
    "classification",
    "residency",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be applied there, and what a person has to say before it can be."""

    document: Document
    open: list[Open]
    twin: Integration | None


def twin_of(integration: Integration, there: Environment) -> Integration | None:
    """The same integration in the other environment: the one of its family."""
    if not integration.family:
        return None
    return Integration.objects.filter(family=integration.family, environment=there).select_related("team").first()


def draft(integration: Integration, there: Environment, chosen: Mapping[str, str]) -> Draft:
    """What promoting it would apply. :class:`Conflict` where a new name is another integration's there already."""
    twin = twin_of(integration, there)
    part, twin_part = part_of(integration), part_of(twin) if twin is not None else {}
    names = elsewhere(part, twin_part, integration.environment, there, chosen)
    slug = twin.slug if twin is not None else _new_slug(integration, there)
    document: Document = {} if twin is not None else _record(integration, there, slug, names)
    document |= {
        "mappings": {
            names.of("mappings", one): entry | {"integration": slug} for one, entry in part["mappings"].items()
        },
        "normalisations": dict(_normalisation(entry, names) for entry in part["normalisations"].values()),
        "flows": {names.of("flows", one): _flow(entry, slug, names) for one, entry in part["flows"].items()},
    }
    _keep_names(document, twin_part)
    _refuse_foreign(document, twin)
    return Draft({section: found for section, found in document.items() if found}, names.open, twin)


def _new_slug(integration: Integration, there: Environment) -> str:
    here = integration.environment.slug
    return f"{integration.slug.removesuffix(f'-{here}').removeprefix(f'{here}-')}-{there.slug}"


def _record(integration: Integration, there: Environment, slug: str, names: Elsewhere) -> Document:
    """The integration itself, where the other environment has none yet; both are of one family from then on."""
    family = integration.family or integration.slug
    record = {name: as_written(name, getattr(integration, name)) for name in RECORD}
    entry = {name: value for name, value in record.items() if value not in (None, "")}
    entry |= {"environment": there.slug, "family": family}
    if integration.source is not None and integration.source.slug in names.names["interfaces"]:
        entry["source"] = names.of("interfaces", integration.source.slug)
    return {"integrations": {slug: entry}}


def _normalisation(entry: Mapping[str, Any], names: Elsewhere) -> tuple[str, dict[str, Any]]:
    door = names.of("interfaces", entry["interface"])
    moved = {**entry, "interface": door}
    if "mapping" in entry:
        moved["mapping"] = names.of("mappings", entry["mapping"])
    return f"{door}-{slugify(entry['event_type'].replace('.', '-'))}", moved


def _flow(entry: Mapping[str, Any], slug: str, names: Elsewhere) -> dict[str, Any]:
    routes = [
        route | {"interface": names.of("interfaces", route["interface"])} if "interface" in route else route
        for route in entry["routes"]
    ]
    return {**entry, "integration": slug, "steps": [_step(step, names) for step in entry["steps"]], "routes": routes}


def _step(step: Mapping[str, Any], names: Elsewhere) -> dict[str, Any]:
    moved = {**step, **_issuer(step, names)}
    if step.get("destination"):
        moved["destination"] = names.of("destinations", step["destination"])
    if step.get("links"):
        moved["links"] = [{**link, **_issuer(link, names)} for link in step["links"]]
    return moved


def _issuer(one: Mapping[str, Any], names: Elsewhere) -> dict[str, str]:
    return {"issuer": names.of("instances", one["issuer"])} if one.get("issuer") else {}


def _keep_names(document: Document, twin_part: Document) -> None:
    """What people call a thing there is not changed by what it is called here."""
    for section in ("mappings", "flows"):
        for slug, entry in document[section].items():
            if slug in twin_part.get(section, {}):
                entry["name"] = twin_part[section][slug]["name"]


def _refuse_foreign(document: Document, twin: Integration | None) -> None:
    """A new name that is another integration's would take its flow away from it."""
    for section, model in (("flows", Flow), ("mappings", FieldMapping)):
        rows = model._default_manager.filter(slug__in=document[section])
        taken = rows.exclude(integration=twin).values_list("slug", flat=True).first()
        if taken is not None:
            word = section.removesuffix("s")
            raise Conflict(
                f"The {word} {taken!r} would be made there, and another integration has one of that name. "
                "Rename one of them; nothing was changed."
            )
