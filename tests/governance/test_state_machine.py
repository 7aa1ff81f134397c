"""Whatever people do to a change in whatever order, nothing is applied that others did not agree to as it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.governance.boards.delegate import delegate
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_waiting_checks
from controlplane.governance.changes.revise import revise
from controlplane.governance.changes.withdraw import withdraw
from controlplane.governance.models import BoardMember, ChangeRequest, Choice, RevisionAuthor, Vote
from controlplane.governance.selectors.waiting import to_vote_on
from controlplane.people.access import Access
from controlplane.people.models import Team
from tests.governance.board import Company, person_of, second_account

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = (Conflict, Invalid, NotAllowed, IntegrityError)
WHO = st.sampled_from(["mara", "elif", "priya", "jonas", "ana", "mara twice", "priya twice"])


class Changes(RuleBasedStateMachine):
    """One change, and seven ways in for five people, two of whom own the team; priya is security on the board."""

    company: Company
    change: ChangeRequest
    applied: str
    names: int

    @initialize()
    def begin(self) -> None:
        Team.objects.filter(slug="billing").update(name="Billing")
        self.change = self.company.proposed("Name 0")
        BoardMember.objects.update(deputy=None)
        self.applied, self.names = "", 0

    def who(self, name: str) -> Access:
        found: Access = self.accesses[name]
        return found

    accesses: dict[str, Access]

    @rule(who=WHO, choice=st.sampled_from(list(Choice)))
    def vote(self, who: str, choice: Choice) -> None:
        self._try(lambda: self.company.votes(self.who(who), self.change, choice))

    @rule(who=WHO, held=st.sampled_from(["priya", "jonas", "ana"]))
    def vote_by_hand(self, who: str, held: str) -> None:
        """Straight into the table, for one's own or another's seat."""
        now = ChangeRequest.objects.select_related("current").get(pk=self.change.pk).revision
        mine = self.who(who).person_id == self.who(held).person_id
        cast = {
            "change_id": self.change.pk,
            "revision": now,
            "content_hash": now.content_hash,
            "person_id": UUID(self.who(who).person_id),
            "account": UUID(self.who(who).account_id),
            "on_behalf_of_id": None if mine else UUID(self.who(held).person_id),
            "choice": Choice.APPROVE,
        }
        self._try(lambda: Vote.objects.create(**cast))

    @rule(who=st.sampled_from(["mara", "elif", "priya", "ana"]))
    def revise(self, who: str) -> None:
        self.names += 1
        current = ChangeRequest.objects.select_related("current").get(pk=self.change.pk).revision.number
        self._try(lambda: revise(self.who(who), self.change.pk, {"name": f"Name {self.names}"}, after=current))

    @rule(member=st.sampled_from(["priya", "jonas", "ana"]), deputy=st.sampled_from(["mara", "elif", "jonas"]))
    def name_a_deputy(self, member: str, deputy: str) -> None:
        seat = BoardMember.objects.get(person_id=self.who(member).person_id)
        self._try(lambda: delegate(self.who(member), seat, person_of(self.who(deputy))))

    @rule()
    def check(self) -> None:
        run_waiting_checks()

    @rule(who=st.sampled_from(["mara", "elif", "jonas"]))
    def apply(self, who: str) -> None:
        if self._try(lambda: apply(self.who(who), self.change.pk)):
            self.applied = Team.objects.get(slug="billing").name

    @rule(state=st.sampled_from(["approved", "applied"]))
    def force(self, state: str) -> None:
        """By direct SQL, as somebody with the database's password would."""
        with connection.cursor() as cursor:
            self._try(
                lambda: cursor.execute(
                    "update governance_changerequest set state = %s, applied_at = now(),"
                    " approved_until = now() + interval '1 day' where id = %s",
                    [state, self.change.pk],
                )
            )

    @rule()
    def withdraw(self) -> None:
        self._try(lambda: withdraw(self.who("mara"), self.change.pk, "no"))

    @invariant()
    def nobody_s_own_vote_counts(self) -> None:
        if not hasattr(self, "change"):
            return
        authors = set(RevisionAuthor.objects.filter(change=self.change).values_list("person_id", flat=True))
        now = ChangeRequest.objects.select_related("current").get(pk=self.change.pk)
        on_current = Vote.objects.filter(revision=now.revision)
        assert not {vote.person_id for vote in on_current} & authors
        assert not {vote.on_behalf_of_id for vote in on_current} & authors

    @invariant()
    def what_is_agreed_to_has_the_votes_on_what_it_says(self) -> None:
        if not hasattr(self, "change"):
            return
        now = ChangeRequest.objects.select_related("current").get(pk=self.change.pk)
        if now.state in {"approved", "applied"}:
            votes = Vote.objects.filter(revision=now.revision, content_hash=now.revision.content_hash)
            choices = [vote.choice for vote in votes]
            assert len(choices) >= 2
            assert choices.count("approve") > choices.count("reject")
            assert any(vote.role == "security" and vote.choice == "approve" for vote in votes)
        if self.applied:
            assert self.applied == now.revision.content["name"]

    @invariant()
    def it_waits_for_whom_a_vote_is_open_and_for_nobody_else(self) -> None:
        if not hasattr(self, "change"):
            return
        now = clock.now()
        for access in self.accesses.values():
            waits = to_vote_on(access, now).filter(pk=self.change.pk).exists()
            assert waits == self._has_a_vote(UUID(access.person_id))

    def _has_a_vote(self, person: UUID) -> bool:
        """Said once more, seat by seat."""
        change = ChangeRequest.objects.select_related("current").get(pk=self.change.pk)
        authors = set(RevisionAuthor.objects.filter(change=change).values_list("person_id", flat=True))
        votes = Vote.objects.filter(revision=change.revision)
        taken = {vote.on_behalf_of_id or vote.person_id for vote in votes}
        seats = BoardMember.objects.filter(board=change.board)
        own = [seat for seat in seats if person in {seat.person_id, seat.deputy_id}]
        is_open = any(seat.person_id not in authors | taken for seat in own)
        may = person not in authors and person not in {vote.person_id for vote in votes}
        return change.state == "proposed" and may and is_open

    def _try(self, act: Any) -> bool:
        try:
            with transaction.atomic():
                act()
        except REFUSED:
            return False
        return True


def test_no_order_of_deeds_applies_what_others_did_not_agree_to(company: Company) -> None:
    Changes.company = company
    Changes.accesses = {
        "mara": company.mara,
        "elif": company.elif_,
        "priya": company.priya,
        "jonas": company.jonas,
        "ana": company.ana,
        "mara twice": second_account(company.mara),
        "priya twice": second_account(company.priya, "priya-two@people.example"),
    }
    run_state_machine_as_test(
        Changes,
        settings=settings(
            max_examples=8, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
