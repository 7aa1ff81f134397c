"""Boards and their meetings: what is on the agenda, and whether the quorum can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.http import Http404

from controlplane.foundation import clock
from controlplane.governance.models import AgendaItem, Board, BoardMember, ChangeRequest, Meeting
from controlplane.governance.selectors.listing import Row, rows
from controlplane.people.access import Access

MOST = 100


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an agenda: its row where it is a change, when it begins, and what was noted."""

    item: AgendaItem | None
    title: str
    row: Row | None
    begins: datetime | None
    minutes: int


def boards() -> list[Board]:
    """Every board with ``seats``, how many members it has."""
    return list(Board.objects.annotate(seats=Count("members")).order_by("name", "pk"))


def members(board: Board) -> list[BoardMember]:
    """Its seats, by name."""
    return list(board.members.select_related("person", "deputy").order_by("person__name", "pk"))


def next_meeting(today: date) -> Meeting | None:
    """The next meeting of any board; the last one where none is planned."""
    coming = Meeting.objects.filter(date__gte=today).order_by("date", "pk").first()
    return coming or Meeting.objects.order_by("-date", "pk").first()


def meetings_on(day: date) -> list[Meeting]:
    """The meetings of a day, by their boards' names."""
    return list(Meeting.objects.filter(date=day).select_related("board").order_by("board__name"))


def meeting_of(day: date, board: str = "") -> Meeting:
    """The meeting of a day, of the board of a slug where one is named; 404 where none is planned."""
    found = next((one for one in meetings_on(day) if board in {"", one.board.slug}), None)
    if found is None:
        message = "No meeting is planned for that day."
        raise Http404(message)
    return found


def agenda(access: Access, meeting: Meeting) -> list[Point]:
    """Its points in their order; while it is to come, what else waits for the board is put behind them."""
    items = list(meeting.items.select_related("change").order_by("place"))
    named = [item.change_id for item in items if item.change_id]
    visible = ChangeRequest.objects.visible_to(access).filter(board=meeting.board, current__isnull=False)
    wanted = Q(pk__in=named)
    if meeting.date >= clock.now().astimezone(clock.zone()).date():
        wanted |= Q(state="proposed")
    related = visible.filter(wanted).select_related("current", "board", "team", "opened_by").order_by("due", "pk")
    by_change = {row.change.pk: row for row in rows(related[:MOST], clock.now())}
    points = [(item, by_change.pop(item.change_id, None) if item.change_id else None) for item in items]
    listed: list[tuple[AgendaItem | None, Row | None]] = [*points, *((None, row) for row in by_change.values())]
    return _timed([pair for pair in listed if pair[1] or (pair[0] and not pair[0].change_id)], meeting.begins_at)


def _timed(listed: Sequence[tuple[AgendaItem | None, Row | None]], begins: datetime | None) -> list[Point]:
    points = []
    for item, row in listed:
        minutes = item.duration_minutes if item else 5
        title = item.title if item and item.title else row.change.title if row else ""
        points.append(Point(item, title, row, begins, minutes))
        begins = begins + timedelta(minutes=minutes) if begins else None
    return points
