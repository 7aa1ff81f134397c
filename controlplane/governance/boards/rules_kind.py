"""The rules of a board as a kind of change: who decides how is decided, too, by the board itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse

from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Invalid, NotFound
from controlplane.governance.boards.arrange import change_board
from controlplane.governance.kinds import Applying, Content, Described, Kind
from controlplane.governance.models import Board, Revision
from controlplane.governance.rules.changed import Changed, Impact, Level
from controlplane.people.roles import Action

KIND: Final = "board_rules"
#: What can be proposed, in words.
_WORDS: Final = {
    "quorum": "Votes for a decision",
    "required_roles": "Roles whose vote for is needed",
    "emergency_quorum": "Votes in an emergency",
    "approval_days": "Days that an approval holds",
}
_MOST: Final = {"quorum": 50, "emergency_quorum": 50, "approval_days": 365}


def _board(subject: Subject) -> Board:
    found = Board.objects.filter(slug=subject.id).first()
    if found is None:
        raise NotFound(f"There is no board {subject.id[:50]!r}.", field="subject_id")
    return found


def _describe(subject: Subject) -> Described:
    board = _board(subject)
    return Described(board.name, url=reverse("governance:board", args=[board.slug]))


def _base(subject: Subject) -> dict[str, Any]:
    board = _board(subject)
    return {name: getattr(board, name) for name in _WORDS}


def _validate(subject: Subject, content: Content) -> Mapping[str, Any]:
    _board(subject)
    if unknown := sorted(set(content) - set(_WORDS)):
        raise Invalid(f"A board has no {unknown[0]!r}; there are: {', '.join(_WORDS)}.", field="content")
    if not content:
        raise Invalid(f"Say what is to be another: {', '.join(_WORDS)}.", field="content")
    for name, most in _MOST.items():
        value = content.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise Invalid(f"{_WORDS[name]}: a whole number from 1 to {most}.", field="content")
    roles = content.get("required_roles", [])
    if not isinstance(roles, list) or not all(isinstance(role, str) and role.strip() for role in roles):
        raise Invalid("Roles whose vote is needed are a list of words.", field="content")
    return content


def _diff(_subject: Subject, content: Content, base: Any) -> Sequence[Changed]:
    return [
        Changed(_level(name, content[name], base[name]), words, _said(base[name]), _said(content[name]))
        for name, words in _WORDS.items()
        if name in content and content[name] != base[name]
    ]


def _level(name: str, after: Any, before: Any) -> Level:
    """Fewer who have to agree is a risk; more of them, or another time, is none."""
    if name == "required_roles":
        return Level.RISKY if set(before) - set(after) else Level.SAFE
    return Level.RISKY if name != "approval_days" and after < before else Level.SAFE


def _said(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)


def _impact(subject: Subject, _content: Content) -> Impact:
    board = _board(subject)
    waiting = board.changes.filter(state="proposed").count()
    return Impact(f"{board.name} has {board.members.count()} members, and {waiting} changes wait for it.")


def _apply(applying: Applying) -> None:
    change_board(applying.access, _board(applying.subject), via=Via.SYSTEM, **applying.content)


def _undo(_subject: Subject, revision: Revision) -> Content:
    before: Any = revision.base
    return {name: before[name] for name in revision.content}


BOARD_RULES: Final = Kind(
    label="Rules of a board",
    needs=Action.OPERATE,
    describe=_describe,
    validate=_validate,
    base=_base,
    diff=_diff,
    impact=_impact,
    apply=_apply,
    undo=_undo,
)
