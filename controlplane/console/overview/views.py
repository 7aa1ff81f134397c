"""``/overview/``: are the business processes kept, and what waits for somebody; prints on one page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.console.overview import figures, processes
from controlplane.console.overview.failing import causes
from controlplane.console.overview.period import Period, period_of
from controlplane.console.overview.processes import Process
from controlplane.foundation import clock
from controlplane.foundation.errors import NotFound
from controlplane.foundation.fragments import part
from controlplane.inventory.environments import integrations_of
from controlplane.people.access import Action, access_of


@require_GET
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """The month of the address, or this one; charts of the process that the address names, or of the worst."""
    access, now = access_of(request), clock.now()
    period = period_of(request.GET.get("period", ""), now)
    integrations = integrations_of(access).select_related("team", "source__instance__system")
    shown = processes.of(period, integrations.order_by("name", "pk"), access, now)
    chosen = _chosen(shown, request.GET.get("process", ""))
    sentence, why = figures.verdict(shown, period)
    context: dict[str, Any] = {
        "period": period,
        "rows": [(one, figures.failures(one, period), _address(period, one)) for one in shown],
        "sentence": sentence,
        "why": why,
        "stats": figures.stats(shown, period),
        "waiting": _waiting(shown) if period.is_current else [],
        "chosen": chosen,
        "older": _address(period.before),
        "newer": _address(period.after) if period.after else "",
        "as_of": min(filter(None, (one.traffic.counted_at for one in shown)), default=None),
    }
    if chosen is not None:
        context["charts"] = [figures.volume(chosen, period), figures.latency(chosen, period)]
        context["causes"] = causes(chosen.slug, period, access)
        context["may_see"] = access.may_somewhere(Action.SEE_TRANSACTIONS)
    template = part(request, "console/overview/page.html", "console/overview/_overview.html")
    return render(request, template, context)


def _chosen(shown: list[Process], wanted: str) -> Process | None:
    """The process that the address names, or the first; None where there is none at all."""
    if not wanted:
        return shown[0] if shown else None
    found = next((one for one in shown if one.slug == wanted), None)
    if found is None:
        raise NotFound("There is no business process of that name in this month.")
    return found


def _waiting(shown: list[Process]) -> list[dict[str, Any]]:
    """The integrations of which something waits for a person, most of it first."""
    some = [(part, one) for one in shown for part in one.now if part.dead or part.kind in figures.UNWELL]
    some.sort(key=lambda pair: (processes.ORDER.index(pair[0].kind), -pair[0].dead))
    return [{"health": part, "process": one} for part, one in some]


def _address(period: Period, process: Process | None = None) -> str:
    asked = {} if period.is_current else {"period": period.written}
    if process is not None:
        asked["process"] = process.slug
    here = reverse("console:overview")
    return f"{here}?{urlencode(asked)}" if asked else here
