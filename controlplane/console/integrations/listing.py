"""The list of integrations as a whole: what it counts and the order it has, before a page of it is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from controlplane.console.integrations import health
from controlplane.console.integrations.health import Known, Signs
from controlplane.governance.policies import scorecards
from controlplane.inventory.models import Integration
from controlplane.people.access import Access
from controlplane.sync.selectors.catalogue import JobRow
from controlplane.transactions.selectors.traffic import a_day
from controlplane.transactions.selectors.vitals import Vitals, vitals


@dataclass(frozen=True, slots=True)
class Listed:
    """An integration as the list counts and orders it; ``kind`` is its status shape, ``fails`` by a policy."""

    pk: int
    slug: str
    name: str
    team_id: int
    process: str
    kind: str
    fails: bool
    systems: Sequence[int]


@dataclass(frozen=True, slots=True)
class Listing:
    """All that the list is of, in no order, and what was read for it."""

    all: Sequence[Listed]
    known: Known


def of(found: QuerySet[Integration], access: Access, now: datetime) -> Listing:
    """These, each judged as its row is (``health``); a constant number of questions."""
    columns = ("pk", "slug", "name", "team_id", "process__name", "stage", "fails")
    rows = list(found.annotate(fails=scorecards.fails("slug")).values_list(*columns))
    seen = vitals([pk for pk, *_ in rows], since=a_day(now))
    jobs = health.jobs_of(found.values("pk"), access)
    listed = [
        Listed(pk, slug, name, team_id, process or "", _kind(stage, brief, jobs.get(pk, ())), fails, brief.systems)
        for pk, slug, name, team_id, process, stage, fails in rows
        for brief in (seen.get(pk, Vitals()),)
    ]
    return Listing(listed, Known({pk: brief.dead for pk, brief in seen.items()}, jobs))


def by_process(listed: Iterable[Listed]) -> list[Listed]:
    """In the order of the alphabet; what belongs to no process comes last."""
    return sorted(listed, key=lambda one: (not one.process, one.process, one.name, one.slug))


def _kind(stage: str, brief: Vitals, jobs: Sequence[JobRow]) -> str:
    unwell = health.unwell(jobs)
    signs = Signs(stage, brief.share, brief.held, brief.dead, unwell.shown.kind if unwell else "")
    return signs.verdict[1]
