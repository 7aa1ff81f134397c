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
from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.forms import ReplayForm, found_by, frozen_plan
from controlplane.transactions.models import Replay, ReplayItemState, ReplayState
from controlplane.transactions.replay.decide import why_not_approve
from controlplane.transactions.replay.governed import change_of
from controlplane.transactions.replay.plan import PlannedItem
from controlplane.transactions.replay.request import preview, request_replay
from controlplane.transactions.replay.stop import may_stop, stop_replay
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.search.personal import hidden, is_personal
from controlplane.transactions.selectors import replays
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.detail import detail
from controlplane.transactions.selectors.found_letters import letters_found
from controlplane.transactions.views.addresses import dead_url, replay_found_url, search_url, tabs, transaction_url
from controlplane.transactions.views.asking import asked_of, typed
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
    """Replay steps of one transaction: those that failed, or the one that ``step`` names, which has to be there."""
    access = access_of(request)
    shown = detail(access, identifier, clock.now())
    step = request.GET.get("step", "")
    named = shown.facts.runs.get(step)
    chosen = [named.id] if named is not None else shown.dead_runs
    if (step and named is None) or (request.method == "GET" and not chosen):
        raise Http404
    return _asked(request, access, chosen, back=transaction_url(identifier))


@require_http_methods(["GET", "POST"])
@login_required
def replay_selection(request: HttpRequest) -> HttpResponse:
    """Replay dead letters that were ticked."""
    access = access_of(request)
    chosen = selection(request, access) if request.method == "GET" else []
    if request.method == "GET" and not chosen:
        messages.warning(request, "Nothing is selected. Tick a cause or single dead letters first.")
        return redirect(dead_url())
    return _asked(request, access, chosen, back=dead_url())


@require_http_methods(["GET", "POST"])
@login_required
def replay_found(request: HttpRequest) -> HttpResponse:
    """Replay the dead letters of all that a search finds; what it is replayed by was frozen by the dry run."""
    access = access_of(request)
    if is_personal(text := typed(request.GET)):
        return redirect(replay_found_url(access, text))
    text = asked_of(request, access).text
    back = search_url(access, text)
    if request.method == "POST":
        return _asked(request, access, [], back=back)
    try:
        found = letters_found(access, text, clock.now())
    except BadQuery:
        return redirect(back)
    except Invalid as problem:
        messages.warning(request, problem.detail)
        return redirect(back)
    if not found.step_runs:
        messages.warning(request, "Nothing that this search finds waits as a dead letter: there is nothing to replay.")
        return redirect(back)
    return _asked(request, access, found.step_runs, back=back, query=found.query)


@require_GET
@login_required
def replay_list(request: HttpRequest) -> HttpResponse:
    """The newest replays; with ``below``, those before that one."""
    access, here = access_of(request), reverse("transactions:replays")
    below = _whole(request.GET.get("below", ""))
    found = [_listed(replay, progress) for replay, progress in replays.newest(access, below=below)]
    context = {
        "tabs": tabs("replays", open_count(access), replays.running_count(access)),
        "replays": found,
        "sees": access.may_somewhere(Action.SEE_TRANSACTIONS),
        "newest": here if below is not None else "",
        "older": f"{here}?below={found[-1]['replay'].pk}" if len(found) == replays.NEWEST else "",
    }
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
    items = replays.items(access, replay, after=_whole(after) or 0, state=state)
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
        "why_not": _why_not(access, replay),
        "change": _change(access, replay),
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


def _asked(request: HttpRequest, access: Access, chosen: Sequence[UUID], *, back: str, query: str = "") -> HttpResponse:
    """The dry run with its form, and the replay once the form is complete; the form says by which search."""
    query = hidden(query)
    form = ReplayForm(request.POST, person_id=access.person_id) if request.method == "POST" else None
    status = 200 if form is None else 422
    if form is not None and form.is_valid():
        try:
            given = form.cleaned_data
            replay = request_replay(
                access,
                step_run_ids=given["items"],
                reason=given["reason"],
                query=given.get("query", ""),
                token=given.get("token"),
                seen=given.get("seen") or None,
            )
        except (Invalid, Conflict, NotAllowed) as problem:
            form.add_error("reason", problem.detail)
            status = problem.status
        else:
            waits = replay.state == ReplayState.PLANNED
            what = "waits for the board" if waits else "is under way"
            messages.success(request, f"Replay {replay.pk} {what}.")
            return redirect("transactions:replay-page", replay.pk)
    if form is not None:
        chosen, query = form.cleaned_data.get("items", []), form.cleaned_data.get("query", "")
    plan = preview(access, list(chosen))
    context = {
        "tabs": tabs("dead", open_count(access), replays.running_count(access)),
        "form": form or _empty(access, plan, query),
        "query": query,
        "back": back,
        "at": clock.now(),
    } | dry_run(plan, access)
    return render(request, "transactions/ask_replay.html", context, status=status)


def _empty(access: Access, plan: Sequence[PlannedItem], query: str) -> ReplayForm:
    found = found_by(query, access.person_id, [item.step_run_id for item in plan])
    initial = {"items": frozen_plan(plan), "token": uuid4(), "found": found}
    return ReplayForm(person_id=access.person_id, initial=initial)


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


def _whole(text: str) -> int | None:
    """A number of the address, as an integer column holds it; what is none is left out of account."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - its digits


def _change(access: Access, replay: Replay) -> ChangeRequest | None:
    """The change that decides on it; it is the first team's, and so not of all who see the replay."""
    return change_of(replay) if replay.needs_approval and access.may(Action.SEE_TRANSACTIONS, replay.team_id) else None


def _why_not(access: Access, replay: Replay) -> str:
    if may_stop(access, replay):
        return ""
    return f"Stopping takes the role {' or '.join(who_may(Action.REPLAY))} in this team."
