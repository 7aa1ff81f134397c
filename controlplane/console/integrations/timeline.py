"""What changed about an integration, newest first: versions of its flows, and what people did to what it touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from controlplane.audit.models import AuditRecord
from controlplane.console.integrations.health import Health
from controlplane.contracts.models import VersionState
from controlplane.transactions.models import FlowVersion

MOST = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a feed: ``kind`` is a status shape."""

    at: datetime
    kind: str
    what: str
    detail: str


def of(shown: Health, *, may_see: bool) -> list[Change]:
    """The newest of everything; what people did, and why, is for those who may see what went through (invariant 10)."""
    changes = [*_versions(shown), *(_acts(shown) if may_see else ())]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:MOST]


def _versions(shown: Health) -> Iterator[Change]:
    versions = FlowVersion.objects.filter(flow__integration=shown.integration).exclude(state=VersionState.DRAFT)
    for version in versions.select_related("flow", "author").order_by("-created_at")[:MOST]:
        by = f"by {version.author.name}" if version.author else ""
        yield Change(
            version.created_at, "ok", f"{version.flow.name}, version {version.number}", f"published {by}".strip()
        )


def _acts(shown: Health) -> Iterator[Change]:
    names = {("destination", str(one.destination.pk)): one.destination.name for one in shown.standings}
    names |= {("sync_job", str(row.job.pk)): row.job.name for row in shown.jobs}
    places = _subjects("destination", (standing.destination.pk for standing in shown.standings))
    jobs = _subjects("sync_job", (row.job.pk for row in shown.jobs))
    for record in AuditRecord.objects.filter(places | jobs).order_by("-id")[:MOST]:
        verb = record.action.partition(".")[2].replace("_", " ")
        what = names[record.subject_kind, record.subject_id]
        yield Change(record.at, "run", f"{what}: {verb}", " ".join(filter(None, [record.actor_label, record.reason])))


def _subjects(kind: str, ids: Iterable[int]) -> Q:
    return Q(subject_kind=kind, subject_id__in=[str(one) for one in ids])
