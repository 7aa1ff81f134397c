"""The catalogue of approved patterns, read from the documents beside this file, and which integrations are built so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from controlplane.inventory.environments import integrations_of
from controlplane.inventory.models import Integration, Pattern, Stage, SyncMode
from controlplane.people.access import Access

NAMES: Final = ("event-to-record", "one-event-many-targets", "nightly-records", "events-to-topic")
#: So many of those that use a pattern are named; the rest is counted.
SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Approved:
    """A pattern: when it fits, what it costs, and an estate document to begin with.

    An integration is built so when its ``pattern`` and one of the ``modes`` are what it says of itself.
    """

    name: str
    title: str
    fits: Sequence[str]
    costs: Sequence[str]
    pattern: Pattern
    modes: Sequence[SyncMode]
    template: str

    @property
    def says(self) -> str:
        """How its integrations are joined and how soon, in words."""
        return f"{self.pattern.label}; {', '.join(mode.label for mode in self.modes).lower()}"


@dataclass(frozen=True, slots=True)
class Used:
    """A pattern with the integrations that are built so, by name; ``more`` are not listed."""

    approved: Approved
    integrations: Sequence[Integration]
    more: int


def approved() -> list[Approved]:
    """All of them."""
    return [_read(name) for name in NAMES]


def used(access: Access) -> list[Used]:
    """All of them, each with what is built so where this person looks; one question."""
    rows = integrations_of(access).exclude(pattern="").exclude(sync_mode="").exclude(stage=Stage.RETIRED)
    built: dict[tuple[str, str], list[Integration]] = {}
    for one in rows.only("slug", "name", "pattern", "sync_mode").order_by("name", "pk"):
        built.setdefault((one.pattern, one.sync_mode), []).append(one)
    return [_used(one, [row for mode in one.modes for row in built.get((one.pattern, mode), ())]) for one in approved()]


def _used(one: Approved, found: Sequence[Integration]) -> Used:
    return Used(one, found[:SHOWN], max(0, len(found) - SHOWN))


@cache
def _read(name: str) -> Approved:
    folder = resources.files(__package__).joinpath("patterns")
    content: dict[str, Any] = yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text())
    return Approved(
        name=name,
        title=content["title"],
        fits=content["fits"],
        costs=content["costs"],
        pattern=Pattern(content["pattern"]),
        modes=[SyncMode(mode) for mode in content["modes"]],
        template=folder.joinpath(f"{name}.estate.yaml").read_text(),
    )
