"""The page of dead letters: which failures share a cause, and what can be cleared at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.dead_letters.drop import drop
from controlplane.transactions.forms import SelectionForm, frozen
from controlplane.transactions.replay.request import preview
from controlplane.transactions.selectors import dead_letters
from controlplane.transactions.selectors.dead_letters import Group
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views.addresses import dead_url, search_url, tabs, transaction_url

#: How far back the page tells what was cleared.
LATELY = timedelta(days=7)
#: So many are named before a decision; the rest is counted.
SHOWN = 20


@require_GET
@login_required
def dead(request: HttpRequest) -> HttpResponse:
    """Open dead letters by cause, one of them open."""
    access = access_of(request)
    groups, opened = dead_letters.groups(access), _uuid(request.GET.get("open", ""))
    count = dead_letters.open_count(access)
    letters = dead_letters.letters(access, opened) if opened else []
    context = {
        "tabs": tabs("dead", count, running_count(access)),
        "count": count,
        "groups": [_group(access, group, opened) for group in groups],
        "letters": [{"letter": letter, "url": transaction_url(letter.transaction_id)} for letter in letters],
        "cleared": dead_letters.cleared(access, clock.now() - LATELY),
        "foremost": groups[0] if groups and groups[0].count > 1 else None,
        "may_replay": access.may_somewhere(Action.REPLAY),
        "may_drop": access.may_somewhere(Action.EDIT_DEAD_LETTERS),
        "who_replays": f"it takes the role {' or '.join(who_may(Action.REPLAY))}",
        "who_drops": f"it takes the role {' or '.join(who_may(Action.EDIT_DEAD_LETTERS))}",
        "sees": access.may_somewhere(Action.SEE_TRANSACTIONS),
    }
    return render(request, "transactions/dead.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def drop_selection(request: HttpRequest) -> HttpResponse:
    """Decide that some will not be delivered."""
    access = access_of(request)
    form = SelectionForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            closed = drop(access, form.cleaned_data["items"], form.cleaned_data["reason"])
        except (Invalid, NotFound) as problem:
            form.add_error("reason", problem.detail)
        else:
            messages.success(request, f"{closed:,} closed without sending. Nothing was deleted; the reason is kept.")
            return redirect(dead_url())
    chosen = form.cleaned_data.get("items", []) if form is not None else selection(request, access)
    if not chosen:
        return _nothing_chosen(request)
    context = {
        "tabs": tabs("dead", dead_letters.open_count(access), running_count(access)),
        "form": form or SelectionForm(initial={"items": frozen(chosen)}),
        "count": len(chosen),
        "plan": preview(access, chosen[:SHOWN]),
        "more": max(0, len(chosen) - SHOWN),
        "back": dead_url(),
    }
    return render(request, "transactions/drop.html", context, status=200 if form is None else 422)


def selection(request: HttpRequest, access: Access) -> list[UUID]:
    """The step runs that the address chooses: single ones and whole causes, open and visible ones only."""
    items = [found for text in request.GET.getlist("item") if (found := _uuid(text))]
    causes = [found for text in request.GET.getlist("cause") if (found := _uuid(text))]
    chosen = dead_letters.chosen(access, items, causes)
    if len(chosen) > dead_letters.MOST:
        raise Conflict(f"A selection takes up to {dead_letters.MOST:,}; these are more. Choose fewer causes.")
    return chosen


def _nothing_chosen(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "Nothing is selected. Tick a cause or single dead letters first.")
    return redirect(dead_url())


def _group(access: Access, group: Group, opened: UUID | None) -> dict[str, Any]:
    is_open = group.fingerprint == opened
    code = group.error_class.rpartition(".")[2] or group.error_class
    query = f"error:{code} status:failed,partial" if code.replace("_", "").isalnum() else "is:open"
    return {
        "group": group,
        "open": is_open,
        "url": dead_url() if is_open else f"{dead_url(open=group.fingerprint)}#cause-{group.fingerprint}",
        "search": search_url(access, query),
        "label": f"{'Close' if is_open else 'Show'} the {group.count:,}: {group.reason}",
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
