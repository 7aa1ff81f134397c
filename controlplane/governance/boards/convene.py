"""Plan a board's meeting, put points on its agenda, and keep its minutes: by its members and by operators."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock, planned
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.governance.models import AgendaItem, Board, ChangeRequest, Meeting
from controlplane.people.access import Access, Action

MOST_POINTS = 50
LONGEST_MINUTES = 50_000


@transaction.atomic
def plan_meeting(
    access: Access,
    board: Board,
    day: date,
    *,
    begins_at: datetime | None = None,
    place: str = "",
    via: Via = Via.PAGE,
) -> Meeting:
    """A meeting of a day; :class:`Conflict` where the board meets on that day already.

    :class:`Invalid` for a day that is many years away.
    """
    _require(access, board)
    if abs(day - clock.now().date()) > planned.FURTHEST:
        raise Invalid(f"That is more than {planned.YEARS_AHEAD} years away; look at the year.", field="date")
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(board=board, date=day, begins_at=begins_at, place=place.strip()[:120])
    except IntegrityError:
        raise Conflict(f"{board} meets on that day already; nothing was changed.", field="date") from None
    _record(access, meeting, "meeting.planned", via)
    return meeting


@transaction.atomic
def add_point(
    access: Access, meeting: Meeting, *, change_id: int | None = None, title: str = "", via: Via = Via.PAGE
) -> AgendaItem:
    """A point at the end of the agenda: a change of this board, or something to hear."""
    kept = Meeting.objects.select_for_update(of=("self",)).select_related("board").get(pk=meeting.pk)
    _require(access, kept.board)
    if kept.items.count() >= MOST_POINTS:
        raise Invalid(f"An agenda has up to {MOST_POINTS} points.", field="title")
    change = None
    if change_id is not None:
        change = ChangeRequest.objects.visible_to(access).filter(pk=change_id, board=kept.board).first()
        if change is None:
            raise Invalid("This board decides on no such change.", field="change")
        if kept.items.filter(change=change).exists():
            raise Conflict(f"{change} is on the agenda already.", field="change")
    elif not title.strip():
        raise Invalid("Say what it is about, or choose a change.", field="title")
    last = kept.items.aggregate(last=Max("place"))["last"] or 0
    item = AgendaItem.objects.create(meeting=kept, place=last + 1, change=change, title=title.strip()[:200])
    _record(access, kept, "meeting.point_added", via)
    return item


@transaction.atomic
def keep_minutes(access: Access, meeting: Meeting, minutes: str, *, via: Via = Via.PAGE) -> Meeting:
    """Replace the minutes; that they were replaced, and by whom, is in the audit."""
    kept = Meeting.objects.select_for_update(of=("self",)).select_related("board").get(pk=meeting.pk)
    _require(access, kept.board)
    if len(minutes) > LONGEST_MINUTES:
        raise Invalid(f"Minutes have up to {LONGEST_MINUTES:,} characters.", field="minutes")
    kept.minutes = minutes.replace("\x00", "").strip()
    kept.save(update_fields=["minutes"])
    _record(access, kept, "meeting.minutes_kept", via)
    return kept


def why_not_convene(access: Access, board: Board) -> str:
    """Why this person does not plan meetings of the board; empty when they may."""
    seated = bool(access.person_id) and board.members.filter(person_id=UUID(access.person_id)).exists()
    if seated or access.may_everywhere(Action.OPERATE):
        return ""
    return f"The members of {board} plan its meetings."


def _require(access: Access, board: Board) -> None:
    if why := why_not_convene(access, board):
        raise NotAllowed(f"{why} Nothing was changed.")


def _record(access: Access, meeting: Meeting, action: str, via: Via) -> None:
    details = {"date": meeting.date.isoformat(), "minutes": len(meeting.minutes)}
    audit.record(action, actor=access.actor, via=via, subject=Subject("board", meeting.board.slug), details=details)
