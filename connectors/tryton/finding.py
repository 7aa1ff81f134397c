"""Looking one record up, for steps that ask before they write."""

from __future__ import annotations

from connectors.errors import Rejected
from connectors.messages import Question, Record
from connectors.tryton import body as read
from connectors.tryton import parties
from connectors.tryton.resources import PARTY, Resource, Row
from connectors.tryton.rpc import Rpc


async def one(rpc: Rpc, resource: Resource, question: Question) -> Record | None:
    """The record that is asked for; ``Rejected`` where several fit, because nobody can say which is meant."""
    by = question.by or resource.spec.key
    row = await parties.find(rpc, {by: question.key}) if resource is PARTY else await _row(rpc, resource, by, question)
    return None if row is None else resource.record(row)


async def _row(rpc: Rpc, resource: Resource, by: str, question: Question) -> Row | None:
    wanted = read.identifier({by: question.key}, by) if by == "id" else question.key
    rows = await rpc.search_read(resource.model, [(by, "=", wanted)], resource.fields, limit=2)
    if len(rows) > 1:
        raise Rejected(
            f"more than one {resource.spec.name} in Tryton has that {by}", detail=f"{resource.spec.name}_ambiguous"
        )
    return rows[0] if rows else None
