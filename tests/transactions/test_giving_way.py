"""Workers and people who want the same rows take them in one order; who has to give way all the same tries again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from controlplane.foundation.database import Connection, connect
from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import EntityKind
from controlplane.transactions.models import ReplayItem, ReplayItemState, StepQueue, StepRun, Transaction
from controlplane.transactions.pipeline import canaries, learning
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.pipeline.learning import Wanted
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.replay.stop import stop_replay
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.locks import until_somebody_waits
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

MARKS = "select external_id from written where external_id = any(%s) order by 1 for no key update nowait"


@contextmanager
def meanwhile(own: Connection, act: Callable[[], Any]) -> Iterator[Future[Any]]:
    """Somebody else acts, and has come to wait for a lock that ``own`` has; its transaction ends here."""

    def run() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        acting = threads.submit(run)
        try:
            until_somebody_waits(unless=acting.done)
            yield acting
        finally:
            own.execute("commit")


def we_wrote(story: QuickStory, *external_ids: str) -> None:
    """Marks of writes of ours to these records of the source, of a minute ago."""
    with connect() as own:
        for external_id in external_ids:
            own.execute(
                "insert into written (instance_id, resource, external_id, fingerprint, step_run_id, at)"
                " values (%s, 'invoice', %s, %s, %s, now() - interval '1 minute')",
                [story.estate.source.pk, external_id, uuid7(), uuid7()],
            )


def marked(own: Connection, *external_ids: str) -> list[str]:
    """Take the marks of these records at once; an error where somebody else holds one."""
    return [row[0] for row in own.execute(MARKS, [list(external_ids)]).fetchall()]


def test_a_batch_that_gave_way_is_written_at_once(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    story = tell(target, steps=[LEDGER])
    events = story.send(paid(1), paid(2))
    gave_way: list[int] = []
    count = canaries.count

    async def counted(cursor: Any, drafts: Any) -> None:
        await count(cursor, drafts)
        if len(gave_way) < 2:
            gave_way.append(len(drafts))
            await cursor.execute("do $$ begin raise exception using errcode = 'deadlock_detected'; end $$")

    monkeypatch.setattr(canaries, "count", counted)
    assert carrying.process_one_batch() == 2
    assert gave_way == [2, 2]
    assert list(Transaction.objects.order_by("id").values_list("id", flat=True)) == events
    assert StepQueue.objects.count() == 2


def test_batches_forget_marks_in_one_order_whatever_came_first(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    we_wrote(story, "in_1", "in_2", "in_3")
    story.send(paid(3), paid(2), paid(1))
    catalogue.forget()
    with connect() as own:
        own.execute("begin")
        assert marked(own, "in_1") == ["in_1"]
        with meanwhile(own, carrying.process_one_batch) as processing:
            assert marked(own, "in_2", "in_3") == ["in_2", "in_3"]
        assert processing.result(30) == 3
        forgotten = own.execute("select count(*) from written where fingerprint = %s", [UUID(int=0)]).fetchone()
    assert forgotten == (3,)


def test_who_waits_to_learn_a_name_holds_no_mark(target: Target) -> None:
    """As outcomes are written: first the names, then the marks."""
    story = tell(target, steps=[LEDGER], links=[{"kind": "customer", "key": "record.customer"}])
    we_wrote(story, "in_1")
    story.send(paid(1))
    catalogue.forget()
    customer = Wanted(EntityKind.objects.get(slug="customer").id, story.estate.source.pk, "cus_R7v2")
    with connect() as own:
        own.execute("begin")
        own.execute(*next(learning.lock([customer])))
        with meanwhile(own, carrying.process_one_batch) as processing:
            assert marked(own, "in_1") == ["in_1"]
        assert processing.result(30) == 1
    assert TransactionState(Transaction.objects.get().state) is TransactionState.RUNNING


def test_who_stops_a_replay_does_not_hold_it_while_a_delivery_of_its_order_is_written(target: Target) -> None:
    """Whoever writes that one down holds its place in the order, and then wants the replay."""
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    target.moods.extend([Mood.REJECTS] * 2)
    story.send(paid(1), paid(2))
    carrying.carry()
    runs = list(StepRun.objects.order_by("transaction_id").values_list("id", flat=True))
    replay = request_replay(story.owner, step_run_ids=runs, reason="again")
    claimed = asyncio.run(carrying.claim_and_vanish(send=False))
    head = claimed.deliveries[0].claim.step_run_id
    with connect() as own:
        own.execute("begin")
        own.execute("select from step_queue where step_run_id = %s for update", [head])
        with meanwhile(own, partial(stop_replay, story.owner, replay.pk)) as stopping:
            wanted = "select id from transactions_replay where id = %s for no key update nowait"
            assert own.execute(wanted, [replay.pk]).fetchone() == (replay.pk,)
        assert stopping.result(30).state == "stopped"
    assert dict(ReplayItem.objects.values_list("step_run_id", "state")) == {
        runs[0]: ReplayItemState.QUEUED,
        runs[1]: ReplayItemState.SKIPPED,
    }
