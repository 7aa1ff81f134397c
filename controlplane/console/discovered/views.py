"""The list of discoveries, and what people do about one."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.console.contracts.drawn_up import NAMES
from controlplane.foundation.errors import BadInput, Conflict, Invalid
from controlplane.people.access import Action, access_of
from controlplane.sync.views.parts import tabs
from controlplane.transactions.discovering import decide as verbs
from controlplane.transactions.models import DriftState
from controlplane.transactions.selectors.discovered import WORDS, Discovery, discoveries

#: Rows on the page; it says when there are more.
SHOWN: Final = 200
IGNORED: Final = "ignored"
#: The shape of what has become of a drift.
TONES: Final = {
    DriftState.OPEN: "warn",
    DriftState.EXPLAINED: "ok",
    DriftState.IGNORED: "off",
    DriftState.GONE: "ok",
}
ACTS: Final = ("ignore", "include")
#: By which name the page that proposes a version is told of it.
_NAMED: Final = {kind: name for name, kind in NAMES.items()}


@require_GET
@login_required
def discovered(request: HttpRequest) -> HttpResponse:
    """Payloads that have changed, types that nobody takes, fields that no contract names, and fields nobody sends."""
    access, show = access_of(request), request.GET.get("show", "")
    if show not in {"", IGNORED, *WORDS}:
        raise BadInput(f"show={show[:40]!r} is none of {', '.join([*WORDS, IGNORED])}.", field="show")
    found = discoveries(access, kind="" if show == IGNORED else show, ignored=show == IGNORED)
    here = reverse("console:discovered")
    choices = [("", "All"), *WORDS.items(), (IGNORED, "Ignored")]
    context = {
        "rows": [{"one": one, "may": access.may(Action.CONFIGURE, one.team_id)} for one in found[:SHOWN]],
        "more": max(0, len(found) - SHOWN),
        "shows": [
            {"label": label, "url": f"{here}?show={word}" if word else here, "on": word == show}
            for word, label in choices
        ],
        "show": show,
        "tabs": tabs("discovered"),
    }
    return render(request, "console/discovered/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def decide(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """One discovery: draw up a version of the contract that lets it in, or ignore it and say why."""
    access = access_of(request)
    found = verbs.the(access, kind, key)
    context: dict[str, Any] = {
        "one": found,
        "may": access.may(Action.CONFIGURE, found.team_id),
        "reason": "",
        "sees": access.may_somewhere(Action.SEE_TRANSACTIONS),
        "settled": found.drift is not None and found.drift.state != DriftState.OPEN,
        "tone": TONES[DriftState(found.drift.state)] if found.drift is not None else "",
    }
    if request.method == "GET":
        return render(request, "console/discovered/one.html", context)
    act, context["reason"] = request.POST.get("act", ""), request.POST.get("reason", "")
    try:
        if act not in ACTS:
            raise BadInput(f"act={act[:40]!r} is none of {', '.join(ACTS)}.", field="act")
        if act == "include":
            verbs.drafted(access, found)
            return redirect(_propose_url(found))
        verbs.ignore(access, found, context["reason"])
    except (Invalid, Conflict) as problem:
        return render(request, "console/discovered/one.html", {**context, "problem": problem}, status=problem.status)
    messages.success(request, "Ignored: it is listed under that from now on.")
    return redirect("console:discovered")


def _propose_url(found: Discovery) -> str:
    """The page that proposes a version, filled in; nothing is written by going there."""
    slug = found.version.contract.slug if found.version else ""
    return f"{reverse('console:contract-propose', args=[slug])}?{_NAMED[found.kind]}={found.key}"
