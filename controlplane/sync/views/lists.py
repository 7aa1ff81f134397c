"""What runs at all: integrations with their jobs, and jobs by when they run. Open to everyone signed in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput
from controlplane.people.access import access_of
from controlplane.sync.selectors import catalogue
from controlplane.sync.selectors import schedules as schedule_rows
from controlplane.sync.views.parts import part, tabs


@require_GET
@login_required
def integrations(request: HttpRequest) -> HttpResponse:
    """What we run, who owns it, and which of it is unhealthy."""
    after = request.GET.get("after", "")
    if len(after) > 50 or "\0" in after:  # noqa: PLR2004 - the longest slug
        raise BadInput("after= is no integration's name.", field="after")
    rows, older = catalogue.integrations(access_of(request), after=after)
    here = reverse("sync:integrations")
    context = {
        "rows": rows,
        "tabs": tabs("integrations"),
        "first": not after,
        "newest": here if after else "",
        "older": f"{here}?after={older}" if older else "",
        "now": clock.now(),
    }
    return render(request, part(request, "sync/integrations.html", "sync/_integrations.html"), context)


@require_GET
@login_required
def schedules(request: HttpRequest) -> HttpResponse:
    """What runs when, what is next, and what was missed."""
    rows = catalogue.job_rows(catalogue.all_jobs(), access_of(request))
    context = {
        "rows": rows,
        "tabs": tabs("schedules"),
        "missed": schedule_rows.missed(rows),
        "next": schedule_rows.next_up(rows),
        "now": clock.now(),
    }
    return render(request, part(request, "sync/schedules.html", "sync/_schedules.html"), context)
