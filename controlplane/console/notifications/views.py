"""``/notifications/``: “For you”. Looking at it makes what is there no news any more."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.console.notifications import reading
from controlplane.foundation import clock
from controlplane.people import oneself
from controlplane.people.access import access_of
from controlplane.people.selectors import own_account


@require_GET
@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """What concerns this person, newest first. A browser that fetches ahead has not looked."""
    account, access, now = own_account(request), access_of(request), clock.now()
    offered = reading.offered(access)
    context = {
        "found": reading.for_you(account, access, now),
        "offered": bool(offered),
        "muted": [source.label for kind, source in offered.items() if kind in account.muted],
        "listed": reading.LISTED,
    }
    if "prefetch" not in request.headers.get("sec-purpose", ""):
        oneself.have_seen(account, now)
    return render(request, "console/notifications/page.html", context)
