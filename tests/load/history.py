"""Four weeks of transactions for a bench to search in, written by the database itself.

Rows go in without their indexes, which are built afterwards: ten million rows in minutes. What is there in the
end is what a fill row by row would leave, indexes, statistics and visibility included, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection

from controlplane.foundation.clock import now
from controlplane.foundation.partitions import PARTITIONED, WEEK, ensure
from tests.load.harness import tell
from tests.transactions.factories import estate

DAYS = 27
#: So many rows are written at a time, so that whoever waits sees it go on.
CHUNK = 500_000
_WRITTEN = ("transaction", "transaction_key")

#: One of 1,000 is dead, one of 500 runs. The id's place in time is its number's; the rest of it is a hash. Three keys
#: each: the customer as the sender calls it, the invoice, and the record in the ledger.
_TRANSACTIONS = """
with made as (
  insert into transaction (id, event_id, integration_id, source_id, environment_id, flow_version_id, event_type, state,
    error_class, headline, external_id, amount_minor, currency, correlation_id, retention, received_at, finished_at)
  select i.id, i.id, %(integration)s, %(source)s, %(environment)s, %(flow)s, 'invoice.paid.v1',
    case when n %% 1000 = 7 then 6 when n %% 500 = 3 then 2 else 4 end,
    case when n %% 1000 = 7 then 'rejected.tax_id_invalid' else '' end,
    case when n %% 1000 <> 7 then 'Invoice to ledger' when n %% 3000 = 7 then 'The tax id has spaces in line ' || n
      else 'The ledger of ' || n || ' is closed' end,
    'in_' || n, 394000, 'EUR', i.id, 2, i.at, i.at + interval '2 seconds'
  from generate_series(%(first)s, %(last)s) n
  cross join lateral (select %(now)s::timestamptz - (%(rows)s - n) * (%(span)s::interval / %(rows)s) as at) w
  cross join lateral (select (left(uuid7_floor(w.at)::text, 14) || '7' || substr(md5(n::text), 1, 3) || '-8'
    || substr(md5(n::text), 4, 3) || '-' || substr(md5(n::text), 7, 12))::uuid id, w.at) i
  returning id, substr(external_id, 4)::bigint as n
)
insert into transaction_key (kind_id, value, transaction_id)
select k.kind, k.value, t.id from made t
cross join lateral (values
  (%(customer)s, 'cus_' || abs(hashint8(t.n)::bigint) %% %(customers)s),
  (%(invoice)s, 'INV-' || t.n), (%(order)s, 'SO' || t.n)
) k (kind, value)
"""

#: Every customer is known by five ids in two systems, of which traffic has carried one.
_IDENTITIES = """
with made as (
  insert into inventory_identity (id, kind_id, created_at)
  select uuid7_floor(%(now)s::timestamptz - n * interval '1 ms'), %(customer)s, %(now)s
  from generate_series(0, %(customers)s) n
  returning id
), numbered as (select id, row_number() over (order by id) - 1 as n from made)
insert into inventory_identityalias (identity_id, kind_id, instance_id, value, valid)
select id, %(customer)s, a.instance, a.value, tstzrange(%(now)s::timestamptz - interval '1 year', null)
from numbered cross join lateral (values
  (%(source)s, 'cus_' || n), (%(erp)s, '1' || n), (%(erp)s, '2' || n), (%(source)s, 'old_' || n), (%(erp)s, '3' || n)
) a (instance, value)
"""

#: The indexes of a partitioned table, how to make each, and the constraint that one of them is.
_INDEXES = """
select x.indexrelid::regclass::text, replace(pg_get_indexdef(x.indexrelid), ' ON ONLY ', ' ON '),
  c.conname, pg_get_constraintdef(c.oid)
from pg_index x left join pg_constraint c on c.conindid = x.indexrelid and c.contype = 'p'
where x.indrelid = %s::regclass order by c.conname nulls last
"""


def written(rows: int, customers: int) -> None:
    """Write so many transactions of so many customers, with three keys each, and the customers' identities."""
    values = _values(rows, customers)
    with _indexed_afterwards(_WRITTEN):
        for first in range(1, rows + 1, CHUNK):
            last = min(rows, first + CHUNK - 1)
            _run(_TRANSACTIONS, values | {"first": first, "last": last})
            tell(f"  {last:,} of {rows:,} transactions")
    _run(_IDENTITIES, values)
    _settle()
    found = asked("select count(*), (select count(*) from transaction_key) from transaction")
    if found != [(rows, 3 * rows)]:
        raise RuntimeError(f"there should be {rows} transactions with three keys each, and there are {found}")


def _values(rows: int, customers: int) -> dict[str, Any]:
    made = estate("bench")
    at = now()
    kinds = dict(asked("select slug, id from inventory_entitykind"))
    ensure([one.table for one in PARTITIONED.values()], start=at - WEEK * 5, weeks=7)
    return {
        "integration": made.integration.id,
        "source": made.source.id,
        "erp": made.erp.id,
        "environment": made.environment.id,
        "flow": made.flow_version.id,
        "rows": rows,
        "span": timedelta(days=DAYS),
        "now": at,
        "customers": customers,
        **{slug: kinds[slug] for slug in ("customer", "invoice", "order")},
    }


@contextmanager
def _indexed_afterwards(tables: Sequence[str]) -> Iterator[None]:
    """The tables have no index within the block, and the ones they had after it."""
    there = [(table, *index) for table in tables for index in asked(_INDEXES, [table])]
    with connection.cursor() as cursor:
        for table, index, _, constraint, _ in there:
            cursor.execute(f"alter table {table} drop constraint {constraint}" if constraint else f"drop index {index}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("set maintenance_work_mem = '512MB'")
        for table, _, making, constraint, definition in there:
            cursor.execute(f"alter table {table} add constraint {constraint} {definition}" if constraint else making)
            tell(f"  {making if not constraint else definition}")
        cursor.execute("reset maintenance_work_mem")


def _settle() -> None:
    """What autovacuum does in its own time: without it, the first pages would pay for it."""
    with connection.cursor() as cursor:
        for table in (*_WRITTEN, "inventory_identityalias"):
            cursor.execute(f"vacuum (analyze) {table}")
        cursor.execute("checkpoint")


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def asked(question: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows that a statement answers with."""
    with connection.cursor() as cursor:
        cursor.execute(question, parameters or None)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
