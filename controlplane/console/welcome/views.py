"""The first-run page: with the sandbox it leads around in it, without to the first integration of one's own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from controlplane.console.welcome.connect import connect
from controlplane.console.welcome.forms import ConnectForm, EventForm
from controlplane.console.welcome.keys import Keys, make_new_keys
from controlplane.console.welcome.progress import PLANNED, Progress, newest_progress, progress_of
from controlplane.console.welcome.sending import send_test_event
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from controlplane.foundation.fragments import part
from controlplane.foundation.registries import panels
from controlplane.inventory.models import Integration
from controlplane.people.access import ALL, Access, Action, access_of, who_may
from controlplane.people.models import Team

#: What the one-machine runtime puts in the place of this page while the sandbox is there, and beside it at all times.
TOUR, RUNNING = "welcome.tour", "welcome.running"
WHOLE = "console/welcome/connected.html"


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponseBase:
    """The sandbox's tour where there is a sandbox; otherwise what was connected last, or the form for the first."""
    tour = panels.get(TOUR)(request) if TOUR in panels and request.method == "GET" else None
    if tour is not None:
        found: HttpResponseBase = tour
        return found
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _connected(request) if request.method == "POST" else _first(request)


def leads_there(access: Access) -> bool:
    """Whether this person begins here: there is nothing yet, and they may make it."""
    return access.may_somewhere(Action.CONFIGURE) and not Integration.objects.exists()


@require_GET
@login_required
def connected(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the integration of this endpoint is."""
    return _page(request, progress_of(access_of(request), slug))


@require_POST
@login_required
def new_keys(request: HttpRequest, slug: str) -> HttpResponse:
    """Others in the place of keys that got lost; shown on the answer and nowhere else."""
    access = access_of(request)
    progress = progress_of(access, slug)
    if progress.destination is None or progress.destination.credential is None:
        raise NotFound("Its keys are not made here.")
    try:
        keys = make_new_keys(access, progress.endpoint, progress.destination.credential)
    except (Conflict, Unavailable) as problem:
        messages.warning(request, problem.detail)
        return redirect("console:welcome-to", slug=slug)
    return _page(request, progress_of(access, slug), keys=keys)


@require_POST
@login_required
def send_event(request: HttpRequest, slug: str) -> HttpResponse:
    """Send one, as the sender would."""
    access = access_of(request)
    progress, form = progress_of(access, slug), EventForm(request.POST)
    access.require(Action.CONFIGURE, progress.integration.team_id)
    if not form.is_valid():
        return _page(request, progress, form=form, status=422)
    try:
        answer = send_test_event(
            access, progress.endpoint, form.cleaned_data["event_type"], form.cleaned_data["record"]
        )
    except (Conflict, Unavailable) as problem:
        form.add_error(None, problem.detail)
        return _page(request, progress, form=form, status=problem.status)
    if not answer.accepted:
        form.add_error(None, f"The endpoint refused it with {answer.status}: {answer.words}")
        return _page(request, progress_of(access, slug), form=form, status=422)
    messages.success(request, f"Accepted with {answer.status}: it is durable, and on its way.")
    return redirect("console:welcome-to", slug=slug)


def _first(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    latest = None if "another" in request.GET else newest_progress(access)
    if latest is not None:
        return _page(request, latest)
    return _form(request, ConnectForm(teams=_teams(access)))


def _connected(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    access.require_somewhere(Action.CONFIGURE)
    form = ConnectForm(request.POST, teams=_teams(access))
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        integration, keys = connect(access, form.wanted())
    except (Invalid, Conflict, Unavailable, NotAllowed) as problem:
        form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
        return _form(request, form, status=problem.status)
    if keys is None:
        messages.info(request, "It was there already, exactly so; nothing was changed. Its keys are not shown again.")
        return redirect("console:welcome-to", slug=integration.slug)
    return _page(request, progress_of(access, integration.slug), keys=keys)


def _teams(access: Access) -> list[Team]:
    """Those for which this person may make an integration."""
    reach = access.teams_that(Action.CONFIGURE)
    teams = Team.objects.order_by("name")
    return list(teams if reach is ALL else teams.filter(pk__in=reach))


def _form(request: HttpRequest, form: ConnectForm, status: int = 200) -> HttpResponse:
    access = access_of(request)
    context = {
        "form": form,
        "planned": PLANNED,
        "may_connect": access.may_somewhere(Action.CONFIGURE),
        "who": " or ".join(f"“{role}”" for role in who_may(Action.CONFIGURE)),
        "running": _running(access),
    }
    return render(request, "console/welcome/connect.html", context, status=status)


def _page(
    request: HttpRequest,
    progress: Progress,
    *,
    keys: Keys | None = None,
    form: EventForm | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = progress.routes[0].event_type if progress.routes else None
    context: dict[str, Any] = {
        "progress": progress,
        "here": reverse("console:welcome-to", args=[progress.endpoint.slug]),
        "form": form or EventForm(initial={"event_type": typed} if typed else None),
        "public": settings.PUBLIC_URL,
    }
    if keys is not None:
        context["keys"] = [
            ("The sender’s key", "the system that sends signs with it", keys.sender.reveal(), keys.sender_at),
            ("The receiver’s key", "the receiver checks by it that we sent", keys.receiver.reveal(), keys.receiver_at),
        ]
    template = part(request, WHOLE, "console/welcome/_steps.html")
    if template == WHOLE:
        context["running"] = _running(access_of(request))
    return render(request, template, context, status=status)


def _running(access: Access) -> Any:
    """The parts of this installation, for whoever operates it."""
    return panels.get(RUNNING)() if RUNNING in panels and access.may_everywhere(Action.OPERATE) else None
