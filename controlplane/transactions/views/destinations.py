"""Destinations: how each is, what waits for it, and the acts that hold it, let it go on and limit it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.foundation.pages import page_url
from controlplane.governance.selectors import decided_kinds
from controlplane.people.access import Access, access_of
from controlplane.transactions.destinations.limit import limit
from controlplane.transactions.destinations.pause import pause
from controlplane.transactions.destinations.resume import resume
from controlplane.transactions.destinations.writers import why_not, writing_teams
from controlplane.transactions.forms import LimitForm, PauseForm, ResumeForm
from controlplane.transactions.models import Destination
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.destinations import Standing, destinations_of, standings
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views.addresses import tabs

#: Dialogs that an address can ask for: ``?ask=pause`` works without scripts.
DIALOGS = ("pause", "resume", "limit")


@require_GET
@login_required
def destination_list(request: HttpRequest) -> HttpResponse:
    """All destinations."""
    access = access_of(request)
    rows = standings(destinations_of(access))
    template = "_destinations.html" if request.headers.get("HX-Request") == "true" else "destinations.html"
    context = {"tabs": tabs("destinations", open_count(access), running_count(access)), "rows": rows}
    return render(request, f"transactions/{template}", context)


@require_GET
@login_required
def destination_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One destination."""
    found = get_object_or_404(
        Destination.objects.select_related("instance__system", "instance__environment"), slug=slug
    )
    template = "_destination.html" if request.headers.get("HX-Request") == "true" else "destination.html"
    return render(request, f"transactions/{template}", _context(request, found, ask=request.GET.get("ask", "")))


def _context(request: HttpRequest, found: Destination, *, ask: str = "", form: Form | None = None) -> dict[str, Any]:
    access = access_of(request)
    (standing,) = standings([found])
    return {
        "tabs": tabs("destinations", open_count(access), running_count(access)),
        "row": standing,
        "here": reverse("transactions:destination", args=[found.slug]),
        "no_act": why_not(access, writing_teams(found)),
        "propose": _propose(found),
        "dialogs": {name: name == ask for name in DIALOGS},
        "forms": _forms(standing) | ({ask: form} if form is not None else {}),
    }


def _propose(found: Destination) -> str:
    """Where a change of what it is begins, while a board decides on that; pausing and limits stay here."""
    page = page_url("console:propose-entry", "destination") if decided_kinds(["destination"]) else ""
    return f"{page}?of={found.slug}" if page else ""


def _forms(standing: Standing) -> dict[str, Form]:
    limits = {"max_in_flight": standing.max_in_flight, "rate_per_second": standing.rate_per_second}
    return {
        "pause": PauseForm(auto_id="pause-%s"),
        "resume": ResumeForm(auto_id="resume-%s"),
        "limit": LimitForm(auto_id="limit-%s", initial=limits),
    }


@require_POST
@login_required
def pause_destination(request: HttpRequest, slug: str) -> HttpResponse:
    """Hold what is for it."""

    def act(access: Access, found: Destination, filled: dict[str, Any]) -> str:
        pause(access, found, filled["reason"], until=filled["until"])
        return f"{found.name} is paused. What is for it is kept, and its order with it."

    return _act(request, slug, "pause", PauseForm, act)


@require_POST
@login_required
def resume_destination(request: HttpRequest, slug: str) -> HttpResponse:
    """Let it go on."""

    def act(access: Access, found: Destination, filled: dict[str, Any]) -> str:
        resume(access, found, filled["reason"])
        return f"{found.name} goes on. What waited goes out within its limits."

    return _act(request, slug, "resume", ResumeForm, act)


@require_POST
@login_required
def limit_destination(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how much it gets."""

    def act(access: Access, found: Destination, filled: dict[str, Any]) -> str:
        limit(
            access,
            found,
            filled["reason"],
            max_in_flight=filled["max_in_flight"],
            rate_per_second=filled["rate_per_second"],
        )
        return "The limits hold for all workers from now on."

    return _act(request, slug, "limit", LimitForm, act)


def _act(
    request: HttpRequest,
    slug: str,
    name: str,
    form_class: type[Form],
    act: Callable[[Access, Destination, dict[str, Any]], str],
) -> HttpResponse:
    found = get_object_or_404(
        Destination.objects.select_related("instance__system", "instance__environment"), slug=slug
    )
    form = form_class(request.POST, auto_id=f"{name}-%s")
    status = 422
    if form.is_valid():
        try:
            messages.success(request, act(access_of(request), found, form.cleaned_data))
            return redirect("transactions:destination", slug=slug)
        except (Invalid, Conflict, NotAllowed) as problem:
            field = getattr(problem, "field", "") or "reason"
            form.add_error(field if field in form.fields else "reason", problem.detail)
            status = problem.status
    return render(
        request, "transactions/destination.html", _context(request, found, ask=name, form=form), status=status
    )
