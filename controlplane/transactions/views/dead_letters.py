"""The page of dead letters: which failures share a cause, and what can be cleared at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.dead_letters.assign import assign, candidates, teams_of
from controlplane.transactions.dead_letters.drop import drop
from controlplane.transactions.dead_letters.hold import require_some
from controlplane.transactions.forms import AssignForm, SelectionForm, frozen
from controlplane.transactions.replay.request import preview
from controlplane.transactions.selectors import dead_letters
from controlplane.transactions.selectors.dead_letters import Group, Show
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
    show = _show(request.GET.get("show", ""))
    groups, opened = dead_letters.groups(access, show), _uuid(request.GET.get("open", ""))
    count = dead_letters.open_count(access)
    letters = dead_letters.letters(access, opened) if opened else []
    context = {
        "tabs": tabs("dead", count, running_count(access)),
        "listed": _listed(access, groups, show),
        "count": count,
        "groups": [_group(access, group, opened, show) for group in groups],
        "filters": _filters(access, show),
        "stirred": dead_letters.stirred(access) if show is not Show.SNOOZED else 0,
        "filtered": show is not Show.WAITING,
        "letters": [
            {
                "letter": letter,
                "url": transaction_url(letter.transaction_id),
                "page": reverse("transactions:letter", args=[letter.step_run_id]),
            }
            for letter in letters
        ],
        "cleared": dead_letters.cleared(access, clock.now() - LATELY),
        "foremost": groups[0] if groups and groups[0].count > 1 else None,
        "may_replay": access.may_somewhere(Action.REPLAY),
        "may_drop": access.may_somewhere(Action.EDIT_DEAD_LETTERS),
        "who_replays": f"it takes the role {' or '.join(who_may(Action.REPLAY))}",
        "who_drops": f"it takes the role {' or '.join(who_may(Action.EDIT_DEAD_LETTERS))}",
        "sees": access.may_somewhere(Action.SEE_TRANSACTIONS),
    }
    return render(request, "transactions/dead.html", context)


def _listed(access: Access, groups: Sequence[Group], show: Show) -> int:
    """How many letters the list is of: without those that are put aside, and with those beyond the last cause shown."""
    if len(groups) < dead_letters.CAUSES:
        return sum(group.count for group in groups)
    return dead_letters.open_letters(access, show).count()


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
    require_some(access, Action.EDIT_DEAD_LETTERS, chosen)
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


@require_http_methods(["GET", "POST"])
@login_required
def assign_selection(request: HttpRequest) -> HttpResponse:
    """Give causes and single letters to a person or a team."""
    access = access_of(request)
    asked = request.GET if request.method == "GET" else request.POST
    letters = [found for text in asked.getlist("item") if (found := _uuid(text))]
    causes = [found for text in asked.getlist("cause") if (found := _uuid(text))]
    teams = teams_of(access, causes, letters)
    if not teams:
        require_some(access, Action.EDIT_DEAD_LETTERS, letters, causes)
        return _nothing_chosen(request)
    choices = [(one.word, one.name) for one in candidates(teams)]
    form = AssignForm(request.POST if request.method == "POST" else None, candidates=choices)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            count, chosen = assign(access, causes=causes, letters=letters, to=form.cleaned_data["to"])
        except (Invalid, NotFound) as problem:
            form.add_error("to", problem.detail)
            status = problem.status
        else:
            messages.success(request, f"{count:,} assigned to {chosen.name}.")
            return redirect(reverse("transactions:cause", args=[causes[0]]) if len(causes) == 1 else dead_url())
    context = {
        "tabs": tabs("dead", dead_letters.open_count(access), running_count(access)),
        "form": form,
        "causes": causes,
        "letters": letters,
        "back": dead_url(),
    }
    return render(request, "transactions/assign.html", context, status=status)


def _show(word: str) -> Show:
    return Show(word) if word in set(Show) else Show.WAITING


def _filters(access: Access, show: Show) -> list[dict[str, Any]]:
    labels = {Show.WAITING: "Waiting", Show.MINE: "Mine", Show.UNASSIGNED: "Unassigned", Show.SNOOZED: "Put aside"}
    counts = dead_letters.shown_counts(access)
    return [
        {"label": label, "count": counts[one], "pressed": one is show}
        | {"url": dead_url(show="" if one is Show.WAITING else one.value)}
        for one, label in labels.items()
    ]


def _group(access: Access, group: Group, opened: UUID | None, show: Show) -> dict[str, Any]:
    is_open = group.fingerprint == opened
    code = group.error_class.rpartition(".")[2] or group.error_class
    query = f"error:{code} status:failed,partial" if code.replace("_", "").isalnum() else "is:open"
    word = "" if show is Show.WAITING else show.value
    opens = f"{dead_url(show=word, open=group.fingerprint)}#cause-{group.fingerprint}"
    return {
        "group": group,
        "open": is_open,
        "url": dead_url(show=word) if is_open else opens,
        "page": reverse("transactions:cause", args=[group.fingerprint]),
        "snoozed": show is Show.SNOOZED,
        "search": search_url(access, query),
        "label": f"{'Close' if is_open else 'Show'} the {group.count:,}: {group.reason}",
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
