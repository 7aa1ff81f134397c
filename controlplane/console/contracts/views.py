"""The list of contracts and the page of one: open to everyone signed in."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.console.contracts.canarying import canary_of, told
from controlplane.console.contracts.consumers import shown as consumers_shown
from controlplane.console.contracts.fields import Reading, fields_of
from controlplane.console.contracts.selectors import CONTRACTS, listed, uses_of
from controlplane.console.ownership.area import tabs
from controlplane.contracts import selectors
from controlplane.contracts.models import Compatibility, Contract, ContractVersion, Format, VersionState
from controlplane.foundation.errors import BadInput
from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access, Action, access_of
from controlplane.people.models import Team
from controlplane.transactions.agreements.effects import Effects, effects, observed_by
from controlplane.transactions.selectors.discovered import drifts_of
from controlplane.transactions.views.addresses import search_url

LONGEST: Final = 100
#: Versions that the page of a contract lists, the newest first.
VERSIONS: Final = 50
#: The tone of each state's tag.
TONES: Final = {
    VersionState.DRAFT: "warn",
    VersionState.CANARY: "run",
    VersionState.PUBLISHED: "ok",
    VersionState.RETIRED: "",
}
#: With these nothing began for everybody.
_NEVER_HELD: Final = frozenset({VersionState.DRAFT, VersionState.CANARY})


@require_GET
@login_required
def contracts(request: HttpRequest) -> HttpResponse:
    """What is agreed: whose it is, what it is written in, whom a new version must not break, and what it judges."""
    asked = {name: _text(request, name) for name in ("q", "team", "format")}
    if asked["format"] and asked["format"] not in Format.values:
        raise BadInput(f"format= is none of {', '.join(Format.values)}.", field="format")
    after = _text(request, "after")
    found = listed(team=asked["team"], format_=asked["format"], text=asked["q"])
    rows = list(found.filter(slug__gt=after)[: CONTRACTS + 1])
    here = reverse("console:contracts")
    older = _url(here, asked, after=rows[CONTRACTS - 1].slug) if len(rows) > CONTRACTS else ""
    context = {
        "tabs": tabs("contracts"),
        "rows": [(row, promise(row)) for row in rows[:CONTRACTS]],
        "asked": asked,
        "narrowed": bool(after or any(asked.values())),
        "formats": [
            {"label": label, "url": _url(here, asked | {"format": value}), "on": value == asked["format"]}
            for value, label in [("", "All"), *Format.choices]
        ],
        "teams": Team.objects.order_by("name"),
        "newest": _url(here, asked) if after else "",
        "older": older,
    }
    return render(request, "console/contracts/list.html", context)


@require_GET
@login_required
def contract(request: HttpRequest, slug: str) -> HttpResponse:
    """One contract: what a version of it says, its versions, and who uses it."""
    one = selectors.contract_called(slug)
    number = number_of(request, "version")
    shown = selectors.newest_of(one) if number is None else selectors.version_numbered(one, number)
    versions = list(selectors.versions_of(one).defer("schema", "examples")[: VERSIONS + 1])
    canary = canary_of(shown, versions)
    context = {
        "tabs": tabs("contracts"),
        "one": one,
        "shown": shown,
        "tone": TONES[VersionState(shown.state)] if shown else "",
        "facts": _facts(one),
        "versions": _rows(access_of(request), versions),
        "more_versions": len(versions) > VERSIONS,
        "uses": uses_of(one),
        **consumers_shown(one, access_of(request)),
        "drifts": drifts_of(one),
        "propose_url": _propose_url(one, shown),
        "set_aside_url": search_url(access_of(request), f"status:quarantined contract:{one.slug}"),
        "observed_url": search_url(access_of(request), f"has:observed contract:{one.slug}"),
        "effects": _effects(shown, access_of(request)),
        **told(canary, access_of(request), one),
        "may_release": access_of(request).may_somewhere(Action.REPLAY),
        **(_said(one, shown) if shown else {}),
    }
    return render(request, "console/contracts/one.html", context)


def promise(one: Contract) -> tuple[str, str]:
    """Whom a new version must not break: the word of it, and what it means."""
    word, _, meaning = Compatibility(one.compatibility).label.partition(": ")
    return (word, meaning) if meaning else ("None", word)


def number_of(request: HttpRequest, name: str) -> int | None:
    """The number of a version in the address; None where it is left out. :class:`BadInput` for what is none."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004 - as large as numbers are kept
        raise BadInput(f"{name}= is the number of a version, such as 3.", field=name)
    return int(text)


def _propose_url(one: Contract, shown: ContractVersion | None) -> str:
    """Of a draft that is looked at, the page begins with that draft."""
    begins = f"?version={shown.number}" if shown and shown.state == VersionState.DRAFT else ""
    return f"{reverse('console:contract-propose', args=[one.slug])}{begins}"


def _effects(shown: ContractVersion | None, access: Access) -> Effects | None:
    """What began with it; nothing for a draft, and of the first, with which everything began, what it only observed."""
    if shown is None or shown.state in _NEVER_HELD:
        return None
    if shown.number == 1:
        observed = observed_by(shown)
        return Effects(shown.published_at, None, 0, None, 0, (), observed) if observed else None
    return effects(shown, access)


def _facts(one: Contract) -> list[tuple[str, Any]]:
    word, meaning = promise(one)
    format_ = Format(one.format)
    written = format_.label if format_.is_judged else f"{format_.label}, which no rule judges: every change is risky"
    return [
        ("Owned by", one.team.name),
        ("Written in", written),
        ("A new version", f"{word}: {meaning}" if word != "None" else meaning),
        ("Called", one.slug),
    ]


def _said(one: Contract, shown: ContractVersion) -> dict[str, Any]:
    """What a version says, as the page shows it."""
    is_schema = one.format == Format.JSON_SCHEMA
    rows, more = (
        fields_of(Reading(shown.schema, shown.personal, shown.secret, shown.keys)) if is_schema else ([], False)
    )
    return {"is_schema": is_schema, "rows": rows, "more_rows": more}


def _rows(access: Access, versions: list[ContractVersion]) -> list[dict[str, Any]]:
    """Each with the one before it, and the change request that it came by, where the person may read that."""
    changes = [one.change_id for one in versions if one.change_id is not None]
    seen = set(ChangeRequest.objects.visible_to(access).filter(pk__in=changes).values_list("pk", flat=True))
    newest = next((one.pk for one in versions if one.state == VersionState.PUBLISHED), None)
    return [
        {
            "version": one,
            "before": versions[place + 1] if place + 1 < len(versions) else None,
            "tone": TONES[VersionState(one.state)],
            "may_read": one.change_id in seen,
            "may_leave": one.state == VersionState.PUBLISHED and one.pk != newest,
        }
        for place, one in enumerate(versions[:VERSIONS])
    ]


def _text(request: HttpRequest, name: str) -> str:
    text = request.GET.get(name, "").strip()
    if len(text) > LONGEST or "\0" in text:
        raise BadInput(f"{name}= takes {LONGEST} characters at most.", field=name)
    return text


def _url(here: str, asked: dict[str, str], **more: str) -> str:
    said = {name: value for name, value in (asked | more).items() if value}
    return f"{here}?{urlencode(said)}" if said else here
