"""Dead letters queued again a second: one replay of up to 10,000, against the same work in one transaction a row.

Ours is all that happens between the click and the answer: judging every item by today's routes, contracts,
credentials and permissions, freezing the selection, reopening the step runs and their transactions, and putting
them into the queue. The other is a plain loop that only locks, reopens, enqueues and writes its item, and judges
nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.test import override_settings

from controlplane.foundation.clock import now
from controlplane.foundation.partitions import PARTITIONED, WEEK, ensure
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import StepQueue
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.replay import statements
from controlplane.transactions.replay.request import MAX_ITEMS, request_replay
from tests.load.harness import Result, Size, ratio, tell
from tests.transactions.factories import Estate, an_access, deliver, estate

#: Pairs, dead letters, how many of them one by one.
AMOUNTS = {Size.QUICK: (1, 2_000, 300), Size.DEFAULT: (7, 20_000, 2_000), Size.FULL: (9, 100_000, 10_000)}
SPAN = timedelta(days=6)
MAPPING = {"number": "event.number", "customer": "event.customer.id", "total": "event.amount"}

#: As the pipeline leaves them: judged, mapped, sent once, refused. Ids follow the time, as everywhere.
LETTERS = """
with made as materialized (
  select n, (left(uuid7_floor(at)::text, 14) || '7' || substr(md5(n::text), 1, 3) || '-8' || substr(md5(n::text), 4, 3)
    || '-' || substr(md5(n::text), 7, 12))::uuid id,
    (left(uuid7_floor(at)::text, 14) || '7' || substr(md5('s' || n), 1, 3) || '-8' || substr(md5('s' || n), 4, 3)
    || '-' || substr(md5('s' || n), 7, 12))::uuid run, at
  from generate_series(1, %(rows)s) n
  cross join lateral (select %(now)s::timestamptz - (%(rows)s - n) * (%(span)s::interval / %(rows)s) as at) w),
transactions as (
  insert into transaction (id, event_id, canonical_id, integration_id, endpoint_id, source_id, environment_id,
    flow_version_id, event_type, state, error_class, headline, resource, external_id, correlation_id, retention,
    received_at, finished_at)
  select id, id, id, %(integration)s, %(endpoint)s, %(source)s, %(environment)s, %(flow)s, 'invoice.paid.v1', 6,
    'rejected', 'Post to the ledger: refused', 'invoice', 'in_' || n, id, 2, at, at from made),
runs as (
  insert into step_run (id, transaction_id, flow_version_id, ordinal, name, kind, required, destination_id, state,
    attempts, retention, request_id, error_class, reason, queued_at, finished_at)
  select run, id, %(flow)s, 1, 'ledger', 2, true, %(destination)s, 5, 1, 2, run, 'rejected', 'refused',
    at, at from made),
traces as (
  insert into trace (id, transaction_id, spans)
  select id, id, jsonb_build_array(
    jsonb_build_object('name', 'receive', 'at', 1, 'us', 0), jsonb_build_object('name', 'parse', 'at', 1, 'us', 120),
    jsonb_build_object('name', 'contract', 'at', 1, 'us', 40, 'contract_version', %(contract)s),
    jsonb_build_object('name', 'normalise', 'at', 1, 'us', 65), jsonb_build_object('name', 'route', 'at', 1, 'us', 20))
  from made),
bodies as (
  insert into payload (id, retention, kind, transaction_id, step_run_id, body)
  select run, 2, 2, id, run, convert_to('{"number": "INV-' || n || '", "total": "3940.00"}', 'UTF8') from made)
insert into dead_letter (step_run_id, transaction_id, integration_id, destination_id, fingerprint, error_class, reason,
  required, died_at, note, resolution)
