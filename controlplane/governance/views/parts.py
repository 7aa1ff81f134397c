"""Parts of the page of a change that are fetched after it: more lines, and more differences."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.foundation.errors import NotFound
from controlplane.governance.models import ChangeRequest, Revision
from controlplane.governance.selectors import change_for
from controlplane.governance.selectors.documents import difference_of
from controlplane.governance.views.addresses import number_in
from controlplane.governance.views.reviewing import asked_in, differences, lines_asked_for
from controlplane.governance.views.showing import revision_of
from controlplane.people.access import access_of


@require_GET
@login_required
def lines_part(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of one part of the lines, with the ways to those around it; 404 where nothing is a document."""
    change, revision = _asked_of(request, pk)
    difference = difference_of(revision)
    if difference is None:
        raise NotFound(f"Nothing of {change} is a document.")
    part = lines_asked_for(change, revision, difference, asked_in(request))
    return render(request, "governance/_lines.html", {"part": part, "change": change})


@require_GET
@login_required
def findings_part(request: HttpRequest, pk: int) -> HttpResponse:
    """One part of the differences, with the way to the next."""
    change, revision = _asked_of(request, pk)
    found = differences(change, revision, asked_in(request))
    return render(request, "governance/_findings.html", {"differences": found, "change": change})


def _asked_of(request: HttpRequest, pk: int) -> tuple[ChangeRequest, Revision]:
    change = change_for(access_of(request), pk)
    return change, revision_of(change, number_in(request.GET.get("v", "")))
