"""Keys that a target has forgotten: looked up before they are used again, and the dry run says what will happen."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Instance
from controlplane.transactions.dead_letters.edit import draft, edit_and_retry
from controlplane.transactions.flows.publish import check_steps
from controlplane.transactions.models import Attempt, StepRun
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.replay.plan import Repeats
from controlplane.transactions.replay.request import preview, request_replay
from controlplane.transactions.rest.replay_shapes import REPEATS
from controlplane.transactions.rules.flow import read_steps
from controlplane.transactions.rules.states import StepState
from controlplane.transactions.views.detail import HARM
from controlplane.transactions.views.dry_runs import EFFECTS, dry_run
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import deliver
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

#: Seconds so few that what was sent before is always longer ago.
AT_ONCE = 0.000_001


def remembers(story: QuickStory, seconds: Any) -> None:
    """The target remembers keys for so long: its instance's setting."""
    Instance.objects.filter(pk=story.estate.erp.pk).update(settings={"key_lifetime": seconds})
    catalogue.forget()


def refused(story: QuickStory) -> list[UUID]:
    """The step runs of one event that ended as a dead letter."""
    story.target.moods.append(Mood.REJECTS)
    story.send(paid())
    carrying.carry()
    return list(StepRun.objects.filter(state=StepState.DEAD).values_list("id", flat=True))


@pytest.mark.parametrize(("seconds", "expired"), [(30, True), (7200, False)])
def test_a_key_is_forgotten_when_the_instance_says_so(target: Target, seconds: int, expired: bool) -> None:
    story = tell(target, steps=[LEDGER])
    remembers(story, seconds)
    story.send(paid())
    carrying.process()
    asyncio.run(carrying.claim_and_vanish())
    with connection.cursor() as cursor:
        cursor.execute("update step_queue set due_at = due_at - interval '1 hour'")
    carrying.deliver()
    assert [operation.key_expired for operation in target.operations] == [False, expired]


def test_the_dry_run_goes_by_what_the_instance_remembers(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    runs = refused(story)
    assert [item.repeats for item in preview(story.owner, runs)] == [Repeats.KEYED]
    remembers(story, AT_ONCE)
    assert [item.repeats for item in preview(story.owner, runs)] == [Repeats.LOOKED_UP]


def test_the_dry_run_of_a_webhook_that_has_forgotten_says_that_it_is_sent_again(target: Target) -> None:
    """The address is one that we do not connect to: the delivery ends as a dead letter."""
    send = deliver("ledger", "billing-erp", "send", mapping={"number": "event.number"})
    story = tell(target, steps=[send], erp_connector="webhook", erp_url="http://127.0.0.1:9")
    runs = refused(story)
    assert [item.repeats for item in preview(story.owner, runs)] == [Repeats.KEYED]
    remembers(story, AT_ONCE)
    plan = preview(story.owner, runs)
    assert [item.repeats for item in plan] == [Repeats.AGAIN]
    (shown,) = dry_run(plan, story.owner)["targets"]
    assert shown["effect"] == (
        "warn",
        "Sent again",
        "the target may not know its key any more, and nobody can look first",
    )


@pytest.mark.parametrize(
    ("mood", "again"),
    [
        (Mood.AWAY, False),
        (Mood.FAILS, True),
        (Mood.SILENT_UNDONE, True),
        (Mood.REJECTS, True),
        (Mood.REDIRECTS, True),
        (Mood.TAKES, True),
    ],
)
def test_only_the_key_of_what_may_have_landed_is_ever_forgotten(target: Target, mood: Mood, again: bool) -> None:
    story = tell(target, steps=[LEDGER])
    target.moods.append(mood)
    story.send(paid())
    carrying.carry()
    remembers(story, AT_ONCE)
    (run,) = StepRun.objects.all()
    if run.state in {StepState.DEAD, StepState.SUCCEEDED}:
        request_replay(story.owner, step_run_ids=[run.id], reason="again")
    carrying.let_time_pass()
    carrying.deliver()
    told = [(operation.takeover, operation.key_expired) for operation in target.operations]
    assert told == [(False, False), (again, again)]
    assert [one.calls for one in Attempt.objects.order_by("number")] == [int(again), 1]


def test_a_try_that_sent_nothing_hides_none_that_may_have_landed(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    target.moods += [Mood.SILENT_UNDONE, Mood.AWAY]
    story.send(paid())
    carrying.process()
    for _ in range(2):
        carrying.deliver()
        carrying.let_time_pass()
    remembers(story, AT_ONCE)
    carrying.deliver()
    told = [(operation.takeover, operation.key_expired) for operation in target.operations]
    assert told == [(False, False), (True, False), (True, True)]


def test_an_edited_body_has_a_key_that_nobody_can_have_forgotten(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    (run,) = refused(story)
    remembers(story, AT_ONCE)
    seen = draft(story.owner, run)
    edit_and_retry(story.owner, run, '{"number": "INV-1"}', "mistyped", (seen.revision, str(seen.basis)))
    carrying.deliver()
    told = [(one.key, one.takeover, one.key_expired) for one in target.operations]
    assert told == [(f"{run}:0", False, False), (f"{run}:1", False, False)]


def test_where_no_keys_are_known_an_edited_body_is_looked_for_all_the_same(target: Target) -> None:
    story = tell(target, steps=[LEDGER | {"operation": "add"}])
    (run,) = refused(story)
    seen = draft(story.owner, run)
    edit_and_retry(story.owner, run, '{"number": "INV-1"}', "mistyped", (seen.revision, str(seen.basis)))
    carrying.deliver()
    assert [(one.takeover, one.key_expired) for one in target.operations] == [(False, False), (True, False)]


def test_a_try_of_which_nothing_is_known_any_more_may_have_landed(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    remembers(story, AT_ONCE)
    story.send(paid())
    carrying.process()
    StepRun.objects.update(attempts=1)
    carrying.deliver()
    assert [(one.takeover, one.key_expired) for one in target.operations] == [(True, True)]


def test_a_replay_to_kafka_that_is_older_than_a_day_is_sent_again_and_not_looked_up(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = deliver("ledger", "billing-erp", "publish", mapping={"type": "'paid'"})
    story = tell(target, steps=[send], erp_connector="kafka", erp_url="kafka://127.0.0.1:9092")
    runs = refused(story)
    assert [item.repeats for item in preview(story.owner, runs)] == [Repeats.KEYED]
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert [item.repeats for item in preview(story.owner, runs)] == [Repeats.AGAIN]


def test_a_flow_is_not_published_to_an_instance_whose_setting_does_not_fit(target: Target) -> None:
    send = deliver("ledger", "billing-erp", "send", mapping={"number": "event.number"})
    story = tell(target, steps=[send], erp_connector="webhook")
    check_steps(read_steps([send]))
    remembers(story, "a day")
    with pytest.raises(Invalid, match="Step 'ledger': key_lifetime must be a number of seconds above zero"):
        check_steps(read_steps([send]))


def test_every_way_to_repeat_has_its_words() -> None:
    assert set(EFFECTS) == set(HARM) == set(Repeats)
    assert set(REPEATS) == {one.name.lower() for one in Repeats}
