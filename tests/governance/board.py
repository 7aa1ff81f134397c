"""A team, a board of three, and what they do in tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from controlplane.audit.models import Subject
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import vote
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Choice
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account, Membership, Person, Team
from controlplane.people.roles import Role
from tests.governance import names
from tests.transactions.factories import an_access, an_account


@dataclass
class Company:
    """A team that wants another name, its owners, and the board: two votes, one of them security's."""

    team: Team = field(default_factory=lambda: Team.objects.create(slug="billing", name="Billing"))

    def __post_init__(self) -> None:
        self.mara = an_access(Role.OWNER, self.team, name="Mara Lindqvist")
        self.elif_ = an_access(Role.OWNER, self.team, name="Elif Kaya")
        self.board = Board.objects.create(
            slug="integration",
            name="Integration board",
            kinds=[names.KIND, "team_name_at_once"],
            quorum=2,
            required_roles=["security"],
        )
        self.priya = self.member("Priya Raman", "security")
        self.jonas = self.member("Jonas Weber")
        self.ana = self.member("Ana Costa")

    def member(self, name: str, role: str = "") -> Access:
        """Somebody with a seat."""
        access = an_access(Role.BOARD, None, name=name)
        BoardMember.objects.create(board=self.board, person_id=UUID(access.person_id), role=role)
        return access

    def proposed(self, name: str = "Invoicing", kind: str = names.KIND, **more: Any) -> ChangeRequest:
        """Mara proposes that her team is called otherwise, perhaps with ``documents``; its checks have run."""
        change = propose(
            more.pop("by", self.mara),
            kind,
            Subject("team", self.team.slug),
            {"name": name} | ({"documents": more.pop("documents")} if "documents" in more else {}),
            title=f"Call it {name}",
            why="Nobody finds us.",
            **more,
        )
        run_checks(change.revision)
        return change

    def votes(
        self, access: Access, change: ChangeRequest, choice: Choice = Choice.APPROVE, words: str = "Fine.", **more: Any
    ) -> ChangeRequest:
        """Somebody votes on what the change says now."""
        now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
        return vote(access, change.pk, choice, words, revision=now.number, content_hash=now.content_hash, **more)

    def approved(self, name: str = "Invoicing", **more: Any) -> ChangeRequest:
        """A change that the board agreed to."""
        change = self.proposed(name, **more)
        self.votes(self.priya, change)
        return self.votes(self.jonas, change)


def person_of(access: Access) -> Person:
    """The human being behind it."""
    return Person.objects.get(pk=access.person_id)


def second_account(access: Access, email: str = "second@people.example") -> Access:
    """Another sign-in of the same person."""
    return access_for(Account.objects.create(email=email, person=person_of(access)))


def closed(access: Access) -> None:
    """Take every role away."""
    Membership.objects.filter(person_id=access.person_id).delete()


__all__ = ["Company", "an_account", "closed", "person_of", "second_account"]
