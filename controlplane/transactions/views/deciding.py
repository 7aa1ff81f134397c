"""Deciding about a large replay, and taking the results of any replay away."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.foundation.streaming import csv_file
from controlplane.people.access import access_of
from controlplane.transactions.forms import DecisionForm
from controlplane.transactions.models import Replay, ReplayState
from controlplane.transactions.replay.decide import approve_replay, decline_replay, why_not_approve
from controlplane.transactions.replay.governed import judged_now
from controlplane.transactions.replay.results import results_of
from controlplane.transactions.selectors import replays
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.views.addresses import tabs
from controlplane.transactions.views.dry_runs import dry_run

UNDECIDED = ReplayState.PLANNED
VERBS = {"approve": approve_replay, "decline": decline_replay}
#: By (voted for it, still undecided).
SAID = {
    (True, False): "Agreed; it is under way.",
    (True, True): "Your vote is kept; others of the board have still to agree.",
    (False, False): "Declined. Nothing of it is sent.",
    (False, True): "Your vote is kept; the board has not decided yet.",
}


@require_http_methods(["GET", "POST"])
@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What it would do by today's facts, and the word of somebody on the board."""
    access = access_of(request)
    replay = replays.replay_for(access, pk)
    page = reverse("transactions:replay-page", args=[pk])
    why_not = why_not_approve(access, replay)
    if replay.state != ReplayState.PLANNED or (request.method == "GET" and why_not):
        decided = "It does not wait for anybody's decision any more."
        messages.warning(request, decided if replay.state != ReplayState.PLANNED else why_not)
        return redirect(page)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        verb = VERBS[form.cleaned_data["decision"]]
        try:
            verb(access, pk, form.cleaned_data["reason"])
        except (Invalid, Conflict, NotAllowed) as problem:
            form.add_error("reason", problem.detail)
            status = problem.status
        else:
            messages.success(request, SAID[verb is approve_replay, Replay.objects.get(pk=pk).state == UNDECIDED])
            return redirect(page)
    context = {
        "tabs": tabs("replays", open_count(access), replays.running_count(access)),
        "replay": replay,
        "form": form,
        "back": page,
    } | dry_run(judged_now(replay), access)
    return render(request, "transactions/decide_replay.html", context, status=status)


@require_GET
@login_required
def results(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Every item and what became of it, as CSV; of other teams' items only that there are some."""
    pieces = (piece.encode() for piece in results_of(access_of(request), pk))
    return csv_file(request, pieces, f"replay-{pk}.csv")
