"""Hundreds of dead letters (thousands, as a soak), a click that comes twice, and workers killed half-way: once each."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import (
    Attempt,
    DeadLetter,
    Replay,
    ReplayItem,
    ReplayItemState,
    StepQueue,
    StepRun,
)
from controlplane.transactions.replay.decide import approve_replay
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import Outcome, StepState
from tests.governance.seats import a_board
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import an_access, deliver
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

#: Looked up before it is written again: without that, a second request would be a second record.
ADD = deliver("ledger", "billing-erp", "add", title="Add it", mapping={"number": "event.number"})


def dead(story: QuickStory, count: int) -> list[UUID]:
    """So many dead letters, the oldest first."""
    for start in range(1, count + 1, 500):
        numbers = range(start, min(start + 500, count + 1))
        story.target.moods.extend([Mood.REJECTS] * len(numbers))
        story.send(*(paid(number) for number in numbers))
        carrying.process()
        carrying.deliver(rounds=count)
    runs = list(DeadLetter.objects.order_by("died_at", "pk").values_list("pk", flat=True))
    assert len(runs) == count
    return runs


class Clicks:
    """The same form sent several times at once, each in a thread with a connection of its own."""

    def __init__(self, access: Access, runs: list[UUID], tokens: list[UUID | None]) -> None:
        self.made: list[int] = []
        self.refused: list[str] = []
        self._access, self._runs = access, runs
        threads = [threading.Thread(target=self._click, args=[token]) for token in tokens]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _click(self, token: UUID | None) -> None:
        try:
            replay = request_replay(self._access, step_run_ids=self._runs, reason="again", token=token)
            self.made.append(replay.pk)
        except Conflict as problem:
            self.refused.append(problem.detail)
        finally:
            connections.close_all()


async def kill_half_way(rounds: int) -> None:
    """Workers that claim, and die before or after they have sent, without a word."""
    for number in range(rounds):
        await carrying.claim_and_vanish(send=number % 2 == 0)


@pytest.mark.parametrize("step", [LEDGER, ADD], ids=["keyed", "unsafe"])
@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(0)])])
def test_a_replay_that_is_clicked_twice_and_killed_half_way_delivers_each_once(
    target: Target, settings: Any, step: dict[str, Any], count: int
) -> None:
    settings.REPLAY_APPROVAL_ITEMS = settings.REPLAY_APPROVAL_UNSAFE = count
    story = tell(target, steps=[step])
    runs, token = dead(story, count), uuid4()
    target.forget()
    clicks = Clicks(story.owner, runs, [token, token])
    assert (len(set(clicks.made)), clicks.refused) == (1, [])
    assert StepQueue.objects.count() == count
    asyncio.run(kill_half_way(4))
    carrying.let_time_pass()
    carrying.deliver(rounds=count)
    _check_each_once(target, runs)
    replay = Replay.objects.get()
    assert replay.state == "done"
    assert set(ReplayItem.objects.values_list("state", flat=True)) == {ReplayItemState.SUCCEEDED}
    again = Clicks(story.owner, runs, [token])
    assert again.made == [replay.pk]
    assert StepQueue.objects.count() == 0


def _check_each_once(target: Target, runs: list[UUID]) -> None:
    """Each record once; every request beyond the first has a recorded take-over for its reason (invariant 4)."""
    assert target.records == dict.fromkeys((f"{run}:0" for run in runs), 1)
    assert set(StepRun.objects.values_list("state", flat=True)) == {StepState.SUCCEEDED}
    assert DeadLetter.objects.filter(resolved_at=None).count() == 0
    lost = Attempt.objects.filter(outcome=Outcome.TAKEN_OVER)
    taken_over = {f"{run}:0" for run in lost.values_list("step_run_id", flat=True)}
    assert {key for key, count in target.requests.items() if count > 1} <= taken_over


def test_two_people_who_click_at_once_send_each_once_and_the_later_is_told(target: Target) -> None:
    story = tell(target, steps=[ADD])
    runs = dead(story, 60)
    target.forget()
    for _ in range(3):
        clicks = Clicks(story.owner, runs, [None, None, None])
        assert len(clicks.made) == 1
        assert len(clicks.refused) == 2
        assert StepQueue.objects.count() == 60
        assert set(Replay.objects.filter(pk__in=clicks.made).values_list("state", flat=True)) == {"running"}
        with connection.cursor() as cursor:
            cursor.execute("delete from step_queue")
            cursor.execute("update step_run set state = 5")
    assert target.requests == {}


def test_an_approval_that_is_clicked_twice_sends_each_once(target: Target, settings: Any) -> None:
    settings.REPLAY_APPROVAL_ITEMS = 10
    story = tell(target, steps=[ADD])
    runs = dead(story, 60)
    target.forget()
    tomas = an_access(Role.SUPPORT, story.estate.team, name="Tomás Ortega")
    a_board(tomas)
    replay = request_replay(story.owner, step_run_ids=runs, reason="again")
    said: list[str] = []

    def agree() -> None:
        try:
            said.append(approve_replay(tomas, replay.pk, "fine").state)
        except Conflict as problem:
            said.append(problem.detail)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=agree) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == sorted(["running", *[f"Replay {replay.pk} is running; nothing was changed."] * 2])
    carrying.deliver(rounds=60)
    assert target.records == dict.fromkeys((f"{run}:0" for run in runs), 1)
    assert max(target.requests.values()) == 1
