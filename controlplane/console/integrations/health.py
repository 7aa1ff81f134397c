"""How integrations are: a sentence for each and the figures behind it; never well without evidence (invariant 11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count, Q

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
        return self.traffic.share is not None and self.traffic.share < FAILING


def of(integrations: Sequence[Integration], access: Access, now: datetime) -> list[Health]:
    """How these were in the last 24 hours and are now, in their order; a constant number of questions."""
    ids = [one.pk for one in integrations]
    figures = traffic.by_integration(ids, since=traffic.a_day(now))
    dead = _dead(ids)
    flows = reach.flows(ids)
    targets = reach.destinations(flows)
    standing = _standings(targets.values())
    jobs = job_rows(list(SyncJob.objects.catalogue().filter(integration__in=ids).order_by("name", "pk")), access)
    reported_to = _reported_to(ids)
    return [
        _judged(
            Health(
                integration=one,
                traffic=figures.get(one.pk, Traffic()),
                dead=dead.get(one.pk, 0),
                flows=flows.get(one.pk, []),
                standings=[standing[target.pk] for target in targets.get(one.pk, []) if target.pk in standing],
                jobs=[row for row in jobs if row.job.integration_id == one.pk],
                takes=one.pk in reported_to,
            )
        )
        for one in integrations
    ]


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
    return {*endpoints.values_list("integration_id", flat=True), *routes.values_list("flow__integration_id", flat=True)}


def _judged(health: Health) -> Health:
    kind, words = _verdict(health)
    source = health.integration.source
    systems = [source.instance.system] if source else []
    systems += [standing.system for standing in health.standings]
    return replace(health, kind=kind, words=words, systems=list({system.pk: system for system in systems}.values()))


def _verdict(health: Health) -> tuple[str, str]:
    """The first that can be said of it, the worst first."""
    share = health.traffic.share
    verdicts = (_stage(health), _failing(health), _held(health), _letters(health), _jobs(health))
    evidence = ("off", "no traffic in 24 h") if share is None else ("ok", "")
    return next((verdict for verdict in verdicts if verdict is not None), evidence)


def _stage(health: Health) -> tuple[str, str] | None:
    at_rest = health.integration.stage in {Stage.PROPOSED, Stage.APPROVED, Stage.RETIRED}
    return ("off", health.integration.get_stage_display()) if at_rest else None


def _failing(health: Health) -> tuple[str, str] | None:
    if not health.is_failing:
        return None
    letters = _letters(health)
    return "bad", letters[1] if letters else f"{health.traffic.failed:,} failed in 24 h"


def _held(health: Health) -> tuple[str, str] | None:
    held = next((one for one in health.standings if one.kind in {"bad", "pause"}), None)
    return None if held is None else (held.kind, f"{held.destination.name}: {held.words.lower()}")


def _letters(health: Health) -> tuple[str, str] | None:
    if not health.dead:
        return None
    return "warn", f"{health.dead:,} dead {'letter' if health.dead == 1 else 'letters'}"


def _jobs(health: Health) -> tuple[str, str] | None:
    row = next((row for row in health.jobs if row.shown.kind in UNWELL), None)
    return None if row is None else (row.shown.kind, f"{row.job.name}: {row.shown.words}")
