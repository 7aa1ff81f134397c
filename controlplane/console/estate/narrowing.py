"""The part of an estate document that one environment is: what is in it, and what that stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from controlplane.inventory.environments import PRODUCTION

Document = dict[str, dict[str, dict[str, Any]]]
Place = tuple[str, str]

#: The section that a field of an entry, of a step or of a route refers to.
REFERENCES: Final[Mapping[str, str]] = {
    "system": "systems",
    "environment": "environments",
    "instance": "instances",
    "team": "teams",
    "company": "companies",
    "process": "processes",
    "source": "interfaces",
    "interface": "interfaces",
    "integration": "integrations",
    "credential": "credentials",
    "contract": "contracts",
    "destination": "destinations",
    "issuer": "instances",
}
#: Entries that belong to another one, and so to its environment.
OWNERS: Final[Mapping[str, str]] = {
    "interfaces": "instance",
    "credentials": "instance",
    "destinations": "instance",
    "mappings": "integration",
    "endpoints": "integration",
    "flows": "integration",
    "jobs": "integration",
    "normalisations": "interface",
}
#: What the whole company has, whatever the environment.
OF_ALL: Final = frozenset({"entities"})


def narrowed(document: Document, environment: str) -> tuple[Document, list[str]]:
    """The entries of an environment with all that they refer to; and which of those are of another environment.

    Who owns which data is decided for the company: of it, what speaks of systems that are in it.
    """
    wanted: dict[Place, str] = {("environments", environment): ""}
    for section, entries in document.items():
        if section in OF_ALL:
            wanted |= {(section, slug): "" for slug in entries}
        for slug in entries:
            if _environment_of(document, section, slug) == environment:
                wanted[section, slug] = ""
    waiting = list(wanted)
    while waiting:
        section, slug = waiting.pop()
        for place in _referred(section, document.get(section, {}).get(slug, {})):
            if place not in wanted:
                wanted[place] = f"{section}.{slug}"
                waiting.append(place)
    for slug, entry in document.get("ownership", {}).items():
        if all(one in wanted for one in _referred("ownership", entry)):
            wanted["ownership", slug] = ""
    kept = {
        section: {slug: entry for slug, entry in entries.items() if (section, slug) in wanted}
        for section, entries in document.items()
    }
    said = sorted(
        f"{section}.{slug} is not of {environment}; {by} refers to it."
        for (section, slug), by in wanted.items()
        if by and _environment_of(document, section, slug) not in {environment, ""}
    )
    return {section: entries for section, entries in kept.items() if entries}, said


def _environment_of(document: Document, section: str, slug: str) -> str:
    """Which environment an entry is of; "" for what is of all of them."""
    entry = document.get(section, {}).get(slug, {})
    if section in {"instances", "integrations"}:
        return str(entry.get("environment", PRODUCTION))
    if section in OWNERS:
        owner = OWNERS[section]
        return _environment_of(document, REFERENCES[owner], entry[owner])
    return ""


def _referred(section: str, entry: Mapping[str, Any]) -> Iterator[Place]:
    """What an entry refers to."""
    if section in {"instances", "integrations"}:
        yield "environments", entry.get("environment", PRODUCTION)
    if section == "normalisations" and "mapping" in entry:
        yield "mappings", entry["mapping"]
    if section == "ownership":
        named = (entry.get("record"), *entry.get("writers", ()), *entry.get("readers", ()), *entry.get("trusted", ()))
        yield from (("systems", slug) for slug in named if slug)
        return
    yield from (("interfaces", target) for target in entry.get("targets", ()))
    for part in (entry, *_inside(section, entry)):
        yield from ((REFERENCES[name], part[name]) for name in REFERENCES if part.get(name))


def _inside(section: str, entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for step in entry.get("steps", ()) if section == "flows" else ():
        yield step
        yield from step.get("links", ())
    yield from entry.get("routes", ())
