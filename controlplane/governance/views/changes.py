"""The list of changes, the decision log, and where a new change begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.spreadsheet import BYTE_ORDER_MARK, cell, lines
from controlplane.foundation.streaming import csv_file
from controlplane.governance.kinds import kinds, label_of
from controlplane.governance.models import Board, ChangeRequest
from controlplane.governance.selectors.listing import PAGE, Filters, decisions, page_rows, waiting_rows
from controlplane.governance.views.addresses import number_in, tabs, with_query
from controlplane.people.access import Access, access_of

SHOWS = (("open", "Open"), ("applied", "Applied"), ("closed", "Ended otherwise"), ("all", "All"))
RISKS = (("breaking", "Breaking", "bad"), ("risky", "Risky", "warn"), ("safe", "Safe", "ok"))
COLUMNS = (
    "decision",
    "decided (UTC)",
    "change",
    "version",
    "title",
    "kind",
    "board",
    "outcome",
    "for",
    "against",
    "abstained",
    "words",
    "what came of it",
)


@require_GET
@login_required
def change_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and the others; all of it in the address."""
    access, now = access_of(request), clock.now()
    only_mine = request.GET.get("waiting") == "me"
    filters = _filters(request)
    below = number_in(request.GET.get("before", ""))
    waiting = waiting_rows(access, now) if below is None else []
    mine = {row.change.pk for row in waiting}
    found = [] if only_mine else page_rows(access, filters, now, below)
    context = {
        "tabs": tabs(access, "waiting" if only_mine else "changes"),
        "waiting": waiting,
        "only_mine": only_mine,
        "rows": [row for row in found if row.change.pk not in mine],
        "older": _here(filters, before=found[-1].change.pk) if len(found) == PAGE else "",
        "newest": _here(filters) if below is not None else "",
        "filters": filters,
        "chips": _chips(filters),
        "kinds": sorted({name: label_of(name) for name in _known_kinds(access)}.items(), key=lambda pair: pair[1]),
        "narrowed": filters != Filters(),
    }
    return render(request, "governance/changes.html", context)


@require_GET
@login_required
def new_change(request: HttpRequest) -> HttpResponse:
    """What can be proposed, and where that begins."""
    access = access_of(request)
    offered = [
        {"label": kind.label, "url": kind.form_url() if kind.form_url else "", "may": access.may_somewhere(kind.needs)}
        for _, kind in kinds()
    ]
    board_count = Board.objects.count()
    context = {"tabs": tabs(access, ""), "kinds": offered, "boards": board_count}
    return render(request, "governance/new.html", context)


@require_GET
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """Every decision, the newest first."""
    access = access_of(request)
    board = Board.objects.filter(slug=request.GET.get("board", "")).first()
    found = decisions(access, board, number_in(request.GET.get("before", "")))
    slug = board.slug if board else ""
    context = {
        "tabs": tabs(access, "log"),
        "decisions": found,
        "board": board,
        "older": with_query(reverse("governance:log"), board=slug, before=found[-1].decision.pk)
        if len(found) == PAGE
        else "",
        "export": with_query(reverse("governance:log-export"), board=slug),
    }
    return render(request, "governance/log.html", context)


@require_GET
@login_required
def log_export(request: HttpRequest) -> StreamingHttpResponse:
    """The log as CSV: what this person may see of it."""
    access = access_of(request)
    board = Board.objects.filter(slug=request.GET.get("board", "")).first()
    with transaction.atomic():
        subject = Subject("board", board.slug if board else "")
        audit.record("decisions.exported", actor=access.actor, subject=subject)
    return csv_file(request, _pieces(access, board), "decisions.csv")


def _pieces(access: Access, board: Board | None) -> Iterator[bytes]:
    yield (BYTE_ORDER_MARK + lines([COLUMNS])).encode()
    below: int | None = None
    while found := decisions(access, board, below):
        yield lines([cell(str(said)) for said in _cells(one)] for one in found).encode()
        below = found[-1].decision.pk


def _cells(logged: Any) -> list[Any]:
    decision, change = logged.decision, logged.decision.change
    return [
        decision.reference,
        f"{decision.at:%Y-%m-%d %H:%M:%S}",
        change.reference,
        decision.revision.number,
        decision.revision.title,
        label_of(change.kind),
        change.board.name,
        decision.get_outcome_display(),
        decision.votes_for,
        decision.votes_against,
        decision.abstained,
        decision.words,
        logged.effect,
    ]


def _filters(request: HttpRequest) -> Filters:
    asked = request.GET
    show = asked.get("show", "open")
    return Filters(
        show=show if show in dict(SHOWS) else "open",
        kind=asked.get("kind", "")[:40],
        team=asked.get("team", "")[:50],
        risk=asked.get("risk", "")[:10],
        text=asked.get("q", "").replace("\x00", "")[:100],
    )


def _here(filters: Filters, **more: Any) -> str:
    asked = {"show": "" if filters.show == "open" else filters.show, "kind": filters.kind, "team": filters.team}
    return with_query(reverse("governance:changes"), **(asked | {"risk": filters.risk, "q": filters.text} | more))


def _chips(filters: Filters) -> list[dict[str, Any]]:
    states: list[dict[str, Any]] = [
        {"label": label, "url": _here(filters, show=name), "pressed": filters.show == name, "glyph": ""}
        for name, label in SHOWS
    ]
    risks: list[dict[str, Any]] = [
        {"label": label, "url": _here(filters, risk="" if filters.risk == name else name), "glyph": glyph}
        | {"pressed": filters.risk == name}
        for name, label, glyph in RISKS
    ]
    return states + risks


def _known_kinds(access: Access) -> list[str]:
    return list(ChangeRequest.objects.visible_to(access).order_by().values_list("kind", flat=True).distinct())
