"""The record of an integration as people read it: groups of facts, with what nobody has said yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet

from controlplane.inventory.models import Integration, Interface
from controlplane.inventory.wording import with_record, words_of
from controlplane.people.models import Person

NOT_SAID: Final = "not said yet"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known, or not: ``value`` is empty where nobody has said it. ``url`` leads to more."""

    term: str
    value: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together."""

    title: str
    facts: Sequence[Fact]

    @property
    def unsaid(self) -> int:
        """How many nobody has said."""
        return sum(not fact.value for fact in self.facts)


@dataclass(frozen=True, slots=True)
class Failure:
    """How it is known to fail."""

    name: str
    sign: str = ""
    workaround: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """All of it."""

    groups: Sequence[Group]
    failures: Sequence[Failure]
    targets: Sequence[Interface] = field(default_factory=list)

    @property
    def unsaid(self) -> int:
        """How much nobody has said."""
        return sum(group.unsaid for group in self.groups)


def in_full(found: QuerySet[Integration]) -> QuerySet[Integration]:
    """Integrations with all that :func:`record_of` reads of them, in one question."""
    return with_record(
        found.select_related("team", "process", "environment", "company", "owner", "deputy", "source__instance__system")
    )


def record_of(one: Integration) -> Record:
    """The record of an integration that came :func:`in_full`; asks for the doors it writes to."""
    targets = list(one.targets.select_related("instance__system").order_by("name", "pk"))
    groups = [_people(one), _design(one, targets), _objectives(one), _keeping(one)]
    modes = words_of(one, "failure_modes")
    return Record(groups, [Failure(**{"name": slug} | mode) for slug, mode in modes.items()], targets)


def _people(one: Integration) -> Group:
    return Group(
        "Who stands for it",
        [
            Fact("Team", one.team.name),
            Fact("Owner", _person(one.owner)),
            Fact("Deputy", _person(one.deputy)),
            Fact("Company", one.company.name if one.company else ""),
            Fact("Criticality", one.get_criticality_display()),
            Fact("Stage", one.get_stage_display()),
        ],
    )


def _person(person: Person | None) -> str:
    return person.name if person else ""


def _design(one: Integration, targets: Sequence[Interface]) -> Group:
    return Group(
        "How it is joined",
        [
            Fact("Source", one.source.name if one.source else ""),
            Fact("Writes to", ", ".join(door.name for door in targets)),
            Fact("Process", one.process.name if one.process else ""),
            Fact("Steps of it", ", ".join(slug.replace("-", " ") for slug in words_of(one, "steps"))),
            Fact("Pattern", one.get_pattern_display()),
            Fact("Layer", one.get_layer_display()),
            Fact("Sync mode", one.get_sync_mode_display()),
            Fact("Why real time", one.real_time_need),
            Fact("Family", one.family),
        ],
    )


def _objectives(one: Integration) -> Group:
    return Group(
        "What it must keep",
        [
            Fact("Latency, 95 of 100", _amount(one.latency_seconds, "s")),
            Fact("At most lost", _amount(one.recovery_point_minutes, "min")),
            Fact("Stands at most", _amount(one.recovery_time_minutes, "min")),
            Fact("Expected a day", _amount(one.daily_volume, "")),
            Fact("Runbook", one.runbook, one.runbook),
        ],
    )


def _keeping(one: Integration) -> Group:
    return Group(
        "What it carries",
        [
            Fact("Classification", one.get_classification_display()),
            Fact("Stays in", one.residency),
            Fact("Kept for", _amount(one.retention_days, "days")),
        ],
    )


def _amount(value: Any, unit: str) -> str:
    return "" if value is None else f"{value:,g} {unit}".strip()
