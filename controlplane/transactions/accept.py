"""Accept records that a sync run read, as the ingress accepts webhooks: durable with the caller's commit.

Both write the same rows (a payload and an inbox row), so that from here on there is one path, one
trace and one replay for everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.ids import uuid7
from controlplane.transactions.models import PayloadKind
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import Lane


@dataclass(frozen=True, slots=True)
class AcceptedRecord:
    """One changed record: ``type`` as routed (``party.changed``), ``id`` its id at the source."""

    type: str
    resource: str
    id: str
    fields: Mapping[str, Any]
    version: int | None = None
    changed_at: datetime | None = None
    deleted: bool = False


_INSERT = """
with input as materialized (
  select * from unnest(%(ids)s::uuid[], %(bodies)s::bytea[], %(envelopes)s::text[]) i(id, body, envelope)),
stored as (
  insert into payload (id, retention, kind, transaction_id, headers, body)
  select id, %(retention)s, %(kind)s, id, jsonb_build_object('interlock-sync', envelope::jsonb), body from input)
insert into inbox (transaction_id, sync, retention, lane, due_at)
select id, envelope::jsonb, %(retention)s, %(lane)s, now() from input
"""


def accept_records(
    records: Sequence[AcceptedRecord],
    *,
    run_id: int,
    integration_id: int,
    interface_id: int,
    retention: Retention = Retention.STANDARD,
    lane: Lane = Lane.BULK,
) -> list[UUID]:
    """Insert the records within the caller's transaction; returns the transaction ids, in order."""
    if not records:
        return []
    ids = [uuid7() for _ in records]
    envelopes = [_envelope(record, run_id, integration_id, interface_id) for record in records]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "ids": ids,
                "bodies": [orjson.dumps(dict(record.fields), default=str) for record in records],
                "envelopes": envelopes,
                "retention": int(retention),
                "kind": int(PayloadKind.RECEIVED),
                "lane": int(lane),
            },
        )
    ring_on_commit("process", Lane(lane).name.lower())
    return ids


def _envelope(record: AcceptedRecord, run_id: int, integration_id: int, interface_id: int) -> str:
    return orjson.dumps(
        {
            "run": run_id,
            "integration": integration_id,
            "interface": interface_id,
            "type": record.type,
            "resource": record.resource,
            "id": record.id,
            "version": record.version,
            "changed_at": record.changed_at,
            "deleted": record.deleted,
        }
    ).decode()
