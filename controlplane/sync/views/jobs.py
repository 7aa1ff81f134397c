"""The page of a job: what it does, how far it is, what it did."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.foundation.fragments import part
from controlplane.people.access import Action, access_of
from controlplane.sync.forms import BackfillForm, CursorForm, ReasonForm, StartForm
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.cursors import written
from controlplane.sync.rules.states import RunState
from controlplane.sync.selectors import catalogue, runs
from controlplane.sync.shown import run_shown
from controlplane.sync.views.parts import job_called, job_url, number_of, percent, why_not

#: Dialogs that an address can ask for: ``?ask=start`` works without scripts.
DIALOGS = ("start", "backfill", "cursor", "hold")


@require_GET
@login_required
def job_page(request: HttpRequest, integration: str, job: str) -> HttpResponse:
    """What the job does and did."""
    access = access_of(request)
    found = job_called(access, integration, job)
    template = part(request, "sync/job.html", "sync/_job.html")
    return render(request, template, job_context(request, found, ask=request.GET.get("ask", "")))


def job_context(request: HttpRequest, job: SyncJob, *, ask: str = "", form: Any = None) -> dict[str, Any]:
    """Everything the page shows; ``form`` is one that was sent and refused, shown in its dialog ``ask``."""
    access = access_of(request)
    before = number_of(request, "before")
    shown, older = runs.runs_of(job, access, before=before)
    (row,) = catalogue.job_rows([job], access)
    here, team = job_url(job), job.integration.team_id
    reading = SyncRun.objects.visible_to(access).active().filter(job=job).first()
    return {
        "job": job,
        "row": row,
        "here": here,
        "runs": [(run, run_shown(run), runs.took(run)) for run in shown],
        "first": before is None,
        "newest": here if before is not None else "",
        "older": f"{here}?before={older}" if older else "",
        "reading": reading,
        "written": written(job.read_cursor),
        "settled": written(job.settled_cursor),
        "coming": _coming(job),
        "window": _window(job),
        "no_run": why_not(access, Action.RUN_SYNC, team) or _not_now(job, reading),
        "no_hold": why_not(access, Action.RUN_SYNC, team),
        "no_edit": why_not(access, Action.CONFIGURE, team) or _moves(reading),
        "dialogs": {name: name == ask for name in DIALOGS},
        "rejected_limit": _rejected(job),
        "deleted_limit": _deleted(job),
        "forms": _forms(job) | ({ask: form} if form is not None else {}),
        "now": clock.now(),
    }


def _forms(job: SyncJob) -> dict[str, Any]:
    cursor = written(job.read_cursor)
    return {
        "start": StartForm(auto_id="start-%s"),
        "backfill": BackfillForm(auto_id="backfill-%s", initial={"cursor": cursor}),
        "cursor": CursorForm(auto_id="cursor-%s", initial={"cursor": cursor, "expected": cursor}),
        "hold": ReasonForm(auto_id="hold-%s"),
    }


def _not_now(job: SyncJob, reading: SyncRun | None) -> str:
    if not job.active:
        return "the job is retired"
    return f"run {reading.pk} is {reading.get_state_display().lower()}; a job has one run at a time" if reading else ""


def _moves(reading: SyncRun | None) -> str:
    if reading is None or reading.state == RunState.PAUSED:
        return ""
    return f"run {reading.pk} moves it; pause that run first"


def _coming(job: SyncJob) -> list[Any]:
    """The next slots, or none for a job that has no schedule or one that cannot be read."""
    try:
        slots = job.timetable.after(clock.now())
        return [] if job.paused or not job.active else [slot for slot, _ in zip(slots, range(3), strict=False)]
    except Invalid:
        return []


def _window(job: SyncJob) -> Any:
    """When the window that is closed opens, or the one that is open closes; None without a window."""
    try:
        window, now = job.window, clock.now()
    except Invalid:
        return None
    if window.always:
        return None
    is_open = window.is_open(now)
    return {"open": is_open, "until": window.closes(now) if is_open else window.opens(now)}


def _rejected(job: SyncJob) -> str:
    return "no limit" if job.rejected_share is None else f"stops itself above {percent(job.rejected_share)}"


def _deleted(job: SyncJob) -> str:
    if job.deleted_share is None:
        return "no limit"
    return f"asks a person above {percent(job.deleted_share)}, but {job.deleted_free:,} may always go"
