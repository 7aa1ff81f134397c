"""Events that really came, with what was answered to their requests then: what a proposed version is tried on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.pipeline.drafts import InboxRow
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.shadow.sending import Answers

#: Where the envelope of a record that a sync job read is kept.
_SYNC: Final = "interlock-sync"
WITHIN: Final = timedelta(days=30)

#: One integration after the other by its index; what is an echo or stale was stopped for what it met, not what it is.
_NEWEST = """
select t.id, t.endpoint_id, t.retention, t.lane, p.headers, p.content_type, p.body
from unnest(%(integrations)s::bigint[]) w(integration_id)
cross join lateral (
  select t.id, t.endpoint_id, t.retention, t.lane from transaction t
  where t.integration_id = w.integration_id and t.id >= %(since)s and t.event_id = t.id
    and (%(types)s::text[] is null or t.event_type = any(%(types)s))
    and (t.state <> %(ignored)s or t.reason not in ('echo', 'stale'))
  order by t.id desc limit %(most)s) t
join payload p on p.id = t.id and p.retention = t.retention
order by t.id desc limit %(most)s
"""
_ONE = """
select t.id, t.endpoint_id, t.retention, t.lane, p.headers, p.content_type, p.body
from transaction t join payload p on p.id = t.id and p.retention = t.retention
where t.id = %(id)s and t.event_id = t.id
"""
_ANSWERS = """
select t.event_id, f.slug, s.name, s.result
from unnest(%(events)s::uuid[]) w(event_id)
join transaction t on t.event_id = w.event_id
join transactions_flowversion v on v.id = t.flow_version_id join transactions_flow f on f.id = v.flow_id
join step_run s on s.transaction_id = t.id
where s.result is not null
"""


@dataclass(frozen=True, slots=True)
class Which:
    """Events to try: of these integrations (keys); of these canonical types, None for all."""

    integrations: Sequence[int]
    types: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Tried:
    """One event as it came, and what was answered to it."""

    row: InboxRow
    answers: Answers


def newest(which: Which, most: int) -> list[Tried]:
    """The newest of thirty days whose payloads are kept."""
    if not which.integrations:
        return []
    return _read(
        _NEWEST,
        {
            "integrations": list(which.integrations),
            "types": list(which.types) if which.types is not None else None,
            "since": uuid7_floor(clock.now() - WITHIN),
            "ignored": int(TransactionState.IGNORED),
            "most": most,
        },
    )


def the(identifier: UUID) -> Tried | None:
    """One of them; None where its payload is not kept any more."""
    return next(iter(_read(_ONE, {"id": identifier})), None)


def _read(statement: str, asked: dict[str, Any]) -> list[Tried]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows = [_row(*row) for row in cursor.fetchall()]
        answers = _answers(cursor, [row.id for row in rows])
    return [Tried(row, answers.get(row.id, {})) for row in rows]


def _row(
    identifier: UUID, endpoint: int | None, retention: int, lane: int, headers: Any, kind: str, body: Any
) -> InboxRow:
    told = _json(headers) or {}
    return InboxRow(identifier, endpoint, told.get(_SYNC), retention, lane, 1, told, kind, bytes(body))


def _json(value: Any) -> Any:
    """Django's connections give ``jsonb`` as it is written."""
    return orjson.loads(value) if isinstance(value, str) else value


def _answers(cursor: Any, events: Sequence[UUID]) -> dict[UUID, dict[str, dict[str, Any]]]:
    found: dict[UUID, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    if events:
        cursor.execute(_ANSWERS, {"events": list(events)})
        for event, flow, step, result in cursor.fetchall():
            found[event][flow][step] = _json(result)
    return found
