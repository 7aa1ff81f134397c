"""Events that came in, in the form in which flows read them: what a mapping or a flow is tried on before it is live."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
from django.db import connection

from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor

WITHIN: Final = timedelta(days=30)

#: One integration after the other by its index; what was set aside has no canonical form.
_NEWEST: Final = """
select t.id, p.body
from unnest(%(integrations)s::bigint[]) w(integration_id)
cross join lateral (
  select t.id, t.canonical_id, t.retention from transaction t
  where t.integration_id = w.integration_id and t.id >= %(since)s
    and t.event_type = any(%(types)s) and t.canonical_id is not null
  order by t.id desc limit %(most)s) t
join payload p on p.id = t.canonical_id and p.retention = t.retention
order by t.id desc limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One event: of which transaction, what it was mapped to, the sender's record, and the sender's type."""

    transaction: str
    data: Mapping[str, Any]
    record: Mapping[str, Any]
    type: str

    def context(self) -> dict[str, Any]:
        """What the expressions of a flow read of it; nothing has answered yet."""
        transaction = {"id": self.transaction, "event_id": self.transaction, "correlation_id": self.transaction}
        return {
            "event": dict(self.data),
            "record": dict(self.record),
            "type": self.type,
            "steps": {},
            "transaction": transaction,
        }


def samples(integrations: Collection[int], types: Collection[str], most: int) -> list[Sample]:
    """The newest events of these integrations and canonical types, of thirty days."""
    if not integrations or not types:
        return []
    asked: dict[str, Any] = {
        "integrations": sorted(integrations),
        "types": sorted(types),
        "since": uuid7_floor(clock.now() - WITHIN),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, asked)
        found = [(str(identifier), orjson.loads(bytes(body))) for identifier, body in cursor.fetchall()]
    return [
        Sample(identifier, one.get("data") or {}, one.get("record") or {}, str(one.get("vendortype") or ""))
        for identifier, one in found
    ]
