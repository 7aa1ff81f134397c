"""Reading one inbox row: where it came from, and which events its body holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.errors import ConnectorError
from connectors.messages import Event, Request
from controlplane.foundation.ids import milliseconds
from controlplane.transactions.pipeline.catalogue import Snapshot, Source
from controlplane.transactions.pipeline.drafts import Arrived, InboxRow, Quarantined, Span, span


def arrive(row: InboxRow, snapshot: Snapshot) -> list[Arrived]:
    """The events in a row; raises :class:`Quarantined` when they cannot be read."""
    spans: list[Span] = [{"name": "receive", "at": milliseconds(row.id), "us": 0}]
    source = source_of(row, snapshot)
    with span(spans, "parse"):
        events = _events(row, source)
    return [Arrived(row, source, event, list(spans)) for event in events]


def source_of(row: InboxRow, snapshot: Snapshot) -> Source:
    """Where the row came from; :class:`Quarantined` when that is not configured any more."""
    if row.sync is not None:
        return _sync_source(row.sync, snapshot)
    found = snapshot.endpoints.get(row.endpoint_id or 0)
    if found is None:
        raise Quarantined("unconfigured", "Its endpoint does not exist any more.")
    return found


def _sync_source(envelope: Mapping[str, Any], snapshot: Snapshot) -> Source:
    interface_id, integration_id = envelope["interface"], envelope["integration"]
    if interface_id not in snapshot.interfaces:
        raise Quarantined("unconfigured", "The interface it was read from does not exist any more.")
    instance_id, connector = snapshot.interfaces[interface_id]
    environment_id, company_id = snapshot.integrations.get(integration_id, (1, None))
    return Source(integration_id, interface_id, instance_id, environment_id, company_id, connector)


def _events(row: InboxRow, source: Source) -> Sequence[Event]:
    if row.sync is not None:
        return [_synced(row.sync, row.body)]
    request = Request("POST", "", {**row.headers, "content-type": row.content_type}, row.body)
    try:
        events = source.connector.parse(request)
    except ConnectorError as error:
        raise Quarantined("unreadable", error.reason) from error
    if not events:
        raise Quarantined("unreadable", "There is no event in the body.")
    return events


def _synced(envelope: Mapping[str, Any], body: bytes) -> Event:
    changed_at = envelope.get("changed_at")
    return Event(
        id="",
        type=envelope["type"],
        record=orjson.loads(body),
        occurred_at=datetime.fromisoformat(changed_at).astimezone(UTC) if changed_at else None,
        resource=envelope["resource"],
        external_id=envelope["id"],
        version=envelope.get("version"),
    )
