"""Queueing what a replay is agreed to send: one statement for all of it, however large it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import psycopg

from connectors.errors import NotSupported
from controlplane.foundation.expressions import ExpressionFailed
from controlplane.transactions.models import ReplayItemState
from controlplane.transactions.pipeline.catalogue import LiveFlow, Snapshot, catalogue
from controlplane.transactions.pipeline.claiming import context_of
from controlplane.transactions.pipeline.queueing import ordering_key
from controlplane.transactions.pipeline.statements import ENQUEUE
from controlplane.transactions.replay import statements
from controlplane.transactions.replay.plan import PlannedItem
from controlplane.transactions.rules.states import Lane

#: A replay of more goes down the bulk lane: what comes in meanwhile does not wait behind it.
BULK_FROM = 100


@dataclass(frozen=True, slots=True)
class Ordered:
    """A reopened step run whose flow keeps an order, as ``statements.IN_ORDER`` reads it."""

    step_run_id: UUID
    transaction_id: UUID
    destination_id: int
    flow_version_id: int
    name: str
    lane: int
    event_id: UUID
    endpoint_id: int | None
    correlation_id: UUID


def queue(replay_id: int, items: Sequence[PlannedItem], state: ReplayItemState) -> int:
    """Queue the replay's items that are in ``state``, in the caller's transaction; returns how many were.

    ``items`` are the same, with the attempts and the revision that they were frozen with. One that somebody tried,
    edited or reopened since then is not queued: its row says so.
    """
    if not items:
        return 0
    snapshot = catalogue.snapshot()
    steps = {(item.destination_id, item.flow_version_id, item.name) for item in items}
    ordered = sorted({version for _, version, _ in steps if catalogue.flow(version).ordering is not None})
    least = int(Lane.BULK) if len(items) > BULK_FROM else int(Lane.CRITICAL)
    plain = [step for step in steps if step[1] not in ordered]
    columns: dict[str, list[Any]] = {
        "runs": [item.step_run_id for item in items],
        "attempts": [item.attempts for item in items],
        "revisions": [item.revision for item in items],
    }
    parameters = {
        "replay": replay_id,
        **{name: _json(column) for name, column in columns.items()},
        "destinations": [destination for destination, _, _ in plain],
        "versions": [version for _, version, _ in plain],
        "names": [name for _, _, name in plain],
        "resources": [_resource(snapshot, *step) for step in plain],
        "first": min(item.step_run_id for item in items),
        "last": max(item.step_run_id for item in items),
        "lane": least,
    }
    with statements.cursor() as cursor:
        cursor.execute(statements.LOCK, [_json({item.transaction_id for item in items})])
        (count,) = cursor.execute(statements.QUEUE, parameters).fetchone() or (0,)
        if ordered:
            _enqueue_in_order(cursor, snapshot, replay_id, ordered, least)
        if count < len(items):
            cursor.execute(statements.LEFT_OUT, {"replay": replay_id, "state": int(state)})
        if state is ReplayItemState.WAITING:
            cursor.execute(statements.MARK, [replay_id])
    return int(count)


def _json(values: Iterable[Any]) -> str:
    return orjson.dumps(list(values)).decode()


def refuse(replay_id: int, reasons: Mapping[UUID, str]) -> None:
    """Leave items out that today's facts speak against, each with its reason."""
    if reasons:
        with statements.cursor() as cursor:
            cursor.execute(statements.REFUSE, [list(reasons), list(reasons.values()), replay_id])


def _resource(snapshot: Snapshot, destination_id: int | None, flow_version_id: int, name: str) -> str:
    """What the step writes; "" where nobody can tell: its destination is newer than what this process knows."""
    destination = snapshot.destinations.get(destination_id or 0)
    if destination is None:
        return ""
    try:
        return destination.connector.operation(catalogue.flow(flow_version_id).step(name).operation).resource
    except NotSupported:
        return ""


def _enqueue_in_order(
    cursor: psycopg.Cursor[Any], snapshot: Snapshot, replay_id: int, versions: Collection[int], least: int
) -> None:
    """By the pipeline's own statement: the same keys, behind what stands before them in their order."""
    rows = [Ordered(*row) for row in cursor.execute(statements.IN_ORDER, [replay_id, list(versions)]).fetchall()]
    if not rows:
        return
    keys = _ordering_keys(cursor, snapshot, rows)
    columns: list[list[Any]] = [
        [row.step_run_id for row in rows],
        [row.transaction_id for row in rows],
        [row.destination_id for row in rows],
        [max(least, row.lane) for row in rows],
        [keys.get(row.step_run_id) for row in rows],
        [row.event_id if row.step_run_id in keys else None for row in rows],
        [row.endpoint_id if row.step_run_id in keys else None for row in rows],
        [_resource(snapshot, row.destination_id, row.flow_version_id, row.name) for row in rows],
    ]
    cursor.execute(ENQUEUE, columns)


def _ordering_keys(cursor: psycopg.Cursor[Any], snapshot: Snapshot, rows: Sequence[Ordered]) -> dict[UUID, int]:
    """The ordering keys, worked out as when the steps were first queued."""
    wanted = list({row.transaction_id for row in rows})
    bodies = dict(cursor.execute(statements.CANONICALS, [wanted], binary=True).fetchall())
    results: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for transaction_id, name, result in cursor.execute(statements.RESULTS, [wanted]).fetchall():
        results[transaction_id][name] = result
    keys = {}
    for row in rows:
        body, destination = bodies.get(row.transaction_id), snapshot.destinations.get(row.destination_id)
        if body is None or destination is None:
            continue
        flow = catalogue.flow(row.flow_version_id)
        value = _ordering_value(flow, bytes(body), results[row.transaction_id], row)
        if (key := ordering_key(destination, flow, value)) is not None:
            keys[row.step_run_id] = key
    return keys


def _ordering_value(flow: LiveFlow, body: bytes, results: Mapping[str, Any], row: Ordered) -> str:
    if flow.ordering is None:
        return ""
    context = context_of(
        flow,
        body,
        results,
        transaction_id=row.transaction_id,
        event_id=row.event_id,
        correlation_id=row.correlation_id,
    )
    try:
        return str(flow.ordering.evaluate(context) or "")
    except ExpressionFailed:
        return ""
