"""An owner who proposes entries of the estate, and a board of two that decides on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from controlplane.audit.models import Subject
from controlplane.console.entries.sorts import SORTS, Said
from controlplane.console.entries.standing import standing
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import vote
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Check, Choice
from controlplane.people.access import Access
from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.transactions.factories import an_access


def said(kind: str, slug: str, **more: Any) -> Said:
    """What an entry says now, with some of it said otherwise; None leaves a field out."""
    now = standing(SORTS[kind], slug)
    assert now is not None, f"there is no {kind} {slug}"
    return {name: value for name, value in (now | more).items() if value is not None}


@dataclass
class Deciding:
    """Who proposes, and who decides."""

    owner: Access
    members: list[Access]
    board: Board

    def proposed(self, kind: str, slug: str, entry: Said, **more: Any) -> ChangeRequest:
        """Somebody proposes it, and its checks have run."""
        change = propose(
            more.pop("by", self.owner),
            kind,
            Subject(kind, slug),
            {"entry": entry},
            title=f"Another {slug}",
            why="It is asked for.",
            **more,
        )
        run_checks(change.revision)
        change.refresh_from_db()
        return change

    def agreed(self, change: ChangeRequest) -> ChangeRequest:
        """The board agrees to what it says now."""
        now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
        for member in self.members:
            change = vote(
                member, change.pk, Choice.APPROVE, "Fine.", revision=now.number, content_hash=now.content_hash
            )
        return change

    def applied(self, kind: str, slug: str, entry: Said, **more: Any) -> ChangeRequest:
        """Proposed, agreed to, and in force."""
        return apply(self.owner, self.agreed(self.proposed(kind, slug, entry, **more)).pk)


def deciding(team: Team, *kinds: str) -> Deciding:
    """A board that decides on these kinds; on all of them where none is named."""
    named = list(kinds) or list(SORTS)
    board = Board.objects.create(slug="integration", name="Integration board", kinds=named, quorum=2)
    members = [an_access(Role.BOARD, None, name=name) for name in ("First", "Second")]
    for member in members:
        BoardMember.objects.create(board=board, person_id=UUID(member.person_id))
    return Deciding(an_access(Role.OWNER, team, name="Owner"), members, board)


def check(change: ChangeRequest, name: str) -> tuple[str, bool, str]:
    """How a check of the newest revision came out: its state, whether it is required, and its sentence."""
    found = Check.objects.filter(revision__change=change, name=name).order_by("-pk").first()
    assert found is not None
    return found.state, found.required, found.detail


def differences(change: ChangeRequest) -> list[tuple[str, str, str, str]]:
    """What the board reads: level, place, before and after."""
    return [(one["level"], one["what"], one["before"], one["after"]) for one in change.revision.diff]
