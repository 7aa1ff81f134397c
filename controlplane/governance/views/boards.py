"""Boards, their seats and their meetings."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from controlplane.governance.boards.arrange import change_board, make_board, seat_member, unseat_member
from controlplane.governance.boards.convene import add_point, keep_minutes, plan_meeting, why_not_convene
from controlplane.governance.boards.delegate import delegate
from controlplane.governance.forms import (
    BoardForm,
    DeputyForm,
    MeetingForm,
    MinutesForm,
    PointForm,
    Refusing,
    SeatForm,
)
from controlplane.governance.kinds import label_of
from controlplane.governance.models import Board, BoardMember, Meeting
from controlplane.governance.selectors import EVERY_KIND
from controlplane.governance.selectors.listing import decisions
from controlplane.governance.selectors.meetings import agenda, boards, meeting_of, meetings_on, members
from controlplane.governance.views.addresses import tabs, with_query
from controlplane.governance.views.minutes import files
from controlplane.people.access import Access, Action, access_of, who_may

_REFUSALS = (Invalid, Conflict, NotAllowed, NotFound)
#: Decisions beside an agenda.
LATEST = 6


@require_http_methods(["GET", "POST"])
@login_required
def board_list(request: HttpRequest) -> HttpResponse:
    """Every board; an operator makes one here."""
    access = access_of(request)
    form = BoardForm(request.POST or None, initial={"kinds": [EVERY_KIND]})
    status = 200
    if request.method == "POST":
        access.require_everywhere(Action.OPERATE)
        made = _try(form, lambda: make_board(access, **form.cleaned_data))
        if isinstance(made, Board):
            messages.success(request, f"{made} is made. Now give it members.")
            return redirect("governance:board", slug=made.slug)
        status = made
    context = {
        "tabs": tabs(access, "boards"),
        "boards": [{"board": board, "kinds": _kinds(board)} for board in boards()],
        "form": form,
        "is_open": request.method == "POST",
        "why_not": _why_not_operate(access),
    }
    return render(request, "governance/boards.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def board_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A board's rules, seats, deputies and meetings; ``does`` says which of its forms was sent."""
    access = access_of(request)
    board = get_object_or_404(Board, slug=slug)
    given: dict[str, Refusing] = {}
    status = 200
    if request.method == "POST":
        status = _sent(request, access, board, given)
        if status == 0:
            return redirect("governance:board", slug=slug)
    own = next((seat for seat in members(board) if str(seat.person_id) == access.person_id), None)
    initial: dict[str, Any] = {name: getattr(board, name) for name in BoardForm.base_fields if name != "slug"}
    initial["required_roles"] = ", ".join(board.required_roles)
    context = {
        "tabs": tabs(access, "boards"),
        "board": board,
        "kinds": _kinds(board),
        "members": members(board),
        "meetings": Meeting.objects.filter(board=board).order_by("-date")[:20],
        "rules_form": given.get("rules") or BoardForm(board=board, initial=initial, auto_id="rules-%s"),
        "seat_form": given.get("seat") or SeatForm(auto_id="seat-%s"),
        "deputy_form": given.get("deputy") or DeputyForm(initial=_deputy(own), auto_id="deputy-%s"),
        "meeting_form": given.get("meeting") or MeetingForm(auto_id="meeting-%s"),
        "own": own,
        "rules_open": "rules" in given,
        "meeting_open": "meeting" in given,
        "why_not": _why_not_operate(access),
        "why_not_convene": why_not_convene(access, board),
    }
    return render(request, "governance/board.html", context, status=status)


@require_GET
@login_required
def meeting_page(request: HttpRequest, date: date) -> HttpResponse:
    """What is decided on that day, and what came of the last decisions; prints on A4."""
    access = access_of(request)
    return _meeting(request, access, meeting_of(date, request.GET.get("board", "")))


@require_POST
@login_required
def meeting_act(request: HttpRequest, date: date) -> HttpResponse:
    """Put something on the agenda, or keep the minutes."""
    access = access_of(request)
    meeting = meeting_of(date, request.GET.get("board", ""))
    point, minutes = "title" in request.POST, "minutes" in request.POST
    change = request.POST.get("change", "")
    form: Refusing = MinutesForm(request.POST) if minutes else PointForm(request.POST)
    if change.isdigit() and len(change) < 10:  # noqa: PLR2004 - what the column holds
        form = Refusing(request.POST)
    done = _try(form, lambda: _convened(access, meeting, form, change))
    if isinstance(done, int):
        given = {"minutes" if minutes else "point" if point else "change": form}
        return _meeting(request, access, meeting, given, status=done)
    messages.success(request, "The minutes are kept." if minutes else "It is on the agenda.")
    return redirect(_meeting_url(meeting))


