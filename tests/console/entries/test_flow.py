"""A version of a flow is proposed, decided and applied, carries what comes in, and is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from controlplane.audit.models import SYSTEM, AuditRecord
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.console.estate.problems import Refused
from controlplane.contracts.models import VersionState
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.governance.boards.delegate import delegate
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.expire import expire
from controlplane.governance.changes.meet import meet
from controlplane.governance.changes.propose import Emergency
from controlplane.governance.changes.review import review
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.changes.vote import Asked, vote
from controlplane.governance.kinds import kind_called
from controlplane.governance.models import BoardMember, ChangeRequest, ChangeState, CheckState, Choice, Condition
from controlplane.people.models import Person
from controlplane.people.roles import Role
from controlplane.transactions.models import Flow, FlowVersion, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.console.entries.deciding import Deciding, check, deciding, differences, said
from tests.governance.racing import at_once
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid, receiver, tell_story
from tests.transactions.factories import a_team, an_access

__all__ = ["receiver", "tell_story"]
pytestmark = pytest.mark.django_db(transaction=True)

FLOW = "billing-invoices"


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Paid invoices go to the ledger, and the notifier is told."""
    return tell_story()


@pytest.fixture
def here(story: Story) -> Deciding:
    """A board decides on flows."""
    return deciding(story.estate.team, "flow")


def steps(**ledger: Any) -> list[dict[str, Any]]:
    """The steps as they are, with the ledger's told otherwise."""
    now = said("flow", FLOW)["steps"]
    return [one | ledger if one["name"] == "ledger" else one for one in now]


def live() -> FlowVersion:
    """What the flow does now."""
    return FlowVersion.objects.get(flow__slug=FLOW, state=VersionState.PUBLISHED)


def carried(story: Story, *documents: Any) -> list[Transaction]:
    """Events come in, and all that follows from them."""
    catalogue.forget()
    answers = story.send(*documents)
    carrying.carry()
    return [carrying.the(answer.id) for answer in answers]


def test_a_flow_goes_all_the_way_and_back(here: Deciding, story: Story) -> None:
    carried(story, paid(1))
    assert story.bodies("/ledger") == [{"number": "INV-0001"}]
    entry = said("flow", FLOW, steps=steps(mapping={"number": "event.number", "paid": "event.amount"}))

    # A document goes past the board: refused, and nothing has changed.
    with pytest.raises(Refused) as refused:
        apply_estate({"flows": {FLOW: entry}}, actor=SYSTEM)
    (problem,) = refused.value.problems
    assert problem == (
        "flows.billing-invoices: the board 'Integration board' decides this (flow), so no document does. Propose it: "
        "/changes/new/flow/?of=billing-invoices"
    )
    assert live().number == 1

    # The board reads what differs, who is touched, and what the last events would become.
    change = here.proposed("flow", FLOW, entry)
    assert differences(change) == [("risky", "steps.ledger.mapping.paid", "", "event.amount")]
    assert change.revision.impact["sentence"] == (
        "1 integration has to do with it; 0 transactions went through in the last day."
    )
    assert check(change, "shadow") == (
        CheckState.PASSED,
        True,
        "Of the last 1 events, 0 send the same, 1 send something else.",
    )
    apply(here.owner, here.agreed(change).pk)

    # Traffic goes by the new version.
    (after,) = carried(story, paid(2))
    assert (live().number, after.flow_version_id) == (2, live().pk)
    assert story.bodies("/ledger")[-1] == {"number": "INV-0002", "paid": "3940.00"}
    assert AuditRecord.objects.filter(action="flow.published").count() == 1

    # Taken back by a change of its own.
    back = rollback(here.owner, change.pk, why="The ledger counts twice.")
    run_checks(back.revision)
    assert differences(back) == [("breaking", "steps.ledger.mapping.paid", "event.amount", "")]
    apply(here.owner, here.agreed(back).pk)
    carried(story, paid(3))
    change.refresh_from_db()
    assert (change.state, live().number) == (ChangeState.ROLLED_BACK, 3)
    assert story.bodies("/ledger")[-1] == {"number": "INV-0003"}


