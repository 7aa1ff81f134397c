"""The page of a run: whether it will end in time, what it rejected, and what happens if it stops."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.foundation import clock
from controlplane.foundation.fragments import part
from controlplane.people.access import Access, Action, access_of
from controlplane.sync.forms import ReasonForm
from controlplane.sync.models import SyncRun
from controlplane.sync.rules.cursors import written
from controlplane.sync.rules.states import RunState, may_move
from controlplane.sync.runs.release_brake import BRAKED, overtaken
from controlplane.sync.selectors import runs
from controlplane.sync.selectors.rates import in_figures, rate_figure
from controlplane.sync.shown import run_shown, silent
from controlplane.sync.views.parts import (
    job_url,
    number_of,
    percent,
    run_called,
    run_url,
    transaction_url,
    why_not,
)
from controlplane.transactions.rules.states import TransactionState

DIALOGS = ("pause", "cancel", "release")


@require_GET
@login_required
def run_page(request: HttpRequest, integration: str, job: str, run: int) -> HttpResponse:
    """How far the run is, and all that came of it."""
    found = run_called(access_of(request), integration, job, run)
    template = part(request, "sync/run.html", "sync/_run.html")
    return render(request, template, run_context(request, found, ask=request.GET.get("ask", "")))


@require_GET
@login_required
def pages(request: HttpRequest, integration: str, job: str, run: int) -> HttpResponse:
    """Every page of the run with the cursor after it, newest first."""
    found = run_called(access_of(request), integration, job, run)
    before = number_of(request, "before")
    shown, older = runs.pages_of(found, before=before)
    here = run_url(found, "pages")
    context = {
        "run": found,
        "job": found.job,
        "run_url": run_url(found),
        "pages": [(page, written(page.cursor)) for page in shown],
        "newest": here if before is not None else "",
        "older": f"{here}?before={older}" if older else "",
    }
    return render(request, "sync/pages.html", context)


def run_context(request: HttpRequest, run: SyncRun, *, ask: str = "", form: Any = None) -> dict[str, Any]:
    """Everything the page shows; ``form`` is one that was sent and refused, shown in its dialog ``ask``."""
    access = access_of(request)
    shown, _ = runs.pages_of(run)
    progress = runs.progress(run)
    return (
        {
            "run": run,
            "job": run.job,
            "here": run_url(run),
            "job_url": job_url(run.job),
            "pages_url": run_url(run, "pages"),
            "shown": run_shown(run),
            "silent": silent(run),
            "progress": progress,
            "bar": [*progress.parts, {"count": progress.rest, "tone": "rest"}],
            "rate": _per_second(progress.rate),
            "next_page": run.pages + 1,
            "took": runs.took(run),
            "figure": rate_figure(run),
            "pages": [(page, written(page.cursor)) for page in shown[:6]],
            "cursor": written(run.cursor),
            "transactions": [
                (one, TransactionState(one.state).name.lower(), transaction_url(one.id))
                for one in runs.transactions_of(run, access)
            ],
            "compared": _compared(run),
            "limits": _limits(run),
            "follows": run.is_active or run.settled_at is None,
            "dialogs": {name: name == ask for name in DIALOGS},
            "forms": {name: ReasonForm(auto_id=f"{name}-%s") for name in DIALOGS} | ({ask: form} if form else {}),
            "now": clock.now(),
        }
        | _exceptions(request, run, access)
        | _acts(run, access)
    )


def _exceptions(request: HttpRequest, run: SyncRun, access: Access) -> dict[str, Any]:
    """Causes, and the records of the one that is open."""
    here, opened, after = run_url(run), request.GET.get("cause", ""), number_of(request, "after")
    found = runs.causes(run, access)
    known = any(one.code == opened for one in found)
    rows, following = runs.exceptions(run, access, opened, after=after or 0) if known else ([], 0)
    causes = [
        {
            "cause": one,
            "open": one.code == opened,
            "label": f"{'Close' if one.code == opened else 'Open'}: {one.words}",
            "url": here if one.code == opened else f"{here}?{urlencode({'cause': one.code})}",
        }
        for one in found
    ]
    more = f"{here}?{urlencode({'cause': opened, 'after': following})}" if following else ""
    return {
        "causes": causes,
        "exceptions": [(row, transaction_url(row.transaction_id)) for row in rows],
        "more_exceptions": more,
        "bad": run.bad,
    }


def _acts(run: SyncRun, access: Access) -> dict[str, Any]:
    """Which buttons there are, and why one does nothing."""
    state, refused = RunState(run.state), why_not(access, Action.RUN_SYNC, run.job.integration.team_id)
    braked = state == RunState.STOPPED and run.error_class == BRAKED and not run.dry
    too_late = overtaken(run) if braked else ""
    return {
        "can_pause": may_move(state, RunState.PAUSED),
        "can_resume": state == RunState.PAUSED,
        "can_cancel": run.is_active and state != RunState.CANCELLING,
        "can_release": braked and not too_late,
        "too_late": too_late,
        "refused": refused,
    }


def _compared(run: SyncRun) -> dict[str, Any] | None:
    before = runs.run_before(run)
    if before is None or not run.read:
        return None
    rows = [
        ("Changed", runs.of_read(run, run.changed), runs.of_read(before, before.changed), False),
        (
            "Rejected",
            runs.of_read(run, run.bad),
            runs.of_read(before, before.bad),
            run.bad * before.read > before.bad * run.read,
        ),
        ("Rate", _per_second(runs.rate_of(run)), _per_second(runs.rate_of(before)), False),
    ]
    return {"run": before, "url": run_url(before), "rows": rows, "took": (runs.took(run), runs.took(before))}


def _per_second(rate: float | None) -> str:
    return f"{in_figures(rate)} / s" if rate is not None else "not known"


def _limits(run: SyncRun) -> list[tuple[str, str]]:
    """What the job allows, and where this run stands."""
    job, limits = run.job, run.job.limits
    found = []
    if limits.records_per_second:
        found.append(("Rate", f"{limits.records_per_second:g} / s"))
    if limits.rejected_share is not None:
        now = runs.of_read(run, run.bad)
        found.append(("Rejected", f"stops itself above {percent(limits.rejected_share)}, now {now}"))
    allowed = limits.deletions_allowed(run.known) if run.known is not None else None
    if limits.deleted_share is not None:
        gone = run.deleted + run.swept
        said = (
            f"{gone:,} of {allowed:,} allowed" if allowed is not None else f"asks above {percent(limits.deleted_share)}"
        )
        found.append(("Deleted", "a person allowed all" if run.brake_released else said))
    if job.window_start is not None and job.window_end is not None:
        found.append(("Window", f"{job.window_start:%H:%M} to {job.window_end:%H:%M}, {job.time_zone}, then waits"))
    return found
