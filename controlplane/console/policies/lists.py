"""The list of policies, and the scorecards of integrations, teams and processes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from controlplane.console.policies import parts
from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput
from controlplane.governance.facts import kinds
from controlplane.governance.models import PolicyRun, WaiverState
from controlplane.governance.policies import listing, scorecards
from controlplane.governance.policies.rights import may_govern, require_govern
from controlplane.governance.policies.run import run_everything
from controlplane.governance.rules.verdicts import Severity, Verdict
from controlplane.inventory.models import Integration, Process
from controlplane.people.access import access_of
from controlplane.people.models import Team

#: The estate is judged every hour; what is older than two is said to be old.
FRESH: Final = timedelta(hours=2)
LONGEST: Final = 200
OF: Final = {"team": "Teams", "process": "Processes", "integration": "Integrations"}
#: Scorecards on the page; the rest are behind the search.
MOST_CARDS: Final = 200


@require_GET
@login_required
def policies(request: HttpRequest) -> HttpResponse:
    """Who can do what is the roles' to say; by which rule, this page's."""
    access = access_of(request)
    asked = {name: _asked(request, name) for name in ("severity", "about", "team", "q")}
    if asked["severity"] and asked["severity"] not in Severity.values:
        raise BadInput(f"severity= is none of {', '.join(Severity.values)}.", field="severity")
    rows = listing.policies(severity=asked["severity"], about=asked["about"], team=asked["team"], text=asked["q"])
    context = {
        "tabs": parts.tabs("policies", access),
        "rows": [(row, parts.TONES[Severity(row.severity)]) for row in rows],
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "severities": [
            {"label": one.label, "url": _url(asked, severity=one.value), "on": one.value == asked["severity"]}
            for one in reversed(Severity)
        ],
        "all_url": _url(asked, severity=""),
        "kinds": kinds().values(),
        "teams": Team.objects.order_by("name"),
        "waiting": listing.waivers().filter(state=WaiverState.ASKED)[:LONGEST],
        "may_govern": may_govern(access),
        **_freshness(listing.last_run()),
    }
    return render(request, "console/policies/list.html", context)


@require_POST
@login_required
def run(request: HttpRequest) -> HttpResponse:
    """Judge the whole estate now."""
    require_govern(access_of(request))
    done = run_everything()
    messages.success(request, f"{done.subjects:,} objects were judged by {done.policies} policies.")
    return redirect("console:policies")


@require_GET
@login_required
def cards(request: HttpRequest) -> HttpResponse:
    """How teams, processes and integrations stand by their policies, the worst first."""
    access, of = access_of(request), request.GET.get("of", "team")
    if of not in OF:
        raise BadInput(f"of= is none of {', '.join(OF)}.", field="of")
    text = _asked(request, "q").lower()
    found = scorecards.scorecards(of)
    names = _names(of)
    chosen = [card for card in found if text in card.slug or text in names.get(card.slug, "").lower()]
    context = {
        "tabs": parts.tabs("scorecards", access),
        "sorts": [{"label": label, "url": f"{request.path}?of={word}", "on": word == of} for word, label in OF.items()],
        "of": of,
        "q": text,
        "cards": [_card(card, names) for card in chosen[:MOST_CARDS]],
        "left": max(len(chosen) - MOST_CARDS, 0),
        "any": bool(found),
        **_freshness(listing.last_run()),
    }
    return render(request, "console/policies/scorecards.html", context)


def _card(card: scorecards.Scorecard, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": names.get(card.slug, card.slug),
        "url": reverse("console:integration", args=[card.slug]) if card.of == "integration" else _found_of(card),
        "score": card.score,
        "blocking": card.score.of(Verdict.FAIL, Severity.BLOCK),
        "tone": parts.tone(card.score),
        "change": card.change,
        "change_words": _change_words(card.change),
    }


def _change_words(change: int | None) -> str:
    if change is None:
        return "no earlier number"
    return f"{change:+d} in 30 days" if change else "as 30 days ago"


def _found_of(card: scorecards.Scorecard) -> str:
    return f"{reverse('console:policies')}?{urlencode({'team': card.slug})}" if card.of == "team" else ""


def _names(of: str) -> dict[str, str]:
    model = {"team": Team, "process": Process, "integration": Integration}[of]
    return dict(model._default_manager.values_list("slug", "name"))


def _freshness(last: PolicyRun | None) -> dict[str, Any]:
    return {"last": last, "is_old": last is not None and clock.now() - last.at > FRESH}


def _asked(request: HttpRequest, name: str) -> str:
    text = request.GET.get(name, "").strip()
    if len(text) > LONGEST or "\0" in text:
        raise BadInput(f"{name}= is too long, or no text.", field=name)
    return text


def _url(asked: dict[str, str], **other: str) -> str:
    said = {name: value for name, value in (asked | other).items() if value}
    here = reverse("console:policies")
    return f"{here}?{urlencode(said)}" if said else here
