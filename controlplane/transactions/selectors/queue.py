"""Where step runs are at this moment, read off the hot queue by the database's clock (invariant 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import NamedTuple
from uuid import UUID

import orjson
from django.db import connection


@dataclass(frozen=True, slots=True)
class Place:
    """One step run's row in the queue.

    ``leased``: a worker has it, until ``due_at``. ``parked``: an earlier event of the same ordering key
    goes first. ``due_at`` is None when parked. ``paused``: its destination takes nothing for now, until
    ``paused_until`` (None: until somebody resumes it). ``broken``: the destination failed so often that it
    is only probed. ``retired``: the destination is not active, and what is for it waits until it is.
    """

    step_run_id: UUID
    transaction_id: UUID
    destination: str
    due_at: datetime | None
    is_due: bool
    leased: bool
    parked: bool
    paused: bool
    paused_until: datetime | None
    pause_reason: str
    broken: bool
    retired: bool

    @property
    def held(self) -> bool:
        """Whether its destination takes nothing because somebody has said so."""
        return self.paused or self.retired


# What is parked is due in the year 9000 (``pipeline.statements``); infinite timestamps have no counterpart
# in Python. Both are answered as what they mean.
_PLACES = """
select q.step_run_id, q.transaction_id, coalesce(t.name, ''),
  case when q.due_at < '9000-01-01Z' then q.due_at end, q.due_at <= now(),
  q.lease_token is not null and q.due_at > now() and q.due_at < '9000-01-01Z', q.due_at >= '9000-01-01Z',
  coalesce(d.paused_until > now(), false),
  case when d.paused_until < '9000-01-01Z' then greatest(d.paused_until, now()) end,
  coalesce(d.pause_reason, ''), coalesce(d.breaker = 1 and d.breaker_until > now(), false), not coalesce(t.active, true)
from unnest(%s::uuid[]) w(id)
join step_queue q on q.{column} = w.id
left join destination_state d on d.destination_id = q.destination_id
left join transactions_destination t on t.id = q.destination_id
order by q.step_run_id
limit %s
"""


def places(transaction_ids: Iterable[UUID], most: int | None = None) -> dict[UUID, list[Place]]:
    """The queue rows of these transactions, by transaction; ``most`` of them in all."""
    found: dict[UUID, list[Place]] = defaultdict(list)
    for place in _places("transaction_id", transaction_ids, most):
        found[place.transaction_id].append(place)
    return found


def places_of(step_run_ids: Iterable[UUID]) -> list[Place]:
    """The queue rows of these step runs."""
    return _places("step_run_id", step_run_ids, None)


def _places(column: str, identifiers: Iterable[UUID], most: int | None) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(_PLACES.format(column=column), [list(identifiers), most])
        return list(starmap(Place, cursor.fetchall()))


class Wait(NamedTuple):
    """A place as :data:`WAITS` writes it."""

    destination: str
    is_due: bool
    leased: bool
    parked: bool
    paused: bool
    pause_reason: str
    retired: bool


#: The places of the step runs of a transaction ``t``, as JSON: what :func:`waits` reads.
WAITS = """
(select jsonb_agg(jsonb_build_array(coalesce(n.name, ''), q.due_at <= now(),
    q.lease_token is not null and q.due_at > now() and q.due_at < '9000-01-01Z', q.due_at >= '9000-01-01Z',
    coalesce(d.paused_until > now(), false), coalesce(d.pause_reason, ''), not coalesce(n.active, true))
    order by q.step_run_id)
  from step_queue q left join destination_state d on d.destination_id = q.destination_id
  left join transactions_destination n on n.id = q.destination_id where q.transaction_id = t.id)
"""


def waits(written: str | None) -> list[Wait]:
    """What :data:`WAITS` answered with; none where nothing is queued."""
    return [Wait(*one) for one in orjson.loads(written)] if written else []


def standing(places_of_one: Iterable[Place | Wait]) -> tuple[str, str]:
    """A running transaction in a list: its state's name, and in words what it waits for."""
    rows = list(places_of_one)
    if not rows or any(place.leased for place in rows):
        return "running", ""
    for place in rows:
        if words := _held(place):
            return "paused", words
    if any(place.is_due for place in rows):
        return "running", ""
    if any(not place.parked for place in rows):
        return "waiting", "waiting for its next try"
    return "waiting", "waiting for an earlier event of the same key"


def _held(place: Place | Wait) -> str:
    """Why its destination takes nothing for now, in words; empty when it does."""
    if place.retired:
        return f"{place.destination} is retired"
    reason = f": {place.pause_reason}" if place.pause_reason else ""
    return f"{place.destination} is paused{reason}" if place.paused else ""
