"""Of a record's versions an older one never goes out after a newer one, nor beside it (invariant 13)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import psycopg
import pytest

from connectors.messages import Receipt
from controlplane.foundation.database import AsyncConnection, connect_async
from controlplane.transactions.models import Attempt, DeadLetter, StepQueue, StepRun, Written
from controlplane.transactions.pipeline import asking
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.deliveries import Claimed, Delivery
from controlplane.transactions.pipeline.delivering import carry_out
from controlplane.transactions.pipeline.finishing import finish
from controlplane.transactions.pipeline.outward import Outward
from controlplane.transactions.pipeline.processing import process_batch
from controlplane.transactions.pipeline.room import Room
from controlplane.transactions.pipeline.straight import Straight
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import Outcome, StepState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import deliver
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = deliver("note", "billing-erp", "add", mapping={"number": "event.number"})
OTHER_NOTE = deliver("other", "billing-erp", "add", mapping={"number": "event.number"})


def told(target: Target, *steps: dict[str, object]) -> QuickStory:
    """A flow that writes notes; all of them are the same one in the target."""
    target.receipt = Receipt(external_id="N-1", record={"id": "N-1"}, status=200)
    return tell(target, steps=steps or [NOTE])


def versions(story: QuickStory, *numbers: int, record: str = "in_1") -> None:
    """Versions of one invoice come in, in this order; each is named INV-<version>."""
    story.send(*({**paid(number, id=record), "id": f"evt_{record}_{number}"} for number in numbers))
    carrying.process()


def newest_written() -> int:
    """The version of the source record that the only mark holds, as the number that was sent."""
    version = Written.objects.values_list("source_version", flat=True).get()
    return (version or 0) // 1000 - 1_790_000_000


def sent_after(story: QuickStory, version: int) -> list[str]:
    """All that was sent, once the newest that was written is told as version 3 and another version has come."""
    assert newest_written() == 3
    versions(story, version)
    carrying.deliver()
    return story.numbers


def finish_all(*claims: Claimed) -> None:
    """Write what came of them, in one transaction."""

    async def write(deliveries: Sequence[Delivery]) -> None:
        async with await connect_async() as own:
            await finish(own, catalogue, deliveries)

    asyncio.run(write([delivery for claimed in claims for delivery in claimed.deliveries]))


def test_what_is_older_than_what_was_written_is_not_sent(target: Target) -> None:
    story = told(target)
    versions(story, 2)
    carrying.deliver()
    versions(story, 1)
    carrying.deliver()
    assert story.numbers == ["INV-0002"]
    older = StepRun.objects.get(state=StepState.SKIPPED)
    assert (older.error_class, older.reason) == (
        "stale",
        "A newer version of the same record has been written already.",
    )
    assert newest_written() == 2


def test_what_is_newer_than_what_was_written_is_sent_and_so_is_the_same_version_again(target: Target) -> None:
    story = told(target)
    versions(story, 1)
    carrying.deliver()
    versions(story, 2)
    carrying.deliver()
    story.send({**paid(2, id="in_1"), "id": "evt_again"})
    carrying.carry()
    assert story.numbers == ["INV-0001", "INV-0002", "INV-0002"]


@pytest.mark.parametrize("arrived", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_of_versions_that_are_due_together_only_the_newest_is_sent(target: Target, arrived: tuple[int, ...]) -> None:
    story = told(target)
    versions(story, *arrived)
    versions(story, 1, record="in_2")
    carrying.deliver()
    assert sorted(story.numbers) == ["INV-0001", "INV-0003"]
    older = StepRun.objects.filter(state=StepState.SKIPPED).values_list("error_class", "reason")
    assert list(older) == [("stale", "A newer version of the same record was sent at the same time, in its place.")] * 2
    assert Attempt.objects.filter(outcome=Outcome.STALE).count() == 2
    assert not StepQueue.objects.exists()


def test_a_newer_version_that_goes_out_by_another_step_takes_nobodys_place(target: Target) -> None:
    """The other step writes other things of the record: nothing would bring what the older one has."""
    story = told(target, NOTE, {**OTHER_NOTE, "when": "event.number == 'INV-0002'"})
    versions(story, 1, 2)
    StepQueue.objects.filter(
        step_run_id__in=StepRun.objects.filter(name="note").order_by("-id").values("id")[:1]
    ).delete()
    carrying.deliver()
    assert sorted(story.numbers) == ["INV-0001", "INV-0002"]


def test_what_goes_straight_from_the_inbox_is_held_to_it_as_well(target: Target) -> None:
    story = told(target)
    story.send(*({**paid(number, id="in_1"), "id": f"evt_{number}"} for number in (2, 1)))
    catalogue.forget()

    async def run() -> None:
        outward, claims = Outward(), list[Claimed]()
        async with await connect_async() as own:
            while await process_batch(own, catalogue, straight=Straight(Room(), claims.append)):
                pass
            for claimed in claims:
                await carry_out(own, outward, claimed)
                await finish(own, catalogue, claimed.deliveries)
        await outward.aclose()

    asyncio.run(run())
    assert story.numbers == ["INV-0002"]
    assert Attempt.objects.filter(outcome=Outcome.STALE).count() == 1


def test_an_older_version_whose_answer_comes_late_does_not_make_room_for_another_older_one(target: Target) -> None:
    story = told(target)
    versions(story, 1)
    slow = asyncio.run(carrying.claim_and_vanish())
    versions(story, 3)
    carrying.deliver()
    finish_all(slow)
    assert sent_after(story, 2) == ["INV-0001", "INV-0003"]


def test_nor_do_answers_that_come_together_whichever_event_came_first(target: Target) -> None:
    story = told(target)
    versions(story, 3)
    first = asyncio.run(carrying.claim_and_vanish())
    versions(story, 1)
    second = asyncio.run(carrying.claim_and_vanish())
    finish_all(first, second)
    assert sent_after(story, 2) == ["INV-0003", "INV-0001"]


def test_dead_letters_of_one_record_that_are_replayed_together_leave_the_newest_one_at_most(target: Target) -> None:
    story = told(target)
    target.moods.extend([Mood.REJECTS] * 3)
    for number in (1, 2):
        versions(story, number)
        carrying.deliver()
    runs = list(DeadLetter.objects.order_by("source_version").values_list("step_run_id", flat=True))

    request_replay(story.owner, step_run_ids=runs, reason="The period is open again")
    carrying.deliver()

    assert story.numbers == ["INV-0001", "INV-0002", "INV-0002"]
    letters = DeadLetter.objects.order_by("source_version")
    assert [(one.resolution, one.resolved_at is None) for one in letters] == [("superseded", False), ("", True)]
    assert [StepState(StepRun.objects.get(pk=run).state) for run in runs] == [StepState.SKIPPED, StepState.DEAD]


def test_the_version_of_another_record_says_nothing_about_this_one(target: Target) -> None:
    """Two records of the source are one in the target: the mark is of the one that was written last."""
    story = told(target)
    versions(story, 3)
    carrying.deliver()
    versions(story, 1, record="in_2")
    carrying.deliver()
    assert newest_written() == 1


def test_events_that_name_no_record_are_not_taken_for_one(target: Target) -> None:
    story = told(target)
    versions(story, 2, 1, record="")
    carrying.deliver()
    assert sorted(story.numbers) == ["INV-0001", "INV-0002"]


def test_of_versions_beside_one_that_cannot_be_made_ready_the_newest_goes_alone(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(_: AsyncConnection, deliveries: Sequence[Delivery]) -> None:
        if any(delivery.external_id == "in_9" for delivery in deliveries):
            raise KeyError("a defect of ours")

    monkeypatch.setattr(asking, "make_ready", breaks)
    story = told(target)
    versions(story, 1, 2)
    versions(story, 9, record="in_9")
    carrying.deliver()
    assert story.numbers == ["INV-0002"]
    assert DeadLetter.objects.get().reason == "It could not be made ready: KeyError. Nothing was sent."


@pytest.mark.parametrize("error", [psycopg.OperationalError, psycopg.errors.UndefinedColumn, OSError])
def test_no_delivery_is_blamed_for_a_database_that_is_away_or_being_upgraded(
    target: Target, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    async def fails(*_: object) -> None:
        raise error

    story = told(target)
    versions(story, 1)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(asking, "make_ready", fails)
        with pytest.raises(error):
            carrying.deliver()
    assert (DeadLetter.objects.count(), Attempt.objects.count()) == (0, 0)
    carrying.let_time_pass()
    carrying.deliver()
    assert story.numbers == ["INV-0001"]
