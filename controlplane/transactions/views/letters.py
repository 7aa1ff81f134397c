"""The page of one dead letter, and of editing what it would send."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, Problem
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.dead_letters.edit import Draft, compared, draft, edit_and_retry
from controlplane.transactions.dead_letters.note import add_note
from controlplane.transactions.forms import EditForm, NoteForm
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.letter import LetterView, letter_view
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views.addresses import tabs, transaction_url

#: How high the box is that a body is written in.
FEWEST_ROWS, MOST_ROWS = 8, 30


@require_GET
@login_required
def letter(request: HttpRequest, step_run_id: UUID) -> HttpResponse:
    """The letter: what was said, what it would send, what was done about it."""
    access = access_of(request)
    return _page(request, access, letter_view(access, step_run_id), NoteForm())


@require_POST
@login_required
def note(request: HttpRequest, step_run_id: UUID) -> HttpResponse:
    """Write something down about this letter."""
    access, form = access_of(request), NoteForm(request.POST)
    view = letter_view(access, step_run_id)
    if form.is_valid():
        try:
            add_note(access, view.letter.fingerprint, form.cleaned_data["text"], step_run_id=step_run_id)
        except (Invalid, NotAllowed) as problem:
            form.add_error("text", problem.detail)
        else:
            messages.success(request, "Noted. It stands in the history, with your name.")
            return redirect("transactions:letter", step_run_id)
    return _page(request, access, view, form, status=422)


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: HttpRequest, step_run_id: UUID) -> HttpResponse:
    """Write, look at the difference, then keep it and send it."""
    access = access_of(request)
    view = letter_view(access, step_run_id)
    try:
        before = draft(access, step_run_id)
    except (Conflict, NotAllowed) as problem:
        messages.warning(request, problem.detail)
        return redirect("transactions:letter", step_run_id)
    if request.method == "GET":
        return _editing(request, access, view, before, EditForm(initial=_initial(before)))
    form = EditForm(request.POST)
    if not form.is_valid():
        return _editing(request, access, view, before, form, status=422)
    given = form.cleaned_data
    try:
        if given["confirm"]:
            basis = (given["revision"], given["basis"])
            replay = edit_and_retry(access, step_run_id, given["body"], given["reason"], basis)
            messages.success(request, f"Kept as a revision, and sent by replay {replay.pk}.")
            return redirect("transactions:replay-page", replay.pk)
        found = compared(before, given["body"])
    except (Invalid, Conflict, NotAllowed) as problem:
        return _refused(request, access, view, before, form, problem)
    again = EditForm(initial={**given, "confirm": True})
    for name in ("body", "reason"):
        again.fields[name].widget = again.fields[name].hidden_widget()
    return _editing(request, access, view, before, again, changes=found.changes)


def _refused(
    request: HttpRequest, access: Access, view: LetterView, before: Draft, form: EditForm, problem: Problem
) -> HttpResponse:
    form.data = {**form.data.dict(), "confirm": ""} if isinstance(form.data, QueryDict) else form.data
    form.add_error(problem.field if problem.field in form.fields else "reason", problem.detail)
    return _editing(request, access, view, before, form, status=problem.status)


def _initial(before: Draft) -> dict[str, Any]:
    return {
        "body": json.dumps(before.shown, indent=2, ensure_ascii=False),
        "revision": before.revision,
        "basis": str(before.basis or ""),
    }


def _editing(
    request: HttpRequest, access: Access, view: LetterView, before: Draft, form: EditForm, **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    lines = json.dumps(before.shown, indent=2).count("\n")
    form.fields["body"].widget.attrs["rows"] = min(MOST_ROWS, max(FEWEST_ROWS, lines + 3))
    context = _frame(access, view) | {
        "form": form,
        "hidden": before.shown != before.original,
        "contract": before.contract,
        "next_revision": before.revision + 1,
        "again": reverse("transactions:letter-edit", args=[view.letter.pk]),
        **more,
    }
    return render(request, "transactions/edit.html", context, status=status)


def _page(request: HttpRequest, access: Access, view: LetterView, form: NoteForm, *, status: int = 200) -> HttpResponse:
    team_id = view.shown.facts.team_id
    waits = view.letter.resolved_at is None
    context = _frame(access, view) | {
        "form": form,
        "waits": waits,
        "single": f"?item={view.letter.pk}",
        "note_url": reverse("transactions:letter-note", args=[view.letter.pk]),
        "may_edit": access.may(Action.EDIT_DEAD_LETTERS, team_id),
        "may_replay": access.may(Action.REPLAY, team_id),
        "who_edits": f"it takes the role {' or '.join(who_may(Action.EDIT_DEAD_LETTERS))} in this team",
        "who_replays": f"it takes the role {' or '.join(who_may(Action.REPLAY))} in this team",
        "newer_url": transaction_url(view.superseded_by) if view.superseded_by else "",
    }
    return render(request, "transactions/letter.html", context, status=status)


def _frame(access: Access, view: LetterView) -> dict[str, Any]:
    return {
        "tabs": tabs("dead", open_count(access), running_count(access)),
        "view": view,
        "letter": view.letter,
        "cause_url": reverse("transactions:cause", args=[view.letter.fingerprint]),
        "transaction_url": transaction_url(view.letter.transaction_id),
        "back": reverse("transactions:letter", args=[view.letter.pk]),
    }
