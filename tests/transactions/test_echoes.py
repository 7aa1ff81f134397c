"""What we wrote and see again is an echo; what somebody edits is not, even when it is edited back (invariant 13)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.transactions.models import Destination, Inbox, StepQueue
from controlplane.transactions.rules import fingerprints
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, QuickStory
from tests.transactions.quick import tell as quick_story

pytestmark = pytest.mark.django_db(transaction=True)

Tell = Callable[..., Story]


def we_wrote(story: Story | QuickStory, record: dict[str, Any], version: int | None = None) -> None:
    """A write of ours left the record like this, a while ago; as that version, where the system has any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into written (instance_id, resource, external_id, fingerprint, version, step_run_id, at)"
            " values (%s, %s, %s, %s, %s, %s, now() - interval '1 minute')",
            [story.estate.source.pk, "invoice", record["id"], fingerprints.of_record(record), version, uuid7()],
        )


def shown(number: int, **fields: Any) -> dict[str, Any]:
    """The event that shows invoice in_1 like this."""
    event = paid(1, **fields)
    return {**event, "id": f"evt_{number}"}


def outcome(story: Story, document: dict[str, Any]) -> tuple[TransactionState, str]:
    (answer,) = story.send(document)
    carrying.carry()
    found = carrying.the(answer.id)
    return TransactionState(found.state), found.reason


def test_our_own_write_seen_again_is_ignored_every_time(tell_story: Tell) -> None:
    story = tell_story()
    we_wrote(story, shown(1)["data"]["object"])
    for number in (1, 2):
        assert outcome(story, shown(number)) == (TransactionState.IGNORED, "echo")
    assert story.bodies("/ledger") == []


def test_an_edit_back_to_what_we_had_written_is_an_edit(tell_story: Tell) -> None:
    story = tell_story()
    we_wrote(story, shown(1)["data"]["object"])
    assert outcome(story, shown(1)) == (TransactionState.IGNORED, "echo")
    assert outcome(story, shown(2, description="Week 51")) == (TransactionState.SUCCEEDED, "")
    assert outcome(story, shown(3)) == (TransactionState.SUCCEEDED, "")
    assert len(story.bodies("/ledger")) == 2


def test_what_the_record_was_like_before_our_write_is_no_edit_however_late_it_is_told(tell_story: Tell) -> None:
    story, late = tell_story(), shown(1, description="Week 49")
    ours = shown(2)["data"]["object"]
    we_wrote(story, ours, version=late["created"] * 1000 + 1)
    assert outcome(story, late) == (TransactionState.IGNORED, "stale")
    # It says nothing about our write: that is still known when it comes back.
    assert outcome(story, shown(2)) == (TransactionState.IGNORED, "echo")
    assert outcome(story, {**shown(3, description="Week 51"), "created": late["created"] + 1}) == (
        TransactionState.SUCCEEDED,
        "",
    )
    assert len(story.bodies("/ledger")) == 1


# -- taken over -----------------------------------------------------------------------------------


@contextmanager
def writing_to_its_source(story: QuickStory) -> Iterator[None]:
    """The story's writes are of the very records that its events are about."""
    where = Destination.objects.filter(pk=story.estate.to_erp.pk)
    StepQueue.objects.update(resource="invoice")
    where.update(instance=story.estate.source)
    yield
    where.update(instance=story.estate.erp)


def claimed_and_lost(settings: Any) -> None:
    """A worker claims, and is killed; its lease is over, and was never anything else."""
    settings.LEASE_SECONDS = 0
    asyncio.run(carrying.claim_and_vanish(send=False))
    settings.LEASE_SECONDS = 40


def test_the_echo_of_a_write_whose_worker_vanished_waits_for_the_take_over(target: Target, settings: Any) -> None:
    """However many vanish one after the other: what the first has written is known with the last."""
    story = quick_story(target, steps=[LEDGER])
    story.send(paid(7))
    carrying.process()
    claimed_and_lost(settings)
    (echo,) = story.send(shown(1))
    for _ in range(2):
        claimed_and_lost(settings)
        StepQueue.objects.update(due_at=clock.now() + timedelta(seconds=40))
        with writing_to_its_source(story):
            Inbox.objects.update(due_at=clock.now())
            carrying.process_one_batch()
        assert [row.transaction_id for row in Inbox.objects.all()] == [echo]
        StepQueue.objects.update(due_at=clock.now())
    we_wrote(story, shown(1)["data"]["object"])
    carrying.deliver()
    Inbox.objects.update(due_at=clock.now())
    carrying.process()
    found = carrying.the(echo)
    assert (TransactionState(found.state), found.reason) == (TransactionState.IGNORED, "echo")


def test_an_event_from_before_a_try_waits_for_none_that_has_failed_before(target: Target) -> None:
    story = quick_story(target, steps=[LEDGER])
    target.moods.append(Mood.FAILS)
    story.send(paid(7))
    carrying.carry()
    (edit,) = story.send(shown(1))
    carrying.let_time_pass()
    asyncio.run(carrying.claim_and_vanish(send=False))
    with writing_to_its_source(story):
        carrying.process_one_batch()
    assert TransactionState(carrying.the(edit).state) is TransactionState.RUNNING
    assert Inbox.objects.count() == 0
