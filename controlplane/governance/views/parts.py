"""Parts of the page of a change that are fetched after it: more lines, and more differences."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.foundation.errors import NotFound
from controlplane.governance.forms import PlaceForm, Refusing
from controlplane.governance.models import ChangeRequest
from controlplane.governance.selectors import change_for
from controlplane.governance.selectors.deciding import revision_of
from controlplane.governance.selectors.documents import difference_of
from controlplane.governance.views.addresses import number_in
from controlplane.governance.views.reviewing import Asked, asked_in, differences, lines_asked_for
from controlplane.governance.views.talking import Talk, talk_of
from controlplane.people.access import access_of


@require_GET
@login_required
def lines_part(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of one part of the lines, with the ways to those around it; 404 where nothing is a document."""
    change, talk = _asked_of(request, pk)
    difference = difference_of(talk.revision)
    if difference is None:
        raise NotFound(f"Nothing of {change} is a document.")
    asked = asked_in(request)
    part = lines_asked_for(change, difference, asked, talk)
    return render(request, "governance/_lines.html", {"part": part} | saying(change, talk, asked))


@require_GET
@login_required
def findings_part(request: HttpRequest, pk: int) -> HttpResponse:
    """One part of the differences, with the way to the next."""
    change, talk = _asked_of(request, pk)
    asked = asked_in(request)
    found = differences(change, asked, talk)
    return render(request, "governance/_findings.html", {"differences": found} | saying(change, talk, asked))


@require_GET
@login_required
def content_part(request: HttpRequest, pk: int) -> HttpResponse:
    """What a version proposes, as it is kept."""
    change = change_for(access_of(request), pk)
    revision = revision_of(change, number_in(request.GET.get("v", "")))
    return render(request, "governance/_content.html", {"revision": revision})


def saying(change: ChangeRequest, talk: Talk, asked: Asked, given: Refusing | None = None) -> dict[str, Any]:
    """What the rows read besides themselves: the form by which something is said of the place that is asked for."""
    place = asked.place
    named = {"at": str(place) if place else "", "revision": talk.revision.number}
    return {
        "change": change,
        "talk": talk,
        "place": place,
        "place_form": given or PlaceForm(initial=named, auto_id="place-%s"),
    }


def _asked_of(request: HttpRequest, pk: int) -> tuple[ChangeRequest, Talk]:
    access = access_of(request)
    change = change_for(access, pk)
    return change, talk_of(access, change, revision_of(change, number_in(request.GET.get("v", ""))))
