"""Releasing a quarantined event: judged again, by today's contract and mapping, as it came or edited."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import Access, Action, access_of
from controlplane.transactions.forms import EditReleaseForm, ReasonForm
from controlplane.transactions.releases.edit import draft, edit_and_release
from controlplane.transactions.releases.release import release
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.detail import TransactionDetail, detail
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views.addresses import tabs, transaction_url


@require_http_methods(["GET", "POST"])
@login_required
def release_transaction(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """Ask why, then put it back into the inbox under its own id."""
    access = access_of(request)
    shown = detail(access, identifier, clock.now())
    if request.method == "GET" and shown.transaction.state != TransactionState.QUARANTINED:
        raise Http404
    form, status = ReasonForm(request.POST or None), 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            release(access, identifier, form.cleaned_data["reason"])
        except (Invalid, Conflict, NotAllowed) as problem:
            form.add_error("reason", problem.detail)
            status = problem.status
        else:
            messages.success(request, "It is back in the inbox and is judged again within seconds.")
            return redirect(transaction_url(identifier))
    context = {
        "tabs": tabs("search", open_count(access), running_count(access)),
        "shown": shown,
        "form": form,
        "back": transaction_url(identifier),
        "edit_url": reverse("transactions:edit-release", args=[identifier]) if _may_edit(access, shown) else "",
    }
    return render(request, "transactions/release.html", context, status=status)


def _may_edit(access: Access, shown: TransactionDetail) -> bool:
    return all(access.may(action, shown.facts.team_id) for action in (Action.EDIT_DEAD_LETTERS, Action.SEE_PAYLOADS))


@require_http_methods(["GET", "POST"])
@login_required
def edit_transaction(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """Show what came in as it may be seen, keep what was changed beside it, and let the event out with that."""
    access = access_of(request)
    before = draft(access, identifier)
    initial = {"body": json.dumps(before.shown, indent=2, ensure_ascii=False), "basis": before.basis}
    form, status = EditReleaseForm(request.POST or None, initial=initial), 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            edit_and_release(access, identifier, given["body"], given["reason"], basis=given["basis"])
        except (Invalid, Conflict, NotAllowed) as problem:
            form.add_error(problem.field if problem.field in form.fields else "reason", problem.detail)
            status = problem.status
        else:
            messages.success(request, "It is back in the inbox with what you edited, and is judged within seconds.")
            return redirect(transaction_url(identifier))
    context = {
        "tabs": tabs("search", open_count(access), running_count(access)),
        "shown": detail(access, identifier, clock.now()),
        "form": form,
        "hidden": before.original != before.shown,
        "back": reverse("transactions:release", args=[identifier]),
    }
    return render(request, "transactions/edit_release.html", context, status=status)
