"""Records that came in and were judged by a contract: what a proposed version is tried on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from django.db import connection

from controlplane.contracts.lifecycle.evidence import Seen
from controlplane.contracts.models import Contract
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.selectors.agreements import judged_by, works_by

WITHIN = timedelta(days=30)

#: One integration after the other by its index; what was quarantined has no canonical form, and no record to try.
_NEWEST = """
select t.id, p.body
from unnest(%(integrations)s::bigint[]) w(integration_id)
cross join lateral (
  select t.id, t.canonical_id, t.retention from transaction t
  where t.integration_id = w.integration_id and t.id >= %(since)s and t.source_id = any(%(sources)s)
    and t.event_type = any(%(types)s) and t.canonical_id is not null
  order by t.id desc limit %(most)s) t
join payload p on p.id = t.canonical_id and p.retention = t.retention
order by t.id desc limit %(most)s
"""


def newest(contract: Contract, most: int) -> Sequence[Seen]:
    """The newest of them, of thirty days."""
    judged = judged_by(contract)
    if not judged.types:
        return []
    asked: dict[str, Any] = {
        "integrations": list(works_by(contract)),
        "since": uuid7_floor(clock.now() - WITHIN),
        "sources": judged.sources,
        "types": judged.types,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, asked)
        seen = [(str(identifier), orjson.loads(bytes(body))) for identifier, body in cursor.fetchall()]
    return [
        Seen(one, envelope.get("record")) for one, envelope in seen if envelope.get("vendortype") in judged.vendor_types
    ]
