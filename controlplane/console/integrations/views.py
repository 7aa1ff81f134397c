"""The list of integrations and the page of one: open to everyone signed in, but for what went through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.console.contracts.selectors import agreed_for
from controlplane.console.entries.offered import offered
from controlplane.console.integrations import figures, health, listing, more, scored, timeline
from controlplane.console.integrations.health import Health, Known
from controlplane.console.integrations.listing import Listed
from controlplane.console.integrations.narrowing import Narrowing, narrowing_of
from controlplane.console.integrations.record import record_of
from controlplane.console.integrations.settings import called
from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput
from controlplane.foundation.fragments import part
from controlplane.governance.rules.scores import Score
from controlplane.inventory.deciding import newest
from controlplane.inventory.environments import EVERYWHERE, integrations_of
from controlplane.inventory.models import Integration
from controlplane.inventory.rules.guides import guides
from controlplane.people.access import Access, Action, access_of
from controlplane.sync.views.parts import tabs
from controlplane.transactions.selectors.finding import find
from controlplane.transactions.selectors.traffic import a_day, by_hour
from controlplane.transactions.views.addresses import newer_url, transaction_url

#: Integrations on one page.
PAGE = 50
LONGEST_SLUG = 50
NEWEST = 8
#: What the list can be narrowed to: by the word in the address, its label and the shape it keeps ("" keeps all).
FILTERS = {
    "": ("All", ""),
    "unhealthy": ("Unhealthy", "bad"),
    "at-risk": ("At risk", "warn"),
    "paused": ("Paused", "pause"),
}
MINE = "mine"
#: Those that fail a policy.
FAILING = "failing"
BY_SCORE = "score"
#: What the head of the page counts, by status shape.
COUNTED = {"bad": "unhealthy", "warn": "at risk", "pause": "paused", "off": "without traffic"}

#: How an integration is, its score, and the colour of that.
Row: TypeAlias = tuple[Health, Score, str]


@require_GET
@login_required
def integrations(request: HttpRequest) -> HttpResponse:
    """What we run, who owns it, and which of it is unhealthy; by process."""
    access, wanted, order = access_of(request), request.GET.get("show", ""), request.GET.get("sort", "")
    if wanted not in {*FILTERS, MINE, FAILING}:
        raise BadInput(
            f"show={wanted!r} is none of {', '.join(filter(None, [*FILTERS, MINE, FAILING]))}.", field="show"
        )
    if order not in {"", BY_SCORE}:
        raise BadInput(f"sort={order!r} is not {BY_SCORE}.", field="sort")
    after, narrowing = _after(request), narrowing_of(request.GET)
    found, now = narrowing.of(integrations_of(access), access), clock.now()
    listed = listing.of(found, access, now)
    scores = scored.of() if order else {}
    ordered = scored.worst_first(listed.all, scores) if order else listing.by_process(listed.all)
    kept = _kept(ordered, wanted, access)
    left = _behind(ordered, kept, after)
    page = left[:PAGE]
    rows = _rows(page, scores or scored.of([one.slug for one in page]), access, now, listed.known)
    context = {
        "groups": _groups(kept, page, rows, by_score=bool(order)),
        "by_score": bool(order),
        "by_score_url": f"{_here()}{narrowing.query(show=wanted, sort=BY_SCORE)}",
        "filters": _filters(listed.all, wanted, access, narrowing),
        "narrowing": narrowing,
        "show": wanted,
        "summary": _summary(listed.all),
        "tabs": tabs("integrations"),
        "first": not after,
        "any": bool(listed.all),
        "newest": f"{_here()}{narrowing.query(show=wanted, sort=order)}" if after else "",
        "older": f"{_here()}{narrowing.query(show=wanted, sort=order, after=page[-1].slug)}"
        if len(left) > PAGE
        else "",
    }
    template = part(request, "console/integrations/list.html", "console/integrations/_list.html")
    return render(request, template, context)


@require_GET
@login_required
def integration(request: HttpRequest, slug: str) -> HttpResponse:
    """One integration: is it well, what does it touch, what went through, what was changed."""
    access, now = access_of(request), clock.now()
    one = called(slug)
    (shown,) = health.of([one], access, now)
    may_see = access.may(Action.SEE_TRANSACTIONS, one.team_id)
    may_change = access.may(Action.CONFIGURE, one.team_id)
    hours = by_hour([one.pk], since=a_day(now), until=now)
    rows = _newest(access, slug, now) if may_see else []
    context = {
        "shown": shown,
        "one": one,
        "stats": figures.stats(shown),
        "record": record_of(one),
        "contracts": agreed_for(one),
        "may_change": may_change,
        "offered": offered(one) if may_change else [],
        "elsewhere": more.elsewhere(one),
        "neighbours": figures.neighbours(shown),
        "touched": figures.touched(shown),
        "findings": figures.findings(shown),
        "charts": [figures.throughput(hours), figures.latency(hours)],
        "rows": rows,
        "newer": newer_url(access, _everywhere(access, slug), rows[0]["id"]) if rows else "",
        "may_see": may_see,
        "search": f"integration:{slug}",
        "decisions": _decisions(one),
        "card": scored.card(slug),
        "changes": _changes(shown, may_see=may_see),
        "promote": reverse("console:promote", args=[slug]),
    }
    template = part(request, "console/integrations/one.html", "console/integrations/_one.html")
    return render(request, template, context)


def _decisions(one: Integration) -> list[dict[str, Any]]:
    """Each guide with the decision that counts, or None where nobody has decided by it."""
    made = newest([one.pk]).get(one.pk, {})
    return [
        {
            "guide": guide,
            "url": reverse("console:decide", args=[one.slug, guide.name]),
            "decision": made.get(guide.name),
            "chosen": guide.option(made[guide.name].chosen).name if guide.name in made else "",
            "recommended": guide.option(made[guide.name].recommended).name if guide.name in made else "",
        }
        for guide in guides()
    ]


def _changes(shown: Health, *, may_see: bool) -> list[timeline.Event]:
    """The newest of its timeline."""
    destinations = [standing.destination for standing in shown.standings]
    return timeline.events(timeline.about(shown.integration, destinations), may_see=may_see)[: timeline.MOST]


def _newest(access: Access, slug: str, now: datetime) -> list[dict[str, Any]]:
    """What went through last, each with its address."""
    rows = find(access.everywhere, f"integration:{slug}", "", now).rows[:NEWEST]
    return [asdict(row) | {"url": transaction_url(row.id)} for row in rows]


def _everywhere(access: Access, slug: str) -> str:
    """The search for what went through it, whichever environment somebody looks at."""
    return f"integration:{slug}" if access.within is None else f"integration:{slug} environment:{EVERYWHERE}"


def _here() -> str:
    return reverse("console:integrations")


def _after(request: HttpRequest) -> str:
    after = request.GET.get("after", "")
    if len(after) > LONGEST_SLUG or "\0" in after:
        raise BadInput("after= is no integration's name.", field="after")
    return after


def _behind(ordered: Sequence[Listed], kept: Sequence[Listed], after: str) -> Sequence[Listed]:
    """Of those that are kept, those behind the last of a page, even where that is not kept any more."""
    if not after:
        return kept
    place = next((place for place, one in enumerate(ordered) if one.slug == after), len(ordered))
    behind = {one.pk for one in ordered[place + 1 :]}
    return [one for one in kept if one.pk in behind]


def _rows(
    page: Sequence[Listed], scores: Mapping[str, Score], access: Access, now: datetime, known: Known
) -> Mapping[int, Row]:
    """How each of a page is, with its score and its colour, by its key; what is deleted meanwhile is not there."""
    found = Integration.objects.filter(pk__in=[one.pk for one in page])
    shown = health.of(list(found.select_related("team", "source__instance__system")), access, now, known=known)
    return {one.integration.pk: (one, *scored.toned(one.integration.slug, scores)) for one in shown}


def _groups(
    kept: Sequence[Listed], page: Sequence[Listed], rows: Mapping[int, Row], *, by_score: bool
) -> list[dict[str, Any]]:
    """The rows of a page in its order, by process, with how many there are of it; in one group if by their scores."""

    def title(one: Listed) -> str:
        return "" if by_score else one.process

    counts = Counter(title(one) for one in kept)
    return [
        {"process": process, "count": counts[process], "rows": [rows[one.pk] for one in those if one.pk in rows]}
        for process, those in groupby(page, key=title)
    ]


def _kept(listed: Sequence[Listed], wanted: str, access: Access) -> list[Listed]:
    """Those that the address asks for; "mine" are those that the person may change."""
    if wanted == FAILING:
        return [one for one in listed if one.fails]
    if wanted == MINE:
        return [one for one in listed if access.may(Action.CONFIGURE, one.team_id)]
    kind = FILTERS[wanted][1]
    return [one for one in listed if kind in {"", one.kind}]


def _filters(listed: Sequence[Listed], wanted: str, access: Access, narrowing: Narrowing) -> list[dict[str, Any]]:
    words = [*((word, label) for word, (label, _) in FILTERS.items()), (FAILING, "Fail a policy"), (MINE, "Mine")]
    return [
        {
            "label": label,
            "count": len(_kept(listed, word, access)),
            "url": f"{_here()}{narrowing.query(show=word)}",
            "on": word == wanted,
        }
        for word, label in words
    ]


def _summary(listed: Sequence[Listed]) -> str:
    """Such as ``34 between 6 systems. 2 unhealthy, 5 at risk, 2 paused.``."""
    systems = {system for one in listed for system in one.systems}
    kinds = Counter(one.kind for one in listed)
    rest = ", ".join(f"{kinds[kind]:,} {word}" for kind, word in COUNTED.items() if kinds[kind]) or "none unhealthy"
    return f"{len(listed):,} between {len(systems):,} systems. {rest[:1].upper()}{rest[1:]}."
