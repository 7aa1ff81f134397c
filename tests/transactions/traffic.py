"""Rows of traffic for tests, as the pipeline leaves them: one function a table, with sensible defaults.

``paid_invoice`` tells a whole story: received, understood, delivered to the ERP, the notifier told.
Give it ``fails_at`` and it ends in a dead letter there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from controlplane.foundation import partitions
from controlplane.foundation.ids import digest_uuid
from controlplane.inventory.models import EntityKind, Identity, IdentityAlias, Instance
from controlplane.transactions.models import (
    Attempt,
    DeadLetter,
    Payload,
    PayloadKind,
    StepQueue,
    StepRun,
    Trace,
    Transaction,
    TransactionKey,
)
from controlplane.transactions.rules import fingerprints
from controlplane.transactions.rules.flow import read_lines, read_steps
from controlplane.transactions.rules.mapping import apply
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import Outcome, StepKind, StepState, TransactionState
from tests.transactions.factories import RECORD, Estate

#: A Monday. ``weeks_of_the_story`` makes sure that its week exists whenever the tests run.
RECEIVED_AT = datetime(2026, 11, 23, 13, 32, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def weeks_of_the_story(weeks: int = 4) -> None:
    """Partitions of the weeks up to the story's; harmless where they exist."""
    tables = [one.table for one in partitions.PARTITIONED.values()]
    partitions.ensure(tables, start=RECEIVED_AT - partitions.WEEK * (weeks - 1), weeks=weeks)


def id_at(at: datetime) -> UUID:
    """A UUID version 7 made at ``at``: random behind the millisecond."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (secrets.randbits(12) << 64) | (2 << 62) | secrets.randbits(62))


def a_transaction(
    estate: Estate,
    *,
    at: datetime,
    state: TransactionState = TransactionState.SUCCEEDED,
    keys: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    took: timedelta | None = timedelta(seconds=2),
    event_id: UUID | None = None,
    **fields: Any,
) -> Transaction:
    """A transaction of the estate's flow, received at ``at``; unsettled ones have not finished."""
    identifier = fields.pop("id", None) or id_at(at)
    unsettled = state in {TransactionState.RECEIVED, TransactionState.RUNNING, TransactionState.WAITING}
    fields = {
        "event_id": event_id or identifier,
        "integration": estate.integration,
        "endpoint": estate.endpoint,
        "flow_version": estate.flow_version,
        "source": estate.source,
        "environment": estate.environment,
        "event_type": estate.normalisation.canonical_type,
        "resource": "invoice",
        "external_id": "in_1001",
        "headline": estate.flow.name,
        "correlation_id": event_id or identifier,
        "retention": Retention.STANDARD,
        "received_at": at,
        "finished_at": None if unsettled or took is None else at + took,
        "state": state,
    } | fields
    made = Transaction.objects.create(id=identifier, **fields)
    for kind, value in keys.items() if isinstance(keys, Mapping) else keys:
        a_key(made, kind, value)
    return made


def a_key(transaction: Transaction, kind: str, value: str) -> None:
    """A business key of a transaction, by the slug of its kind."""
    TransactionKey.objects.create(
        kind_id=EntityKind.objects.get(slug=kind).id, value=value, transaction_id=transaction.id
    )


def an_identity(kind: str, at: datetime, aliases: Mapping[Instance, Sequence[str]]) -> Identity:
    """One canonical record and its ids; of several ids at one instance the last is live, the others past."""
    of = EntityKind.objects.get(slug=kind)
    identity = Identity.objects.create(id=id_at(at), kind=of)
    for instance, values in aliases.items():
        for value in values:
            valid = (at - timedelta(days=400), None if value == values[-1] else at - timedelta(days=100))
            IdentityAlias.objects.create(identity=identity, kind=of, instance=instance, value=value, valid=valid)
    return identity


def an_alias(identity: Identity, instance: Instance, value: str) -> IdentityAlias:
    """One more live id of an identity."""
    made: IdentityAlias = IdentityAlias.objects.create(
        identity=identity, kind_id=identity.kind_id, instance=instance, value=value, valid=(NOW, None)
    )
    return made


