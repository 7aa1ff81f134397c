"""What was received and is durable, but not processed yet: no transaction row exists, and nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from controlplane.foundation.ids import moment
from controlplane.people.access import ALL, Access, Action

#: More waiting events than this are "1,000+".
COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Received:
    """An event in the inbox: when it came, for which integration, by which endpoint or sync run."""

    id: UUID
    at: datetime
    integration: str
    team_id: int
    via: str
    tries: int
    retention: int


_OWNER = """
from inbox i
left join transactions_endpoint e on e.id = i.endpoint_id
join inventory_integration n on n.id = coalesce(e.integration_id, (i.sync ->> 'integration')::bigint)
"""


def received(access: Access, identifier: UUID) -> Received | None:
    """The event of that id while it waits in the inbox, if the person may see its integration's transactions."""
    teams = access.teams_that(Action.SEE_TRANSACTIONS)
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.transaction_id, n.name, n.team_id, coalesce(e.name, 'a sync run'), i.tries, i.retention"
            f"{_OWNER} where i.transaction_id = %s",
            [identifier],
        )
        row = cursor.fetchone()
    if row is None or not (teams is ALL or row[2] in teams):
        return None
    return Received(row[0], moment(row[0]), *row[1:])


def received_count(access: Access) -> int:
    """How many events wait to be processed where the person looks, up to :data:`COUNTED` + 1."""
    teams = access.teams_that(Action.SEE_TRANSACTIONS)
    conditions: list[tuple[str, int | list[int]]] = []
    if teams is not ALL:
        conditions.append(("n.team_id = any(%s)", sorted(teams)))
    if access.within is not None:
        conditions.append(("n.environment_id = %s", access.within.pk))
    # Whoever sees all of it needs no owner looked up.
    where = f"{_OWNER} where {' and '.join(words for words, _ in conditions)}" if conditions else "from inbox"
    with connection.cursor() as cursor:
        statement = f"select count(*) from (select {where} limit %s) as w"
        cursor.execute(statement, [*(value for _, value in conditions), COUNTED + 1])
        return int(cursor.fetchone()[0])
