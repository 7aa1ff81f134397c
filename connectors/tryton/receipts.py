"""What a write says of itself: the record as it is now, and whether that is our own doing."""

from __future__ import annotations

import orjson

from connectors.errors import OutcomeUnknown
from connectors.messages import Receipt
from connectors.tryton.reading import by_id
from connectors.tryton.resources import Resource, Row
from connectors.tryton.rpc import Rpc


async def receipt(
    rpc: Rpc, resource: Resource, row: Row, *, keys: tuple[tuple[str, str], ...], calls: int, found: bool = False
) -> Receipt:
    """The receipt for the record ``row``.

    ``record`` is what an echo of our write will look like, so it is given only when the last writer is this
    connector's user. Somebody may have changed the record between our write and our reading: their change
    must not pass for ours, and then ``record`` is empty. ``response`` holds the record in either case.
    """
    seen = resource.record(row)
    ours = resource.last_writer(row) == await rpc.user_id()
    return Receipt(
        external_id=seen.id,
        record=seen.fields if ours else {},
        version=seen.version,
        status=200,
        response=orjson.dumps(seen.fields),
        found=found,
        calls=calls,
        keys=keys,
    )


async def read_back(rpc: Rpc, resource: Resource, record_id: int) -> Row:
    """The record that was just written."""
    row = await by_id(rpc, resource, record_id)
    if row is None:
        raise OutcomeUnknown(f"the {resource.spec.name} was written in Tryton and is gone already")
    return row
