"""Releasing a quarantined event: judged again, by today's contract and mapping."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import access_of
from controlplane.transactions.forms import ReasonForm
from controlplane.transactions.release import release
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.detail import detail
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
    }
    return render(request, "transactions/release.html", context, status=status)
