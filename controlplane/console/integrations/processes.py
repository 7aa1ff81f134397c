"""Business processes: which there are, and the steps of one with the integrations that carry them."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.console.integrations import timeline
from controlplane.console.integrations.record import Fact
from controlplane.foundation.errors import BadInput, NotFound
from controlplane.inventory.models import Integration, Process
from controlplane.people.access import access_of
from controlplane.sync.views.parts import tabs

PAGE: Final = 200
LONGEST_SLUG: Final = 80


@require_GET
@login_required
def processes(request: HttpRequest) -> HttpResponse:
    """Which processes there are, whose they are, and how many steps and integrations each has."""
    after = request.GET.get("after", "")
    if len(after) > LONGEST_SLUG or "\0" in after:
        raise BadInput("after= is no process's name.", field="after")
    counted = Process.objects.select_related("team", "owner").annotate(
        stages=Count("steps", distinct=True), carried=Count("integrations", distinct=True)
    )
    found = list(counted.filter(slug__gt=after).order_by("slug")[: PAGE + 1])
    here = reverse("console:processes")
    context = {
        "rows": found[:PAGE],
        "tabs": tabs("processes"),
        "newest": here if after else "",
        "older": f"{here}?after={found[PAGE - 1].slug}" if len(found) > PAGE else "",
    }
    return render(request, "console/integrations/processes.html", context)


@require_GET
@login_required
def process(request: HttpRequest, slug: str) -> HttpResponse:
    """The steps of a process, and the integrations that carry each, where the person looks."""
    one = Process.objects.select_related("team", "owner").filter(slug=slug).first()
    if one is None:
        raise NotFound("There is no process of that name.")
    within = access_of(request).within
    found = Integration.objects.filter(process=one).select_related("team", "environment").prefetch_related("steps")
    carriers = list((found.filter(environment=within.pk) if within else found).order_by("name", "pk"))
    steps = [(step, [row for row in carriers if step in row.steps.all()]) for step in one.steps.order_by("number")]
    context = {
        "one": one,
        "facts": [
            Fact("Purpose", one.purpose),
            Fact("Team", one.team.name if one.team else ""),
            Fact("Owner", one.owner.name if one.owner else ""),
        ],
        "steps": steps,
        "others": [row for row in carriers if not row.steps.all()],
        "changes": timeline.field_events("process", [one.pk])[: timeline.MOST],
        "tabs": tabs("processes"),
    }
    return render(request, "console/integrations/process.html", context)
