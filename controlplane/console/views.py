"""Pages above all apps: the start, how pages look, the audit."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from controlplane.audit import selectors as audit
from controlplane.audit.chain import GENESIS, link
from controlplane.audit.models import AuditRecord
from controlplane.audit.services import check_chain
from controlplane.console.shell import CHOICES, TRANSACTIONS
from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput
from controlplane.people.access import access_of
from controlplane.people.roles import Action

A_YEAR = 365 * 86400

#: A check started from the page answers within this; the whole of a long chain is for the command line.
CHECK_SECONDS = 5.0

#: A check older than this is shown as old: "unbroken" is a statement about then, not about now.
FRESH = timedelta(hours=26)


@require_GET
def start(_request: HttpRequest) -> HttpResponse:
    """Everyone begins at the transactions."""
    return redirect(TRANSACTIONS)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep how pages look and whether single letters act, in cookies; works before signing in, too."""
    wanted = {name: request.POST[name] for name in CHOICES if name in request.POST}
    for name, value in wanted.items():
        if value not in CHOICES[name]:
            raise BadInput(f"{value!r} is no {name}; there are: {', '.join(CHOICES[name])}.", field=name)
    response = _after_look(request, wanted)
    for name, value in wanted.items():
        response.set_cookie(
            f"interlock_{name}", value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return response


def _after_look(request: HttpRequest, wanted: dict[str, str]) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"interlock:look": wanted})})
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "/")


@require_GET
@login_required
def audit_page(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first, and what the last check of the chain found."""
    access_of(request).require_everywhere(Action.SEE_AUDIT)
    before, check = _before(request), audit.last_check()
    page = audit.newest(before=before)
    here = reverse("console:audit")
    context: dict[str, Any] = {
        "page": page,
        "doubtful": _doubtful(page.records),
        "check": check,
        "stale": check is not None and clock.now() - check.at > FRESH,
        "head": bytes(check.head_hash).hex()[:16] if check else "",
        "first": before is None,
        "newest": "" if before is None else here,
        "older": f"{here}?before={page.older}" if page.older else "",
    }
    return render(request, "console/audit.html", context)


@require_POST
@login_required
def audit_check(request: HttpRequest) -> HttpResponse:
    """Walk the chain now, for a few seconds at most."""
    access = access_of(request)
    access.require_everywhere(Action.SEE_AUDIT)
    verdict = check_chain(by=access.actor, seconds=CHECK_SECONDS)
    if verdict.intact:
        messages.success(request, f"{verdict.records:,} records checked: the chain is unbroken.")
    elif verdict.broken_at is None:
        messages.warning(
            request,
            f"The first {verdict.records:,} records fit; the time was up there. "
            "manage.py audit_verify walks the whole chain.",
        )
    return redirect("console:audit")


def _before(request: HttpRequest) -> int | None:
    raw = request.GET.get("before")
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 18):  # noqa: PLR2004 - what a bigint holds
        raise BadInput(f"before={raw!r} is no record's number.", field="before")
    return int(raw)


def _doubtful(records: list[AuditRecord]) -> set[int]:
    """The records of this page that do not fit their own hash; cheap, so done on every look."""
    return {
        record.id for record in records if link(bytes(record.previous_hash or GENESIS), record) != bytes(record.hash)
    }
