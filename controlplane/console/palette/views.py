"""``/search/``: what fits to what is typed, as a page, and as the part that the palette fetches.

Sent by POST: what is typed may be somebody's e-mail address, which is in no address.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from controlplane.console.palette.finding import LONGEST, find
from controlplane.foundation import clock
from controlplane.foundation.fragments import part
from controlplane.people.access import Action, access_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def palette(request: HttpRequest) -> HttpResponse:
    """Everything that fits; before anything is typed, the pages."""
    access, text = access_of(request), request.POST.get("q", "").strip()[:LONGEST]
    context = {
        "text": text,
        "found": find(access, text, clock.now()),
        "may_search": bool(text) and access.may_somewhere(Action.SEE_TRANSACTIONS),
    }
    return render(request, part(request, "console/palette/page.html", "console/palette/_found.html"), context)