def test_what_takes_a_step_or_its_target_away_breaks(here: Deciding) -> None:
    kept = [one | {"needs": []} for one in steps() if one["name"] == "notify"]
    change = here.proposed("flow", FLOW, said("flow", FLOW, steps=kept))
    assert [one[:2] for one in differences(change)] == [
        ("breaking", "steps.ledger"),
        ("risky", "steps.notify.needs"),
    ]
    other = here.proposed("flow", FLOW, said("flow", FLOW, steps=steps(destination="billing-notify")))
    assert differences(other) == [("breaking", "steps.ledger.destination", "billing-erp", "billing-notify")]
    ways = here.proposed("flow", FLOW, said("flow", FLOW, name="Post it", routes=[]))
    assert [one[:2] for one in differences(ways)] == [
        ("breaking", "routes.invoice.paid.v1 from billing-webhooks"),
        ("safe", "name"),
    ]


def test_a_mapping_that_fails_on_what_came_in_is_not_applied(here: Deciding, story: Story) -> None:
    carried(story, paid(1))
    change = here.proposed("flow", FLOW, said("flow", FLOW, steps=steps(mapping={"number": "event.nummer"})))
    assert check(change, "shadow") == (
        CheckState.FAILED,
        True,
        "Of the last 1 events, 0 send the same, 1 would fail or be set aside.",
    )
    here.agreed(change)
    with pytest.raises(Conflict, match="Required checks have not passed: What came in would not fail"):
        apply(here.owner, change.pk)
    assert live().number == 1


