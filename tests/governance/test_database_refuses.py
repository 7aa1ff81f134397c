"""The database itself refuses every forbidden vote and every way around one, by direct SQL (invariant 9)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from controlplane.foundation import clock
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.meet import meet
from controlplane.governance.changes.propose import Emergency, propose
from controlplane.governance.changes.revise import revise
from controlplane.governance.changes.vote import Asked
from controlplane.governance.changes.withdraw import withdraw
from controlplane.governance.models import BoardMember, ChangeRequest, Condition, Revision, RevisionAuthor, Vote
from controlplane.people.access import Access
from controlplane.people.models import Account, ServiceToken, Team
from controlplane.people.roles import Role
from tests.governance.board import Company, person_of, second_account
from tests.governance.racing import at_once
from tests.transactions.factories import an_access

INSERT = """
insert into governance_vote (change_id, revision_id, content_hash, person_id, account, on_behalf_of_id, role, choice,
                             words, at)
values (%s, %s, %s, %s, %s, %s, '', 'approve', '', now())
"""


def cast(
    change: ChangeRequest,
    access: Access,
    *,
    on_behalf_of: Access | None = None,
    account: str | None = None,
    revision: Revision | None = None,
    content_hash: str | None = None,
) -> None:
    """A vote written straight into the table."""
    voted = revision or ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            [
                change.pk,
                voted.pk,
                content_hash or voted.content_hash,
                access.person_id,
                account or access.account_id,
                on_behalf_of.person_id if on_behalf_of else None,
            ],
        )


def run(statement: str, *values: Any) -> None:
    """One statement in a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def seated(company: Company, access: Access) -> None:
    """Give an author a seat, so that only authorship speaks against their vote."""
    BoardMember.objects.create(board=company.board, person=person_of(access), role="security")


def test_a_member_s_vote_is_taken_and_gets_the_role_of_the_seat(company: Company) -> None:
    change = company.proposed()
    cast(change, company.priya)
    assert (Vote.objects.get().role, Vote.objects.get().choice) == ("security", "approve")


def test_an_author_has_no_vote(company: Company) -> None:
    change = company.proposed()
    seated(company, company.mara)
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, company.mara)


def test_nor_through_a_second_account_of_the_same_person(company: Company) -> None:
    change = company.proposed()
    seated(company, company.mara)
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, second_account(company.mara))


def test_nor_with_that_account_under_somebody_else_s_name(company: Company) -> None:
    change = company.proposed()
    with pytest.raises(IntegrityError, match="not of the person whose vote this is"):
        cast(change, company.priya, account=second_account(company.mara).account_id)


def test_nor_by_a_token(company: Company) -> None:
    change = company.proposed()
    seated(company, company.mara)
    token = ServiceToken.objects.create(
        name="ci",
        owner=person_of(company.mara),
        role=Role.OWNER,
        team=company.team,
        digest=b"x" * 32,
        expires_at=clock.now(),
    )
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, company.mara, account=str(token.pk))
    with pytest.raises(IntegrityError, match="not of the person whose vote this is"):
        cast(change, company.priya, account=str(token.pk))


def test_nor_as_the_deputy_of_a_member(company: Company) -> None:
    change = company.proposed()
    BoardMember.objects.filter(person_id=company.priya.person_id).update(deputy=person_of(company.mara))
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, company.mara, on_behalf_of=company.priya)


def test_nor_does_the_deputy_of_an_author_vote_for_them(company: Company) -> None:
    change = company.proposed()
    greta = an_access(Role.EXECUTIVE, name="Greta Holm")
    BoardMember.objects.create(board=company.board, person=person_of(company.mara), deputy=person_of(greta))
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, greta, on_behalf_of=company.mara)


def test_nor_whoever_wrote_an_earlier_revision_or_wrote_one_together(company: Company) -> None:
    change = company.proposed(authors=[UUID(company.ana.person_id)])
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, company.ana)
    seated(company, company.mara)
    revise(company.elif_, change.pk, {"name": "Dunning"}, after=1)
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, company.mara)


def test_who_becomes_an_author_after_voting_does_not_count(company: Company) -> None:
    change = company.proposed()
    company.votes(company.priya, change)
    RevisionAuthor.objects.create(change=change, revision=change.revision, person=person_of(company.priya))
    company.votes(company.jonas, change)
    with pytest.raises(IntegrityError, match="it lacks 1 of 2 votes"):
        run("update governance_changerequest set state = 'approved', approved_until = now() where id = %s", change.pk)
    company.votes(company.ana, change)
    assert ChangeRequest.objects.get(pk=change.pk).state == "rejected"
    with pytest.raises(IntegrityError, match="does not become approved"):
        run("update governance_changerequest set state = 'approved', approved_until = now() where id = %s", change.pk)