def _convened(access: Access, meeting: Meeting, form: Refusing, change: str) -> object:
    if isinstance(form, MinutesForm):
        return keep_minutes(access, meeting, form.cleaned_data["minutes"])
    if isinstance(form, PointForm):
        return add_point(access, meeting, title=form.cleaned_data["title"])
    return add_point(access, meeting, change_id=int(change))


def _meeting(
    request: HttpRequest,
    access: Access,
    meeting: Meeting,
    given: dict[str, Refusing] | None = None,
    status: int = 200,
) -> HttpResponse:
    forms = given or {}
    points = agenda(access, meeting)
    refused = [error for form in forms.values() for errors in form.errors.values() for error in errors]
    seats = members(meeting.board)
    context = {
        "tabs": tabs(access, "board"),
        "meeting": meeting,
        "others": [one for one in meetings_on(meeting.date) if one.pk != meeting.pk],
        "points": points,
        "minutes_in_all": sum(point.minutes for point in points),
        "to_decide": sum(point.row is not None and point.row.change.state == "proposed" for point in points),
        "decisions": decisions(access, meeting.board, most=LATEST),
        "members": seats,
        "quorum_words": _quorum_words(meeting.board, len(seats)),
        "refused": refused,
        "why_not": why_not_convene(access, meeting.board),
        "point_form": forms.get("point") or PointForm(auto_id="point-%s"),
        "minutes_form": forms.get("minutes") or MinutesForm(initial={"minutes": meeting.minutes}),
        "address": _meeting_url(meeting),
        "files": files(partial(_file_url, meeting)),
        "is_past": meeting.date < clock.now().astimezone(clock.zone()).date(),
    }
    return render(request, "governance/meeting.html", context, status=status)


def _quorum_words(board: Board, seats: int) -> str:
    if seats < board.quorum:
        return f"{seats} members cannot reach a quorum of {board.quorum}. A platform operator names more."
    spare = seats - board.quorum
    return f"Quorum is {board.quorum} of {seats}; up to {spare} may be away or have written what is decided on."


def _file_url(meeting: Meeting, form: str) -> str:
    return with_query(reverse(f"governance:minutes-{form}", args=[meeting.date]), board=meeting.board.slug)


def _meeting_url(meeting: Meeting) -> str:
    return with_query(reverse("governance:meeting", args=[meeting.date]), board=meeting.board.slug)


def _sent(request: HttpRequest, access: Access, board: Board, given: dict[str, Refusing]) -> int:
    """Do what one of the board's forms asks for; 0 when it is done, or the status, with the form in ``given``."""
    does = request.POST.get("does", "")
    forms: dict[str, Refusing] = {
        "rules": BoardForm(request.POST, board=board, auto_id="rules-%s"),
        "seat": SeatForm(request.POST, auto_id="seat-%s"),
        "unseat": SeatForm(request.POST, auto_id="seat-%s"),
        "deputy": DeputyForm(request.POST, auto_id="deputy-%s"),
        "meeting": MeetingForm(request.POST, auto_id="meeting-%s"),
    }
    form = forms.get(does)
    if form is None:
        raise NotFound("Nothing of that name is done to a board.")
    done = _try(form, lambda: _does(access, board, does, form.cleaned_data))
    if isinstance(done, int):
        given[does] = form
        return done
    messages.success(request, "It is kept.")
    return 0


def _does(access: Access, board: Board, does: str, said: dict[str, Any]) -> object:
    if does == "rules":
        return change_board(access, board, **said)
    if does == "seat":
        return seat_member(access, board, said["person"], said["role"])
    if does == "unseat":
        unseat_member(access, board, said["person"])
        return board
    if does == "deputy":
        return delegate(access, _own_seat(access, board), said["deputy"], said["until"])
    begins = said["begins_at"]
    at = datetime.combine(said["date"], begins, clock.zone()) if begins else None
    return plan_meeting(access, board, said["date"], begins_at=at, place=said["place"])


def _own_seat(access: Access, board: Board) -> BoardMember:
    found = board.members.filter(person_id=access.person_id).first()
    if found is None:
        raise NotAllowed(f"You have no seat on {board}. Nothing was changed.")
    return found


def _try(form: Refusing, act: Any) -> Any:
    """What the act gives, or the status with which its form is shown again."""
    if not form.is_valid():
        return 422
    try:
        return act()
    except _REFUSALS as problem:
        return _refused(form, problem)


def _refused(form: Refusing, problem: Problem) -> int:
    form.refuse(problem)
    return problem.status


def _deputy(seat: BoardMember | None) -> dict[str, Any]:
    return {"deputy": seat.deputy_id, "until": seat.deputy_until} if seat else {}


def _kinds(board: Board) -> str:
    return ", ".join("every other kind" if kind == EVERY_KIND else label_of(kind) for kind in board.kinds)


def _why_not_operate(access: Access) -> str:
    if access.may_everywhere(Action.OPERATE):
        return ""
    return f"{' or '.join(who_may(Action.OPERATE))} makes boards and names their members."
