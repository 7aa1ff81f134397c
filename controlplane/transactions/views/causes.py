"""The page of one cause: its letters page by page, who has it in hand, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.dead_letters.acknowledge import acknowledge
from controlplane.transactions.dead_letters.note import add_note
from controlplane.transactions.dead_letters.snooze import snooze, wake
from controlplane.transactions.forms import NoteForm, SnoozeForm
from controlplane.transactions.selectors import dead_letters
from controlplane.transactions.selectors.causes import CauseView, cause_view
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views.addresses import dead_url, tabs, transaction_url

#: What is offered first, when something is put aside.
A_WHILE = timedelta(hours=4)


@require_GET
@login_required
def cause(request: HttpRequest, fingerprint: UUID) -> HttpResponse:
    """The cause and a page of its open letters."""
    access = access_of(request)
    return _page(request, access, cause_view(access, fingerprint), NoteForm())


@require_POST
@login_required
def note(request: HttpRequest, fingerprint: UUID) -> HttpResponse:
    """Write something down."""
    access, form = access_of(request), NoteForm(request.POST)
    if form.is_valid():
        try:
            add_note(access, fingerprint, form.cleaned_data["text"])
        except (Invalid, NotAllowed) as problem:
            form.add_error("text", problem.detail)
        else:
            messages.success(request, "Noted. It stands in the history, with your name.")
            return redirect("transactions:cause", fingerprint)
    return _page(request, access, cause_view(access, fingerprint), form, status=422)


@require_POST
@login_required
def acknowledge_cause(request: HttpRequest, fingerprint: UUID) -> HttpResponse:
    """Say that one has seen it."""
    return _done(request, fingerprint, acknowledge, "Acknowledged. Letters that come from now on are counted as new.")


@require_POST
@login_required
def wake_cause(request: HttpRequest, fingerprint: UUID) -> HttpResponse:
    """Bring it back before its time."""
    return _done(request, fingerprint, wake, "It is back among those that wait.")


@require_http_methods(["GET", "POST"])
@login_required
def snooze_cause(request: HttpRequest, fingerprint: UUID) -> HttpResponse:
    """Ask until when, then put it aside."""
    access = access_of(request)
    shown = cause_view(access, fingerprint)
    form, status = SnoozeForm(request.POST or None), 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            snooze(access, fingerprint, form.cleaned_data["until"], form.cleaned_data["reason"])
        except (Invalid, NotAllowed) as problem:
            form.add_error("until", problem.detail)
            status = problem.status
        else:
            messages.success(request, "Put aside. It comes back by itself, and says so when letters came meanwhile.")
            return redirect(dead_url())
    soon = clock.now().replace(second=0, microsecond=0)
    context = _frame(access) | {
        "shown": shown,
        "form": form if request.method == "POST" else SnoozeForm(initial={"until": soon + A_WHILE}),
        "back": reverse("transactions:cause", args=[fingerprint]),
    }
    return render(request, "transactions/snooze.html", context, status=status)


def _done(request: HttpRequest, fingerprint: UUID, verb: Callable[[Access, UUID], Any], words: str) -> HttpResponse:
    try:
        verb(access_of(request), fingerprint)
    except (Conflict, NotAllowed) as problem:
        messages.warning(request, problem.detail)
    else:
        messages.success(request, words)
    return redirect("transactions:cause", fingerprint)


def _page(request: HttpRequest, access: Access, shown: CauseView, form: NoteForm, *, status: int = 200) -> HttpResponse:
    here = reverse("transactions:cause", args=[shown.fingerprint])
    letters = dead_letters.letters(access, shown.fingerprint, after=_after(request.GET.get("after", "")))
    last = letters[-1] if len(letters) == dead_letters.SHOWN else None
    team_id = shown.integration.team_id
    context = _frame(access) | {
        "shown": shown,
        "form": form,
        "letters": [
            {
                "letter": letter,
                "url": reverse("transactions:letter", args=[letter.step_run_id]),
                "transaction_url": transaction_url(letter.transaction_id),
            }
            for letter in letters
        ],
        "whole": f"?cause={shown.fingerprint}",
        "replay_words": f"Replay all {shown.count:,}…" if shown.count > 1 else "Replay…",
        "new_words": f"{shown.new:,} new since",
        "note_url": reverse("transactions:cause-note", args=[shown.fingerprint]),
        "older": f"{here}?after={last.died_at.timestamp():.6f}_{last.step_run_id}" if last else "",
        "newest": here if request.GET.get("after") else "",
        "may_edit": access.may(Action.EDIT_DEAD_LETTERS, team_id),
        "may_replay": access.may(Action.REPLAY, team_id),
        "who_edits": f"it takes the role {' or '.join(who_may(Action.EDIT_DEAD_LETTERS))} in this team",
        "who_replays": f"it takes the role {' or '.join(who_may(Action.REPLAY))} in this team",
    }
    return render(request, "transactions/cause.html", context, status=status)


def _after(text: str) -> tuple[datetime, UUID] | None:
    """Where a page begins: the time and the id of the letter before; nothing for what is no such place."""
    seconds, _, identifier = text.partition("_")
    try:
        return datetime.fromtimestamp(float(seconds), tz=clock.now().tzinfo), UUID(identifier)
    except (ValueError, OverflowError, OSError):
        return None


def _frame(access: Access) -> dict[str, Any]:
    return {"tabs": tabs("dead", dead_letters.open_count(access), running_count(access))}
