"""Boards, the kinds that they decide on, and the decision log."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404

from controlplane.foundation.errors import Conflict, Invalid
from controlplane.governance.kinds import Kind, kinds
from controlplane.governance.models import Board
from controlplane.governance.rest import asking, shapes
from controlplane.governance.selectors import board_for
from controlplane.governance.selectors.listing import PAGE, decisions
from controlplane.governance.selectors.meetings import boards, members
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView

AREA = "Changes"


class ChangeKinds(ApiView):
    """What can be proposed."""

    area: ClassVar[str] = AREA

    @operation(shapes.KindList)
    def get(self, call: Call) -> dict[str, Any]:
        """Every kind of change, and the board that decides on it."""
        return {
            "kinds": [
                {
                    "name": name,
                    "label": kind.label,
                    "board": _board_of(name, kind),
                    "may_propose": call.access.may_somewhere(kind.needs),
                }
                for name, kind in kinds()
            ]
        }


class Boards(ApiView):
    """All boards."""

    area: ClassVar[str] = AREA

    @operation(shapes.BoardList)
    def get(self, _call: Call) -> dict[str, Any]:
        """Every board with its members; operators make them on the page, or by `manage.py board`."""
        return {"boards": [_shown(board) for board in boards()]}


class OneBoard(ApiView):
    """One board."""

    area: ClassVar[str] = AREA

    @operation(shapes.BoardShape)
    def get(self, _call: Call, board: str) -> dict[str, Any]:
        """A board, its rules and its members."""
        found = Board.objects.filter(slug=board).first()
        if found is None:
            raise Http404
        return _shown(found)


class Decisions(ApiView):
    """The decision log."""

    area: ClassVar[str] = AREA

    @operation(shapes.DecisionPage, asks=asking.WhichDecisions)
    def get(self, call: Call) -> dict[str, Any]:
        """Decisions on the changes that one may see, newest first, 50 a page."""
        board = Board.objects.filter(slug=call.asked["board"]).first()
        if call.asked["board"] and board is None:
            raise Invalid("There is no board of that name.", field="board")
        found = decisions(call.access, board, call.asked.get("before"))
        return {"decisions": found, "next": found[-1].decision.pk if len(found) == PAGE else None}


def _board_of(name: str, kind: Kind) -> str | None:
    try:
        return board_for(name, kind).slug
    except Conflict:
        return None


def _shown(board: Board) -> dict[str, Any]:
    return {name: getattr(board, name) for name in _FIELDS} | {"seated": members(board)}


_FIELDS = ("slug", "name", "kinds", "quorum", "required_roles", "emergency_quorum", "approval_days")
