"""Make boards and name their members: for those who operate the platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import Board, BoardMember
from controlplane.governance.selectors import EVERY_KIND
from controlplane.people.access import Access, Action
from controlplane.people.models import Person

MOST_MEMBERS = 50


@transaction.atomic
def make_board(
    access: Access,
    slug: str,
    name: str,
    *,
    kinds: Sequence[str],
    quorum: int = 2,
    required_roles: Sequence[str] = (),
    emergency_quorum: int = 1,
    approval_days: int = 14,
    via: Via = Via.PAGE,
) -> Board:
    """A board without members yet. :class:`Conflict` when the slug is taken, :class:`Invalid` with the field."""
    access.require_everywhere(Action.OPERATE)
    if Board.objects.filter(slug=slug).exists():
        raise Conflict(f"There is a board {slug!r} already; nothing was changed.", field="slug")
    board = Board(slug=slug)
    return _keep(
        access,
        board,
        via,
        "board.made",
        name=name,
        kinds=list(kinds),
        quorum=quorum,
        required_roles=list(required_roles),
        emergency_quorum=emergency_quorum,
        approval_days=approval_days,
    )


@transaction.atomic
def change_board(access: Access, board: Board, *, via: Via = Via.PAGE, **values: Any) -> Board:
    """Other values; changes that are open are decided by them from now on."""
    access.require_everywhere(Action.OPERATE)
    kept = Board.objects.select_for_update().get(pk=board.pk)
    return _keep(access, kept, via, "board.changed", **values)


@transaction.atomic
def seat_member(access: Access, board: Board, person: Person, role: str = "", *, via: Via = Via.PAGE) -> BoardMember:
    """Give a person a seat, or their seat another role."""
    access.require_everywhere(Action.OPERATE)
    if board.members.exclude(person=person).count() >= MOST_MEMBERS:
        raise Invalid(f"A board has up to {MOST_MEMBERS} members.", field="person")
    if len(role) > 40:  # noqa: PLR2004 - the column's length
        raise Invalid("The role is longer than 40 characters.", field="role")
    member, _ = BoardMember.objects.update_or_create(board=board, person=person, defaults={"role": role.strip()})
    _record(access, board, "board.seated", via, person=str(person.pk), role=member.role)
    return member


@transaction.atomic
def unseat_member(access: Access, board: Board, person: Person, *, via: Via = Via.PAGE) -> None:
    """Take a seat away; votes that were cast for it stay."""
    access.require_everywhere(Action.OPERATE)
    if not board.members.filter(person=person).delete()[0]:
        raise NotFound(f"{person} has no seat on {board}.")
    _record(access, board, "board.unseated", via, person=str(person.pk))


def _keep(access: Access, board: Board, via: Via, action: str, **values: Any) -> Board:
    for name, value in values.items():
        setattr(board, name, value)
    for kind in board.kinds:
        if kind != EVERY_KIND:
            kind_called(kind)
    if not board.kinds:
        raise Invalid("Say on which kinds of change it decides.", field="kinds")
    try:
        board.full_clean()
    except ValidationError as refused:
        field, messages = next(iter(refused.message_dict.items()))
        raise Invalid(" ".join(messages), field=field) from None
    board.save()
    _record(access, board, action, via, kinds=", ".join(board.kinds), quorum=board.quorum)
    return board


def _record(access: Access, board: Board, action: str, via: Via, **details: Any) -> None:
    audit.record(action, actor=access.actor, via=via, subject=Subject("board", board.slug), details=details)
