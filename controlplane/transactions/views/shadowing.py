"""What a proposed version would send: what its shadow run found, and one event of it side by side."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.foundation.errors import Invalid
from controlplane.governance.models import ChangeRequest, Check, CheckState
from controlplane.governance.selectors import change_for
from controlplane.people.access import access_of
from controlplane.transactions.models import Transaction
from controlplane.transactions.rules.shadowing import What
from controlplane.transactions.selectors.shadowing import beside, check_of

#: How it is shown: the shape, what is said of a request, and the tone of its part.
SHOWN: Final = {
    What.FAILS: ("bad", "Would fail", "bad"),
    What.LOST: ("warn", "Not sent any more", "warn"),
    What.UNTOLD: ("unknown", "Cannot be told", "off"),
    What.DIFFERS: ("warn", "Something else", "warn"),
    What.GAINED: ("ok", "Newly sent", "info"),
    What.SAME: ("ok", "The same", "ok"),
}


@require_GET
@login_required
def shadow(request: HttpRequest, change: int) -> HttpResponse:
    """What the run found; where it has not run, or could not, that."""
    access = access_of(request)
    proposed = change_for(access, change)
    check = check_of(proposed)
    context = _about(proposed, check) | _found(check)
    named = {one for group in context["groups"] for one in group["examples"]}
    context["seen"] = set(
        map(str, Transaction.objects.visible_to(access).filter(pk__in=named).values_list("pk", flat=True))
    )
    return render(request, "transactions/shadow.html", context)


@require_GET
@login_required
def shadow_of(request: HttpRequest, change: int, identifier: UUID) -> HttpResponse:
    """One event, request by request."""
    access = access_of(request)
    proposed = change_for(access, change)
    context = _about(proposed, check_of(proposed))
    try:
        event = beside(access, proposed, identifier)
    except Invalid as problem:
        return render(request, "transactions/shadow_of.html", context | {"problem": problem.detail}, status=422)
    rows = [(SHOWN[one.difference.what], one) for one in event.beside]
    return render(request, "transactions/shadow_of.html", context | {"event": event, "rows": rows})


def _about(change: ChangeRequest, check: Check) -> dict[str, Any]:
    return {
        "change": change,
        "check": check,
        "ran": check.state in {CheckState.PASSED, CheckState.FAILED},
        "run_url": reverse("transactions:shadow", args=[change.pk]),
    }


def _found(check: Check) -> dict[str, Any]:
    """The evidence in the template's words."""
    evidence = check.evidence
    counts = evidence.get("counts", {})
    groups = [one | {"shown": SHOWN[What(one["what"])]} for one in evidence.get("groups", ())]
    parts = [
        {"count": counts.get(what.value, 0), "tone": tone, "shape": shape, "words": words}
        for what, (shape, words, tone) in SHOWN.items()
        if counts.get(what.value)
    ]
    return {"groups": groups, "parts": parts, "events": evidence.get("events", 0), "more": evidence.get("more", 0)}
