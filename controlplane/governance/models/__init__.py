"""What is proposed and decided, and the policies it is judged by."""

from controlplane.governance.models.boards import AgendaItem, Board, BoardMember, Meeting
from controlplane.governance.models.changes import (
    OPEN,
    ChangeRequest,
    ChangeState,
    Check,
    CheckState,
    Comment,
    Resolution,
    Revision,
    RevisionAuthor,
)
from controlplane.governance.models.findings import Finding, PolicyRun, ScoreDay
from controlplane.governance.models.policies import Policy, PolicyOverride, PolicyVersion, Waiver, WaiverState
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
    "Finding",
    "Meeting",
    "Outcome",
    "Policy",
    "PolicyOverride",
    "PolicyRun",
    "PolicyVersion",
    "Resolution",
    "Revision",
    "RevisionAuthor",
    "ScoreDay",
    "Vote",
    "Waiver",
    "WaiverState",
]
