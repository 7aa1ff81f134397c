"""A proposed version is tried on what really came; what would go out is put beside what goes out today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from controlplane.contracts.lifecycle.content import content_of
from controlplane.contracts.models import Enforcement
from controlplane.transactions.models import StepRun, Transaction
from controlplane.transactions.pipeline.catalogue import Snapshot, read_snapshot
from controlplane.transactions.rules.flow import read_lines, read_steps
from controlplane.transactions.rules.shadowing import What
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.shadow.events import Which, newest
from controlplane.transactions.shadow.proposed import with_contract
from controlplane.transactions.shadow.run import Report, run
from tests.transactions import carrying
from tests.transactions.agreements.board import schema
from tests.transactions.conftest import STEPS, Story, paid
from tests.transactions.factories import deliver
from tests.transactions.paid_invoice import CANONICAL_LINES

pytestmark = pytest.mark.django_db(transaction=True)

CAPITALS: dict[str, Any] = {"type": "string", "pattern": "^[A-Z]{3}$"}


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Three paid invoices went to the ledger and to the notifier, one was set aside."""
    told = tell_story()
    told.send(
        paid(1, currency="EUR"), paid(2, currency="EUR"), paid(3, currency="eur"), paid(4, currency="much too long")
    )
    carrying.carry()
    assert sorted(Transaction.objects.values_list("state", flat=True)) == [
        TransactionState.QUARANTINED,
        *[TransactionState.SUCCEEDED] * 3,
    ]
    return told


def with_lines(lines: Sequence[Mapping[str, str]]) -> Snapshot:
    """Today's configuration, with other lines in the only mapping."""
    today = read_snapshot()
    return replace(today, normals={key: replace(one, lines=read_lines(lines)) for key, one in today.normals.items()})


def with_steps(steps: Sequence[Mapping[str, Any]]) -> Snapshot:
    """The same, with other steps in the only flow."""
    today = read_snapshot()
    return replace(today, flows={key: replace(one, steps=read_steps(steps)) for key, one in today.flows.items()})


def tried(story: Story, proposed: Snapshot) -> Report:
    return run(Which([story.estate.integration.pk], None), read_snapshot(), proposed)


def seen(report: Report) -> list[tuple[Any, ...]]:
    return [(one.what, one.step.name if one.step else "", one.place, one.reason, one.count) for one in report.groups]


def test_a_contract_that_refuses_more(story: Story) -> None:
    content = content_of(story.estate.contract_version) | {"schema": schema(currency=CAPITALS)}
    report = tried(story, with_contract(read_snapshot(), story.estate.contract, content))

    assert report.sentence() == "Of the last 4 events, 3 send the same, 1 would fail or be set aside."
    assert seen(report) == [(What.FAILS, "", "", "currency: … does not match …", 1)]
    assert not report.passes


def test_a_contract_that_lets_in_what_was_set_aside(story: Story) -> None:
    content = content_of(story.estate.contract_version) | {"schema": schema(currency={"type": "string"})}
    report = tried(story, with_contract(read_snapshot(), story.estate.contract, content))
    assert report.sentence() == "Of the last 4 events, 3 send the same, 1 send more."
    assert report.passes

    observed = content_of(story.estate.contract_version) | {"enforcement": Enforcement.OBSERVE.value}
    assert tried(story, with_contract(read_snapshot(), story.estate.contract, observed)).sentence() == report.sentence()


def test_a_mapping_that_makes_another_number(story: Story) -> None:
    lines = [dict(line) for line in CANONICAL_LINES]
    lines[0]["expression"] = "'2026-' + record.number"
    report = tried(story, with_lines(lines))

    assert report.sentence() == "Of the last 4 events, 1 send the same, 3 send something else."
    assert seen(report) == [
        (What.DIFFERS, "ledger", "/number", "", 3),
        (What.DIFFERS, "notify", "/text", "", 3),
    ]
    assert report.passes


def test_a_flow_whose_step_would_fail(story: Story) -> None:
    steps = [deliver("ledger", "billing-erp", "send", mapping={"number": "event.no_such_thing"}), STEPS[1]]
    report = tried(story, with_steps(steps))
    assert seen(report) == [(What.FAILS, "ledger", "", "number: there is no field …", 3)]


def test_what_was_answered_then_is_read_again(story: Story) -> None:
    steps = [
        STEPS[0],
        deliver("notify", "billing-notify", "send", needs=["ledger"], mapping={"ledger": "steps.ledger.status"}),
    ]
    report = tried(story, with_steps(steps))
    assert seen(report) == [(What.DIFFERS, "notify", "/text", "", 3)]


def test_what_nobody_answered_cannot_be_told(story: Story) -> None:
    StepRun.objects.filter(name="ledger").update(result=None)
    report = tried(story, with_steps(STEPS))
    reason = "It needs what ledger answers, and nothing was answered then."
    assert seen(report) == [(What.UNTOLD, "notify", "", reason, 3)]
    assert report.passes


def test_nothing_is_sent_and_nothing_is_written(story: Story) -> None:
    before = len(story.receiver.received), Transaction.objects.count()
    tried(story, with_steps(STEPS))
    assert (len(story.receiver.received), Transaction.objects.count()) == before


def test_of_other_types_there_is_nothing_to_try(story: Story) -> None:
    assert newest(Which([story.estate.integration.pk], ["order.placed.v1"]), 10) == []
    nothing = run(Which([], None), Snapshot(), Snapshot())
    assert nothing.sentence() == "None has come in within thirty days: nothing shows what would become of them."
    assert not nothing.passes


def test_the_newest_are_tried(story: Story) -> None:
    which = Which([story.estate.integration.pk], ["invoice.paid.v1"])
    ids = [one.row.id for one in newest(which, 2)]
    assert ids == sorted(Transaction.objects.values_list("pk", flat=True), reverse=True)[:2]


def test_an_echo_is_no_event_to_try(story: Story) -> None:
    Transaction.objects.filter(state=TransactionState.SUCCEEDED).update(state=TransactionState.IGNORED, reason="echo")
    assert len(newest(Which([story.estate.integration.pk], None), 10)) == 1


def test_the_evidence_has_no_values(story: Story) -> None:
    content = content_of(story.estate.contract_version) | {"schema": schema(customer={"type": "integer"})}
    report = tried(story, with_contract(read_snapshot(), story.estate.contract, content))
    evidence = report.evidence()
    assert evidence["counts"] == {"same": 1, "differs": 0, "gained": 0, "lost": 0, "fails": 3, "untold": 0}
    assert "cus_R7v2" not in str(evidence)
