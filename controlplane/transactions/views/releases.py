"""The pages of releases: all that a version set aside, let out together, and how far that is."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from controlplane.contracts.models import ContractVersion
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import Action, access_of, who_may
from controlplane.transactions.forms import ReleaseForm
from controlplane.transactions.models import ReleaseState
from controlplane.transactions.releases.request import MOST, release_all, set_aside_by
from controlplane.transactions.releases.stop import stop_release
from controlplane.transactions.releases.trial import Trial, trial_of
from controlplane.transactions.selectors import releases
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views.addresses import tabs, transaction_url
from controlplane.transactions.views.following import followed

#: The part of a release's page that follows.
PROGRESS_REGION = "release-progress"
SHAPES = {
    ReleaseState.RUNNING: ("run", "Running"),
    ReleaseState.DONE: ("ok", "Done"),
    ReleaseState.STOPPED: ("off", "Stopped"),
}


@require_http_methods(["GET", "POST"])
@login_required
def release_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Ask why, then let out all that a version of a contract set aside."""
    access = access_of(request)
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    version = get_object_or_404(ContractVersion.objects.select_related("contract", "change"), pk=version_id)
    form, status = ReleaseForm(request.POST or None, initial={"token": uuid4()}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = release_all(access, version, given["reason"], token=given["token"])
            except (Invalid, Conflict, NotAllowed) as problem:
                form.add_error("reason", problem.detail)
                status = problem.status
            else:
                messages.success(request, f"Release {made.pk} is under way.")
                return redirect("transactions:release-page", made.pk)
    chosen = set_aside_by(access, version, MOST + 1)
    context = {
        "tabs": tabs("search", open_count(access), running_count(access)),
        "version": version,
        "form": form,
        "count": min(len(chosen), MOST),
        "more": len(chosen) > MOST,
        "trial": trial_of(version, chosen[:MOST]) if chosen else Trial(),
        "why_not": "" if access.may_somewhere(Action.REPLAY) else " or ".join(who_may(Action.REPLAY)),
    }
    return render(request, "transactions/ask_release.html", context, status=status)


@require_GET
@login_required
def release_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a release is, event by event."""
    access = access_of(request)
    release = releases.release_for(access, pk)
    progress = releases.progress(release)
    items = releases.items(access, release, after=_after(request))
    kind, words = SHAPES[ReleaseState(release.state)]
    here = reverse("transactions:release-page", args=[pk])
    context: dict[str, Any] = {
        "tabs": tabs("search", open_count(access), running_count(access)),
        "release": release,
        "progress": progress,
        "items": [{"item": item, "url": transaction_url(item.transaction_id)} for item in items],
        "more": f"{here}?after={items[-1].transaction_id}" if len(items) == releases.PAGE else "",
        "here": request.get_full_path(),
        "running": release.state == ReleaseState.RUNNING,
        "kind": "bad" if release.state == ReleaseState.DONE and progress.aside else kind,
        "words": words,
        "bar": [
            {"count": progress.passed, "tone": "ok"},
            {"count": progress.aside, "tone": "bad", "hatched": True},
            {"count": progress.left_out, "tone": "off"},
            {"count": progress.waiting, "tone": "rest"},
        ],
        "sentence": f"{progress.passed} let through, {progress.aside} set aside again, "
        f"{progress.left_out} not released, {progress.waiting} waiting",
        "may_stop": access.may(Action.REPLAY, release.team_id),
    }
    templates = "transactions/release_page.html", "transactions/_release.html"
    return followed(request, *templates, PROGRESS_REGION, context, ended=not context["running"])


def _after(request: HttpRequest) -> UUID | None:
    """Where a page begins; what is no id is left out of account."""
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


@require_POST
@login_required
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep back what waits."""
    try:
        stop_release(access_of(request), pk)
    except Conflict as problem:
        messages.warning(request, problem.detail)
    else:
        messages.success(request, "Stopped. What is in the inbox is judged by itself; the rest stays in quarantine.")
    return redirect("transactions:release-page", pk)
