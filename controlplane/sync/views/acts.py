"""What people do with jobs and runs: one POST each, then back to the page that shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access, access_of
from controlplane.sync.forms import BackfillForm, CursorForm, ReasonForm, StartForm
from controlplane.sync.jobs.edit_cursor import edit_cursor
from controlplane.sync.jobs.hold import hold, let_go
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.runs.backfill import backfill
from controlplane.sync.runs.cancel import cancel
from controlplane.sync.runs.pause import pause
from controlplane.sync.runs.release_brake import release_brake
from controlplane.sync.runs.resume import resume
from controlplane.sync.runs.start import start
from controlplane.sync.views.jobs import job_context
from controlplane.sync.views.parts import job_called, job_url, run_called, run_url
from controlplane.sync.views.runs import run_context


@require_POST
@login_required
def start_run(request: HttpRequest, integration: str, job: str) -> HttpResponse:
    """Run it now."""

    def act(access: Access, found: SyncJob, form: StartForm) -> str:
        reason = form.cleaned_data["reason"]
        run = start(found, access, reason=reason, full=form.full, force=form.force, dry=form.dry)
        messages.success(request, f"Run {run.pk} is planned; a worker takes it within seconds.")
        return run_url(run)

    return _with_job(request, integration, job, "start", StartForm, act)


@require_POST
@login_required
def start_backfill(request: HttpRequest, integration: str, job: str) -> HttpResponse:
    """Read again from an earlier place."""

    def act(access: Access, found: SyncJob, form: BackfillForm) -> str:
        filled = form.cleaned_data
        run = backfill(found, access, filled["cursor"], reason=filled["reason"], force=filled["force"])
        messages.success(request, f"Run {run.pk} is planned; the job's own cursor stays where it is.")
        return run_url(run)

    return _with_job(request, integration, job, "backfill", BackfillForm, act)


@require_POST
@login_required
def change_cursor(request: HttpRequest, integration: str, job: str) -> HttpResponse:
    """Put the cursor elsewhere."""

    def act(access: Access, found: SyncJob, form: CursorForm) -> str:
        filled = form.cleaned_data
        unknown = edit_cursor(found, access, filled["cursor"], reason=filled["reason"], expected=filled["expected"])
        messages.success(request, "The cursor is changed; the old one is kept in the audit.")
        if unknown:
            names = ", ".join(unknown)
            messages.warning(request, f"No cursor of this job had {names} before; the connector may not know it.")
        return job_url(found)

    return _with_job(request, integration, job, "cursor", CursorForm, act)


@require_POST
@login_required
def hold_job(request: HttpRequest, integration: str, job: str) -> HttpResponse:
    """Plan no more runs."""

    def act(access: Access, found: SyncJob, form: ReasonForm) -> str:
        hold(found, access, reason=form.cleaned_data["reason"])
        messages.success(request, "Held: no run is planned until somebody lets it go.")
        return job_url(found)

    return _with_job(request, integration, job, "hold", ReasonForm, act)


@require_POST
@login_required
def let_job_go(request: HttpRequest, integration: str, job: str) -> HttpResponse:
    """Plan runs again."""
    access = access_of(request)
    found = job_called(access, integration, job)
    let_go(found, access)
    messages.success(request, "Runs are planned again, from the next slot on.")
    return redirect(job_url(found))


@require_POST
@login_required
def pause_run(request: HttpRequest, integration: str, job: str, run: int) -> HttpResponse:
    """Hold the run where it is."""
    done = "Paused. A page that is being read is dropped and read again later."
    return _with_run(request, (integration, job, run), "pause", done, pause)


@require_POST
@login_required
def cancel_run(request: HttpRequest, integration: str, job: str, run: int) -> HttpResponse:
    """End the run."""
    done = "Cancelled. What was read is kept; the next run goes on from there."
    return _with_run(request, (integration, job, run), "cancel", done, cancel)


@require_POST
@login_required
def release_run(request: HttpRequest, integration: str, job: str, run: int) -> HttpResponse:
    """Let the deletions happen."""
    done = "The brake is released; the run goes on and deletes them."
    return _with_run(request, (integration, job, run), "release", done, release_brake)


@require_POST
@login_required
def resume_run(request: HttpRequest, integration: str, job: str, run: int) -> HttpResponse:
    """Go on from the page after the last one saved."""
    access = access_of(request)
    found = run_called(access, integration, job, run)
    try:
        resume(found, access)
        messages.success(request, f"Run {found.pk} goes on from page {found.pages + 1}.")
    except Conflict as refused:
        messages.error(request, refused.detail)
    return redirect(run_url(found))


def _with_job(
    request: HttpRequest,
    integration: str,
    job: str,
    ask: str,
    form_class: Callable[..., Any],
    act: Callable[[Access, SyncJob, Any], str],
) -> HttpResponse:
    """Check the form and act; what was wrong with it stands in its dialog, what stood in the way in a message."""
    access = access_of(request)
    found = job_called(access, integration, job)
    form: Form = form_class(request.POST, auto_id=f"{ask}-%s")
    if not form.is_valid():
        return render(request, "sync/job.html", job_context(request, found, ask=ask, form=form), status=422)
    try:
        return redirect(act(access, found, form))
    except Conflict as refused:
        messages.error(request, refused.detail)
        return redirect(job_url(found))


def _with_run(
    request: HttpRequest, place: tuple[str, str, int], ask: str, done: str, act: Callable[..., SyncRun]
) -> HttpResponse:
    """The same for a run and the reason for doing something to it."""
    access = access_of(request)
    found = run_called(access, *place)
    form = ReasonForm(request.POST, auto_id=f"{ask}-%s")
    if not form.is_valid():
        return render(request, "sync/run.html", run_context(request, found, ask=ask, form=form), status=422)
    try:
        act(found, access, reason=form.cleaned_data["reason"])
        messages.success(request, done)
    except Conflict as refused:
        messages.error(request, refused.detail)
    return redirect(run_url(found))
