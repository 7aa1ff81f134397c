"""Reading a resource's changes, page by page (the cursor is explained in ``window.py``)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.errors import ContractBroken
from connectors.messages import Page
from connectors.tryton.resources import Resource, Row
from connectors.tryton.rpc import Rpc
from connectors.tryton.window import Window

#: How long a transaction of the ERP may last before what it wrote could be missed.
OVERLAP = timedelta(minutes=5)
PAGE_SIZE = 200


async def pages(
    rpc: Rpc,
    resource: Resource,
    cursor: Mapping[str, Any],
    now: Callable[[], datetime],
    *,
    size: int = PAGE_SIZE,
    overlap: timedelta = OVERLAP,
) -> AsyncIterator[Page]:
    """One window, from where the cursor stands to its end; the last page's cursor starts the next one.

    There is always a last page, an empty one too, so that its cursor is saved. Within a window records come
    in the order of their ids.
    """
    window = Window.from_cursor(cursor)
    if not window.walking:
        window = window.opened(await newest(rpc, resource), now())
    changed = changed_since(resource, window.since)
    total = await rpc.read(f"{resource.model}.search_count", changed)
    while True:
        rows = await _behind(rpc, resource, changed, window.after or 0, size)
        window = window.walked(rows[-1]["id"]) if len(rows) == size else window.closed(overlap)
        records = tuple(resource.record(row) for row in rows)
        yield Page(records, window.cursor(), total, last=not window.walking)
        if not window.walking:
            return


async def _behind(rpc: Rpc, resource: Resource, changed: Sequence[Any], after: int, size: int) -> list[dict[str, Any]]:
    domain = [("id", ">", after), changed]
    rows = await rpc.search_read(resource.model, domain, resource.fields, limit=size)
    _check_order(resource, [row["id"] for row in rows], after)
    return rows


def _check_order(resource: Resource, ids: Sequence[int], after: int) -> None:
    """Ids that do not grow would be read for ever."""
    if list(ids) != sorted(set(ids)) or (ids and ids[0] <= after):
        raise ContractBroken(f"Tryton did not give {resource.model} in the order of ids")


def changed_since(resource: Resource, since: datetime | None) -> list[Any]:
    """The domain of what was stamped at or after ``since``, itself or one of its parts."""
    if since is None:
        return []
    prefixes = ("", *(f"{part}." for part in resource.parts))
    stamps = ("create_date", "write_date")
    return ["OR", *((f"{prefix}{stamp}", ">=", since) for prefix in prefixes for stamp in stamps)]


async def newest(rpc: Rpc, resource: Resource) -> datetime | None:
    """The newest stamp that the server has for this resource; ``None`` where there is no record."""
    found: list[datetime] = []
    for model in (resource.model, *resource.parts.values()):
        for stamp in ("create_date", "write_date"):
            order = [(stamp, "DESC NULLS LAST")]
            rows = await rpc.search_read(model, [], [stamp], limit=1, order=order)
            found.extend(row[stamp] for row in rows if row[stamp] is not None)
    return max(found, default=None)


async def identifiers(rpc: Rpc, resource: Resource, *, size: int = 5_000) -> AsyncIterator[tuple[str, ...]]:
    """The ids of all records there are, archived ones too, for the sweep that finds deletions."""
    after = 0
    while True:
        ids = await rpc.read(f"{resource.model}.search", [("id", ">", after)], 0, size, [("id", "ASC")])
        _check_order(resource, ids, after)
        if ids:
            yield tuple(str(found) for found in ids)
            after = ids[-1]
        if len(ids) < size:
            return


async def by_id(rpc: Rpc, resource: Resource, record_id: int) -> Row | None:
    """One record as it is now."""
    found = await rpc.search_read(resource.model, [("id", "=", record_id)], resource.fields)
    return found[0] if found else None