def test_without_anything_that_came_in_nothing_is_green(here: Deciding) -> None:
    change = here.proposed("flow", FLOW, said("flow", FLOW, ordering="event.number"))
    assert check(change, "shadow") == (
        CheckState.FAILED,
        False,
        "None has come in within thirty days: nothing shows what would become of them.",
    )
    assert apply(here.owner, here.agreed(change).pk).state == ChangeState.APPLIED
    assert live().ordering == "event.number"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"steps": [{"name": "x", "kind": "deliver", "destination": "nowhere", "operation": "send"}]}, "nowhere"),
        ({"ordering": "event."}, "flows.billing-invoices.ordering"),
        ({"colour": "red"}, "there is no field 'colour'"),
        ({"integration": "nobody"}, "there is no 'nobody'"),
        ({}, "nothing would change"),
    ],
)
def test_what_no_document_may_say_is_not_proposed(here: Deciding, more: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        here.proposed("flow", FLOW, said("flow", FLOW, **more))
    assert not ChangeRequest.objects.exists()


def test_what_changed_meanwhile_makes_it_stale(here: Deciding) -> None:
    first = here.agreed(here.proposed("flow", FLOW, said("flow", FLOW, ordering="event.number")))
    second = here.agreed(here.proposed("flow", FLOW, said("flow", FLOW, name="Post it")))
    apply(here.owner, first.pk)
    with pytest.raises(Conflict, match="Its subject has changed since version 1 was written"):
        apply(here.owner, second.pk)
    assert live().ordering == "event.number"
    assert Flow.objects.get(slug=FLOW).name == "Invoice to ledger"


def test_an_approval_that_expires_before_it_is_applied_stops_it(here: Deciding) -> None:
    change = here.agreed(here.proposed("flow", FLOW, said("flow", FLOW, ordering="event.number")))
    assert change.state == ChangeState.APPROVED
    ChangeRequest.objects.filter(pk=change.pk).update(approved_until=clock.now())
    with pytest.raises(Conflict, match="Its approval is over; propose it again"):
        apply(here.owner, change.pk)
    assert (live().number, live().ordering) == (1, "")
    assert expire() == 1
    change.refresh_from_db()
    assert change.state == ChangeState.EXPIRED


def test_two_who_apply_at_once_apply_once(here: Deciding) -> None:
    change = here.agreed(here.proposed("flow", FLOW, said("flow", FLOW, ordering="event.number")))
    other = an_access(Role.OWNER, Flow.objects.get(slug=FLOW).integration.team, name="Other owner")
    came = at_once(partial(apply, here.owner, change.pk), partial(apply, other, change.pk))
    assert sorted(type(one).__name__ for one in came) == ["ChangeRequest", "Conflict"]
    assert live().number == 2
    assert AuditRecord.objects.filter(action="change.applied").count() == 1


def test_in_an_emergency_fewer_votes_change_it_and_the_board_looks_afterwards(here: Deciding) -> None:
    emergency = Emergency(timedelta(hours=4))
    change = here.proposed("flow", FLOW, said("flow", FLOW, ordering="event.number"), emergency=emergency)
    first = here.members[0]
    now = change.revision
    change = vote(first, change.pk, Choice.APPROVE, revision=1, content_hash=now.content_hash)
    assert apply(here.owner, change.pk).state == ChangeState.APPLIED
    assert live().number == 2
    with pytest.raises(NotAllowed):
        review(here.owner, change.pk, "It was right.")
    assert review(here.members[1], change.pk, "It was right.").reviewed_at is not None
    back = rollback(here.owner, change.pk, why="It was not.", emergency=emergency)
    run_checks(back.revision)
    back = vote(first, back.pk, Choice.APPROVE, revision=1, content_hash=back.revision.content_hash)
    apply(here.owner, back.pk)
    assert live().ordering == ""


def test_a_new_flow_is_of_the_team_whose_integration_it_names_and_taken_back_it_starts_with_nothing(
    here: Deciding, story: Story
) -> None:
    entry = said("flow", FLOW, name="Twice")
    outsider = an_access(Role.OWNER, a_team("others"), name="Outsider")
    with pytest.raises(NotAllowed):
        here.proposed("flow", "twice", entry, by=outsider)
    change = here.applied("flow", "twice", entry)
    assert (change.team, change.environment, change.subject_name) == (story.estate.team, "production", "Twice")
    assert differences(change)[0] == ("risky", "flow twice", "", "new")
    carried(story, paid(1))
    assert len(story.bodies("/ledger")) == 2

    back = rollback(here.owner, change.pk, why="Once is enough.")
    run_checks(back.revision)
    apply(here.owner, here.agreed(back).pk)
    carried(story, paid(2))
    assert len(story.bodies("/ledger")) == 3


def test_what_began_failing_with_it_is_offered_to_its_rollback(here: Deciding, story: Story) -> None:
    change = here.applied("flow", FLOW, said("flow", FLOW, steps=steps(mapping={"nummer": "event.number"})))
    story.receiver.answer("/ledger", status=422, json={"error": "number is missing"})
    (failed,) = carried(story, paid(1))
    failures = kind_called("flow").failures
    assert failures(change, here.owner) == [str(failed.pk)]
    assert failures(change, an_access(Role.OWNER, a_team("others"), name="Outsider")) == []


def test_a_condition_is_met_with_evidence_and_a_deputy_votes_until_a_day(here: Deciding) -> None:
    change = here.proposed("flow", FLOW, said("flow", FLOW, ordering="event.number"))
    greta = an_access(Role.EXECUTIVE, None, name="Greta Holm")
    seat = BoardMember.objects.get(person_id=here.members[1].person_id)
    delegate(here.members[1], seat, Person.objects.get(pk=greta.person_id), clock.now() + timedelta(days=1))
    bound: dict[str, Any] = {"revision": 1, "content_hash": change.revision.content_hash}
    vote(here.members[0], change.pk, Choice.APPROVE, conditions=[Asked("Tell the ledger's owners.")], **bound)
    vote(greta, change.pk, Choice.APPROVE, on_behalf_of=seat.person_id, **bound)
    with pytest.raises(Conflict, match=r"Conditions are to be met before: Tell the ledger's owners\."):
        apply(here.owner, change.pk)
    assert live().number == 1
    condition = Condition.objects.get()
    with pytest.raises(NotAllowed):
        meet(here.owner, change.pk, condition.pk, "I told them.")
    meet(here.members[0], change.pk, condition.pk, "Mail of 3 May.")
    apply(here.owner, change.pk)
    assert live().number == 2

    back = rollback(here.owner, change.pk, why="It was better before.")
    BoardMember.objects.filter(pk=seat.pk).update(deputy_until=clock.now())
    with pytest.raises(NotAllowed, match="you have no seat there"):
        vote(greta, back.pk, Choice.APPROVE, revision=1, content_hash=back.revision.content_hash)
