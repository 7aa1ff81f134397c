"""Pages above all apps: the start, how pages look, the audit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from controlplane.audit import selectors as audit
from controlplane.audit.chain import GENESIS, link
from controlplane.audit.models import AuditRecord
from controlplane.audit.services import check_chain
from controlplane.console.palette import pages
from controlplane.console.shell import NAV, OVERVIEW, TRANSACTIONS, in_sandbox
from controlplane.console.welcome.views import leads_there
from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput, NotFound
from controlplane.inventory.environments import look_at
from controlplane.people import oneself
from controlplane.people.access import access_of
from controlplane.people.look import CHOICES
from controlplane.people.models import Account
from controlplane.people.roles import Action
from controlplane.people.selectors import own_account

A_YEAR = 365 * 86400

#: A check started from the page answers within this; the whole of a long chain is for the command line.
CHECK_SECONDS = 5.0

#: A check older than this is shown as old: "unbroken" is a statement about then, not about now.
FRESH = timedelta(hours=26)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Where the person chose to begin.

    Else who looks into transactions begins there; who answers for them, at the overview; a newcomer, on the first page:
    whoever comes to the sandbox without a sign-in, or to an installation with nothing in it yet.
    """
    if not request.user.is_authenticated:
        return redirect("console:welcome") if in_sandbox() else redirect_to_login(request.get_full_path())
    access = access_of(request)
    if leads_there(access):
        return redirect("console:welcome")
    chosen = pages.called(access, own_account(request).start_page)
    if chosen is not None:
        return redirect(chosen.url)
    return redirect(TRANSACTIONS if access.may_somewhere(Action.SEE_PAYLOADS) else OVERVIEW)


@require_GET
@login_required
def count(request: HttpRequest, letter: str) -> HttpResponse:
    """The number beside an area of the navigation, by the area's letter."""
    access = access_of(request)
    area = next((area for area in NAV if area.letter == letter and area.follows and area.offered(access)), None)
    if area is None:
        raise NotFound("There is no such count; the areas in the navigation have theirs.")
    return render(request, "components/count.html", {"count": area.count(access)})


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep how pages look and whether single letters act: with the account, and in cookies for before the sign-in."""
    wanted = {name: request.POST[name] for name in CHOICES if name in request.POST}
    for name, value in wanted.items():
        if value not in CHOICES[name]:
            raise BadInput(f"{value!r} is no {name}; there are: {', '.join(CHOICES[name])}.", field=name)
    if isinstance(request.user, Account):
        oneself.choose(request.user, wanted)
    return wears(request, _after_look(request, wanted), wanted)


@require_POST
@login_required
def environment(request: HttpRequest) -> HttpResponse:
    """Look at another environment, or at all: on the same page, where it is kept with the account."""
    look_at(own_account(request), request.POST.get("environment", ""))
    return redirect(_back(request))


def wears(request: HttpRequest, response: HttpResponse, wanted: Mapping[str, str]) -> HttpResponse:
    """The answer, with which the browser remembers how pages look."""
    for name, value in wanted.items():
        response.set_cookie(
            f"interlock_{name}", value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return response


def _after_look(request: HttpRequest, wanted: dict[str, str]) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"interlock:look": wanted})})
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page that a form stood on, if it is one of ours."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if is_ours else "/"


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
