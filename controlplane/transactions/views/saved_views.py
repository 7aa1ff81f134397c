"""Saved views over HTTP: opened from the frame of every page, saved from a search, removed from their list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.people.access import ALL, Access, Action, access_of
from controlplane.people.models import Team
from controlplane.transactions.forms import SaveViewForm
from controlplane.transactions.masking import personal_hidden
from controlplane.transactions.models import SavedView
from controlplane.transactions.saved_views.change import change
from controlplane.transactions.saved_views.keepers import may_change
from controlplane.transactions.saved_views.remove import remove
from controlplane.transactions.saved_views.save import save
from controlplane.transactions.search.grammar import BadQuery, parse
from controlplane.transactions.search.query import render as rendered
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.pinned import pinned_counts
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views import kept
from controlplane.transactions.views.addresses import search_url, tabs
from controlplane.transactions.views.asking import Asked, typed

ONLY_ME = ""


@require_GET
@login_required
def open_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The search of a view, at its own address: what it holds may be personal, so the view's address has its number."""
    access = access_of(request)
    view = _called(access, pk)
    return redirect(search_url(access, view.query, view=view.pk))


@require_GET
@login_required
def counts_of_pinned(request: HttpRequest) -> HttpResponse:
    """How many transactions each view in the frame finds, to be put beside it: no page waits for that."""
    found = pinned_counts(access_of(request), clock.now())
    return render(request, "transactions/_pinned_counts.html", {"counts": found})


@require_GET
@login_required
def view_list(request: HttpRequest) -> HttpResponse:
    """Every view that this person has or shares."""
    access = access_of(request)
    found = SavedView.objects.of(access).select_related("team", "person").order_by("team__name", "name")
    context = {
        "tabs": tabs("", open_count(access), running_count(access)),
        "views": [
            {"view": one, "query": personal_hidden(one.query), "may_change": may_change(access, one)} for one in found
        ],
    }
    return render(request, "transactions/saved_views.html", context)


@require_POST
@login_required
def save_view(request: HttpRequest) -> HttpResponse:
    """The form for a search's name, and then the search itself again, saved."""
    access = access_of(request)
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    text = kept.kept(access, request.POST["kept"]) if "kept" in request.POST else typed(request.POST)
    asked = "name" in request.POST
    form = SaveViewForm(request.POST if asked else None, teams=_teams(access))
    if asked and form.is_valid():
        try:
            saved = save(access, form.cleaned_data["name"], text, form.cleaned_data["team"], clock.now())
        except BadQuery:
            return redirect(search_url(access, text))
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"Saved as “{saved.name}”.")
            return redirect(search_url(access, text, view=saved.pk))
    context: dict[str, Any] = {
        "tabs": tabs("search", open_count(access), running_count(access)),
        "form": form,
        "text": text,
        "shown": personal_hidden(text),
        "back": search_url(access, text),
    }
    return render(request, "transactions/save_view.html", context, status=422 if asked else 200)


@require_POST
@login_required
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the search that is on the page as what the view searches for."""
    access = access_of(request)
    view = _called(access, pk)
    text = kept.kept(access, request.POST["kept"]) if "kept" in request.POST else typed(request.POST)
    try:
        change(access, view, view.name, text, clock.now())
    except BadQuery:
        pass  # the page of this search marks what cannot be read
    except Invalid as error:
        messages.error(request, f"{error.detail} “{view.name}” is as it was.")
    else:
        messages.success(request, f"“{view.name}” is changed.")
    return redirect(search_url(access, text, view=pk))


@require_POST
@login_required
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove it."""
    access = access_of(request)
    view = _called(access, pk)
    name = view.name
    remove(access, view)
    messages.success(request, f"“{name}” is removed; what it found is where it was.")
    return redirect(reverse("transactions:saved-views"))


@dataclass(frozen=True, slots=True)
class Opened:
    """The saved view that a search began from, and whether the search is still its own."""

    view: SavedView
    is_changed: bool
    may_change: bool


def opened(access: Access, asked: Asked, question: Question) -> Opened | None:
    """None where no view was opened, or one that is not there any more."""
    view = SavedView.objects.of(access).filter(pk=asked.view).first() if asked.view else None
    if view is None:
        return None
    try:
        own = rendered(parse(view.query, question.reference.kinds))
    except BadQuery:  # what it names is gone
        own = view.query
    return Opened(view, own != rendered(question.query), may_change(access, view))


def _called(access: Access, pk: int) -> SavedView:
    """The view of an address; one of somebody else's looks like one that does not exist."""
    found = SavedView.objects.of(access).select_related("team", "person").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _teams(access: Access) -> list[Team]:
    teams = access.teams_that(Action.SEE_TRANSACTIONS)
    return list((Team.objects.all() if teams is ALL else Team.objects.filter(pk__in=teams)).order_by("name"))
