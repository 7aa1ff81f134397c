"""Who decides at Halden Instruments: a board with its members and its next meeting, and what it has before it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock
from controlplane.governance.boards.arrange import make_board, seat_member
from controlplane.governance.boards.convene import plan_meeting
from controlplane.governance.boards.rules_kind import KIND
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import Asked, vote
from controlplane.governance.models import Board, ChangeRequest, Choice
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account
from controlplane.standalone.sandbox.people import DOMAIN

SLUG: Final = "integration"
#: First name → the role on the board. Jonas chairs; none of them needs a right over the traffic for it.
MEMBERS: Final = {"jonas": "chair", "ana": "onboarding and service", "elif": "support"}
TUESDAY: Final = 1


def settle() -> None:
    """Make the board and what it has before it, once."""
    if Board.objects.exists():
        return
    oskar = _who("oskar")
    board = make_board(
        oskar, SLUG, "Integration board", kinds=["*"], quorum=2, required_roles=["chair"], via=Via.COMMAND
    )
    for name, role in MEMBERS.items():
        seat_member(oskar, board, Account.objects.get(email=_email(name)).person, role, via=Via.COMMAND)
    today = clock.now().astimezone(clock.zone()).date()
    tuesday = today + timedelta(days=(TUESDAY - today.weekday()) % 7 or 7)
    begins = datetime.combine(tuesday, time(11), clock.zone())
    plan_meeting(oskar, board, tuesday, begins_at=begins, place="Room Semmering and online", via=Via.COMMAND)
    _decided(oskar, board)
    _open(oskar, board, begins)


def _decided(oskar: Access, board: Board) -> None:
    """One that was agreed to with a condition, and is in force."""
    change = _proposed(
        oskar,
        board,
        {"approval_days": 30},
        "Approvals hold for a month",
        "Two weeks were over twice before the release that they were given for.",
    )
    _vote(_who("jonas"), change, "As long as what expires is told of.", [Asked("Tell whoever asked.", before=False)])
    _vote(_who("ana"), change, "Two weeks were too short for onboarding.")
    apply(oskar, change.pk, via=Via.COMMAND)


def _open(oskar: Access, board: Board, due: datetime) -> None:
    """One that waits, and is talked about."""
    change = _proposed(
        oskar,
        board,
        {"quorum": 3, "emergency_quorum": 2},
        "Three votes instead of two",
        "Large replays were agreed to by two people of one office; a third pair of eyes costs an hour.",
        due,
    )
    comment(_who("elif"), change.pk, "Does an emergency at night still work with two?", via=Via.COMMAND)
    _vote(_who("ana"), change, "An hour is well spent.")


def _proposed(
    access: Access, board: Board, content: dict[str, int], title: str, why: str, due: datetime | None = None
) -> ChangeRequest:
    subject = Subject("board", board.slug)
    return propose(access, KIND, subject, content, title=title, why=why, due=due, via=Via.COMMAND)


def _vote(access: Access, change: ChangeRequest, words: str, conditions: list[Asked] | None = None) -> None:
    now = change.revision
    vote(
        access,
        change.pk,
        Choice.APPROVE,
        words,
        revision=now.number,
        content_hash=now.content_hash,
        conditions=conditions or [],
        via=Via.COMMAND,
    )


def _who(name: str) -> Access:
    return access_for(Account.objects.get(email=_email(name)))


def _email(name: str) -> str:
    return f"{name}@{DOMAIN}"
