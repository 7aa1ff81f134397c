"""Large replays: agreed to by a second person, judged anew at that moment, and each item says what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from controlplane.audit.models import AuditRecord
from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account, Membership
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters.drop import drop
from controlplane.transactions.models import (
    Destination,
    FlowVersion,
    Normalisation,
    Replay,
    ReplayItem,
    ReplayItemState,
    Route,
    StepQueue,
    StepRun,
)
from controlplane.transactions.replay.decide import approve_replay, decline_replay
from controlplane.transactions.replay.plan import Repeats
from controlplane.transactions.replay.request import approval_needed, preview, request_replay
from controlplane.transactions.replay.stop import stop_replay
from controlplane.transactions.rules.states import Lane, StepState
from tests.governance.seats import a_board
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import a_flow_version, an_access, an_account, deliver, estate
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

ADD = deliver("note", "billing-erp", "add", title="Add a note", mapping={"number": "event.number"})


def dead(story: QuickStory, count: int, first: int = 1) -> list[UUID]:
    """So many events whose only step was refused; those step runs."""
    story.target.moods.extend([Mood.REJECTS] * count)
    events = story.send(*(paid(first + number) for number in range(count)))
    carrying.carry()
    return list(StepRun.objects.filter(transaction_id__in=events).order_by("id").values_list("id", flat=True))


def planned(story: QuickStory, runs: list[UUID], settings: Any) -> Replay:
    """A replay that waits for a second person."""
    settings.REPLAY_APPROVAL_ITEMS = len(runs) - 1
    a_board()
    return request_replay(story.owner, step_run_ids=runs, reason="The ledger is back.")


def second(story: QuickStory, role: Role = Role.SUPPORT) -> Access:
    """Somebody on the board."""
    access = an_access(role, story.estate.team, name="Tomás Ortega")
    a_board(access)
    return access


def results(replay: Replay) -> list[tuple[ReplayItemState, str]]:
    """What became of the items, in their order."""
    rows = ReplayItem.objects.filter(replay=replay).order_by("ordinal").values_list("state", "result")
    return [(ReplayItemState(state), result) for state, result in rows]


def test_a_large_replay_sends_nothing_before_a_second_person_has_agreed(target: Target, settings: Any) -> None:
    story = tell(target, steps=[LEDGER])
    runs = dead(story, 3)
    replay = planned(story, runs, settings)
    assert (replay.state, replay.needs_approval, StepQueue.objects.count()) == ("planned", True, 0)
    assert set(StepRun.objects.values_list("state", flat=True)) == {StepState.DEAD}
    with pytest.raises(NotAllowed, match="somebody else decides"):
        approve_replay(story.owner, replay.pk, "I am sure")
    with pytest.raises(Invalid, match="Say why"):
        approve_replay(second(story), replay.pk, " ")
    tomas = access_for(Account.objects.get(person__name="Tomás Ortega"))
    agreed = approve_replay(tomas, replay.pk, "The ledger's owner confirmed.")
    assert (agreed.state, str(agreed.approved_by_id), agreed.decision) == (
        "running",
        tomas.person_id,
        "The ledger's owner confirmed.",
    )
    carrying.deliver()
    assert results(replay) == [(ReplayItemState.SUCCEEDED, "Succeeded")] * 3
    assert Replay.objects.get(pk=replay.pk).state == "done"
    actions = list(AuditRecord.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["change.proposed", "replay.proposed", "replay.approved", "change.applied", "change.voted"]
    with pytest.raises(Conflict, match="is done; nothing was changed"):
        approve_replay(tomas, replay.pk, "again")


def test_the_database_refuses_what_the_service_would(target: Target, settings: Any) -> None:
    story = tell(target, steps=[LEDGER])
    replay = planned(story, dead(story, 2), settings)
    own = "update transactions_replay set approved_by_id = requested_by_id where id = %s"
    unagreed = "update transactions_replay set state = 'running' where id = %s"
    for statement, name in ((own, "nobody_approves_their_own"), (unagreed, "no_large_replay_without")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [replay.pk])


def test_whoever_asked_stays_the_same_person_under_another_account(target: Target, settings: Any) -> None:
    story = tell(target, steps=[LEDGER])
    replay = planned(story, dead(story, 2), settings)
    other = Account.objects.create(email="other@people.example", person_id=UUID(story.owner.person_id))
    with pytest.raises(NotAllowed):
        approve_replay(access_for(other), replay.pk, "me, myself")


def test_a_declined_replay_and_one_taken_back_leave_everything_as_it_was(target: Target, settings: Any) -> None:
    story = tell(target, steps=[LEDGER])
    runs = dead(story, 2)
    replay = decline_replay(second(story), planned(story, runs, settings).pk, "not before the month is closed")
    assert (replay.state, results(replay)[0]) == (
        "declined",
        (ReplayItemState.SKIPPED, "Declined before it was sent."),
    )
    back = stop_replay(story.owner, planned(story, runs, settings).pk)
    assert (back.state, results(back)[1][1]) == ("stopped", "Taken back before anybody agreed to it.")
    assert StepQueue.objects.count() == 0


def test_nobody_decides_about_a_replay_of_others_or_one_that_was_asked_for_long_ago(
    target: Target, settings: Any
) -> None:
    story = tell(target, steps=[LEDGER])
    replay = planned(story, dead(story, 2), settings)
    with pytest.raises(Exception, match="There is no such replay"):
        approve_replay(an_access(Role.OWNER, estate("sales").team), replay.pk, "fine")
    with pytest.raises(NotAllowed):
        approve_replay(an_access(Role.BOARD, story.estate.team), replay.pk, "fine")
    Replay.objects.update(requested_at=clock.now() - timedelta(days=8))
    with pytest.raises(Conflict, match="more than 7 days ago"):
        approve_replay(second(story), replay.pk, "fine")


def test_few_deliveries_that_do_not_repeat_by_themselves_need_a_second_person_too(
    target: Target, settings: Any
) -> None:
    settings.REPLAY_APPROVAL_UNSAFE = 1
    story = tell(target, steps=[ADD])
    runs = dead(story, 2)
    plan = preview(story.owner, runs)
    assert {item.repeats for item in plan} == {Repeats.LOOKED_UP}
    assert approval_needed(plan[:1]) == ""
    assert "2 of its deliveries do not repeat by themselves" in approval_needed(plan)
    with pytest.raises(Conflict, match="No board decides on the kind “Large replay” yet"):
        request_replay(story.owner, step_run_ids=runs, reason="again")
    assert Replay.objects.count() == 0
    a_board()
    assert request_replay(story.owner, step_run_ids=runs, reason="again").state == "planned"


def stricter_contract(story: QuickStory) -> None:
    """A version that asks for what the kept events do not have."""
    version = ContractVersion.objects.create(
        contract=story.estate.contract,
        number=2,
        schema={"type": "object", "required": ["tax_id"]},
        state=VersionState.PUBLISHED,
        content_hash="2",
    )
    Normalisation.objects.update(contract_version=version)


CHANGES: dict[str, Any] = {
    "Its route has been switched off: such events do not start this flow any more.": lambda _story: (
        Route.objects.update(active=False)
    ),
    "Its destination does not take deliveries any more.": lambda _story: Destination.objects.update(active=False),
    "The credential Billing ERP of its destination has expired on 1 Jan 2020.": lambda story: type(
        story.estate.credential
    ).objects.update(expires_at=clock.now().replace(2020, 1, 1)),
    "Its integration has been retired.": lambda _story: Integration.objects.update(stage="retired"),
    "It breaks today's contract, Paid invoice v2.": stricter_contract,
    "Integration owner billing may not replay it any more.": lambda story: Membership.objects.filter(
        person_id=story.owner.person_id
    ).delete(),
    "It has been tried, edited or replayed since it was chosen.": lambda _story: StepRun.objects.update(revision=1),
    "Its dead letter was closed without sending since this was asked for.": lambda story: drop(
        story.owner, list(StepRun.objects.values_list("pk", flat=True)), "the customer has gone"
    ),
}


@pytest.mark.parametrize("why", CHANGES)
def test_what_has_changed_until_it_is_agreed_to_is_left_out_and_says_why(
    target: Target, settings: Any, why: str
) -> None:
    story = tell(target, steps=[LEDGER])
    replay = planned(story, dead(story, 2), settings)
    tomas = second(story, Role.OWNER)
    CHANGES[why](story)
    agreed = approve_replay(tomas, replay.pk, "fine")
    assert results(replay) == [(ReplayItemState.SKIPPED, why)] * 2
    assert (agreed.state, StepQueue.objects.count()) == ("done", 0)


def test_a_contract_that_changed_and_is_kept_lets_it_through(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    runs = dead(story, 1)
    stricter_contract(story)
    assert [item.allowed for item in preview(story.owner, runs)] == [False]
    easier = ContractVersion.objects.create(
        contract=story.estate.contract, number=3, schema={"required": ["number"]}, state="published", content_hash="3"
    )
    Normalisation.objects.update(contract_version=easier)
    assert [item.allowed for item in preview(story.owner, runs)] == [True]


def test_an_older_flow_and_a_held_destination_are_told_and_hold_nothing_back(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    runs = dead(story, 1)
    FlowVersion.objects.update(state="retired")
    a_flow_version(story.estate.flow, [LEDGER])
    with connection.cursor() as cursor:
        cursor.execute("update destination_state set paused_until = now() + interval '1 hour', pause_reason = 'audit'")
    (item,) = preview(story.owner, runs)
    assert (item.allowed, item.older_flow, item.holds) == (True, "v1; v2 is live", "paused: audit")


def test_a_form_that_is_sent_twice_is_one_replay(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    runs, token = dead(story, 2), uuid4()
    first = request_replay(story.owner, step_run_ids=runs, reason="again", token=token)
    carrying.deliver()
    assert request_replay(story.owner, step_run_ids=runs, reason="again", token=token).pk == first.pk
    assert max(target.requests.values()) == 2  # the one that was refused, and the replay
    assert Replay.objects.count() == 1


def test_a_form_that_is_sent_again_for_other_deliveries_is_told_so_and_another_person_s_is_another(
    target: Target,
) -> None:
    story = tell(target, steps=[LEDGER])
    runs, token = dead(story, 3), uuid4()
    first = request_replay(story.owner, step_run_ids=runs[:1], reason="again", token=token)
    for others in (runs[1:2], runs[:2]):
        with pytest.raises(Conflict, match=f"has asked for replay {first.pk} already, of other deliveries"):
            request_replay(story.owner, step_run_ids=others, reason="again", token=token)
    assert request_replay(story.owner, step_run_ids=[*runs[:1], uuid4()], reason="r", token=token).pk == first.pk
    tomas = an_access(Role.SUPPORT, story.estate.team, name="Tomás")
    second = request_replay(tomas, step_run_ids=runs[1:], reason="the others", token=token)
    assert (second.pk != first.pk, second.total) == (True, 2)


def test_of_two_people_with_the_same_dry_run_only_the_first_sends(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    runs = dead(story, 2)
    seen = {item.step_run_id: (item.attempts, item.revision) for item in preview(story.owner, runs)}
    request_replay(story.owner, step_run_ids=runs, reason="again", seen=seen)
    carrying.deliver()
    with pytest.raises(Conflict, match="It has been tried or edited since the dry run"):
        request_replay(second(story), step_run_ids=runs, reason="me too", seen=seen)
    assert max(target.requests.values()) == 2


def test_a_replay_keeps_the_order_of_its_keys(target: Target) -> None:
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    runs = dead(story, 3)
    request_replay(story.owner, step_run_ids=runs, reason="again")
    assert len(set(StepQueue.objects.values_list("ordering_key", flat=True)) - {None}) == 1
    carrying.deliver()
    assert story.numbers == ["INV-0001", "INV-0002", "INV-0003"] * 2


def test_a_large_replay_goes_down_the_bulk_lane_so_that_what_comes_in_does_not_wait_behind_it(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    runs = dead(story, 101)
    request_replay(story.owner, step_run_ids=runs[:1], reason="again")
    assert set(StepQueue.objects.values_list("lane", flat=True)) == {Lane.NORMAL}
    carrying.deliver()
    target.moods.append(Mood.REJECTS)
    request_replay(story.owner, step_run_ids=runs, reason="again")
    assert set(StepQueue.objects.values_list("lane", flat=True)) == {Lane.BULK}


def test_stopping_lets_go_whoever_stood_behind_it_in_the_order(target: Target) -> None:
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    runs = dead(story, 1)
    replay = request_replay(story.owner, step_run_ids=runs, reason="again")
    story.send(paid(2))
    carrying.process()
    stop_replay(story.owner, replay.pk)
    carrying.deliver()
    assert story.numbers == ["INV-0001", "INV-0002"]


def test_the_account_of_whoever_asked_has_been_closed_meanwhile(target: Target, settings: Any) -> None:
    story = tell(target, steps=[LEDGER])
    replay = planned(story, dead(story, 2), settings)
    a_board(an_account("Mara Lindqvist", Role.OWNER, story.estate.team))
    Account.objects.filter(person_id=story.owner.person_id).update(is_active=False)
    approve_replay(access_for(Account.objects.get(person__name="Mara Lindqvist")), replay.pk, "fine")
    assert {state for state, _ in results(replay)} == {ReplayItemState.SKIPPED}
