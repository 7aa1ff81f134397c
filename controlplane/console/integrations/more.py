"""Further pages of an integration: its whole timeline, and what differs from the same one elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.console.estate import export
from controlplane.console.integrations import timeline
from controlplane.console.integrations.comparing import compared, part_of
from controlplane.console.integrations.settings import called
from controlplane.foundation.errors import BadInput, NotFound
from controlplane.inventory.models import Integration
from controlplane.people.access import Action, access_of
from controlplane.transactions.selectors import reach


@require_GET
@login_required
def whole_timeline(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that changed about an integration, of one kind or of all, newest first."""
    one, kind, before = called(slug), request.GET.get("kind", ""), request.GET.get("before", "")
    if kind not in {"", *timeline.KINDS}:
        raise BadInput(f"kind={kind!r} is none of {', '.join(timeline.KINDS)}.", field="kind")
    may_see = access_of(request).may(Action.SEE_TRANSACTIONS, one.team_id)
    found = timeline.events(about(one), may_see=may_see, kind=kind, before=before, most=timeline.PAGE)
    here = reverse("console:integration-timeline", args=[slug])
    shown = found[: timeline.PAGE]
    context = {
        "one": one,
        "events": shown,
        "filters": [_filter(here, word, label, kind) for word, label in {"": "All", **timeline.KINDS}.items()],
        "hidden": not may_see and kind not in {"", *timeline.OPEN},
        "newest": _address(here, kind=kind) if before else "",
        "older": _address(here, kind=kind, before=shown[-1].place.cursor) if len(found) > timeline.PAGE else "",
    }
    return render(request, "console/integrations/timeline.html", context)


@require_GET
@login_required
def comparison(request: HttpRequest, slug: str, other: str) -> HttpResponse:
    """What differs between an integration and the same one in another environment."""
    one, there = called(slug), called(other)
    if not one.family or one.family != there.family or one.pk == there.pk:
        raise NotFound("These two are not the same integration in two environments.")
    document = export.export().document
    found = compared(part_of(document, slug), part_of(document, other))
    rows = [
        {"part": part.part, "field": part.field, "here": timeline.short(part.here), "there": timeline.short(part.there)}
        for part in found
    ]
    context = {"one": one, "other": there, "rows": rows}
    return render(request, "console/integrations/comparison.html", context)


def about(one: Integration) -> timeline.About:
    """What events of an integration can be of."""
    targets = reach.destinations(reach.flows([one.pk]))
    return timeline.about(one, targets.get(one.pk, []))


def elsewhere(one: Integration) -> list[Integration]:
    """The same integration in other environments."""
    if not one.family:
        return []
    same = Integration.objects.filter(family=one.family).exclude(pk=one.pk).select_related("environment")
    return list(same.order_by("environment__name"))


def _filter(here: str, word: str, label: str, kind: str) -> dict[str, Any]:
    return {"label": label, "url": _address(here, kind=word), "on": word == kind}


def _address(here: str, **words: str) -> str:
    said = {name: word for name, word in words.items() if word}
    return f"{here}?{urlencode(said)}" if said else here
