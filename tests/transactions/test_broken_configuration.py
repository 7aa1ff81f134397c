"""Configuration that is wrong, gone or cannot be read stops only what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.foundation.errors import Invalid
from controlplane.inventory.models import Interface, InterfaceKind, System
from controlplane.transactions.models import (
    DeadLetter,
    Destination,
    FlowVersion,
    Normalisation,
    Payload,
    ReplayItemState,
    Route,
    StepQueue,
    Transaction,
)
from controlplane.transactions.pipeline.agreed import compiled
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import StepState, TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import a_flow_version, an_instance, deliver, system
from tests.transactions.memory import KIND, Mood, Target
from tests.transactions.quick import LEDGER, NOTIFY, tell

pytestmark = pytest.mark.django_db(transaction=True)


def states() -> list[TransactionState]:
    """The states of all transactions, in the order of arrival."""
    return [TransactionState(one.state) for one in Transaction.objects.order_by("event_id", "id")]


def test_a_system_without_a_connector_is_no_hindrance(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    paper = an_instance("paper", system("paper", "Paper files", "Pa", 10), "")
    Interface.objects.create(slug="paper-files", instance=paper, kind=InterfaceKind.FILES, name="Files")
    story.send(paid())
    carrying.carry()
    assert states() == [TransactionState.SUCCEEDED]


def test_a_destination_of_a_system_without_a_connector_is_told_nothing_and_says_so(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    System.objects.filter(slug=KIND).update(connector="gone")
    (event,) = story.send(paid())
    carrying.carry()
    run = carrying.runs_of(event)["ledger"]
    assert (StepState(run.state), run.error_class) == (StepState.DEAD, "not_supported")
    assert story.numbers == []


def test_a_destination_that_went_after_the_start_makes_a_dead_letter_of_the_step_that_needs_it(target: Target) -> None:
    story = tell(target)
    event, other = story.send(paid(1), paid(2))
    carrying.process()
    Destination.objects.filter(slug="billing-notify").update(slug="renamed")
    catalogue.forget()
    carrying.deliver()
    assert states() == [TransactionState.PARTIAL] * 2
    run = carrying.runs_of(event)["notify"]
    assert (run.reason, run.error_class) == ("There is no destination 'billing-notify'.", "unconfigured")
    assert DeadLetter.objects.filter(transaction_id__in=[event, other], error_class="unconfigured").count() == 2


def test_what_had_nowhere_to_go_is_replayed_once_there_is_somewhere(target: Target) -> None:
    story = tell(target)
    (event,) = story.send(paid())
    carrying.process()
    Destination.objects.filter(slug="billing-notify").update(slug="renamed")
    catalogue.forget()
    carrying.deliver()
    Destination.objects.filter(slug="renamed").update(slug="billing-notify")
    catalogue.forget()
    run = carrying.runs_of(event)["notify"].id
    replay = request_replay(story.owner, step_run_ids=[run], reason="it is there now")
    carrying.deliver()
    assert states() == [TransactionState.SUCCEEDED]
    replay.refresh_from_db()
    assert (replay.state, ReplayItemState(replay.items.get().state)) == ("done", ReplayItemState.SUCCEEDED)
    assert DeadLetter.objects.get(step_run_id=run).resolution == "succeeded"


def test_a_flow_that_names_no_destination_starts_for_nobody_and_so_can_be_released_whole(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    other = story.estate.flow.__class__.objects.create(slug="other", name="Other", integration=story.estate.integration)
    a_flow_version(other, [deliver("x", "nowhere", "put")])
    Route.objects.create(flow=other, event_type="invoice.paid.v1")
    (event,) = story.send(paid())
    carrying.carry()
    (aside,) = Transaction.objects.all()
    assert (TransactionState(aside.state), aside.id) == (TransactionState.QUARANTINED, event)
    assert aside.headline == "x: there is no destination 'nowhere'."
    assert story.numbers == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda estate: a_flow_version(estate.flow, [{"name": "x", "kind": "teleport"}]),
        lambda estate: Route.objects.filter(pk=estate.route.pk).update(condition="event."),
        lambda estate: Normalisation.objects.filter(pk=estate.normalisation.pk).update(
            contract_version=_a_broken_contract(estate)
        ),
    ],
    ids=["flow", "route", "contract"],
)
def test_what_is_stored_but_cannot_be_read_stops_only_what_it_is_about(target: Target, spoil: Any) -> None:
    story = tell(target, steps=[LEDGER])
    spoil(story.estate)
    catalogue.forget()
    (event,) = story.send(paid())
    carrying.carry()
    aside = carrying.the(event)
    assert (TransactionState(aside.state), aside.error_class) == (TransactionState.QUARANTINED, "unconfigured")
    assert "cannot be read" in aside.headline


def _a_broken_contract(estate: Any) -> ContractVersion:
    return ContractVersion.objects.create(
        contract=estate.contract,
        number=2,
        schema={"type": "nonsense"},
        keys=[],
        state=VersionState.PUBLISHED,
        content_hash="broken",
    )


@pytest.mark.parametrize(
    "reference", ["http://127.0.0.1:9/schema.json", "file:///etc/hostname", "https://example.com/x"]
)
def test_a_schema_fetches_nothing(target: Target, reference: str) -> None:
    story = tell(target)
    version = ContractVersion.objects.create(
        contract=story.estate.contract,
        number=2,
        schema={"$ref": reference},
        keys=[],
        state=VersionState.PUBLISHED,
        content_hash=reference,
    )
    with pytest.raises(Invalid, match="Retrieval is"):
        compiled(version, {}, frozenset())


def test_a_later_steps_condition_that_is_no_expression_costs_that_step_alone(target: Target) -> None:
    story = tell(target, steps=[LEDGER, NOTIFY | {"when": "event.("}])
    first, second = story.send(paid(1), paid(2))
    carrying.carry()
    assert story.numbers == ["INV-0001", "INV-0002"]
    for event in (first, second):
        runs = carrying.runs_of(event)
        assert (StepState(runs["ledger"].state), runs["ledger"].attempts) == (StepState.SUCCEEDED, 1)
        assert (StepState(runs["notify"].state), runs["notify"].error_class) == (StepState.DEAD, "mapping_failed")
        assert runs["notify"].reason.startswith("This is not an expression")
    assert states() == [TransactionState.PARTIAL] * 2


def test_a_pure_steps_condition_that_is_no_expression_holds_up_nothing(target: Target) -> None:
    mapped = {"name": "total", "kind": "map", "when": "event.(", "mapping": LEDGER["mapping"]}
    story = tell(target, steps=[mapped, LEDGER, NOTIFY])
    story.send(paid())
    carrying.carry()
    assert story.numbers == ["INV-0001", "INV-0001"]
    assert states() == [TransactionState.SUCCEEDED]


def test_a_key_or_an_identity_that_is_no_expression_is_not_learned_and_what_was_delivered_is_delivered(
    target: Target,
) -> None:
    link = {"kind": "customer", "key": "event.("}
    story = tell(target, steps=[LEDGER | {"keys": [{"kind": "invoice", "value": "result.("}], "links": [link]}])
    story.send(paid())
    carrying.carry()
    assert story.numbers == ["INV-0001"]
    assert states() == [TransactionState.SUCCEEDED]


def test_an_event_that_cannot_be_read_any_more_costs_its_own_deliveries_and_none_beside_them(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    unreadable, well = story.send(paid(1), paid(2))
    carrying.process()
    _spoil(unreadable)
    carrying.deliver()
    assert story.numbers == ["INV-0002"]
    run = carrying.runs_of(unreadable)["ledger"]
    assert (StepState(run.state), run.error_class) == (StepState.DEAD, "mapping_failed")
    assert run.reason == "What it is made of could not be read: JSONDecodeError. Nothing was sent."
    assert DeadLetter.objects.get().transaction_id == unreadable
    assert carrying.the(well).state == TransactionState.SUCCEEDED


def test_an_outcome_that_cannot_be_written_in_any_way_costs_none_of_those_written_with_it(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    events = story.send(paid(1), paid(2), paid(3))
    carrying.process()
    with _refused(carrying.runs_of(events[0])["ledger"].id):
        carrying.deliver()
    assert story.numbers == ["INV-0001", "INV-0002", "INV-0003"]
    assert states() == [TransactionState.RUNNING, TransactionState.SUCCEEDED, TransactionState.SUCCEEDED]
    left = StepQueue.objects.get()
    assert (left.transaction_id, left.lease_token is None) == (events[0], False)


@contextmanager
def _refused(step_run_id: UUID) -> Iterator[None]:
    """The database will not have that step run changed."""
    with connection.cursor() as cursor:
        cursor.execute("create function refuse() returns trigger language plpgsql as 'begin raise data_exception; end'")
        cursor.execute(
            "create trigger refused before update on step_run for each row "
            f"when (old.id = '{step_run_id}') execute function refuse()"
        )
        try:
            yield
        finally:
            cursor.execute("drop trigger refused on step_run")
            cursor.execute("drop function refuse()")


def _spoil(event: UUID) -> None:
    """Its canonical form in the database is no document any more."""
    canonical = carrying.the(event).canonical_id
    assert canonical is not None
    assert Payload.objects.filter(pk=canonical).update(body=b"{") == 1


def test_retry_delays_that_are_no_numbers_give_way_to_the_default(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    Destination.objects.filter(pk=story.estate.to_erp.pk).update(retry_delays=["soon", None])
    catalogue.forget()
    target.moods.append(Mood.FAILS)
    story.send(paid())
    carrying.carry()
    assert [StepState(one.state) for one in carrying.runs_of(Transaction.objects.get().id).values()] == [
        StepState.PENDING
    ]


def test_a_flow_version_that_cannot_be_read_any_more_sends_nothing_and_waits_for_its_repair(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    (event,) = story.send(paid())
    carrying.process()
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute(
            "update transactions_flowversion set steps = '[7]' where id = %s", [story.estate.flow_version.pk]
        )
        cursor.execute("set session_replication_role = origin")
    assert FlowVersion.objects.get(pk=story.estate.flow_version.pk).steps == [7]
    catalogue.forget()
    carrying.deliver()
    run = carrying.runs_of(event)["ledger"]
    assert (StepState(run.state), run.error_class) == (StepState.DEAD, "not_supported")
    assert story.numbers == []
    assert carrying.the(event).state == TransactionState.RUNNING
