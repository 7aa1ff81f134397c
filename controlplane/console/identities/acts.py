"""Merging, splitting and undoing: each shows what it would do before it does it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.console.identities import finding, showing
from controlplane.console.identities.finding import COUNTED, transactions_of
from controlplane.console.identities.forms import FindForm, MergeForm, SplitForm, uuid_of
from controlplane.console.identities.showing import Shown
from controlplane.foundation.errors import Conflict, Invalid, NotFound, Problem
from controlplane.inventory.identities.merge import merge, preview_merge
from controlplane.inventory.identities.split import split
from controlplane.inventory.identities.undo import preview_undo, undo
from controlplane.inventory.models import Identity, IdentityAlias
from controlplane.people.access import Access, Action, access_of
from controlplane.transactions.forms import ReasonForm


def _own(request: HttpRequest, identifier: UUID) -> tuple[Access, Identity]:
    access = access_of(request)
    access.require_somewhere(Action.MERGE_IDENTITIES)
    return access, finding.one(access, identifier)


@require_http_methods(["GET", "POST"])
@login_required
def merge_page(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """Find the other one, see what both hold, and merge them."""
    access, found = _own(request, identifier)
    if request.method == "POST" and "other" not in request.POST:
        return _find_other(request, access, found)
    sent = request.POST if request.method == "POST" else request.GET
    other = uuid_of(sent.get("other", ""))
    if other is None:
        return _choose(request, found)
    gone = finding.one(access, other)
    form: Form = MergeForm(request.POST or None, initial={"other": gone.pk})
    if request.method == "POST" and form.is_valid():
        try:
            change = merge(access, stays=found.pk, goes=gone.pk, reason=form.cleaned_data["reason"])
        except (Invalid, Conflict) as problem:
            return _preview(request, found, gone, form, problem)
        messages.success(request, f"Merged: {change.moves.count()} ids came. It can be undone in its history.")
        return redirect("console:identity", found.pk)
    return _preview(request, found, gone, form)


def _preview(
    request: HttpRequest, found: Identity, gone: Identity, form: Form, problem: Problem | None = None
) -> HttpResponse:
    if problem is not None:
        form.add_error("reason", problem.detail)
    merging = preview_merge(found.pk, gone.pk)
    context = {
        "stays": Shown(merging.stays, merging.kept),
        "goes": Shown(merging.goes, merging.joined),
        "why_not": merging.why_not,
        "disagree": {value for one in merging.disagree for value in (*one.stays, *one.goes)},
        "form": form,
        "joins": _counted(merging.joined),
        "swap": _merging(gone, found),
    }
    status = problem.status if problem else 422 if form.errors else 200
    return render(request, "console/identities/merge.html", context, status=status)


def _merging(stays: Identity, goes: Identity) -> str:
    return f"{reverse('console:identity-merge', args=[stays.pk])}?other={goes.pk}"


def _counted(aliases: Collection[IdentityAlias]) -> str:
    number = transactions_of(aliases)
    return f"{number:,}" if number <= COUNTED else f"more than {COUNTED:,}"


def _find_other(request: HttpRequest, access: Access, found: Identity) -> HttpResponse:
    kind = found.kind
    form = FindForm(request.POST, kinds=[(kind.pk, kind.slug, kind.name)])
    if not form.is_valid():
        return _choose(request, found, form)
    value = form.cleaned_data["value"]
    others = [one for one in finding.with_id(access, value, kind.pk) if one.pk != found.pk] if value else []
    if len(others) == 1:
        return redirect(_merging(found, others[0]))
    if not others:
        form.add_error("value", f"No other {kind.name.lower()} has this id, in any system, that is yours to see.")
    return _choose(request, found, form, others)


def _choose(
    request: HttpRequest, found: Identity, form: FindForm | None = None, others: list[Identity] | None = None
) -> HttpResponse:
    (shown,) = showing.shown([found])
    context = {
        "shown": shown,
        "form": form or FindForm(kinds=[(found.kind.pk, found.kind.slug, found.kind.name)]),
        "others": showing.shown(others or []),
    }
    return render(request, "console/identities/choose_other.html", context, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def split_page(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """Choose ids, see what both would hold, and split them off."""
    access, found = _own(request, identifier)
    (shown,) = showing.shown([found])
    sent = request.POST if request.method == "POST" else request.GET
    form = SplitForm(request.POST or None, aliases=[one.id for one in shown.aliases])
    if request.method == "POST" and form.is_valid():
        try:
            change = split(access, found.pk, form.cleaned_data["alias"], form.cleaned_data["reason"])
        except (Invalid, Conflict) as problem:
            form.add_error("reason", problem.detail)
        else:
            messages.success(request, "Split off. This is the new one; the other keeps the rest.")
            return redirect("console:identity", change.given_to_id)
    chosen = set(sent.getlist("alias"))
    going = [one for one in shown.aliases if str(one.id) in chosen]
    context = {
        "shown": shown,
        "form": form,
        "going": going,
        "staying": [one for one in shown.aliases if one not in going],
        "joins": _counted(going),
    }
    return render(request, "console/identities/split.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes back, what stays, and the word that does it."""
    access = access_of(request)
    access.require_somewhere(Action.MERGE_IDENTITIES)
    undoing = preview_undo(pk)
    if not finding.visible(access, [undoing.holder.pk]):
        raise NotFound(finding.GONE)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            undone = undo(access, pk, form.cleaned_data["reason"])
        except (Invalid, Conflict) as problem:
            form.add_error("reason", problem.detail)
        else:
            messages.success(request, "Undone. This one stands for itself again, as before.")
            return redirect("console:identity", undone.given_to_id)
    context = {"undoing": undoing, "form": form, "back": reverse("console:identity", args=[undoing.holder.pk])}
    return render(request, "console/identities/undo.html", context, status=422 if form.errors else 200)
