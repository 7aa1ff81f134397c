"""Who is seen to work by a contract: when it last did, how much goes through, and how many customers that touches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from controlplane.contracts.lifecycle.evidence import Observed
from controlplane.contracts.models import Contract
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.models import FlowVersion
from controlplane.transactions.rules.retention import KEEP_TRANSACTIONS
from controlplane.transactions.selectors import volume
from controlplane.transactions.selectors.agreements import Use, judged_by, works_by

#: The newest by the index of each integration: what the contract judges, and what flows did that are pinned to it.
_LAST: Final = """
select w.id, t.received_at
from unnest(%(ids)s::bigint[], %(floors)s::uuid[]) w(id, floor)
cross join lateral (
  select t.received_at from transaction t
  where t.integration_id = w.id and t.id >= w.floor
    and (t.source_id = any(%(sources)s) and t.event_type = any(%(types)s) or t.flow_version_id = any(%(flows)s))
  order by t.id desc limit 1) t
"""
#: Of what is older than any transaction that is kept.
_LAST_HOUR: Final = """
select w.id, max(h.hour) from unnest(%(ids)s::bigint[], %(since)s::timestamptz[]) w(id, since)
join traffic_hour h on h.integration_id = w.id and h.hour >= w.since and h.hour < %(until)s and h.received > 0
group by 1
"""


def observed(contract: Contract, back: Mapping[int, timedelta], usual: timedelta) -> Mapping[int, Observed]:
    """Those that are set up to work by it, and those that are named."""
    now, uses = clock.now(), works_by(contract)
    since = {key: now - back.get(key, usual) for key in {*uses, *back}}
    if not since:
        return {}
    last, day = _last_used(contract, since, now), volume.per_day(list(since), now)
    return {key: _seen(uses.get(key, ()), last.get(key), day.get(key)) for key in since}


def customers(integrations: Collection[int]) -> str:
    """How many customers went through them in thirty days, counted as the map does."""
    return str(volume.customers(integrations, clock.now()))


def _seen(uses: Sequence[Use], last: datetime | None, per_day: float | None) -> Observed:
    words = tuple(use.words for use in uses)
    reads, writes = any(use.reads for use in uses), any(use.writes for use in uses)
    return Observed(words, reads, writes, last, per_day if uses or last else None)


def _last_used(contract: Contract, since: Mapping[int, datetime], now: datetime) -> dict[int, datetime]:
    """When each last worked by it, since then; the hours of all that it did for what nobody keeps any more."""
    judged = judged_by(contract)
    pinned = Q(source_contract__contract=contract) | Q(target_contract__contract=contract)
    asked: dict[str, Any] = {
        "ids": list(since),
        "floors": [uuid7_floor(moment) for moment in since.values()],
        "sources": judged.sources,
        "types": judged.types,
        "flows": list(FlowVersion.objects.filter(pinned).values_list("pk", flat=True)),
    }
    exact = volume.patiently(_LAST, asked)
    # The counted hours know less exactly what it was: they answer for what took too long, and for what is gone.
    kept = now if exact is None else now - KEEP_TRANSACTIONS
    found: dict[int, datetime] = dict(exact or ())
    older = {key: moment for key, moment in since.items() if key not in found and moment < kept}
    return found | _hours(older, kept)


def _hours(since: Mapping[int, datetime], until: datetime) -> dict[int, datetime]:
    if not since:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_HOUR, {"ids": list(since), "since": list(since.values()), "until": until})
        return dict(cursor.fetchall())
