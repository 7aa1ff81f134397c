"""Editing what a dead letter sends: beside the original, under a key of its own, and never over what is hidden."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.http import Http404

from controlplane.audit.models import AuditRecord
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters.edit import compared, draft, edit_and_retry
from controlplane.transactions.models import Attempt, DeadLetter, DeedEntry, FlowVersion, Payload, PayloadKind, StepRun
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.replay.stop import stop_replay
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import StepState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import an_access, deliver, estate
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import QuickStory, tell

pytestmark = pytest.mark.django_db(transaction=True)

LEDGER = deliver(
    "ledger",
    "billing-erp",
    "put",
    title="Post to the ledger",
    mapping={"number": "event.number", "name": "event.customer.name", "note": "'net 30'"},
)
SENT = {"number": "INV-0001", "name": "Brandt Messtechnik GmbH", "note": "net 30"}


def refused(target: Target) -> tuple[QuickStory, UUID]:
    """A story whose only delivery was refused."""
    story = tell(target, steps=[LEDGER])
    target.moods.append(Mood.REJECTS)
    (event,) = story.send(paid())
    carrying.carry()
    return story, carrying.runs_of(event)["ledger"].id


def edit(access: Access, run: UUID, change: dict[str, Any], reason: str = "wrong terms") -> Any:
    """Change some fields of what is shown, and send it."""
    seen = draft(access, run)
    return edit_and_retry(access, run, json.dumps(seen.shown | change), reason, (seen.revision, str(seen.basis)))


def test_the_edited_body_is_sent_once_under_a_new_key_and_the_original_is_kept(target: Target) -> None:
    story, run = refused(target)
    before = Payload.objects.get(pk=StepRun.objects.get(pk=run).request_id or run)
    edit(story.owner, run, {"note": "net 60"})
    carrying.deliver()
    first, second = target.operations
    assert (first.body, first.key) == (SENT, f"{run}:0")
    assert (second.body, second.key) == (SENT | {"note": "net 60"}, f"{run}:1")
    assert target.requests == {f"{run}:0": 1, f"{run}:1": 1}
    after = StepRun.objects.get(pk=run)
    assert (after.state, after.revision) == (StepState.SUCCEEDED, 1)
    assert bytes(Payload.objects.get(pk=before.pk).body) == bytes(before.body) == orjson.dumps(SENT)
    kept = Payload.objects.get(pk=after.request_id or run)
    assert (kept.kind, kept.revision_of, str(kept.edited_by), kept.reason) == (
        PayloadKind.EDITED,
        before.pk,
        story.owner.person_id,
        "wrong terms",
    )
    assert [attempt.revision for attempt in Attempt.objects.order_by("number")] == [0, 1]
    assert DeadLetter.objects.get().resolution == "succeeded"
    assert AuditRecord.objects.filter(action="dead_letter.edited").count() == 1
    assert "net 60" not in str(list(AuditRecord.objects.values_list("details", "reason")))
    assert [entry.text for entry in DeedEntry.objects.filter(deed="edited")] == ["/note: wrong terms"]


def test_an_edit_outlives_its_payloads_and_its_own_failure(target: Target) -> None:
    story, run = refused(target)
    target.moods.append(Mood.REJECTS)
    edit(story.owner, run, {"note": "net 60"})
    carrying.deliver()
    Payload.objects.exclude(retention=Retention.PINNED).delete()
    request_replay(story.owner, step_run_ids=[run], reason="again")
    carrying.deliver()
    assert [operation.body["note"] for operation in target.operations] == ["net 30", "net 60", "net 60"]
    assert [operation.key for operation in target.operations] == [f"{run}:0", f"{run}:1", f"{run}:1"]


def test_a_stopped_edit_is_still_what_a_replay_sends(target: Target) -> None:
    story, run = refused(target)
    replay = edit(story.owner, run, {"note": "net 60"})
    stop_replay(story.owner, replay.pk)
    assert StepRun.objects.get(pk=run).state == StepState.DEAD
    assert draft(story.owner, run).shown["note"] == "net 60"


def test_who_may_not_see_a_value_neither_sees_nor_changes_nor_loses_it(target: Target) -> None:
    _, run = refused(target)
    operator = an_access(Role.OPERATOR)
    seen = draft(operator, run)
    assert seen.shown == SENT | {"name": "B•••• M•••• G••••"}
    for hidden in ({**seen.shown, "name": "Mallory"}, {"number": "INV-0001", "note": "net 30"}):
        with pytest.raises(Invalid, match="/name is hidden from you"):
            compared(seen, json.dumps(hidden))
    with pytest.raises(Invalid, match="stands for something hidden"):
        compared(seen, json.dumps(seen.shown | {"note": "for B••••"}))
    edited = compared(seen, json.dumps(seen.shown | {"note": "net 60"}))
    assert edited.document == SENT | {"note": "net 60"}
    assert [change.path for change in edited.changes] == ["/note"]
    edit(operator, run, {"note": "net 60"})
    carrying.deliver()
    assert target.operations[-1].body == SENT | {"note": "net 60"}


def test_it_takes_the_right_to_edit_and_to_replay_and_to_see(target: Target) -> None:
    story, run = refused(target)
    for role in (Role.SUPPORT, Role.BOARD):
        with pytest.raises(NotAllowed):
            draft(an_access(role, story.estate.team), run)
    with pytest.raises(Http404):
        draft(an_access(Role.OWNER, estate("sales").team), run)
    assert StepRun.objects.get(pk=run).revision == 0


def test_of_two_people_who_edit_at_once_the_second_is_told(target: Target) -> None:
    story, run = refused(target)
    seen = draft(story.owner, run)
    replay = edit(story.owner, run, {"note": "net 60"})
    stop_replay(story.owner, replay.pk)
    late = json.dumps(seen.shown | {"note": "net 90"})
    with pytest.raises(Conflict, match="Somebody has edited it meanwhile"):
        edit_and_retry(story.owner, run, late, "mine", (seen.revision, str(seen.basis)))
    assert Payload.objects.filter(kind=PayloadKind.EDITED).count() == 2  # one edit: among the others, and pinned


def test_what_has_been_delivered_is_not_edited_any_more(target: Target) -> None:
    story, run = refused(target)
    request_replay(story.owner, step_run_ids=[run], reason="again")
    with pytest.raises(Conflict, match="not waiting any more"):
        edit(story.owner, run, {"note": "net 60"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "It is not JSON"),
        ("[1]", "A body is a JSON object"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": 123456789012345678901234567890}', "larger than 64 bits"),
        ('{"a":' * 70 + "1" + "}" * 70, "nested deeper than 60"),
        ('{"a":' * 2000 + "1" + "}" * 2000, "JSON"),
        (json.dumps(SENT), "Nothing is changed"),
        ('{"a": "\ud800"}', "not JSON"),
    ],
)
def test_what_cannot_be_sent_as_it_is_written_is_refused_with_the_reason(target: Target, text: str, said: str) -> None:
    story, run = refused(target)
    with pytest.raises(Invalid, match=said):
        compared(draft(story.owner, run), text)


def test_the_contract_of_the_target_is_held_against_the_edit(target: Target) -> None:
    story, run = refused(target)
    version = ContractVersion.objects.create(
        contract=Contract.objects.create(slug="ledger", name="Ledger entry", team=story.estate.team),
        number=3,
        schema={"type": "object", "required": ["number"], "properties": {"note": {"maxLength": 6}}},
        content_hash="x",
    )
    flow = story.estate.flow
    flow.versions.update(state="retired")
    newer = FlowVersion.objects.create(
        flow=flow, number=2, steps=[LEDGER], target_contract=version, state="published", content_hash="y"
    )
    StepRun.objects.update(flow_version=newer)
    story.estate.flow_version.refresh_from_db()
    from controlplane.transactions.models import Transaction

    Transaction.objects.update(flow_version=newer)
    catalogue.forget()
    with pytest.raises(Invalid, match="It breaks the contract Ledger entry v3: /note"):
        edit(story.owner, run, {"note": "too long"})
    edit(story.owner, run, {"note": "net 60"})