def a_payload(transaction: Transaction, kind: PayloadKind, body: Any, **fields: Any) -> Payload:
    """A body, kept; ``body`` is bytes, or a document to be written as JSON."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    identifier = fields.pop("id", None) or id_at(transaction.received_at)
    fields = {"retention": transaction.retention, "transaction_id": transaction.id} | fields
    return Payload.objects.create(id=identifier, kind=kind, body=content, **fields)


def a_step_run(transaction: Transaction, estate: Estate, name: str, **fields: Any) -> StepRun:
    """The run of the flow's step ``name``."""
    version = fields.pop("flow_version", estate.flow_version)
    steps = read_steps(version.steps)
    ordinal, step = next((number, one) for number, one in enumerate(steps, 1) if one.name == name)
    destinations = {one.slug: one for one in (estate.to_erp, estate.to_notifier)}
    fields = {
        "id": id_at(transaction.received_at),
        "flow_version": version,
        "ordinal": ordinal,
        "name": name,
        "kind": StepKind(step.kind),
        "required": step.required,
        "destination": destinations.get(step.destination),
        "state": StepState.PENDING,
        "retention": transaction.retention,
        "queued_at": transaction.received_at,
    } | fields
    return StepRun.objects.create(transaction_id=transaction.id, **fields)


def an_attempt(step_run: StepRun, at: datetime, outcome: Outcome = Outcome.SUCCEEDED, **fields: Any) -> Attempt:
    """One try; ``number`` counts those before it."""
    number = Attempt.objects.filter(step_run_id=step_run.id).count() + 1
    fields = {"ms": 400, "number": number, "calls": 1, "worker": "worker-1"} | fields
    return Attempt.objects.create(id=id_at(at), step_run_id=step_run.id, at=at, outcome=outcome, **fields)


def queued(step_run: StepRun, due_at: datetime, **fields: Any) -> StepQueue:
    """The step run's row in the hot queue; ``lease_token`` says that a worker holds it."""
    assert step_run.destination is not None
    return StepQueue.objects.create(
        step_run_id=step_run.id,
        transaction_id=step_run.transaction_id,
        destination=step_run.destination,
        due_at=due_at,
        **fields,
    )


def a_dead_letter(step_run: StepRun, transaction: Transaction, at: datetime, **fields: Any) -> DeadLetter:
    """The step run waits for a person since ``at``."""
    cause = fingerprints.of_failure(transaction.integration_id, step_run.name, step_run.error_class, step_run.reason)
    fields = {
        "integration_id": transaction.integration_id,
        "destination_id": step_run.destination_id,
        "fingerprint": cause,
        "error_class": step_run.error_class,
        "reason": step_run.reason,
        "required": step_run.required,
        "died_at": at,
        "payload_id": step_run.request_id,
    } | fields
    return DeadLetter.objects.create(step_run_id=step_run.id, transaction_id=transaction.id, **fields)


@dataclass(frozen=True, slots=True)
class Story:
    """A transaction and the runs of its steps by name."""

    transaction: Transaction
    runs: dict[str, StepRun] = field(default_factory=dict)


def paid_invoice(
    estate: Estate,
    *,
    at: datetime = RECEIVED_AT,
    record: Mapping[str, Any] = RECORD,
    keys: Mapping[str, str] | None = None,
    fails_at: str = "",
    error_class: str = "rejected.tax_id_invalid",
    reason: str = "The tax ID contains spaces.",
    tries: int = 1,
) -> Story:
    """A whole transaction of the estate with its bodies, trace, runs and attempts.

    ``fails_at`` names the step that ends as a dead letter after ``tries`` attempts; what needs it is skipped.
    """
    required = next((s.required for s in read_steps(estate.flow_version.steps) if s.name == fails_at), True)
    failed = TransactionState.DEAD if required else TransactionState.PARTIAL
    transaction = _received(estate, at, record, keys, failed if fails_at else TransactionState.SUCCEEDED)
    story = Story(transaction)
    context = _context(estate, transaction, record)
    moment = at + timedelta(milliseconds=600)
    for step in read_steps(estate.flow_version.steps):
        if any(story.runs[need].state != StepState.SUCCEEDED for need in step.needs):
            skipped = {
                "state": StepState.SKIPPED,
                "queued_at": None,
                "reason": f"needs {step.needs[0]}, which ended badly",
            }
            story.runs[step.name] = a_step_run(transaction, estate, step.name, **skipped)
            continue
        sent = a_payload(transaction, PayloadKind.REQUEST, apply(step.lines, context))
        run = a_step_run(transaction, estate, step.name, queued_at=moment, request_id=sent.id)
        story.runs[step.name] = run
        if step.name == fails_at:
            moment = _fail(run, transaction, moment, tries, error_class, reason)
            continue
        moment += timedelta(milliseconds=100)
        an_attempt(run, moment, status=200)
        moment += timedelta(milliseconds=400)
        _succeed(run, transaction, moment)
        context["steps"][step.name] = run.result
    Transaction.objects.filter(pk=transaction.pk).update(
        finished_at=moment,
        error_class=error_class if fails_at else "",
        reason=reason if fails_at else "",
        headline=reason if fails_at else estate.flow.name,
    )
    transaction.refresh_from_db()
    return story