select run, id, %(integration)s, %(destination)s, %(cause)s, 'rejected', 'refused', true, at, '', '' from made
"""

#: What one row needs, each in the order in which everybody locks.
ONE_BY_ONE = (
    "select from transaction where id = %(transaction)s for no key update",
    """update step_run set state = 0, replay_id = %(replay)s, queued_at = now(), finished_at = null
    where id = %(run)s and state in (3, 5)""",
    "update transaction set state = 2, finished_at = null where id = %(transaction)s and state in (2, 3, 4, 5, 6)",
    """insert into step_queue (step_run_id, transaction_id, destination_id, lane, due_at)
    values (%(run)s, %(transaction)s, %(destination)s, 2, now()) on conflict do nothing""",
    """insert into transactions_replayitem (replay_id, step_run_id, transaction_id, ordinal, state, result)
    values (%(replay)s, %(run)s, %(transaction)s, %(place)s, 1, '')""",
)
#: Everything is dead again.
AGAIN = (
    "truncate step_queue",
    "delete from transactions_replayitem",
    "delete from transactions_replay_integrations",
    "delete from transactions_replay",
    "update step_run set state = 5, finished_at = queued_at",
    "update transaction set state = 6, finished_at = received_at",
)


def measure(size: Size) -> Result:
    """Fill, warm up, and queue the same letters both ways in turn."""
    pairs, rows, singly = AMOUNTS[size]
    made = _estate()
    chosen = _fill(made, rows)
    access = an_access(Role.OWNER, made.team)
    rates: list[tuple[float, float]] = []
    with override_settings(REPLAY_APPROVAL_ITEMS=MAX_ITEMS):
        for number in range(-1, pairs):
            ours = _ours(access, [run for run, _ in chosen])
            singles = _one_by_one(access, made, chosen[:singly])
            if number < 0:
                continue  # to warm up
            rates.append((ours, singles))
            tell(f"  {number + 1}/{pairs}: ours {ours:,.0f} rows/s, one transaction a row {singles:,.0f} rows/s")
    return Result(
        ratios={"per_row": ratio(rates)},
        figures={"rows_per_s": median(ours for ours, _ in rates), "rows": rows},
        runs=pairs,
    )


def _estate() -> Estate:
    steps = [deliver("ledger", "bench-erp", "send", title="Post to the ledger", mapping=MAPPING)]
    made = estate("bench", steps=steps, erp_connector="webhook", erp_url="https://ledger.example")
    catalogue.forget()
    return made


def _fill(made: Estate, rows: int) -> list[tuple[UUID, UUID]]:
    """Step runs and their transactions, the oldest first."""
    at = now()
    ensure([one.table for one in PARTITIONED.values()], start=at - WEEK * 2, weeks=4)
    values: dict[str, Any] = {
        "integration": made.integration.pk,
        "endpoint": made.endpoint.pk,
        "source": made.source.pk,
        "environment": made.environment.pk,
        "flow": made.flow_version.pk,
        "destination": made.to_erp.pk,
        "contract": made.contract_version.pk,
        "cause": UUID(int=1),
        "rows": rows,
        "now": at,
        "span": SPAN,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LETTERS, values)
    _settle()
    with connection.cursor() as cursor:
        cursor.execute("select step_run_id, transaction_id from dead_letter order by died_at")
        found: list[tuple[UUID, UUID]] = cursor.fetchall()
    if len(found) != rows:
        raise RuntimeError(f"there should be {rows} dead letters, and there are {len(found)}")
    return found


def _settle() -> None:
    """What autovacuum does in its own time: without it, each round would pay for the one before."""
    with connection.cursor() as cursor:
        for table in ("transaction", "step_run", "trace", "payload", "dead_letter", "transactions_replayitem"):
            cursor.execute(f"vacuum (analyze) {table}")
        cursor.execute("checkpoint")


def _again() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in AGAIN:
            cursor.execute(statement)
    _settle()


def _ours(access: Access, chosen: Sequence[UUID]) -> float:
    """Rows a second, from the request to the commit; each is in the queue once then."""
    began = time.perf_counter()
    for start in range(0, len(chosen), MAX_ITEMS):
        request_replay(access, step_run_ids=chosen[start : start + MAX_ITEMS], reason="The ledger is back.")
    took = time.perf_counter() - began
    _check(len(chosen))
    _again()
    return len(chosen) / took


def _one_by_one(access: Access, made: Estate, chosen: Sequence[tuple[UUID, UUID]]) -> float:
    """Rows a second of a loop with prepared statements over one connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into transactions_replay (id, team_id, requested_by_id, requested_at, reason, query, total, state) "
            "values (default, %s, %s, now(), 'one by one', '', %s, 'running') returning id",
            [made.team.pk, access.person_id, len(chosen)],
        )
        (replay,) = cursor.fetchone()
    raw = connection.connection
    began = time.perf_counter()
    for place, (run, owner) in enumerate(chosen, 1):
        values = {"run": run, "transaction": owner, "replay": replay, "place": place, "destination": made.to_erp.pk}
        with transaction.atomic(), psycopg.Cursor(raw) as cursor:
            cursor.execute(statements.STANDING, [f'["{run}"]', run, run], binary=True).fetchone()
            for statement in ONE_BY_ONE:
                cursor.execute(statement, values)
    took = time.perf_counter() - began
    _check(len(chosen))
    _again()
    return len(chosen) / took


def _check(rows: int) -> None:
    if (queued := StepQueue.objects.count()) != rows:
        raise RuntimeError(f"{rows} step runs should be in the queue, and {queued} are")
