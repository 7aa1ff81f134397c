"""A change from its proposal to what came of it: votes, conditions, checks, application, rollback."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.http import Http404

from controlplane.audit.models import AuditRecord, Subject
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from controlplane.governance.boards.convene import plan_meeting
from controlplane.governance.boards.delegate import delegate
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import ask_anew, check_again, run_checks, run_waiting_checks
from controlplane.governance.changes.comment import comment
from controlplane.governance.changes.expire import expire
from controlplane.governance.changes.meet import meet
from controlplane.governance.changes.propose import Emergency, propose, submit
from controlplane.governance.changes.review import review
from controlplane.governance.changes.revise import revise
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.changes.vote import Asked, vote, why_no_vote
from controlplane.governance.changes.withdraw import withdraw
from controlplane.governance.kinds import Found
from controlplane.governance.models import (
    Board,
    BoardMember,
    ChangeRequest,
    Check,
    Choice,
    Condition,
    Decision,
    Meeting,
    Vote,
)
from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.governance import names
from tests.governance.board import Company, person_of
from tests.transactions.factories import an_access


def test_a_change_is_proposed_agreed_to_and_applied_with_a_record_of_each_step(company: Company) -> None:
    change = company.proposed()
    assert (change.state, change.reference, change.title, change.environment) == (
        "proposed",
        f"CC-{change.pk}",
        "Call it Invoicing",
        "production",
    )
    company.votes(company.jonas, change)
    company.votes(company.priya, change, words="Security has looked.")
    assert ChangeRequest.objects.get(pk=change.pk).state == "approved"
    applied = apply(company.mara, change.pk)
    assert (applied.state, Team.objects.get(pk=company.team.pk).name) == ("applied", "Invoicing")
    assert list(AuditRecord.objects.order_by("id").values_list("action", flat=True)) == [
        "change.proposed",
        "change.voted",
        "change.voted",
        "change.applied",
    ]
    decision = Decision.objects.get()
    assert (decision.outcome, decision.votes_for, decision.votes_against) == ("approved", 2, 0)


def test_the_quorum_is_not_enough_without_the_role_that_has_to_agree(company: Company) -> None:
    change = company.proposed()
    company.votes(company.jonas, change)
    company.votes(company.ana, change)
    assert ChangeRequest.objects.get(pk=change.pk).state == "proposed"
    company.votes(company.priya, change)
    assert ChangeRequest.objects.get(pk=change.pk).state == "approved"


def test_a_change_is_rejected_when_the_role_that_has_to_agree_does_not(company: Company) -> None:
    change = company.proposed()
    company.votes(company.priya, change, Choice.REJECT, "It leaks who we are.")
    assert ChangeRequest.objects.get(pk=change.pk).state == "rejected"
    assert names.CLOSED[0] == (change.reference, "rejected: It leaks who we are.")
    now = ChangeRequest.objects.get(pk=change.pk)
    assert why_no_vote(company.jonas, now) == "It is rejected; nobody votes on it now."
    with pytest.raises(Conflict, match="is rejected"):
        company.votes(company.jonas, change)


def test_whoever_is_against_says_why(company: Company) -> None:
    with pytest.raises(Invalid, match="Say why"):
        company.votes(company.jonas, company.proposed(), Choice.REJECT, " ")
    assert Vote.objects.count() == 0


def test_a_new_version_voids_the_votes_and_asks_again(company: Company) -> None:
    change = company.approved()
    revised = revise(company.elif_, change.pk, {"name": "Receivables"}, after=1)
    assert (revised.state, revised.approved_until, revised.revision.number) == ("proposed", None, 2)
    with pytest.raises(Conflict, match="is proposed"):
        apply(company.mara, change.pk)
    company.votes(company.jonas, change)
    company.votes(company.priya, change)
    run_waiting_checks()
    apply(company.mara, change.pk)
    assert Team.objects.get(pk=company.team.pk).name == "Receivables"


def test_a_vote_on_what_is_not_there_any_more_is_refused_and_says_which_version_arrived(company: Company) -> None:
    change = company.proposed()
    old = change.revision
    revise(company.mara, change.pk, {"name": "Receivables"}, after=1)
    with pytest.raises(Conflict, match=f"Version 2 arrived. Load {change.reference} again"):
        vote(company.jonas, change.pk, Choice.APPROVE, revision=1, content_hash=old.content_hash)
    with pytest.raises(Conflict, match="Version 2 arrived meanwhile"):
        revise(company.elif_, change.pk, {"name": "Dunning"}, after=1)
    with pytest.raises(Invalid, match="says already"):
        revise(company.elif_, change.pk, {"name": "Receivables"}, after=2)


def test_a_check_that_could_not_run_counts_as_failing_and_says_so(company: Company) -> None:
    names.CHECKS["Invoicing"] = RuntimeError("no route")
    change = company.approved()
    check = Check.objects.get()
    assert (check.state, check.detail) == ("could_not_run", "It could not run, so it counts as failing: RuntimeError.")
    with pytest.raises(Conflict, match=r"have not passed: The name is free \(could not run\)"):
        apply(company.mara, change.pk)
    names.CHECKS["Invoicing"] = Found(False, "Sales is called so.")
    check_again(company.mara, change.pk)
    run_checks(change.revision)
    check.refresh_from_db()
    assert (check.state, check.detail) == ("failed", "Sales is called so.")
    names.CHECKS.clear()
    check_again(company.mara, change.pk)
    assert run_waiting_checks() == 1
    assert apply(company.mara, change.pk).state == "applied"


def test_a_condition_is_met_with_evidence_by_somebody_who_did_not_write_the_change(company: Company) -> None:
    change = company.proposed()
    company.votes(company.priya, change, conditions=[Asked("Tell the auditors."), Asked("Look again.", before=False)])
    company.votes(company.jonas, change)
    assert Decision.objects.get().outcome == "condition"
    with pytest.raises(Conflict, match="Conditions are to be met before: Tell the auditors"):
        apply(company.mara, change.pk)
    condition = Condition.objects.get(before=True)
    with pytest.raises(NotAllowed, match="somebody else confirms"):
        meet(company.mara, change.pk, condition.pk, "done")
    with pytest.raises(Invalid):
        meet(company.priya, change.pk, condition.pk, " ")
    meet(company.elif_, change.pk, condition.pk, "Mail of 3 May.")
    with pytest.raises(Conflict, match="met already"):
        meet(company.priya, change.pk, condition.pk, "again")
    assert apply(company.mara, change.pk).state == "applied"


def test_a_change_is_refused_when_its_subject_changed_underneath(company: Company) -> None:
    change = company.approved()
    Team.objects.filter(pk=company.team.pk).update(name="Money")
    with pytest.raises(Conflict, match="Its subject has changed since version 1 was written"):
        apply(company.mara, change.pk)
    revise(company.mara, change.pk, {"name": "Invoicing"}, after=1)
    company.votes(company.priya, change)
    company.votes(company.jonas, change)
    run_waiting_checks()
    assert apply(company.mara, change.pk).state == "applied"


def test_a_rollback_is_a_change_of_its_own_and_lists_the_failures_it_answers_for(company: Company) -> None:
    change = company.approved()
    apply(company.mara, change.pk)
    back = rollback(company.mara, change.pk, why="Reports broke.", answers_for=["INC-207"])
    with pytest.raises(Conflict, match=f"{back.reference} proposes that already"):
        rollback(company.elif_, change.pk, why="me too")
    assert (back.revision.content, back.answers_for) == ({"name": "Billing"}, ["INC-207"])
    company.votes(company.priya, back)
    company.votes(company.jonas, back)
    run_waiting_checks()
    apply(company.mara, back.pk)
    assert Team.objects.get(pk=company.team.pk).name == "Billing"
    assert ChangeRequest.objects.get(pk=change.pk).state == "rolled_back"


def test_an_emergency_takes_fewer_votes_ends_by_itself_and_is_reviewed_by_somebody_else(company: Company) -> None:
    change = company.proposed(emergency=Emergency(timedelta(hours=4)))
    company.votes(company.jonas, change)
    kept = ChangeRequest.objects.get(pk=change.pk)
    assert (kept.state, kept.approved_until) == ("approved", kept.emergency_until)
    apply(company.mara, change.pk)
    with pytest.raises(NotAllowed, match="no seat"):
        review(company.mara, change.pk, "It was right.")
    assert review(company.ana, change.pk, "It was right.").reviewed_at is not None
    with pytest.raises(Conflict, match="reviewed already"):
        review(company.priya, change.pk, "It was.")
    with pytest.raises(Invalid, match="up to 14 days"):
        company.proposed("Dunning", emergency=Emergency(timedelta(days=15)))


def test_what_nobody_used_in_time_expires_and_what_is_withdrawn_stays_in_the_record(company: Company) -> None:
    change = company.approved()
    assert expire() == 0
    ChangeRequest.objects.filter(pk=change.pk).update(approved_until=clock.now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="Its approval is over"):
        apply(company.mara, change.pk)
    assert expire() == 1
    assert ChangeRequest.objects.get(pk=change.pk).state == "expired"
    other = company.proposed("Dunning")
    with pytest.raises(NotAllowed):
        withdraw(company.jonas, other.pk, "no")
    withdraw(company.elif_, other.pk, "We found a better name.")
    assert names.CLOSED[-1] == (other.reference, "withdrawn: We found a better name.")


def test_a_kind_hears_of_each_version_that_comes_before_the_board_and_of_no_draft(company: Company) -> None:
    change = company.proposed(draft=True)
    revise(company.mara, change.pk, {"name": "Dunning"}, after=1)
    assert names.PROPOSED == []
    submit(company.mara, change.pk)
    revise(company.mara, change.pk, {"name": "Collections"}, after=2)
    assert names.PROPOSED == [("proposed", 2), ("proposed", 3)]


def test_what_a_kind_says_against_it_at_the_last_moment_stops_the_application(company: Company) -> None:
    change = company.approved()
    names.HINDERS["Invoicing"] = "The printer is out of letterheads."
    with pytest.raises(Conflict, match=r"The printer is out of letterheads\. Nothing was applied\."):
        apply(company.mara, change.pk)
    names.HINDERS.clear()
    assert apply(company.mara, change.pk).state == "applied"


def test_a_check_whose_ground_is_another_runs_again(company: Company) -> None:
    change = company.proposed()
    assert Check.objects.get(revision=change.revision, name="unique").state == "passed"
    names.CHECKS["Invoicing"] = Found(False, "Somebody took it.")
    ask_anew(change, "unique")
    assert Check.objects.get(revision=change.revision, name="unique").state == "waiting"
    run_waiting_checks()
    assert Check.objects.get(revision=change.revision, name="unique").detail == "Somebody took it."


def test_a_kind_that_applies_at_once_does_so_with_the_last_vote_and_is_read_by_its_team_only(company: Company) -> None:
    change = company.proposed(kind="team_name_at_once")
    stranger = an_access(Role.OWNER, Team.objects.create(slug="sales", name="Sales"))
    with pytest.raises(Http404):
        comment(stranger, change.pk, "What is this?")
    assert ChangeRequest.objects.visible_to(company.ana).count() == 1
    company.votes(company.priya, change)
    assert company.votes(company.ana, change).state == "applied"
    assert Team.objects.get(pk=company.team.pk).name == "Invoicing"


def test_a_draft_is_put_before_the_board_when_it_is_ready(company: Company) -> None:
    change = company.proposed(draft=True)
    with pytest.raises(Conflict, match="is draft"):
        company.votes(company.jonas, change)
    assert submit(company.mara, change.pk).state == "proposed"


def test_a_proposal_says_what_is_missing(company: Company) -> None:
    subject = Subject("team", "billing")
    with pytest.raises(NotFound, match=r"There is no kind of change 'colour'; there are: .*team_name"):
        propose(company.mara, "colour", subject, {}, title="x", why="y")
    with pytest.raises(NotFound, match="no team 'sales'"):
        propose(company.mara, names.KIND, Subject("team", "sales"), {}, title="x", why="y")
    with pytest.raises(NotAllowed, match="configure integrations"):
        propose(company.jonas, names.KIND, subject, {"name": "x"}, title="x", why="y")
    with pytest.raises(Invalid, match="A team needs a name"):
        propose(company.mara, names.KIND, subject, {}, title="x", why="y")
    with pytest.raises(Invalid, match="Give it a title"):
        propose(company.mara, names.KIND, subject, {"name": "x"}, title=" ", why="y")
    BoardMember.objects.all().delete()
    Board.objects.all().delete()
    with pytest.raises(Conflict, match=r"No board decides on the kind “Team name” yet.*manage.py board add"):
        propose(company.mara, names.KIND, subject, {"name": "x"}, title="x", why="y")
    assert ChangeRequest.objects.count() == 0


def test_a_deputy_votes_in_the_place_of_a_member_once(company: Company) -> None:
    change = company.proposed()
    greta = an_access(Role.EXECUTIVE, name="Greta Holm")
    seat = BoardMember.objects.get(person_id=UUID(company.priya.person_id))
    with pytest.raises(NotAllowed, match="no seat"):
        company.votes(greta, change)
    with pytest.raises(NotAllowed, match="A member names their own deputy"):
        delegate(company.jonas, seat, person_of(greta))
    delegate(company.priya, seat, person_of(greta), clock.now() + timedelta(days=1))
    company.votes(greta, change, on_behalf_of=seat.person_id)
    cast = Vote.objects.get()
    assert (cast.on_behalf_of_id, cast.role) == (seat.person_id, "security")
    with pytest.raises(Conflict, match="voted for your seat"):
        company.votes(company.priya, change)
    with pytest.raises(Conflict, match="voted on this version already"):
        company.votes(greta, change)


#: West of Greenwich it is in the year 10000, which cannot be read back.
END_OF_CALENDAR = datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-5)))
MISTYPED = "That is more than 10 years ahead; look at the year."


@pytest.mark.parametrize("moment", [END_OF_CALENDAR, clock.now() + timedelta(days=366 * 10 + 1)])
def test_what_is_planned_for_a_year_that_was_mistyped_is_refused(company: Company, moment: datetime) -> None:
    seat = BoardMember.objects.get(person_id=UUID(company.priya.person_id))
    with pytest.raises(Invalid, match=MISTYPED) as deputy:
        delegate(company.priya, seat, person_of(company.jonas), moment)
    with pytest.raises(Invalid, match=MISTYPED) as due:
        company.proposed(due=moment)
    change = company.proposed()
    with pytest.raises(Invalid, match=MISTYPED) as condition:
        company.votes(company.priya, change, conditions=[Asked("Tell the auditors.", due=moment)])
    with pytest.raises(Invalid, match=r"^That is more than 10 years away; look at the year\.$") as meeting:
        plan_meeting(company.jonas, company.board, moment.date())

    fields = [one.value.field for one in (deputy, due, condition, meeting)]
    assert fields == ["until", "due", "conditions", "date"]
    assert (Vote.objects.count(), Meeting.objects.count()) == (0, 0)


def test_a_condition_cannot_be_due_before_it_is_made(company: Company) -> None:
    change = company.proposed()
    over = Asked("Tell the auditors.", due=clock.now() - timedelta(minutes=1))
    with pytest.raises(Invalid, match=r"^That time is over: say until when the condition has to be met\.$"):
        company.votes(company.priya, change, conditions=[over])
