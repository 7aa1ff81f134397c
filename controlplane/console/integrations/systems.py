"""Systems: which there are, and what stands on one; and that one is being retired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from controlplane.console.integrations import timeline
from controlplane.console.integrations.forms import RetireForm
from controlplane.console.integrations.record import Fact
from controlplane.contracts.models import VersionState
from controlplane.foundation.errors import BadInput, NotFound
from controlplane.inventory.changing import change, team_of
from controlplane.inventory.models import Instance, Integration, Interface, System, SystemStage
from controlplane.people.access import Action, access_of
from controlplane.sync.views.parts import tabs
from controlplane.transactions.models import Destination, FlowVersion

PAGE: Final = 100
LONGEST_SLUG: Final = 50
#: The status shape of each stage.
SHAPES: Final = {"planned": "off", "live": "ok", "retiring": "warn", "retired": "off"}


@dataclass(frozen=True, slots=True)
class Place:
    """An instance with its doors."""

    instance: Instance
    doors: list[Interface]


@require_GET
@login_required
def systems(request: HttpRequest) -> HttpResponse:
    """Which systems there are, how many instances and doors each has, and how many integrations stand on it."""
    after = request.GET.get("after", "")
    if len(after) > LONGEST_SLUG or "\0" in after:
        raise BadInput("after= is no system's name.", field="after")
    counted = System.objects.select_related("team", "owner").annotate(
        places=Count("instances", distinct=True),
        doors=Count("instances__interfaces", distinct=True),
        stands=Count("instances__interfaces__integrations", distinct=True),
    )
    found = list(counted.filter(slug__gt=after).order_by("slug")[: PAGE + 1])
    rows = [{"system": one, "kind": SHAPES[one.stage]} for one in found[:PAGE]]
    here = reverse("console:systems")
    context = {
        "rows": rows,
        "tabs": tabs("systems"),
        "newest": here if after else "",
        "older": f"{here}?after={found[PAGE - 1].slug}" if len(found) > PAGE else "",
    }
    return render(request, "console/integrations/systems.html", context)


@require_GET
@login_required
def system(request: HttpRequest, slug: str) -> HttpResponse:
    """What a system is, where it runs, through which doors it speaks, and what reads and writes it."""
    return _shown(request, _called(slug), RetireForm(), asks=request.GET.get("ask") == "retire")


@require_POST
@login_required
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Mark a system as being retired, or as live again, with the reason."""
    one, form = _called(slug), RetireForm(request.POST)
    if not form.is_valid():
        access_of(request).require(Action.CONFIGURE, team_of(one))
        return _shown(request, one, form, asks=True, status=422)
    goes = one.stage in {SystemStage.PLANNED, SystemStage.LIVE}
    stage = SystemStage.RETIRING if goes else SystemStage.LIVE
    change(one, {"stage": stage}, by=access_of(request), reason=form.cleaned_data["reason"])
    said = "is being retired; what stands on it is listed here" if goes else "is live again"
    messages.success(request, f"{one.name} {said}.")
    return redirect(reverse("console:system", args=[slug]))


def _called(slug: str) -> System:
    one = System.objects.select_related("team", "owner").filter(slug=slug).first()
    if one is None:
        raise NotFound("There is no system of that name.")
    return one


def _shown(
    request: HttpRequest, one: System, form: RetireForm, *, asks: bool = False, status: int = 200
) -> HttpResponse:
    reads, writes = _reading(one), _writing(one)
    context = {
        "one": one,
        "kind": SHAPES[one.stage],
        "facts": _facts(one),
        "places": _places(one),
        "reads": reads,
        "writes": writes,
        "changes": timeline.field_events("system", [one.pk])[: timeline.MOST],
        "may": access_of(request).may(Action.CONFIGURE, team_of(one)),
        "goes": one.stage in {SystemStage.PLANNED, SystemStage.LIVE},
        "form": form,
        "asks": asks,
        "tabs": tabs("systems"),
    }
    return render(request, "console/integrations/system.html", context, status=status)


def _facts(one: System) -> list[Fact]:
    return [
        Fact("Purpose", one.purpose),
        Fact("Team", one.team.name if one.team else ""),
        Fact("Owner", one.owner.name if one.owner else ""),
        Fact("Vendor", one.vendor),
        Fact("Domain", one.domain),
        Fact("Connector", one.connector),
        Fact("Stage", one.get_stage_display()),
    ]


def _places(one: System) -> list[Place]:
    places = {row.pk: Place(row, []) for row in _ordered(one.instances.select_related("environment"))}
    for door in Interface.objects.filter(instance__in=places).order_by("kind", "name", "pk"):
        places[door.instance_id].doors.append(door)
    return list(places.values())


def _ordered(rows: QuerySet[Instance]) -> QuerySet[Instance]:
    return rows.order_by("environment__name", "region", "name", "pk")


def _reading(one: System) -> list[Integration]:
    """Those that hear of things from it."""
    return _listed(Q(source__instance__system=one))


def _writing(one: System) -> list[Integration]:
    """Those that are said to write to it, and those whose flows do."""
    slugs = Destination.objects.filter(instance__system=one).values_list("slug", flat=True)
    steps = Q(pk=None)
    for slug in slugs:
        steps |= Q(steps__contains=[{"destination": slug}])
    flows = FlowVersion.objects.filter(steps, state=VersionState.PUBLISHED).values("flow__integration")
    return _listed(Q(targets__instance__system=one) | Q(pk__in=flows))


def _listed(which: Q) -> list[Integration]:
    found: Iterable[Any] = Integration.objects.filter(which).select_related("team", "environment").distinct()
    return sorted(found, key=lambda one: (one.name, one.pk))