def test_nobody_votes_for_others_without_being_their_deputy_or_without_a_seat(company: Company) -> None:
    change = company.proposed()
    with pytest.raises(IntegrityError, match="not the deputy of that member"):
        cast(change, company.jonas, on_behalf_of=company.priya)
    run(
        "update governance_boardmember set deputy_id = %s, deputy_until = now() where person_id = %s",
        company.jonas.person_id,
        company.priya.person_id,
    )
    with pytest.raises(IntegrityError, match="not the deputy of that member"):
        cast(change, company.jonas, on_behalf_of=company.priya)
    with pytest.raises(IntegrityError, match="nobody on the board that decides"):
        cast(change, company.elif_)


def test_nobody_votes_twice_on_a_revision_and_no_seat_does(company: Company) -> None:
    change = company.proposed()
    cast(change, company.jonas)
    BoardMember.objects.filter(person_id=company.priya.person_id).update(deputy=person_of(company.jonas))
    with pytest.raises(IntegrityError, match="governance_one_vote_a_person"):
        cast(change, company.jonas, on_behalf_of=company.priya)
    BoardMember.objects.filter(person_id=company.jonas.person_id).update(deputy=person_of(company.elif_))
    with pytest.raises(IntegrityError, match="governance_one_vote_a_seat"):
        cast(change, company.elif_, on_behalf_of=company.jonas)


def test_a_vote_binds_the_content_of_the_current_revision(company: Company) -> None:
    change = company.proposed()
    old = change.revision
    with pytest.raises(IntegrityError, match="bound to another content"):
        cast(change, company.priya, content_hash="0" * 64)
    revise(company.mara, change.pk, {"name": "Dunning"}, after=1)
    with pytest.raises(IntegrityError, match="another revision than the current one"):
        cast(change, company.priya, revision=old)
    other = company.proposed("Receivables")
    with pytest.raises(IntegrityError, match="another revision than the current one"):
        cast(change, company.priya, revision=other.revision)


def test_a_closed_change_takes_no_votes_and_no_revisions(company: Company) -> None:
    change = company.proposed()
    withdraw(company.mara, change.pk, "no")
    with pytest.raises(IntegrityError, match="this one is withdrawn"):
        cast(change, company.priya)
    with pytest.raises(IntegrityError, match="this change is withdrawn: it takes no more revisions"):
        add_revision(change, company.mara)


def add_revision(change: ChangeRequest, access: Access, number: int = 2) -> None:
    """A revision written straight into the table."""
    run(
        "insert into governance_revision (change_id, number, title, why, content, base_hash, content_hash,"
        " diff, risk, impact, person_id, at) values (%s, %s, 'x', 'y', '{}', 'a', 'b', '[]', '', '{}', %s, now())",
        change.pk,
        number,
        access.person_id,
    )


def test_an_edit_after_the_approval_puts_the_change_back_and_its_author_on_the_list(company: Company) -> None:
    change = company.approved()
    add_revision(change, company.ana)
    now = ChangeRequest.objects.select_related("current").get(pk=change.pk)
    assert (now.state, now.revision.number, now.approved_until) == ("proposed", 2, None)
    with pytest.raises(IntegrityError, match="nobody decides on their own change"):
        cast(change, company.ana)
    with pytest.raises(IntegrityError, match="does not become applied"):
        run("update governance_changerequest set state = 'applied', applied_at = now() where id = %s", change.pk)
    with pytest.raises(IntegrityError, match="it lacks 0 of 2 votes"):
        run("update governance_changerequest set state = 'approved', approved_until = now() where id = %s", change.pk)
    with pytest.raises(IntegrityError, match="the current revision is the newest one"):
        run("update governance_changerequest set current_id = %s where id = %s", change.revision.pk, change.pk)
    with pytest.raises(IntegrityError, match="revision 4 does not follow revision 2"):
        add_revision(change, company.mara, 4)


APPLY = "update governance_changerequest set state = 'applied', applied_at = now() where id = %s"


def test_nothing_is_applied_without_an_approval_that_still_holds(company: Company) -> None:
    change = company.proposed()
    with pytest.raises(IntegrityError, match="a change that is proposed does not become applied"):
        run(APPLY, change.pk)
    company.votes(company.priya, change, conditions=[Asked("Tell the auditors.")])
    company.votes(company.jonas, change)
    with pytest.raises(IntegrityError, match="a condition of this change is not met"):
        run(APPLY, change.pk)
    condition = Condition.objects.get()
    with pytest.raises(IntegrityError, match="an author does not say that a condition"):
        run(
            "update governance_condition set met_at = now(), evidence = 'x', met_by_id = %s where id = %s",
            company.mara.person_id,
            condition.pk,
        )
    with pytest.raises(IntegrityError, match="a condition stays as it was set"):
        run("update governance_condition set before = false where id = %s", condition.pk)
    meet(company.priya, change.pk, condition.pk, "Mail of 3 May.")
    run("update governance_check set state = 'could_not_run'")
    with pytest.raises(IntegrityError, match="a required check of this change has not passed"):
        run(APPLY, change.pk)
    run("update governance_check set state = 'passed'")
    run("update governance_changerequest set approved_until = now() where id = %s", change.pk)
    with pytest.raises(IntegrityError, match="the approval of this change is over"):
        run(APPLY, change.pk)


