"""The rows that a batch of drafts is written as."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from controlplane.foundation.ids import digest_uuid, moment, uuid7
from controlplane.transactions.models import PayloadKind
from controlplane.transactions.pipeline import storing
from controlplane.transactions.pipeline.catalogue import Snapshot
from controlplane.transactions.pipeline.drafts import Draft, correlation_of
from controlplane.transactions.pipeline.queueing import Queued, ordering_key
from controlplane.transactions.pipeline.straight import Ready
from controlplane.transactions.rules.states import SETTLED_TRANSACTION, StepState


def transaction(draft: Draft) -> tuple[Any, ...]:
    """As ``copies.TRANSACTION`` has it."""
    event, row, source = draft.event, draft.row, draft.source
    correlation = correlation_of(row)
    received = moment(row.id)
    settled = draft.state in SETTLED_TRANSACTION
    return (
        draft.id,
        row.id,
        draft.canonical_id if draft.canonical is not None else None,
        draft.flow.integration_id if draft.flow else source.integration_id,
        row.endpoint_id,
        row.sync.get("run") if row.sync else None,
        draft.flow.id if draft.flow else None,
        source.instance_id,
        draft.flow.environment_id if draft.flow else source.environment_id,
        draft.flow.company_id if draft.flow else source.company_id,
        storing.text(draft.event_type),
        storing.text(event.resource) if event else "",
        storing.text(event.external_id) if event else "",
        storing.bigint(event.version) if event else None,
        int(draft.state),
        storing.text(draft.reason),
        draft.error_class,
        storing.text(draft.headline),
        draft.about,
        correlation.trace_id,
        correlation.parent_span,
        storing.bigint(draft.amount_minor),
        storing.text(draft.currency),
        row.retention,
        row.lane,
        storing.instant(event.occurred_at) if event else None,
        received,
        _now(received) if settled else None,
    )


def _now(received: datetime) -> datetime:
    """When an event that ended in processing was finished: never before it was received."""
    return max(received, datetime.fromtimestamp(time.time(), received.tzinfo))


def canonical(draft: Draft) -> tuple[Any, ...]:
    """The canonical event as ``copies.PAYLOAD`` has it."""
    return (
        draft.canonical_id,
        draft.row.retention,
        int(PayloadKind.CANONICAL),
        draft.id,
        None,
        "application/cloudevents+json",
        draft.canonical,
    )


def observed(draft: Draft, version: int, place: str) -> tuple[Any, ...]:
    """A break of a version that only observes, as ``copies.OBSERVED`` has it."""
    integration = draft.flow.integration_id if draft.flow else draft.source.integration_id
    return (uuid7(), draft.id, version, integration, storing.text(place))


def subjects(drafts: Sequence[Draft], snapshot: Snapshot) -> list[tuple[UUID, UUID]]:
    """Digests of the personal keys, so that a person's payloads are found without naming the person.

    Each once, in one order everywhere: two batches may name the same person for the same payload.
    """
    rows: dict[tuple[int, int], tuple[UUID, UUID]] = {}
    for draft in drafts:
        own = [draft.row.edited_id, draft.canonical_id if draft.canonical else None]
        payloads = [draft.row.id, *(one for one in own if one is not None)]
        for kind, value in draft.keys:
            if kind in snapshot.personal_kinds:
                subject = digest_uuid(str(kind).encode(), value.encode())
                rows |= {(subject.int, payload.int): (subject, payload) for payload in payloads}
    # By number: comparing ids themselves costs more than telling them.
    return [rows[place] for place in sorted(rows)]


def spans(draft: Draft) -> list[dict[str, Any]]:
    """The stages that it went through, the first with its payloads."""
    if draft.spans and draft.canonical_id is not None and draft.canonical is not None:
        draft.spans[0] = {**draft.spans[0], "payload": draft.row.id, "canonical": draft.canonical_id}
    return draft.spans


def step_runs(draft: Draft, snapshot: Snapshot, ready: list[Ready]) -> list[tuple[Any, ...]]:
    """As ``copies.STEP_RUN`` has them; those that may begin are added to ``ready``."""
    rows: list[tuple[Any, ...]] = []
    flow, now = draft.flow, _now(moment(draft.row.id))
    if flow is None:
        return rows
    for entry in draft.steps:
        step = entry.step
        destination = snapshot.by_slug[step.destination]
        identifier = uuid7()
        pending = entry.state is StepState.PENDING
        rows.append(
            (
                identifier,
                draft.id,
                flow.id,
                entry.ordinal,
                step.name,
                int(step.kind),
                step.required,
                destination.id,
                int(entry.state),
                draft.row.retention,
                storing.text(entry.reason),
                now if pending else None,
            )
        )
        if pending:
            lane = int(step.lane if step.lane is not None else draft.row.lane)
            key = ordering_key(destination, flow, draft.ordering)
            queued = Queued(identifier, draft.id, destination, step, lane, key, draft.row.id, draft.row.endpoint_id)
            ready.append(Ready(queued, draft, flow))
    return rows
