"""How many integrations are, in brief: as little of each as tells the well from the unwell, in one statement.

All of an estate is counted by it before a page of it is shown. Part of the catalogue (invariant 10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from controlplane.transactions.rules.breaker import BreakerState


@dataclass(frozen=True, slots=True)
class Vitals:
    """One integration: of the ``judged``, how many ``arrived``; how many ``dead`` letters wait for a person.

    ``held`` is the status shape of the first of its destinations that rests, is paused or is retired, in the order of
    its flows and their steps; ``systems`` are those that it stands on.
    """

    arrived: int = 0
    judged: int = 0
    dead: int = 0
    held: str = ""
    systems: Sequence[int] = ()

    @property
    def share(self) -> float | None:
        """Of the judged, how many arrived, in per cent; None when nothing can be said (invariant 11)."""
        return self.arrived / self.judged * 100 if self.judged else None


#: Hours and flows are read of all, which is quicker than picking them one integration at a time.
_VITALS = """
with traffic as (
  select integration_id, sum(succeeded + partial) as arrived,
    sum(succeeded + partial + dead + quarantined) as judged
  from traffic_hour where hour > %(after)s group by 1
), letters as (
  select integration_id, count(*) as dead
  from dead_letter where integration_id = any(%(ids)s) and resolved_at is null group by 1
), targets as (
  select f.integration_id, array_agg(n.system_id) as systems,
    (array_agg(case when t.paused_until > now() or not d.active then 'pause' else 'bad' end order by f.name, s.place)
      filter (where t.paused_until > now() or not d.active or t.breaker <> %(closed)s))[1] as held
  from transactions_flow f
  join transactions_flowversion v on v.flow_id = f.id and v.state = 'published'
  cross join lateral jsonb_array_elements(v.steps) with ordinality s (step, place)
  join transactions_destination d on d.slug = s.step ->> 'destination'
  join destination_state t on t.destination_id = d.id
  join inventory_instance n on n.id = d.instance_id
  group by 1
)
select i.id, coalesce(traffic.arrived, 0)::bigint, coalesce(traffic.judged, 0)::bigint, coalesce(letters.dead, 0),
  coalesce(targets.held, ''), array_remove(n.system_id || targets.systems, null)
from inventory_integration i
left join inventory_interface o on o.id = i.source_id
left join inventory_instance n on n.id = o.instance_id
left join traffic on traffic.integration_id = i.id
left join letters on letters.integration_id = i.id
left join targets on targets.integration_id = i.id
where i.id = any(%(ids)s)
"""


def vitals(ids: Iterable[int], *, since: datetime) -> Mapping[int, Vitals]:
    """How each of these is now, and how its traffic was since then."""
    after, closed = since - timedelta(hours=1), int(BreakerState.CLOSED)
    with connection.cursor() as cursor:
        cursor.execute(_VITALS, {"ids": list(ids), "after": after, "closed": closed})
        return {integration: Vitals(*signs) for integration, *signs in cursor.fetchall()}
