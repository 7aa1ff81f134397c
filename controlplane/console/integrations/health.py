"""How integrations are: a sentence for each and the figures behind it; never well without evidence (invariant 11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from django.db.models import Count, Q, QuerySet

from controlplane.inventory.models import Integration, InterfaceKind, Stage, System, SystemStage
from controlplane.people.access import Access
from controlplane.sync.models import SyncJob
from controlplane.sync.selectors.catalogue import JobRow, job_rows
from controlplane.transactions.models import DeadLetter, Destination, Endpoint, FlowVersion, Route
from controlplane.transactions.selectors import destinations, reach, traffic
from controlplane.transactions.selectors.destinations import Standing
from controlplane.transactions.selectors.traffic import Traffic

#: Fewer arrivals than this, in per cent, is a failing integration.
FAILING = 95.0
UNWELL = {"bad", "warn"}
#: In these stages nothing is expected of it.
AT_REST = {Stage.PROPOSED, Stage.APPROVED, Stage.RETIRED}


class Sign(Enum):
    """What an integration is judged by."""

    AT_REST = "its stage"
    FAILING = "too little arrives"
    HELD = "a destination"
    LETTERS = "dead letters"
    JOB = "a sync job"
    QUIET = "no traffic"
    ARRIVING = "traffic"


@dataclass(frozen=True, slots=True)
class Signs:
    """All that an integration is judged by. ``held`` and ``job`` are shapes of a destination and a job, or empty."""

    stage: str
    share: float | None
    held: str
    dead: int
    job: str

    @property
    def is_failing(self) -> bool:
        """Whether too few arrived."""
        return self.share is not None and self.share < FAILING

    @property
    def verdict(self) -> tuple[Sign, str]:
        """The first that can be said of it, the worst first, with its status shape."""
        if self.stage in AT_REST:
            return Sign.AT_REST, "off"
        if self.is_failing:
            return Sign.FAILING, "bad"
        if self.held:
            return Sign.HELD, self.held
        if self.dead:
            return Sign.LETTERS, "warn"
        if self.job:
            return Sign.JOB, self.job
        return (Sign.QUIET, "off") if self.share is None else (Sign.ARRIVING, "ok")


@dataclass(frozen=True, slots=True)
class Health:
    """An integration with how it is. ``kind`` is a status shape, ``words`` why; ``dead`` is what waits for a person."""

    integration: Integration
    traffic: Traffic
    dead: int
    flows: Sequence[FlowVersion]
    standings: Sequence[Standing]
    jobs: Sequence[JobRow]
    takes: bool
    kind: str = ""
    words: str = ""
    systems: Sequence[System] = field(default_factory=list)

    @property
    def mode(self) -> str:
        """How it runs, in words."""
        if self.takes:
            return "real time"
        return self.jobs[0].schedule if self.jobs else "not connected"

    @property
    def leaving(self) -> list[System]:
        """Systems that it stands on and that are being retired, or are."""
        return [system for system in self.systems if system.stage in {SystemStage.RETIRING, SystemStage.RETIRED}]

    @property
    def is_failing(self) -> bool:
        """Whether too few arrived."""
        return self.signs.is_failing

    @property
    def held(self) -> Standing | None:
        """The first of its destinations that rests, is paused or is retired."""
        return next((one for one in self.standings if one.held_by), None)

    @property
    def signs(self) -> Signs:
        """What it is judged by."""
        held, job = self.held, unwell(self.jobs)
        return Signs(
            self.integration.stage,
            self.traffic.share,
            held.held_by if held else "",
            self.dead,
            job.shown.kind if job else "",
        )


@dataclass(frozen=True, slots=True)
class Known:
    """Of some integrations: how many dead letters wait for a person, and their sync jobs; none where there are none."""

    dead: Mapping[int, int]
    jobs: Mapping[int, Sequence[JobRow]]


def of(
    integrations: Sequence[Integration],
    access: Access,
    now: datetime,
    *,
    known: Known | None = None,
) -> list[Health]:
    """How these were in the last 24 hours and are now, in their order; a constant number of questions.

    ``known`` is what has been read of them already.
    """
    ids = [one.pk for one in integrations]
    figures = traffic.by_integration(ids, since=traffic.a_day(now))
    known = known or Known(_dead(ids), jobs_of(ids, access))
    flows = reach.flows(ids)
    targets = reach.destinations(flows)
    standing = _standings(targets.values())
    reported_to = _reported_to(ids)
    return [
        _judged(
            Health(
                integration=one,
                traffic=figures.get(one.pk, Traffic()),
                dead=known.dead.get(one.pk, 0),
                flows=flows.get(one.pk, []),
                standings=[standing[target.pk] for target in targets.get(one.pk, []) if target.pk in standing],
                jobs=known.jobs.get(one.pk, ()),
                takes=one.pk in reported_to,
            )
        )
        for one in integrations
    ]


def jobs_of(integrations: Sequence[int] | QuerySet[Integration, Any], access: Access) -> Mapping[int, list[JobRow]]:
    """The sync jobs of these, by name."""
    found: dict[int, list[JobRow]] = {}
    jobs = SyncJob.objects.catalogue().filter(integration__in=integrations).order_by("name", "pk")
    for row in job_rows(list(jobs), access):
        found.setdefault(row.job.integration_id, []).append(row)
    return found


def unwell(jobs: Iterable[JobRow]) -> JobRow | None:
    """The first of these that needs a look."""
    return next((row for row in jobs if row.shown.kind in UNWELL), None)


def _dead(ids: Iterable[int]) -> Mapping[int, int]:
    waiting = DeadLetter.objects.filter(integration_id__in=list(ids), resolved_at=None)
    return dict(waiting.values_list("integration_id").annotate(Count("pk")))


def _standings(targets: Iterable[Sequence[Destination]]) -> Mapping[int, Standing]:
    each = {one.pk: one for some in targets for one in some}
    return {one.destination.pk: one for one in destinations.standings(list(each.values()))}


def _reported_to(ids: Sequence[int]) -> set[int]:
    """Those that hear of things as they happen: by an endpoint of their own, or by a route from somebody else's."""
    endpoints = Endpoint.objects.filter(integration__in=ids, active=True)
    pushed = Q(interface=None) | Q(interface__kind__in=[InterfaceKind.WEBHOOK, InterfaceKind.TOPIC])
    routes = Route.objects.filter(pushed, flow__integration__in=ids, active=True)
    both = endpoints.values_list("integration_id", flat=True).union(
        routes.values_list("flow__integration_id", flat=True)
    )
    return set(both)


def _judged(health: Health) -> Health:
    sign, kind = health.signs.verdict
    source = health.integration.source
    systems = [source.instance.system] if source else []
    systems += [standing.system for standing in health.standings]
    each = list({system.pk: system for system in systems}.values())
    return replace(health, kind=kind, words=_words(health, sign), systems=each)


def _words(health: Health, sign: Sign) -> str:
    """Why it is judged so; empty where all is well."""
    held, row = health.held, unwell(health.jobs)
    if sign is Sign.HELD and held:
        return f"{held.destination.name}: {held.words.lower()}"
    if sign is Sign.JOB and row:
        return f"{row.job.name}: {row.shown.words}"
    if sign is Sign.LETTERS or (sign is Sign.FAILING and health.dead):
        return f"{health.dead:,} dead {'letter' if health.dead == 1 else 'letters'}"
    words = {
        Sign.AT_REST: health.integration.get_stage_display(),
        Sign.FAILING: f"{health.traffic.failed:,} failed in 24 h",
        Sign.QUIET: "no traffic in 24 h",
    }
    return words.get(sign, "")