def _received(
    estate: Estate,
    at: datetime,
    record: Mapping[str, Any],
    keys: Mapping[str, str] | None,
    state: TransactionState,
) -> Transaction:
    canonical_id = id_at(at)
    transaction = a_transaction(
        estate,
        at=at,
        state=state,
        keys={"customer": record["customer"], "invoice": record["number"]} if keys is None else keys,
        canonical_id=canonical_id,
        external_id=record["id"],
        amount_minor=record["amount_paid"],
        currency=str(record["currency"]).upper(),
    )
    vendor = {"id": "evt_1", "type": estate.normalisation.event_type, "data": {"object": dict(record)}}
    a_payload(transaction, PayloadKind.RECEIVED, vendor, id=transaction.event_id)
    a_payload(transaction, PayloadKind.CANONICAL, _canonical(estate, transaction, record), id=canonical_id)
    begin = int(at.timestamp() * 1000)
    Trace.objects.create(
        id=id_at(at),
        transaction_id=transaction.id,
        spans=[
            {"name": "receive", "at": begin, "us": 0},
            {"name": "parse", "at": begin + 500, "us": 120},
            {"name": "contract", "at": begin + 501, "us": 40, "contract_version": estate.contract_version.id},
            {"name": "keys", "at": begin + 501, "us": 30},
            {"name": "normalise", "at": begin + 501, "us": 65, "mapping_version": estate.mapping_version.id},
            {"name": "route", "at": begin + 502, "us": 20, "detail": {"flows": [estate.flow.slug]}},
        ],
    )
    return transaction


def _canonical(estate: Estate, transaction: Transaction, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(transaction.event_id),
        "source": f"urn:interlock:instance:{estate.source.id}",
        "type": estate.normalisation.canonical_type,
        "subject": f"invoice/{record['id']}",
        "time": transaction.received_at.isoformat(),
        "datacontenttype": "application/json",
        "data": apply(read_lines(estate.mapping_version.lines), {"record": dict(record), "event": dict(record)}),
        "record": dict(record),
        "vendortype": estate.normalisation.event_type,
    }


def _context(estate: Estate, transaction: Transaction, record: Mapping[str, Any]) -> dict[str, Any]:
    canonical = _canonical(estate, transaction, record)
    return {
        "event": canonical["data"],
        "record": canonical["record"],
        "type": canonical["vendortype"],
        "steps": {},
        "transaction": {"id": str(transaction.id), "event_id": str(transaction.event_id)},
    }


def _succeed(run: StepRun, transaction: Transaction, at: datetime) -> None:
    answer = {"id": 8841, "name": "made by the ERP"}
    run.response_id = a_payload(transaction, PayloadKind.RESPONSE, answer, step_run_id=run.id).id
    run.state, run.attempts, run.finished_at = StepState.SUCCEEDED, 1, at
    run.external_id = f"8841-{run.name}"
    run.result = {"external_id": run.external_id, "record": answer, "status": 200, "found": False}
    run.save()


def _fail(run: StepRun, transaction: Transaction, at: datetime, tries: int, error_class: str, reason: str) -> datetime:
    for number in range(1, tries + 1):
        at += timedelta(seconds=5 if number > 1 else 0, milliseconds=100)
        last = number == tries
        outcome = Outcome.REJECTED if last else Outcome.TRANSIENT
        an_attempt(run, at, outcome, status=400 if last else 503, detail=reason if last else "Unavailable")
        at += timedelta(milliseconds=400)
    answer = {"error": {"code": error_class.rpartition(".")[2], "message": reason}}
    run.response_id = a_payload(transaction, PayloadKind.RESPONSE, answer, step_run_id=run.id).id
    run.state, run.attempts, run.finished_at = StepState.DEAD, tries, at
    run.error_class, run.reason = error_class, reason
    run.save()
    a_dead_letter(run, transaction, at)
    return at


def a_digest(text: str) -> UUID:
    """A digest for rows that need one."""
    return digest_uuid(text.encode())
