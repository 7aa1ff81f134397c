"""What is published in a new form goes out in the one before as well, until that has gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.foundation.errors import Invalid
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.models import CheckState
from controlplane.transactions.flows.publish import publish_flow
from controlplane.transactions.models import Payload, StepRun
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import StepState
from tests.transactions import carrying
from tests.transactions.agreements.board import SLUG, Deciding, check, deciding, newest, schema
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import deliver

pytestmark = pytest.mark.django_db(transaction=True)

PUBLISHES = deliver(
    "publish",
    "billing-erp",
    "send",
    contract=SLUG,
    mapping={
        "type": "'invoice.v2'",
        "subject": "event.number",
        "data.id": "record.id",
        "data.customer": "record.customer",
        "data.currency": "event.currency",
        "data.amount": "event.amount_minor",
    },
)
#: What the new form is called amount, the old one called amount_paid.
RENAMED: dict[str, Any] = {
    **schema(amount={"type": "integer"}),
    "required": ["id", "customer", "currency", "amount"],
}
del RENAMED["properties"]["amount_paid"]
DOWNGRADE = [
    {"target": "type", "expression": "'invoice.v1'"},
    {"target": "data.id", "expression": "record.id"},
    {"target": "data.customer", "expression": "record.customer"},
    {"target": "data.currency", "expression": "record.currency"},
    {"target": "data.amount_paid", "expression": "record.amount"},
]
EXAMPLE = {"name": "One", "value": {"id": "in_1", "customer": "cus_1", "currency": "EUR", "amount": 5}}
NEW = {"id": "in_1", "customer": "cus_R7v2", "currency": "EUR", "amount": 394000}
OLD = {"id": "in_1", "customer": "cus_R7v2", "currency": "EUR", "amount_paid": 394000}


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """What is paid is published; what comes in is judged by another contract."""
    told = tell_story(steps=[PUBLISHES])
    told.estate.normalisation.contract_version = None
    told.estate.normalisation.save()
    return told


@pytest.fixture
def board(story: Story) -> Deciding:
    """Those who decide."""
    return deciding(story.estate.team)


def published(board: Deciding, **more: Any) -> ContractVersion:
    content: dict[str, Any] = {"schema": RENAMED, "breaks": "A better name.", "examples": [EXAMPLE], **more}
    change = board.proposed(**content)
    apply(board.owner, board.agreed(change).pk)
    catalogue.forget()
    return newest()


def sent(story: Story, number: int = 1) -> dict[str, Any]:
    """What was sent for a paid invoice."""
    story.send(paid(number))
    carrying.carry()
    body: dict[str, Any] = story.bodies("/ledger")[-1]
    return body


def test_with_one_form_in_force_one_is_sent(story: Story, board: Deciding) -> None:
    assert "former" not in sent(story)
    published(board)
    assert "former" not in sent(story, 2)


def test_both_forms_go_out_until_the_old_one_has_gone(story: Story, board: Deciding) -> None:
    assert published(board, downgrade=DOWNGRADE).number == 2
    both = sent(story)
    assert (both["type"], both["subject"], both["data"]) == ("invoice.v2", "INV-0001", NEW)
    assert both["former"] == [{"type": "invoice.v1", "subject": "INV-0001", "data": OLD}]
    run = StepRun.objects.get()
    assert run.state == StepState.SUCCEEDED
    assert run.request_id is not None
    assert b'"former"' in bytes(Payload.objects.get(pk=run.request_id).body)

    ContractVersion.objects.filter(number=1).update(state=VersionState.RETIRED)
    catalogue.forget()
    assert "former" not in sent(story, 2)


def test_a_form_that_cannot_be_made_is_a_dead_letter_and_nothing_goes_out(story: Story, board: Deciding) -> None:
    lines = [*DOWNGRADE[:-1], {"target": "data.amount_paid", "expression": "record.amount / (record.amount - 394000)"}]
    published(board, downgrade=lines)
    story.send(paid(1))
    carrying.carry()
    run = StepRun.objects.get()
    assert (run.state, run.reason.partition(":")[0], story.bodies("/ledger")) == (
        StepState.DEAD,
        "data.amount_paid",
        [],
    )


def test_an_example_has_to_fit_the_old_form(board: Deciding) -> None:
    fits = board.proposed(schema=RENAMED, breaks="So.", examples=[EXAMPLE], downgrade=DOWNGRADE)
    assert check(fits, "downgrade") == (CheckState.PASSED, True, "All 1 fit v1.")
    short = [line for line in DOWNGRADE if line["target"] != "data.amount_paid"]
    misses = board.proposed(schema=RENAMED, breaks="So.", examples=[EXAMPLE], downgrade=short)
    assert check(misses, "downgrade") == (
        CheckState.FAILED,
        True,
        "The example 'One' does not fit v1 then: \"amount_paid\" is a required property",
    )
    unshown = board.proposed(schema=RENAMED, breaks="So.", downgrade=DOWNGRADE)
    assert check(unshown, "downgrade")[0] == CheckState.FAILED
    broken = [*DOWNGRADE[:-1], {"target": "data.amount_paid", "expression": "record.amoun"}]
    state, _, detail = check(
        board.proposed(schema=RENAMED, breaks="So.", examples=[EXAMPLE], downgrade=broken), "downgrade"
    )
    assert state == CheckState.COULD_NOT_RUN
    assert "data.amount_paid" in detail


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("x", "downgrade is a list of objects"),
        ([{"target": "total", "expression": "1"}], "a target is data, below data, or one of type, topic"),
        ([{"target": "data.x", "expression": "1"}], "say another type or topic"),
        ([{"target": "type", "expression": "1 +"}], "downgrade, row 1: "),
        ([{"target": "type"}], "downgrade, row 1: an expression is text"),
        ([{"target": ["type"], "expression": "1"}], "a target is data"),
    ],
)
def test_what_makes_no_message_is_refused(board: Deciding, lines: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        board.proposed(schema=RENAMED, breaks="So.", downgrade=lines)
    assert refused.value.field == "downgrade"


def test_only_what_is_published_names_a_contract(story: Story) -> None:
    with pytest.raises(Invalid, match="Step 'publish': contract is of what is published; it does 'send'"):
        publish_flow(story.estate.flow, [PUBLISHES])


def test_how_a_message_becomes_the_one_before_is_of_one_version_alone(story: Story, board: Deciding) -> None:
    change = published(board, downgrade=DOWNGRADE).change
    assert change is not None
    again = board.proposed(schema={**RENAMED, "title": "Paid"}, examples=[EXAMPLE])
    assert again.revision.content["downgrade"] == []
    back = rollback(board.owner, change.pk, why="Nobody reads it.", answers_for=[])
    assert back.revision.content["downgrade"] == []
