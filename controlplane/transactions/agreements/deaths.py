"""Events that a version of a contract judged and that had a delivery that died: told from their traces."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from controlplane.contracts.models import ContractVersion
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.agreements.traced import JUDGED_BY
from controlplane.transactions.selectors.agreements import works_by

#: From the few that died to the traces of their events; ids grow with time, so that only weeks since then are read.
_DIED = f"""
select count(distinct t.event_id) from dead_letter d
join transaction t on t.id = d.transaction_id and t.id >= %(since)s
join trace r on r.transaction_id = d.transaction_id and r.id >= %(since)s
where d.integration_id = any(%(integrations)s) and d.died_at >= %(at)s
  and {JUDGED_BY}
"""


def deaths(version: ContractVersion, since: datetime) -> int:
    """How many such events there are since then."""
    asked: dict[str, Any] = {
        "integrations": list(works_by(version.contract)),
        "since": uuid7_floor(since),
        "at": since,
        "version": version.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIED, asked)
        count: int = cursor.fetchone()[0]
    return count
