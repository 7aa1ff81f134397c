"""Which records a kept body holds, read as processing reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import orjson

from connectors.errors import ConnectorError
from connectors.messages import Request
from controlplane.transactions.pipeline.catalogue import Snapshot

#: Larger bodies are not parsed by those who take samples.
LARGEST: Final = 256 * 1024

#: An interface and the vendor's word for what happened there.
Kind: TypeAlias = tuple[int, str]


def records_of(
    endpoint_id: int | None,
    headers: Mapping[str, Any],
    content_type: str,
    body: bytes,
    snapshot: Snapshot,
    *,
    largest: int | None = LARGEST,
) -> Sequence[tuple[Kind, Any]]:
    """Each with its kind; none of what cannot be read, is larger, or came through a door that is not there."""
    if largest is not None and len(body) > largest:
        return ()
    if (read := headers.get("interlock-sync")) is not None:
        return _synced(read, body)
    source = snapshot.endpoints.get(endpoint_id or 0)
    if source is None:
        return ()
    try:
        events = source.connector.parse(Request("POST", "", {**headers, "content-type": content_type}, body))
    except ConnectorError:
        return ()
    return [((source.interface_id, event.type), event.record) for event in events]


def _synced(envelope: Mapping[str, Any], body: bytes) -> Sequence[tuple[Kind, Any]]:
    """A record that a sync run read: what it knows of it stands beside it."""
    try:
        return [((envelope["interface"], envelope["type"]), orjson.loads(body))]
    except (KeyError, orjson.JSONDecodeError):
        return ()
