"""Exports over HTTP: asked for on the list, sent at once where they are small, fetched from their page where not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotAllowed, NotFound
from controlplane.foundation.streaming import download
from controlplane.people.access import access_of
from controlplane.transactions.export.layouts import LAYOUTS
from controlplane.transactions.export.request import AT_ONCE, MOST_ROWS, ask
from controlplane.transactions.export.write import KEPT, path_of
from controlplane.transactions.masking import personal_hidden
from controlplane.transactions.models import Export, ExportFormat, ExportState
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.selectors.dead_letters import open_count
from controlplane.transactions.selectors.replays import running_count
from controlplane.transactions.views import kept
from controlplane.transactions.views.addresses import search_url, tabs
from controlplane.transactions.views.asking import typed

#: Of a person's exports, so many are listed.
LISTED = 20
#: A file is sent in pieces of so many bytes.
PIECE = 256 * 1024
#: The part of the page that follows while one is written.
REGION = "exports"


@require_POST
@login_required
def export(request: HttpRequest) -> HttpResponseBase:
    """The search as a file: a download, or the page on which it will be one."""
    access = access_of(request)
    text = typed(request.POST)
    if "kept" in request.POST and not text:
        text = kept.kept(access, request.POST["kept"])
    file_format, now = _format(request), clock.now()
    try:
        asked = ask(access, text, now, file_format)
    except BadQuery:
        return redirect(search_url(access, text))
    if isinstance(asked, Export):
        return redirect(reverse("transactions:exports"))
    return _file(request, (piece.encode() for piece in asked), now, file_format)


@require_GET
@login_required
def exports(request: HttpRequest) -> HttpResponse:
    """What this person asked for lately: how far each is, and the files."""
    access = access_of(request)
    mine = list(Export.objects.of(access.person_id).order_by("-id")[:LISTED])
    context = {
        "tabs": tabs("exports", open_count(access), running_count(access)),
        "exports": [_shown(one) for one in mine],
        "under_way": any(one.state in {ExportState.WAITING, ExportState.RUNNING} for one in mine),
        "at_once": AT_ONCE,
        "most": MOST_ROWS,
    }
    fragment = request.headers.get("HX-Target") == REGION
    return render(request, "transactions/_exports.html" if fragment else "transactions/exports.html", context)


@require_GET
@login_required
def export_file(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The file, for the person who asked for it and nobody else; every download is in the audit."""
    access = access_of(request)
    found = Export.objects.of(access.person_id).filter(pk=identifier, state=ExportState.DONE).first()
    if found is None or found.finished_at is None or found.finished_at + KEPT < clock.now():
        raise Http404
    if found.reach != access.fingerprint:
        message = "Your roles have changed since it was written, so it is not handed out any more. Ask for it again."
        raise NotAllowed(message)
    path = path_of(found)
    if not path.exists():
        message = "The file is not on this machine. Where several serve pages, they have to share var/exports."
        raise NotFound(message)
    with transaction.atomic():
        audit.record(
            "export.downloaded",
            actor=access.actor,
            via=Via.PAGE,
            subject=Subject("export", str(found.pk)),
            details={"rows": found.rows},
        )
    return _file(request, _read(path), found.asked_at, ExportFormat(found.format))


def _format(request: HttpRequest) -> ExportFormat:
    wanted = request.POST.get("format", ExportFormat.CSV)
    if wanted not in ExportFormat.values:
        raise Invalid("An export is CSV or JSON. Nothing was exported.")
    return ExportFormat(wanted)


def _file(
    request: HttpRequest, pieces: Iterator[bytes], asked_at: datetime, file_format: ExportFormat
) -> StreamingHttpResponse:
    name = f"transactions-{asked_at:%Y%m%d-%H%M%S}.{file_format}"
    return download(request, pieces, name, LAYOUTS[file_format].media_type)


def _shown(one: Export) -> dict[str, object]:
    kinds = {
        ExportState.WAITING: "wait",
        ExportState.RUNNING: "run",
        ExportState.DONE: "ok" if one.complete else "warn",
        ExportState.FAILED: "bad",
    }
    state = ExportState(one.state)
    return {
        "export": one,
        "kind": kinds[state],
        "words": state.label if one.complete or state is not ExportState.DONE else "Ready, not all of it",
        "query": personal_hidden(one.query) or "(everything)",
        "until": one.finished_at + KEPT if one.finished_at else None,
        "download": f"Download {ExportFormat(one.format).label}",
        "url": reverse("transactions:export-file", args=[one.pk]) if state is ExportState.DONE else "",
        "at_limit": state is ExportState.DONE and not one.complete and not one.reason,
    }


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
