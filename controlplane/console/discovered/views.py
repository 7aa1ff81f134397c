"""The list of discoveries, and what people do about one."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.foundation.errors import BadInput, Conflict, Invalid
from controlplane.people.access import Action, access_of
from controlplane.sync.views.parts import tabs
from controlplane.transactions.discovering import decide as verbs
from controlplane.transactions.selectors.discovered import WORDS, discoveries

#: Rows on the page; it says when there are more.
SHOWN: Final = 200
IGNORED: Final = "ignored"
ACTS: Final = ("ignore", "include")


@require_GET
@login_required
def discovered(request: HttpRequest) -> HttpResponse:
    """Types of events that nobody takes, fields that no contract names, and fields that nobody sends."""
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
    """One discovery: put its field into a draft of the contract, or ignore it and say why."""
    access = access_of(request)
    found = verbs.the(access, kind, key)
    context: dict[str, Any] = {"one": found, "may": access.may(Action.CONFIGURE, found.team_id), "reason": ""}
    if request.method == "GET":
        return render(request, "console/discovered/one.html", context)
    act, context["reason"] = request.POST.get("act", ""), request.POST.get("reason", "")
    try:
        if act not in ACTS:
            raise BadInput(f"act={act[:40]!r} is none of {', '.join(ACTS)}.", field="act")
        if act == "include":
            version = verbs.include(access, found)
            words = f"{found.pointer} stands in a draft now: {version.contract.name} v{version.number}."
        else:
            verbs.ignore(access, found, context["reason"])
            words = "Ignored: it is listed under that from now on."
    except (Invalid, Conflict) as problem:
        return render(request, "console/discovered/one.html", {**context, "problem": problem}, status=problem.status)
    messages.success(request, words)
    return redirect("console:discovered")
