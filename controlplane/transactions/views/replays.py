"""The pages of replays: what one would do, how far it is, and what stopping means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.forms import SelectionForm, frozen_plan
from controlplane.transactions.models import ReplayItemState, ReplayState
from controlplane.transactions.replay.decide import why_not_approve
from controlplane.transactions.replay.governed import change_of
from controlplane.transactions.replay.request import preview, request_replay
from controlplane.transactions.replay.stop import stop_replay
from controlplane.transactions.selectors import replays
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.detail import detail
from controlplane.transactions.views.addresses import dead_url, tabs, transaction_url
from controlplane.transactions.views.dead_letters import selection
from controlplane.transactions.views.dry_runs import dry_run
from controlplane.transactions.views.following import followed

#: The part of a replay's page that follows.
PROGRESS_REGION = "replay-progress"
#: The filters of the items: word in the address, label, shape.
FILTERS = (
    ("", "All", ""),
    ("succeeded", "Delivered", "ok"),
    ("failed", "Failed again", "bad"),
    ("waiting", "Waiting", "wait"),
    ("skipped", "Left out", "off"),
)


@require_http_methods(["GET", "POST"])
@login_required
def replay_transaction(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """Replay steps of one transaction: those that failed, or the one that ``step`` names."""
    access = access_of(request)
    shown = detail(access, identifier, clock.now())
    named = shown.facts.runs.get(request.GET.get("step", ""))
    chosen = [named.id] if named is not None else shown.dead_runs
    if request.method == "GET" and not chosen:
        raise Http404
    return _asked(request, access, chosen, back=transaction_url(identifier), title=shown.title)


@require_http_methods(["GET", "POST"])
@login_required
def replay_selection(request: HttpRequest) -> HttpResponse:
    """Replay dead letters that were ticked."""
    access = access_of(request)
    chosen = selection(request, access) if request.method == "GET" else []
    if request.method == "GET" and not chosen:
        messages.warning(request, "Nothing is selected. Tick a cause or single dead letters first.")
        return redirect(dead_url())
    return _asked(request, access, chosen, back=dead_url(), title="dead letters")


@require_GET
@login_required
def replay_list(request: HttpRequest) -> HttpResponse:
    """The newest replays."""
    access = access_of(request)
    found = [_listed(replay, progress) for replay, progress in replays.newest(access)]
    context = {"tabs": tabs("replays", open_count(access), replays.running_count(access)), "replays": found}
    return render(request, "transactions/replays.html", context)


@require_GET
@login_required
def replay_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a replay is, item by item."""
    access = access_of(request)
    replay = replays.replay_for(access, pk)
    word = request.GET.get("show", "")
    after = request.GET.get("after", "")
    state = ReplayItemState[word.upper()] if word.upper() in ReplayItemState.__members__ else None
    is_number = after.isascii() and after.isdigit() and len(after) < 10  # noqa: PLR2004 - what an integer column holds
    items = replays.items(access, replay, after=int(after) if is_number else 0, state=state)
    progress = replays.progress(replay)
    here = reverse("transactions:replay-page", args=[pk])
    counts = [progress.total, progress.succeeded, progress.failed, progress.waiting, progress.left_out]
    context = _listed(replay, progress) | {
        "tabs": tabs("replays", open_count(access), replays.running_count(access)),
        "replay": replay,
        "progress": progress,
        "items": [{"item": item, "url": transaction_url(item.transaction_id)} for item in items],
        "filters": [
            {"label": label, "count": count, "glyph": glyph, "pressed": word == name}
            | {"url": f"{here}?show={name}" if name else here}
            for (name, label, glyph), count in zip(FILTERS, counts, strict=True)
            if count or not name
        ],
        "more": f"{here}?show={word}&after={items[-1].ordinal}" if len(items) == replays.PAGE else "",
        "here": request.get_full_path(),
        "running": replay.state in {ReplayState.RUNNING, ReplayState.PLANNED},
        "planned": replay.state == ReplayState.PLANNED,
        "agreed_words": "What is asked for" if replay.state == ReplayState.PLANNED else "What was agreed",
        "stop_words": "Take it back" if replay.state == ReplayState.PLANNED else "Stop",
        "why_not": _why_not(access, replay.team_id),
        "change": change_of(replay) if replay.needs_approval else None,
        "why_not_decide": why_not_approve(access, replay),
        "agree_url": reverse("transactions:decide-replay", args=[pk]),
        "results_url": reverse("transactions:replay-results", args=[pk]),
    }
    templates = "transactions/replay.html", "transactions/_replay.html"
    return followed(request, *templates, PROGRESS_REGION, context, ended=not context["running"])


@require_POST
@login_required
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw what has not been sent."""
    try:
        stop_replay(access_of(request), pk)
    except Conflict as problem:
        messages.warning(request, problem.detail)
    else:
        messages.success(request, "Stopped. What was being sent ends by itself; the rest waits as before.")
    return redirect("transactions:replay-page", pk)


def _asked(request: HttpRequest, access: Access, chosen: Sequence[UUID], *, back: str, title: str) -> HttpResponse:
    """The dry run with its form, and the replay once the form is complete."""
    form = SelectionForm(request.POST) if request.method == "POST" else None
    status = 200 if form is None else 422
    if form is not None and form.is_valid():
        try:
            given = form.cleaned_data
            replay = request_replay(
                access,
                step_run_ids=given["items"],
                reason=given["reason"],
                token=given.get("token"),
                seen=given.get("seen"),
            )
        except (Invalid, Conflict, NotAllowed) as problem:
            form.add_error("reason", problem.detail)
            status = problem.status
        else:
            waits = replay.state == ReplayState.PLANNED
            what = "waits for the board" if waits else "is under way"
            messages.success(request, f"Replay {replay.pk} {what}.")
            return redirect("transactions:replay-page", replay.pk)
    frozen_ids = list(form.cleaned_data.get("items", []) if form is not None else chosen)
    plan = preview(access, frozen_ids)
    context = {
        "tabs": tabs("dead", open_count(access), replays.running_count(access)),
        "form": form or SelectionForm(initial={"items": frozen_plan(plan), "token": uuid4()}),
        "title": title,
        "back": back,
        "at": clock.now(),
    } | dry_run(plan)
    return render(request, "transactions/ask_replay.html", context, status=status)


def _listed(replay: Any, progress: replays.Progress) -> dict[str, Any]:
    shapes = {
        ReplayState.PLANNED: ("wait", "Waits for approval"),
        ReplayState.RUNNING: ("run", "Running"),
        ReplayState.DONE: ("ok", "Done") if not progress.failed else ("bad", "Done, some failed again"),
        ReplayState.STOPPED: ("off", "Stopped"),
        ReplayState.DECLINED: ("off", "Declined"),
    }
    kind, words = shapes[ReplayState(replay.state)]
    return {
        "replay": replay,
        "progress": progress,
        "kind": kind,
        "words": words,
        "url": reverse("transactions:replay-page", args=[replay.pk]),
        "bar": [
            {"count": progress.succeeded, "tone": "ok"},
            {"count": progress.failed, "tone": "bad", "hatched": True},
            {"count": progress.left_out, "tone": "off"},
            {"count": progress.waiting, "tone": "rest"},
        ],
        "sentence": f"{progress.succeeded} delivered, {progress.failed} failed again, "
        f"{progress.left_out} left out, {progress.waiting} waiting",
    }


def _why_not(access: Access, team_id: int) -> str:
    if access.may(Action.REPLAY, team_id):
        return ""
    return f"Stopping takes the role {' or '.join(who_may(Action.REPLAY))} in this team."
