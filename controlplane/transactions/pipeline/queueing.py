"""Putting step runs into the hot queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from connectors.errors import NotSupported
from controlplane.foundation.arrays import bigints, smallints, texts, uuids
from controlplane.foundation.ids import digest_uuid
from controlplane.transactions.pipeline import question_statements, statements
from controlplane.transactions.pipeline.catalogue import KnownDestination, LiveFlow
from controlplane.transactions.rules.flow import Step

_SIGN_BIT = 1 << 63


@dataclass(frozen=True, slots=True)
class Queued:
    """A step run that may begin. With an ``ordering_key``, its event and endpoint say what goes before it."""

    step_run_id: UUID
    transaction_id: UUID
    destination: KnownDestination
    step: Step
    lane: int
    ordering_key: int | None
    event_id: UUID
    endpoint_id: int | None

    @property
    def resource(self) -> str:
        """What kind of record it writes, for echo suppression; "" where nobody can tell."""
        try:
            return self.destination.connector.operation(self.step.operation).resource
        except NotSupported:
            return ""


def ordering_key(destination: KnownDestination, flow: LiveFlow, value: str) -> int | None:
    """A signed 64-bit hash of destination, flow and value; ``None`` when no order was asked for."""
    if not value:
        return None
    digest = digest_uuid(str(destination.id).encode(), flow.flow.encode(), value.encode())
    return (digest.int >> 64) - _SIGN_BIT


def columns_of(queued: Sequence[Queued]) -> list[Any]:
    """The parameters of ``statements.ENQUEUE``."""
    return [
        uuids([entry.step_run_id for entry in queued]),
        uuids([entry.transaction_id for entry in queued]),
        bigints([entry.destination.id for entry in queued]),
        smallints([entry.lane for entry in queued]),
        bigints([entry.ordering_key for entry in queued]),
        uuids([None if entry.ordering_key is None else entry.event_id for entry in queued]),
        bigints([None if entry.ordering_key is None else entry.endpoint_id for entry in queued]),
        texts([entry.resource for entry in queued]),
    ]


def deadlines_of(queued: Sequence[Queued]) -> list[list[Any]]:
    """The parameters of ``question_statements.SET_DEADLINES``; empty where nothing of it is a question."""
    asked = [(one.step_run_id, one.step.question.deadline) for one in queued if one.step.question is not None]
    return [list(column) for column in zip(*asked, strict=True)]


async def promote(cursor: AsyncCursor[Any], ordering_keys: Sequence[int]) -> int:
    """Whatever is the first of its order by now may go; returns how many that were parked."""
    if not ordering_keys:
        return 0
    await cursor.execute(statements.LOCK_HEADS, [ordering_keys])
    await cursor.execute(statements.PROMOTE, [ordering_keys])
    return cursor.rowcount


async def enqueue(cursor: AsyncCursor[Any], queued: Sequence[Queued]) -> None:
    """Insert within the caller's transaction; a step run that is queued already stays as it is."""
    if queued:
        await cursor.execute(statements.ENQUEUE, columns_of(queued))
        if deadlines := deadlines_of(queued):
            await cursor.execute(question_statements.SET_DEADLINES, deadlines)
