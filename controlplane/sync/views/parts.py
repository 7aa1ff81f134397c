"""What the pages of jobs and runs share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from controlplane.foundation.errors import BadInput
from controlplane.people.access import Access, Action, who_may
from controlplane.sync.models import SyncJob, SyncRun

TABS = (
    ("integrations", "Inventory", "console:integrations"),
    ("map", "Map", "console:map"),
    ("systems", "Systems", "console:systems"),
    ("processes", "Processes", "console:processes"),
    ("apis", "Interfaces", "console:interfaces"),
    ("schedules", "Schedules", "sync:schedules"),
    ("patterns", "Patterns", "console:patterns"),
    ("discovered", "Discovered", "console:discovered"),
)


def tabs(current: str) -> list[dict[str, Any]]:
    """The views of the area."""
    return [{"label": label, "url": reverse(url), "current": name == current} for name, label, url in TABS]


def job_called(access: Access, integration: str, job: str) -> SyncJob:
    """The job of an address; one out of reach is a 404 like one that does not exist."""
    jobs = SyncJob.objects.select_related("integration__team", "interface__instance__system", "credential")
    return jobs.get_visible_or_404(access, slug=job, integration__slug=integration)


def run_called(access: Access, integration: str, job: str, run: int) -> SyncRun:
    """The run of an address."""
    runs = SyncRun.objects.select_related("job__integration__team", "job__interface__instance__system", "requested_by")
    return runs.get_visible_or_404(access, pk=run, job__slug=job, job__integration__slug=integration)


def job_url(job: SyncJob, name: str = "job") -> str:
    """The address of a job, or of something that can be done with it."""
    return reverse(f"sync:{name}", args=[job.integration.slug, job.slug])


def run_url(run: SyncRun, name: str = "run") -> str:
    """The address of a run, or of something that can be done with it."""
    return reverse(f"sync:{name}", args=[run.job.integration.slug, run.job.slug, run.pk])


def transaction_url(identifier: UUID | None) -> str:
    """The address of a transaction; empty for a record that never became one."""
    return f"/tx/{identifier}/" if identifier else ""


def why_not(access: Access, action: Action, team_id: int) -> str:
    """Why a button does nothing for this person, and who could help; empty when it works."""
    if access.may(action, team_id):
        return ""
    roles = " or ".join(f"“{role}”" for role in who_may(action))
    return f"your roles do not let you {action.value} here; {roles} may"


def number_of(request: HttpRequest, name: str) -> int | None:
    """A row's number in the address; :class:`BadInput` for what is none."""
    raw = request.GET.get(name)
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 18):  # noqa: PLR2004 - what a bigint holds
        raise BadInput(f"{name}= takes a number.", field=name)
    return int(raw)


def percent(share: float) -> str:
    """A limit in per cent, without decimals that say nothing: 2 %, 0.5 %."""
    return f"{share * 100:.4g} %"
