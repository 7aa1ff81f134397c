"""What just one version of a contract set aside and nobody let out yet: known by the trace of each event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from controlplane.contracts.models import ContractVersion
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.agreements.traced import JUDGED_BY
from controlplane.transactions.rules.states import TransactionState

#: What waited in the inbox for so long when the version was published is found as well.
WAITED: Final = timedelta(days=1)

#: First events of their requests: what else came of one is let out with it.
_ASIDE: Final = f"""
from transaction t
where t.state = %(state)s and t.error_class = 'contract' and t.id = t.event_id
  and t.integration_id = any(%(integrations)s) and t.id >= %(since)s
  and exists (select from trace r where r.transaction_id = t.id and r.id >= %(since)s
    and {JUDGED_BY})
"""
_COUNTED: Final = (
    f"select count(*), min(received_at) from (select t.received_at {_ASIDE} order by t.id limit %(most)s) t"
)
_OLDEST: Final = f"select t.id {_ASIDE} order by t.id limit %(most)s"
_NEWEST: Final = f"select t.id {_ASIDE} order by t.id desc limit %(most)s"


def counted(version: ContractVersion, integrations: Sequence[int], most: int) -> tuple[int, datetime | None]:
    """How many, ``most`` at most, and when the first of them came."""
    ((count, first_at),) = _rows(_COUNTED, version, integrations, most)
    return count, first_at


def oldest(version: ContractVersion, integrations: Sequence[int], most: int) -> list[UUID]:
    """In the order in which they came."""
    return [identifier for (identifier,) in _rows(_OLDEST, version, integrations, most)]


def newest(version: ContractVersion, integrations: Sequence[int], most: int) -> list[UUID]:
    """The last ones, the newest first."""
    return [identifier for (identifier,) in _rows(_NEWEST, version, integrations, most)]


def _rows(statement: str, version: ContractVersion, integrations: Sequence[int], most: int) -> list[Any]:
    asked: dict[str, Any] = {
        "state": int(TransactionState.QUARANTINED),
        "integrations": list(integrations),
        "since": uuid7_floor(version.published_at - WAITED),
        "version": version.pk,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found: list[Any] = cursor.fetchall()
    return found
