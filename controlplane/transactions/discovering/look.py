"""A look at the newest events of each judged type: whether their payloads are of the form that they always had.

What was processed since the last look is found by its trace, whose id says when it was processed; of each type a few
are read. Nothing on the way of an event knows of it. What quarantine holds counts like what was let in: it is the
loudest form of drift. What was released from there does not: it is of long ago.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection, transaction

from controlplane.contracts.models import ContractVersion
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.discovering import drifting
from controlplane.transactions.models import Drift, DriftState, Normalisation, UsualForm
from controlplane.transactions.pipeline.agreed import Contract
from controlplane.transactions.pipeline.catalogue import Snapshot, catalogue
from controlplane.transactions.rules.breaks import breaks_of
from controlplane.transactions.rules.drift import drifts
from controlplane.transactions.rules.fields import fields_of
from controlplane.transactions.rules.usual import Sample, Usual
from controlplane.transactions.selectors.records import Kind, records_of

#: Of one type at one look; more would find nothing sooner.
SAMPLES: Final = 12
#: Transactions at one look; of more the newest.
MOST: Final = 500
_ALONE: Final = "select pg_try_advisory_xact_lock(hashtext('interlock.drift'))"
_PROCESSED: Final = """
select tr.id, t.id, t.endpoint_id, t.source_id, t.event_type, t.retention
from trace tr join transaction t on t.id = tr.transaction_id and t.event_id = t.id
where tr.id > %s and tr.spans -> 0 ->> 'name' = 'receive' and tr.spans @> '[{"name": "contract"}]'
  and not exists (select from transactions_releaseitem r where r.transaction_id = t.id)
order by tr.id desc limit %s
"""
_BODIES: Final = """
select p.id, p.headers, p.content_type, p.body
from unnest(%s::uuid[], %s::smallint[]) w(id, retention)
join payload p on p.id = w.id and p.retention = w.retention
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """How far it went, and how many events there were of the type that had most; None while somebody else looks."""

    to: UUID
    busiest: int | None


@dataclass(frozen=True, slots=True)
class _Row:
    trace_id: UUID
    id: UUID
    endpoint_id: int | None
    source_id: int
    event_type: str
    retention: int


def look(since: UUID) -> Looked:
    """At what was processed after ``since``, in one transaction; nothing while another process is looking."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ALONE)
        if not cursor.fetchone()[0]:
            return Looked(since, None)
        cursor.execute(_PROCESSED, [since, MOST])
        rows = [_Row(*row) for row in cursor.fetchall()]
        if not rows:
            return Looked(since, 0)
        grouped: dict[tuple[int | None, int, str], list[_Row]] = defaultdict(list)
        for row in rows:
            grouped[row.endpoint_id, row.source_id, row.event_type].append(row)
        chosen = [row for listed in grouped.values() for row in _spread(listed)]
        _judge(sorted(chosen, key=lambda row: row.trace_id))
        return Looked(rows[0].trace_id, max(map(len, grouped.values())))


def _spread(rows: Sequence[_Row]) -> Sequence[_Row]:
    """A few from all over, the newest among them; ``rows`` begin with it."""
    step = max(1, -(-len(rows) // SAMPLES))
    return rows[::step]


def _judge(rows: Sequence[_Row]) -> None:
    snapshot = catalogue.snapshot()
    with connection.cursor() as cursor:
        cursor.execute(_BODIES, [[row.id for row in rows], [row.retention for row in rows]])
        bodies = {identifier: body for identifier, *body in cursor.fetchall()}
    found: dict[Kind, list[tuple[_Row, Any]]] = defaultdict(list)
    for row in rows:
        if row.id in bodies:
            headers, content_type, body = bodies[row.id]
            read = records_of(row.endpoint_id, orjson.loads(headers), content_type, bytes(body), snapshot)
            for kind, record in read:
                found[kind].append((row, record))
    for kind in sorted(found):
        _judge_type(kind, found[kind][-SAMPLES:], snapshot)


def _judge_type(kind: Kind, records: Sequence[tuple[_Row, Any]], snapshot: Snapshot) -> None:
    """Learn from each of them, and open what the newest completes."""
    normal = snapshot.normal(*kind)
    if normal is None or normal.contract is None or normal.contract.validator is None:
        return
    interface, event_type = kind
    form = _form(interface, event_type, normal.contract)
    usual = Usual.read(form.form)
    known = list(Drift.objects.filter(interface_id=interface, event_type=event_type, state=DriftState.OPEN))
    held = {one.what for one in known}
    for row, record in records:
        if row.trace_id > form.looked_to:
            breaks = breaks_of(normal.contract.validator, record)
            usual.learn(Sample(str(row.id), fields_of(record), breaks), held)
            form.looked_to, form.samples = row.trace_id, form.samples + 1
    opened = drifts(usual, drifting.named_by(form.contract_version), held)
    drifting.open_all(form, opened)
    drifting.settle_gone(known, usual)
    form.form = usual.kept()
    form.save(update_fields=["form", "samples", "looked_to"])


def _form(interface: int, event_type: str, contract: Contract) -> UsualForm:
    """What is known of the type; nothing yet once another version of its contract holds."""
    begun = {"contract_version_id": contract.id, "looked_to": uuid7_floor(clock.now() - drifting.LONG_AGO)}
    rows = UsualForm.objects.select_related("contract_version__contract").select_for_update(of=("self",))
    form, _ = rows.get_or_create(interface_id=interface, event_type=event_type, defaults=begun)
    if form.contract_version_id == contract.id:
        return form
    holds = _holds(interface, event_type)
    if holds is not None and holds.pk != form.contract_version_id:
        drifting.explain(interface, event_type, holds)
        form.contract_version, form.form, form.samples = holds, {}, 0
        form.save(update_fields=["contract_version", "form", "samples"])
    return form


def _holds(interface: int, event_type: str) -> ContractVersion | None:
    """By which version it is judged now: this process may not have heard of it yet, or another one before."""
    rows = Normalisation.objects.filter(interface_id=interface, event_type__in=[event_type, "*"])
    found = rows.select_related("contract_version__contract").order_by("event_type").last()
    return found.contract_version if found else None
