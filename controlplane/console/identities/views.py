"""Identities: found by any id, listed, and the page of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from controlplane.console.identities import finding, showing
from controlplane.console.identities.forms import FindForm, uuid_of
from controlplane.console.identities.showing import Shown
from controlplane.console.ownership.area import tabs
from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput, NotFound
from controlplane.inventory.models import EntityKind
from controlplane.people.access import Access, Action, access_of, who_may
from controlplane.transactions.selectors.finding import find
from controlplane.transactions.views import kept
from controlplane.transactions.views.addresses import search_parameters, transaction_url

NEWEST = 8


def kinds() -> list[tuple[int, str, str]]:
    """Every kind of entity: id, slug, name."""
    return list(EntityKind.objects.order_by("id").values_list("id", "slug", "name"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def identities(request: HttpRequest) -> HttpResponse:
    """Find one by any id, or look through all of them, newest first.

    What is typed is sent by POST: an id can be somebody's e-mail address, which is in no address (``kept``).
    """
    access = access_of(request)
    if not access.may_somewhere(Action.SEE_TRANSACTIONS):
        roles = {"roles": who_may(Action.SEE_TRANSACTIONS)}
        return render(request, "console/identities/no_access.html", roles)
    known = kinds()
    if request.method == "POST":
        return _found(request, access, known)
    kind = _kind(request.GET.get("kind", ""), known)
    return render(request, "console/identities/list.html", _listed(request, access, kind, known))


def _found(request: HttpRequest, access: Access, known: list[tuple[int, str, str]]) -> HttpResponse:
    """To the one that has this id; to the list where several have it, or none."""
    form = FindForm(request.POST, kinds=known)
    if not form.is_valid():
        context = _listed(request, access, None, known) | {"form": form}
        return render(request, "console/identities/list.html", context, status=422)
    value, slug = form.cleaned_data["value"], form.cleaned_data["kind"]
    found = finding.with_id(access, value, _kind(slug, known)) if value else []
    if len(found) == 1:
        return redirect("console:identity", found[0].pk)
    named = search_parameters(access, value) | ({"kind": slug} if slug else {})
    return redirect(f"{_here()}?{urlencode(named)}" if named else _here())


def _listed(
    request: HttpRequest, access: Access, kind: int | None, known: list[tuple[int, str, str]]
) -> dict[str, Any]:
    text, problem = _asked(request, access)
    if text:
        page = finding.Listed(finding.with_id(access, text, kind))
    else:
        page = finding.newest(access, kind, _below(request))
    slug = next((slug for pk, slug, _ in known if pk == kind), "")
    more = {"kind": slug} if slug else {}
    return {
        "tabs": tabs("identities"),
        "form": FindForm(kinds=known, initial={"kind": slug, "value": text}),
        "rows": showing.shown(page.identities),
        "text": text,
        "problem": problem,
        "hidden": page.hidden,
        "kind": next((name.lower() for pk, _, name in known if pk == kind), ""),
        "first": not request.GET.get("older"),
        "newest": f"{_here()}?{urlencode(more)}" if request.GET.get("older") else "",
        "older": f"{_here()}?{urlencode(more | {'older': str(page.older)})}" if page.older else "",
    }


def _asked(request: HttpRequest, access: Access) -> tuple[str, str]:
    """The id that the address asks for, and what to say where it is not known any more."""
    text = request.GET.get("q", "").replace("\0", "")[:200]
    if text or "kept" not in request.GET:
        return text, ""
    try:
        return kept.kept(access, request.GET["kept"]), ""
    except NotFound as gone:
        return "", gone.detail


def _here() -> str:
    return reverse("console:identities")


def _kind(slug: str, known: list[tuple[int, str, str]]) -> int | None:
    if not slug:
        return None
    found = next((pk for pk, name, _ in known if name == slug), None)
    if found is None:
        raise BadInput(f"kind={slug[:50]!r} is no kind of entity.", field="kind")
    return found


def _below(request: HttpRequest) -> UUID | None:
    text = request.GET.get("older", "")
    if text and uuid_of(text) is None:
        raise BadInput("older= is no identity's id.", field="older")
    return uuid_of(text)


@require_GET
@login_required
def identity(request: HttpRequest, identifier: UUID) -> HttpResponse:
    """One of them: what every system calls it, what was joined and taken apart, and what went through for it."""
    access = access_of(request)
    found = finding.one(access, identifier)
    if found.pk != identifier:
        return redirect("console:identity", found.pk)
    (shown,) = showing.shown([found])
    context = {
        "tabs": tabs("identities"),
        "shown": shown,
        "history": showing.history(found),
        "rows": _newest(access, shown),
        "no_act": no_act(access),
        "several": len(shown.aliases) > 1,
    }
    return render(request, "console/identities/one.html", context)


def _newest(access: Access, shown: Shown) -> list[dict[str, Any]]:
    """What went through for it last, by any of its ids."""
    rows = find(access, shown.search, "", clock.now()).rows[:NEWEST] if shown.search else ()
    return [asdict(row) | {"url": transaction_url(row.id)} for row in rows]


def no_act(access: Access) -> str:
    """Why this person may not merge and split; empty for who may."""
    if access.may_somewhere(Action.MERGE_IDENTITIES):
        return ""
    roles = " or ".join(f"“{role}”" for role in who_may(Action.MERGE_IDENTITIES))
    return f"It takes the role {roles} to merge and split identities."