@pytest.mark.parametrize("table", ["revision", "revisionauthor", "vote", "decision", "comment", "resolution"])
@pytest.mark.parametrize("statement", ["update governance_{} set id = id", "delete from governance_{}"])
def test_what_was_written_and_decided_is_kept(company: Company, table: str, statement: str) -> None:
    from controlplane.governance.changes.comment import comment
    from controlplane.governance.changes.resolve import resolve

    change = company.approved()
    said = comment(company.ana, change.pk, "Well.")
    resolve(company.ana, change.pk, said.pk, resolved=True)
    with pytest.raises(IntegrityError, match="is refused: it is kept as it was written"):
        run(statement.format(table))


REFUSED = {
    "update governance_changerequest set subject_id = 'sales'": "what a change is about does not change",
    "update governance_changerequest set opened_by_id = (select id from people_person where name = 'Ana Costa')": (
        "what a change is about does not change"
    ),
    "update governance_changerequest set emergency = true, emergency_until = now()": "settled when it is proposed",
    "update governance_changerequest set state = 'rolled_back', applied_at = now()": "does not become rolled_back",
    "delete from governance_changerequest": "is refused",
    "delete from governance_condition": "is refused",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_what_a_change_is_about_and_who_decides_does_not_change(company: Company, statement: str) -> None:
    change = company.proposed()
    company.votes(company.priya, change, conditions=[Asked("Tell the auditors.")])
    with pytest.raises(IntegrityError, match=REFUSED[statement]):
        run(statement)


def test_a_change_begins_as_a_draft(company: Company) -> None:
    with pytest.raises(IntegrityError, match="begins as a draft"):
        ChangeRequest.objects.create(
            kind="team_name",
            subject_kind="team",
            subject_id="billing",
            board=company.board,
            opened_by=person_of(company.mara),
            state="approved",
            approved_until=clock.now(),
        )


def test_an_emergency_is_not_reviewed_by_its_author_and_needs_its_votes_too(company: Company) -> None:
    from datetime import timedelta

    change = company.proposed(emergency=Emergency(timedelta(hours=1)))
    with pytest.raises(IntegrityError, match="it lacks 0 of 1 votes"):
        run("update governance_changerequest set state = 'approved', approved_until = now() where id = %s", change.pk)
    with pytest.raises(IntegrityError, match="does not review their own"):
        run("update governance_changerequest set reviewed_by_id = opened_by_id where id = %s", change.pk)


def test_an_edit_and_the_application_at_once_come_in_an_order(company: Company) -> None:
    for turn in range(5):
        change = company.approved(f"Team {turn}")
        edited, applied = at_once(
            partial(add_revision, change, company.ana),
            partial(apply, company.mara, change.pk),
        )
        now = ChangeRequest.objects.get(pk=change.pk)
        name = Team.objects.get(pk=company.team.pk).name
        if isinstance(edited, Exception):
            assert "it takes no more revisions" in str(edited)
            assert (now.state, name) == ("applied", f"Team {turn}")
        else:
            assert isinstance(applied, Exception)
            assert (now.state, name != f"Team {turn}") == ("proposed", True)


def test_two_votes_of_one_seat_at_once_are_one(company: Company) -> None:
    greta = an_access(Role.EXECUTIVE, name="Greta Holm")
    BoardMember.objects.filter(person_id=company.priya.person_id).update(deputy=person_of(greta))
    change = company.proposed()
    results = at_once(
        lambda: cast(change, company.priya),
        lambda: cast(change, greta, on_behalf_of=company.priya),
        lambda: cast(change, company.priya),
    )
    assert [isinstance(one, IntegrityError) for one in results].count(True) == 2
    assert Vote.objects.count() == 1


def test_the_last_two_votes_at_once_decide_once(company: Company) -> None:
    change = company.proposed()
    company.votes(company.priya, change)
    at_once(lambda: company.votes(company.jonas, change), lambda: company.votes(company.ana, change))
    assert ChangeRequest.objects.get(pk=change.pk).decisions.count() == 1


def test_nobody_proposes_without_being_a_person(company: Company) -> None:
    with pytest.raises(Exception, match="proposed by a person"):
        propose(
            Access(reach=company.mara.reach, account_id=str(uuid4())),
            "team_name",
            company.proposed().subject,
            {"name": "x"},
            title="x",
            why="y",
        )
    assert Account.objects.count() == 5
