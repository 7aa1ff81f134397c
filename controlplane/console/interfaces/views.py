"""The list of interfaces and the page of one: open to everyone signed in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.console.interfaces import selectors
from controlplane.foundation.errors import BadInput, NotFound
from controlplane.inventory.models import Interface, InterfaceKind, Operation
from controlplane.people.access import Action, access_of
from controlplane.sync.views.parts import number_of, tabs

LONGEST = 100


@require_GET
@login_required
def interfaces(request: HttpRequest) -> HttpResponse:
    """Which doors there are, in which version, what can be asked of each, and how much stands on it."""
    access, words, kind = access_of(request), _text(request, "q"), _text(request, "kind")
    if kind and kind not in InterfaceKind.values:
        raise BadInput(f"kind={kind!r} is none of {', '.join(InterfaceKind.values)}.", field="kind")
    after = _text(request, "after")
    found = selectors.interfaces(access, words, kind)
    rows = list(found.filter(slug__gt=after)[: selectors.INTERFACES + 1])
    here = reverse("console:interfaces")
    context = {
        "rows": rows[: selectors.INTERFACES],
        "kinds": [
            {"label": label, "url": _url(here, q=words, kind=value), "on": value == kind}
            for value, label in [("", "All"), *InterfaceKind.choices]
        ],
        "words": words,
        "kind": kind,
        "narrowed": bool(words or kind or after),
        "tabs": tabs("apis"),
        "may_import": access.may_somewhere(Action.CONFIGURE),
        "newest": _url(here, q=words, kind=kind) if after else "",
        "older": _older(here, rows, words, kind),
    }
    return render(request, "console/interfaces/list.html", context)


@require_GET
@login_required
def interface(request: HttpRequest, slug: str) -> HttpResponse:
    """One interface: what it is, its operations, and who uses it."""
    access, words, show = access_of(request), _text(request, "q"), _text(request, "show")
    if show not in selectors.SHOWS:
        raise BadInput(f"show={show!r} is none of {', '.join(filter(None, selectors.SHOWS))}.", field="show")
    found = Interface.objects.select_related("instance__system__team", "instance__environment")
    one = found.filter(slug=slug).first()
    if one is None:
        raise NotFound("There is no interface of that name.")
    key = number_of(request, "after")
    narrowed = selectors.operations(one, words, show)
    rows = list(selectors.after(narrowed, one, key)[: selectors.OPERATIONS + 1])
    here = reverse("console:interface", args=[slug])
    context = {
        "one": one,
        "facts": _facts(one),
        "rows": [_row(row) for row in rows[: selectors.OPERATIONS]],
        "total": narrowed.count(),
        "shows": [
            {"label": label, "url": _url(here, q=words, show=word), "on": word == show}
            for word, label in selectors.SHOWS.items()
        ],
        "show": show,
        "words": words,
        "narrowed": bool(words or show or key),
        "uses": selectors.uses(one),
        "may_import": access.may(Action.CONFIGURE, one.instance.system.team_id),
        "newest": _url(here, q=words, show=show) if key else "",
        "older": _url(here, q=words, show=show, after=rows[-2].pk) if len(rows) > selectors.OPERATIONS else "",
    }
    return render(request, "console/interfaces/one.html", context)


def _facts(one: Interface) -> list[tuple[str, Any]]:
    team = one.instance.system.team
    return [
        ("System", one.instance.system.name),
        ("Instance", one.instance.name),
        ("Environment", one.instance.environment.name),
        ("Kind", one.get_kind_display()),
        ("Version", one.version or "not said"),
        ("Owned by", team.name if team else "nobody yet"),
    ]


def _row(row: Operation) -> dict[str, Any]:
    bodies = [("takes", row.request), *row.responses.items()]
    return {"one": row, "bodies": [f"{name} {words}" for name, body in bodies if (words := _bodies(body))]}


def _bodies(body: Any) -> str:
    """Such as ``Order`` for a reference to it; "" for what is written out or not there."""
    names = dict.fromkeys(name for inner in body.values() for name in [_name(inner)] if name)
    return ", ".join(names)


def _name(shape: Any) -> str:
    if not isinstance(shape, dict):
        return ""
    if isinstance(reference := shape.get("$ref"), str):
        return reference.rsplit("/", 1)[-1][:60]
    inner = _name(shape.get("items"))
    return f"list of {inner}" if inner else ""


def _text(request: HttpRequest, name: str) -> str:
    text = request.GET.get(name, "").strip()
    if len(text) > LONGEST or "\0" in text:
        raise BadInput(f"{name}= takes {LONGEST} characters at most.", field=name)
    return text


def _url(here: str, **query: object) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{here}?{urlencode(said)}" if said else here


def _older(here: str, rows: list[Interface], words: str, kind: str) -> str:
    if len(rows) <= selectors.INTERFACES:
        return ""
    return _url(here, q=words, kind=kind, after=rows[selectors.INTERFACES - 1].slug)
