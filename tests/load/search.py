"""What a person waits for when searching: the whole page, as ``selectors.finding`` answers it.

Rows, keys and identities are written by the database itself, over four weeks; pages are asked for one after the
other, of other customers each time. The page is all of it: rows, counts by state, histogram and customer card.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any

from django.db import connection, transaction

from controlplane.foundation.clock import now
from controlplane.foundation.ids import uuid7_floor
from controlplane.foundation.partitions import PARTITIONED, WEEK, ensure
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.selectors.finding import find
from controlplane.transactions.selectors.question import PAGE
from tests.load.harness import Result, Size, percentile, tell
from tests.transactions.factories import an_access, estate

#: Rounds, transactions, pages of each kind in a round.
AMOUNTS = {Size.QUICK: (1, 40_000, 20), Size.DEFAULT: (5, 1_000_000, 100), Size.FULL: (9, 10_000_000, 200)}
DAYS = 27
#: Transactions of one customer, among all.
OF_A_CUSTOMER = 400
DEPTH = 50_000
#: So many rows are written at a time, so that whoever waits sees it go on.
CHUNK = 500_000

#: One of 1,000 is dead, one of 500 runs. The id's place in time is its number's; the rest of it is a hash.
TRANSACTIONS = """
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
"""

#: Three keys each: the customer as the sender calls it, the invoice, and the record in the ledger.
KEYS = """
insert into transaction_key (kind_id, value, transaction_id)
select k.kind, k.value, t.id
from (select id, substr(external_id, 4)::bigint as n from transaction where id >= %(low)s and id < %(high)s) t
cross join lateral (values
  (%(customer)s, 'cus_' || abs(hashint8(t.n)::bigint) %% %(customers)s),
  (%(invoice)s, 'INV-' || t.n), (%(order)s, 'SO' || t.n)
) k (kind, value)
"""

#: Every customer is known by five ids in two systems, of which traffic has carried one.
IDENTITIES = """
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


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and what there is to be found."""

    access: Access
    rows: int
    customers: int
    chance: random.Random

    def customer(self) -> str:
        """All transactions of a customer, by its key, whichever of its ids they carry."""
        return f"customer:cus_{self.chance.randrange(self.customers)}"

    def identifier(self) -> str:
        """A bare id, as it is pasted from the other system: nothing says which kind it is."""
        return f"1{self.chance.randrange(self.customers)}"

    def business_key(self) -> str:
        """One transaction by its own number."""
        return f"invoice:INV-{self.chance.randrange(1, self.rows)}"

    def two_words(self) -> str:
        """Two words of what went wrong."""
        return self.chance.choice(("spaces tax", "ledger closed", "text:spaces text:line", "tax closed"))


def measure(size: Size) -> Result:
    """Fill, warm up, and ask the kinds of pages in turn."""
    rounds, rows, pages = AMOUNTS[size]
    asking = _fill(rows)
    kinds = (asking.customer, asking.identifier, asking.business_key, asking.two_words)
    for kind in kinds:
        _slowest(asking, kind, pages // 4)
    slowest: list[list[float]] = []
    depths: list[tuple[float, float]] = []
    for number in range(rounds):
        slowest.append([_slowest(asking, kind, pages) for kind in kinds])
        depths.append(_at_depth(min(DEPTH, rows // 2), max(5, pages // 10)))
        tell(
            f"  {number + 1}/{rounds}: p99 of a customer's page {slowest[-1][0]:.1f} ms, an identifier's "
            f"{slowest[-1][1]:.1f} ms, a business key's {slowest[-1][2]:.1f} ms, two words {slowest[-1][3]:.1f} ms"
        )
    return Result(
        ratios={
            "identifier_vs_business_key": median(identifier / key for _, identifier, key, _ in slowest),
            "keyset_vs_offset": median(offset / keyset for keyset, offset in depths),
        },
        figures={
            "customer_p99_ms": median(customer for customer, *_ in slowest),
            "two_word_p99_ms": median(words for *_, words in slowest),
            "rows": rows,
        },
        runs=rounds,
    )


# -- what there is --------------------------------------------------------------------------------


def _fill(rows: int) -> Asking:
    """Write the transactions, their keys and the customers' identities."""
    made = estate("bench")
    at = now()
    customers = max(20, rows // OF_A_CUSTOMER)
    kinds = dict(_asked("select slug, id from inventory_entitykind"))
    tables = [one.table for one in PARTITIONED.values()]
    ensure(tables, start=at - WEEK * 5, weeks=7)
    values: dict[str, Any] = {
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
    for first in range(1, rows + 1, CHUNK):
        last = min(rows, first + CHUNK - 1)
        values |= {"first": first, "last": last}
        step = timedelta(days=DAYS) / rows
        values |= {"low": uuid7_floor(at - step * (rows - first)), "high": uuid7_floor(at - step * (rows - last - 1))}
        _run([TRANSACTIONS, KEYS], values)
        tell(f"  {last:,} of {rows:,} transactions")
    _run([IDENTITIES], values)
    _settle()
    if (found := _asked("select count(*), (select count(*) from transaction_key) from transaction")) != [
        (rows, 3 * rows)
    ]:
        raise RuntimeError(f"there should be {rows} transactions with three keys each, and there are {found}")
    return Asking(an_access(Role.OPERATOR), rows, customers, random.Random(26))  # noqa: S311 - the same in every run


def _settle() -> None:
    """What autovacuum does in its own time: without it, the first pages would pay for it."""
    with connection.cursor() as cursor:
        for table in ("transaction", "transaction_key", "inventory_identityalias"):
            cursor.execute(f"vacuum (analyze) {table}")
        cursor.execute("checkpoint")


def _run(statements: Sequence[str], values: dict[str, Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


def _asked(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


# -- what is measured -----------------------------------------------------------------------------


def _slowest(asking: Asking, kind: Callable[[], str], pages: int) -> float:
    """The 99th percentile of so many pages, in ms. Each is checked: a page that finds nothing proves nothing."""
    took: list[float] = []
    for _ in range(pages):
        text = kind()
        began = time.perf_counter()
        page = find(asking.access, text, "", now())
        took.append((time.perf_counter() - began) * 1000)
        if page.searched_to is not None:
            raise RuntimeError(f"“{text}” ran out of time")
        if not page.rows and text != "tax closed":
            raise RuntimeError(f"“{text}” found nothing")
    return percentile(took, 0.99)


def _at_depth(depth: int, times: int) -> tuple[float, float]:
    """Milliseconds of the page at ``depth``, by keyset and by OFFSET; both must be the same page."""
    (cursor_row,) = _asked(f"select id from transaction order by id desc offset {depth - 1} limit 1")
    by_key = f"select id from transaction where id < '{cursor_row[0]}' order by id desc limit {PAGE}"
    by_offset = f"select id from transaction order by id desc offset {depth} limit {PAGE}"
    if _asked(by_key) != _asked(by_offset):
        raise RuntimeError("keyset and OFFSET gave different pages")
    return median(_timed(partial(_asked, by_key), times)), median(_timed(partial(_asked, by_offset), times))


def _timed(ask: Callable[[], object], times: int) -> Iterator[float]:
    for _ in range(times):
        began = time.perf_counter()
        ask()
        yield (time.perf_counter() - began) * 1000
