"""What is proposed and decided, and the policies it is judged by."""

from controlplane.governance.models.boards import AgendaItem, Board, BoardMember, Meeting
from controlplane.governance.models.changes import (
    OPEN,
    ChangeRequest,
    ChangeState,
    Check,
    CheckState,
    Comment,
    Revision,
    RevisionAuthor,
)
from controlplane.governance.models.votes import Choice, Condition, Decision, Outcome, Vote

__all__ = [
    "OPEN",
    "AgendaItem",
    "Board",
    "BoardMember",
    "ChangeRequest",
    "ChangeState",
    "Check",
    "CheckState",
    "Choice",
    "Comment",
    "Condition",
    "Decision",
    "Meeting",
    "Outcome",
    "Revision",
    "RevisionAuthor",
    "Vote",
]
