"""The minutes of a meeting as a file: what was on its agenda, what was decided that day, what was written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import orjson
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.spreadsheet import BYTE_ORDER_MARK, cell, lines
from controlplane.governance.models import Meeting
from controlplane.governance.selectors.listing import Logged, decisions
from controlplane.governance.selectors.meetings import Point, agenda, meeting_of, members
from controlplane.people.access import Access, access_of

#: Decisions of one day.
MOST: Final = 500
_COLUMNS: Final = (
    "place",
    "reference",
    "title",
    "why",
    "by",
    "state",
    "decision",
    "outcome",
    "votes",
    "words",
    "notes",
)


@require_GET
@login_required
def minutes_file(request: HttpRequest, date: date, form: str) -> HttpResponse:
    """As Markdown, CSV or JSON; that it left, and to whom, is in the audit."""
    access = access_of(request)
    meeting = meeting_of(date, request.GET.get("board", ""))
    media_type, write = FORMS[form]
    told = record_of(access, meeting)
    with transaction.atomic():
        details = {"date": meeting.date.isoformat(), "form": form}
        subject = Subject("board", meeting.board.slug)
        audit.record("meeting.exported", actor=access.actor, subject=subject, details=details)
    name = f"{meeting.board.slug}-{meeting.date.isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(write(told), content_type=media_type, headers=headers)


def record_of(access: Access, meeting: Meeting) -> dict[str, Any]:
    """All that is kept of a meeting, as plain values; of changes, those that this person may see."""
    begins = datetime.combine(meeting.date, time.min, clock.zone())
    day = begins, begins + timedelta(days=1)
    logged = decisions(access, meeting.board, most=MOST, between=day)
    by_change = {one.decision.change_id: one for one in reversed(logged)}
    points = [
        _point(number, point, by_change.pop(point.row.change.pk, None) if point.row else None)
        for number, point in enumerate(agenda(access, meeting), 1)
    ]
    others = [_decided(one) | {"title": one.decision.revision.title} for one in by_change.values()]
    return {
        "board": meeting.board.name,
        "date": meeting.date.isoformat(),
        "begins_at": meeting.begins_at.isoformat() if meeting.begins_at else None,
        "place": meeting.place,
        "quorum": meeting.board.quorum,
        "members": [{"name": seat.person.name, "role": seat.role} for seat in members(meeting.board)],
        "agenda": points,
        "decided_besides": others,
        "minutes": meeting.minutes,
    }


def _point(number: int, point: Point, logged: Logged | None) -> dict[str, Any]:
    change = point.row.change if point.row else None
    return {
        "place": number,
        "reference": change.reference if change else "",
        "title": point.title,
        "why": change.why if change else "",
        "by": change.opened_by.name if change else "",
        "state": point.row.words if point.row else "",
        "notes": point.item.notes if point.item else "",
    } | (_decided(logged) if logged else {"decision": "", "outcome": "", "votes": "", "words": ""})


def _decided(logged: Logged) -> dict[str, Any]:
    decision = logged.decision
    return {
        "reference": decision.change.reference,
        "decision": decision.reference,
        "outcome": decision.get_outcome_display(),
        "votes": f"{decision.votes_for} for, {decision.votes_against} against, {decision.abstained} abstained",
        "words": decision.words,
    }


def _as_json(told: Mapping[str, Any]) -> bytes:
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def _as_csv(told: Mapping[str, Any]) -> bytes:
    """A row for each point, and for what was decided without being one."""
    rows = [*told["agenda"], *({"place": ""} | one for one in told["decided_besides"])]
    cells = [[cell(str(row.get(name, ""))) for name in _COLUMNS] for row in rows]
    return (BYTE_ORDER_MARK + lines([_COLUMNS, *cells])).encode()


def _as_markdown(told: Mapping[str, Any]) -> bytes:
    begins = told["begins_at"][11:16] if told["begins_at"] else ""
    where = ", ".join(filter(None, [told["date"], f"{begins} UTC" if begins else "", told["place"]]))
    members_ = [f"{one['name']} ({one['role']})" if one["role"] else one["name"] for one in told["members"]]
    parts = [
        f"# {_text(told['board'])}",
        where,
        f"Members: {_text(', '.join(members_)) or 'none'}. Quorum {told['quorum']}.",
        "## Agenda",
        *(_in_markdown(one) for one in told["agenda"]),
        *(["## Decided besides"] if told["decided_besides"] else []),
        *(_in_markdown(one) for one in told["decided_besides"]),
        "## Minutes",
        told["minutes"] or "None were kept.",
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _in_markdown(one: Mapping[str, Any]) -> str:
    number = f"{one['place']}. " if one.get("place") else "- "
    heads = " ".join(filter(None, [one["reference"], _text(one["title"])]))
    decided = f"{one['decision']}: {one['outcome']}, {one['votes']}." if one["decision"] else one.get("state", "")
    said = [one.get("why", ""), f"{decided} {one['words']}".strip(), one.get("notes", "")]
    return "\n".join([f"{number}**{heads}**", *(f"   {_text(line)}  " for line in said if line)])


def _text(text: str) -> str:
    """On one line, with what Markdown would read as its own taken for letters."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in " ".join(text.split()))


#: By the ending of the file: its media type, and how it is written.
FORMS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], bytes]]]] = {
    "md": ("text/markdown; charset=utf-8", _as_markdown),
    "csv": ("text/csv; charset=utf-8", _as_csv),
    "json": ("application/json", _as_json),
}


def files(address: Callable[[str], str]) -> Sequence[tuple[str, str]]:
    """Each form with its name and address, as the page of the meeting offers them."""
    return [(name, address(form)) for name, form in (("Markdown", "md"), ("CSV", "csv"), ("JSON", "json"))]
