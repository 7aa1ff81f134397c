"""The map: drawn and listed, about everything or one object; and what breaks if something stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.utils.html import format_html, format_html_join
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from controlplane.console.map import asked as asking
from controlplane.console.map import estate as estates
from controlplane.console.map import impact as impacts
from controlplane.console.map.asked import Asked
from controlplane.console.map.drawing import Drawing, Looks, Tie, draw
from controlplane.console.map.estate import Estate
from controlplane.console.map.export import csv_lines
from controlplane.console.map.impact import Impact
from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput, NotFound
from controlplane.foundation.streaming import csv_file
from controlplane.inventory.rules.folding import Folded, Level, fold
from controlplane.inventory.rules.graph import Graph, Kind
from controlplane.people.access import access_of
from controlplane.sync.views.parts import tabs
from controlplane.transactions.selectors import volume

_LEVELS = {
    Level.OBJECTS: "Every object",
    Level.SYSTEMS: "Systems",
    Level.TEAMS: "Teams",
    Level.DOMAINS: "Domains",
}


@require_GET
@login_required
def the_map(request: HttpRequest) -> HttpResponse:
    """What stands on what, in the environment that the person looks at."""
    wanted, now = asking.asked(request.GET), clock.now()
    estate = estates.read(access_of(request).within)
    whole, problem, found = estate.graph, None, None
    try:
        graph = asking.looked_at(whole, wanted)
        found = impacts.impact(estate, whole, impacts.asked(wanted.stop, whole), now) if wanted.stop else None
    except (BadInput, NotFound) as wrong:
        problem, graph = wrong, Graph((), ())
    apart = asking.apart(graph, wanted)
    folded = estate.folded(wanted.group, apart) if graph is whole else fold(graph, wanted.group, apart)
    drawing = draw(folded, Looks(estate, wanted, found.hit if found else (), volume.lately(now)))
    context: dict[str, Any] = {
        "tabs": tabs("map"),
        "asked": wanted,
        "drawing": drawing,
        "rows": _rows(drawing, wanted),
        "summary": _summary(graph, folded),
        "problem": problem,
        "impact": found,
        "any": bool(whole.nodes),
        "csv": wanted.part("console:map-impact"),
        "customers": wanted.part("console:map-customers"),
        "stands_on": _stands_on(whole, wanted) if found else [],
    } | _choices(estate, whole, wanted, folded)
    return render(request, "console/map/page.html", context, status=problem.status if problem else 200)


@require_GET
@login_required
def impact_file(request: HttpRequest) -> HttpResponseBase:
    """What breaks, as CSV; without anything that stops, the map."""
    if not request.GET.get("stop"):
        return redirect("console:map")
    found = _impact(request)
    return csv_file(request, csv_lines(found), f"impact-{slugify(found.of.ref.replace(':', ' '))}.csv")


@require_GET
@login_required
def customers(request: HttpRequest) -> HttpResponse:
    """The customers that it touches, which take longer to count than a page may: a part of it."""
    if not request.GET.get("stop"):
        return redirect("console:map")
    found = _impact(request)
    count, newest = impacts.customers(found, access_of(request))
    return render(request, "console/map/_customers.html", {"customers": count, "newest": newest})


def _impact(request: HttpRequest) -> Impact:
    estate = estates.read(access_of(request).within)
    graph = estate.graph
    return impacts.impact(estate, graph, impacts.asked(asking.asked(request.GET).stop, graph), clock.now())


def _summary(graph: Graph, folded: Folded) -> str:
    """How many objects, and that none of them is left out."""
    kinds = Counter(node.kind for node in graph.nodes.values())
    integrations, systems = kinds[Kind.INTEGRATION], kinds[Kind.SYSTEM]
    head = f"{integrations:,} integration{pluralize(integrations)} between {systems:,} system{pluralize(systems)}."
    if len(folded.boxes) == folded.objects:
        return f"{head} Every object is shown."
    return (
        f"{head} {folded.objects:,} objects are folded into {len(folded.boxes):,}, and {folded.edges:,} links into "
        f"{len(folded.lines):,} lines that carry their number; {folded.inside:,} run inside. Nothing is left out."
    )


def _rows(drawing: Drawing, wanted: Asked) -> list[dict[str, Any]]:
    """The list beside the drawing: each box, its ties, and the address that asks what breaks if it stops.

    Ties are written here: a large estate has hundreds, and a template takes longer.
    """
    return [
        {
            "shape": shape,
            "stop": wanted.url(stop=shape.key) if shape.key.partition(":")[0] in impacts.STOPPABLE else "",
            "stands_on": format_html_join(
                "", '<span class="tie">{}: {}</span>', ((tie.how, _linked(tie)) for tie in shape.stands_on)
            ),
            "stood_on_by": format_html_join(
                "", '<span class="tie">{} {}</span>', ((_linked(tie), tie.how) for tie in shape.stood_on_by)
            ),
        }
        for shape in drawing.shapes
    ]


def _linked(tie: Tie) -> str:
    return format_html('<a class="link" href="{}">{}</a>', tie.url, tie.title) if tie.url else tie.title


def _stands_on(graph: Graph, wanted: Asked) -> list[dict[str, str]]:
    """What the object itself stands on."""
    return [
        {"title": graph.nodes[edge.on].name, "how": edge.relation.value, "url": wanted.url(stop="", about=edge.on)}
        for edge in graph.stands_on(wanted.stop)
    ]


def _choices(estate: Estate, graph: Graph, wanted: Asked, folded: Folded) -> dict[str, Any]:
    nodes = graph.nodes.values()
    domains = sorted({node.domain for node in nodes} - {""})
    owning = {node.team for node in nodes if node.kind is Kind.INTEGRATION}
    return {
        "narrows": [
            ("domain", "Domain", wanted.domain, [(domain, domain) for domain in domains]),
            ("process", "Process", wanted.process, _named(graph, Kind.PROCESS)),
            ("team", "Team", wanted.team, sorted((slug, estate.teams[slug]) for slug in owning)),
        ],
        "systems": [(f"system:{slug}", name) for slug, name in _named(graph, Kind.SYSTEM)],
        "levels": [
            {"label": label, "url": wanted.url(group=level), "on": level is folded.level}
            for level, label in _LEVELS.items()
        ],
        "coarser": _LEVELS[folded.level] if folded.level is not wanted.group else "",
        "hops": [
            {
                "label": f"{hops} {'hop' if hops == '1' else 'hops'}",
                "url": wanted.url(hops=int(hops)),
                "on": int(hops) == wanted.hops,
            }
            for hops in asking.HOPS
        ],
    }


def _named(graph: Graph, kind: Kind) -> Sequence[tuple[str, str]]:
    return [(node.slug, node.name) for node in graph.nodes.values() if node.kind is kind]
