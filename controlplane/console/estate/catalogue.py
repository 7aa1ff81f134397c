"""What there is: environments, companies, teams, systems, instances, interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.interface import kinds as connector_kinds
from controlplane.console.estate.document import Entry
from controlplane.console.estate.rows import Rows
from controlplane.inventory.environments import EVERYWHERE, PRODUCTION
from controlplane.inventory.models import (
    Company,
    Environment,
    Instance,
    Interface,
    InterfaceKind,
    System,
    SystemStage,
)
from controlplane.people.models import Person, Team

#: Settings are shown to everybody; what is named like this does not belong among them (invariant 8).
_SECRET = re.compile(
    r"passw|secret|token|credential|authorization|cookie|(api|access|private|signing).?key", re.IGNORECASE
)


def environment(entry: Entry, rows: Rows) -> None:
    """Production, staging, sandbox."""
    if entry.slug == EVERYWHERE:
        entry.wrong(f"{EVERYWHERE!r} means all environments; give this one another name.")
    rows.put(entry, Environment, name=entry.name())


def company(entry: Entry, rows: Rows) -> None:
    """A legal entity."""
    rows.put(entry, Company, name=entry.name())


def team(entry: Entry, rows: Rows) -> None:
    """Those who own integrations."""
    rows.put(entry, Team, name=entry.name())


def system(entry: Entry, rows: Rows) -> None:
    """A product, and the connector that speaks it."""
    name = entry.name()
    rows.put(
        entry,
        System,
        name=name,
        connector=entry.choice("connector", connector_kinds()),
        monogram=entry.take("monogram", name[:2].title()),
        hue=entry.take("hue", 262),
        purpose=entry.take("purpose", ""),
        vendor=entry.take("vendor", ""),
        domain=entry.take("domain", ""),
        team=entry.refer_maybe("team", rows.of(Team)),
        owner=person(entry, "owner", rows),
        stage=entry.choice("stage", SystemStage.values, SystemStage.LIVE),
    )


def person(entry: Entry, name: str, rows: Rows) -> Person | None:
    """Accounts are asked for where somebody is named."""
    return entry.person(name, rows.people if entry.take(name, "") else {})


def instance(entry: Entry, rows: Rows) -> None:
    """A system in one environment and region."""
    rows.put(
        entry,
        Instance,
        system=entry.refer("system", rows.of(System)),
        environment=entry.refer("environment", rows.of(Environment), PRODUCTION),
        region=entry.take("region", ""),
        name=entry.name(),
        base_url=_address(entry),
        settings=_settings(entry),
    )


def _address(entry: Entry) -> str:
    """Where it answers. Who may come in there is a credential's to say (invariant 8)."""
    address = entry.take("base_url", "")
    try:
        parts = urlsplit(address)
    except ValueError:
        entry.amiss("base_url", "this is not an address such as https://erp.example.")
        return ""
    if "@" in parts.netloc:
        entry.amiss("base_url", "a user and a password do not belong here; give references under credentials.")
    return address


def _settings(entry: Entry) -> dict[str, Any]:
    settings = entry.fields("settings")
    for name in _names_in(settings):
        if _SECRET.search(name) and not name.endswith("_url"):
            entry.amiss("settings", f"{name!r} looks like a secret; give a reference to it under credentials.")
    return settings


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names_in(inner)


def interface(entry: Entry, rows: Rows) -> None:
    """A door of an instance."""
    rows.put(
        entry,
        Interface,
        instance=entry.refer("instance", rows.of(Instance)),
        kind=entry.choice("kind", InterfaceKind.values, InterfaceKind.REST),
        name=entry.name(),
        purpose=entry.take("purpose", ""),
        version=entry.take("version", ""),
        documentation=entry.take("documentation", ""),
    )
