"""An owner who proposes versions of the invoice's contract, and a board of two that decides on them."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from controlplane.audit.models import Subject
from controlplane.contracts.consumers.answer import answer
from controlplane.contracts.consumers.asking import missing_of
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import ContractVersion, Said
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import vote
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Check, Choice
from controlplane.people.access import Access
from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.transactions.factories import an_access
from tests.transactions.paid_invoice import SCHEMA

SLUG = "billing-invoice"


def schema(**properties: Any) -> dict[str, Any]:
    """The invoice's schema, with properties that are other ones or new."""
    made: dict[str, Any] = copy.deepcopy(dict(SCHEMA))
    made["properties"].update(properties)
    return made


@dataclass
class Deciding:
    """Who proposes, who answers for the integrations of the same team, and who decides."""

    owner: Access
    members: list[Access]
    colleague: Access

    def proposed(self, **content: Any) -> ChangeRequest:
        """The owner proposes a version, and its checks have run."""
        change = propose(
            self.owner, NAME, Subject(NAME, SLUG), content, title="Clean currencies", why="Odoo asks for it."
        )
        run_checks(change.revision)
        change.refresh_from_db()
        return change

    def confirmed(self, change: ChangeRequest) -> None:
        """The integrations of the same team can live with what it says now."""
        now = ChangeRequest.objects.select_related("current").get(pk=change.pk)
        for one in missing_of(now):
            if one.team_id == now.team_id:
                answer(self.colleague, one.pk, Said.CONFIRMED, content_hash=now.revision.content_hash)
        run_checks(now.revision)

    def agreed(self, change: ChangeRequest) -> ChangeRequest:
        """Its consumers and the board agree to what it says now."""
        self.confirmed(change)
        now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
        for member in self.members:
            change = vote(
                member, change.pk, Choice.APPROVE, "Fine.", revision=now.number, content_hash=now.content_hash
            )
        return change


def deciding(team: Team) -> Deciding:
    """A board that decides on contracts."""
    board = Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=2)
    members = [an_access(Role.BOARD, None, name=name) for name in ("First", "Second")]
    for member in members:
        BoardMember.objects.create(board=board, person_id=UUID(member.person_id))
    owner, colleague = (an_access(Role.OWNER, team, name=name) for name in ("Owner", "Colleague"))
    return Deciding(owner, members, colleague)


def check(change: ChangeRequest, name: str) -> tuple[str, bool, str]:
    """How a check of the newest revision came out: its state, whether it is required, and its sentence."""
    found = Check.objects.filter(revision__change=change, name=name).order_by("-pk").first()
    assert found is not None
    return found.state, found.required, found.detail


def newest() -> ContractVersion:
    """The version that was made last."""
    found = ContractVersion.objects.filter(contract__slug=SLUG).order_by("-number").first()
    assert found is not None
    return found
