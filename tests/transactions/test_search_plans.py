"""Searches stay fast when there is much to search: PostgreSQL takes the indexes, never a whole table.

Run by hand over more: ``SEARCH_ROWS=200000 pytest tests/transactions/test_search_plans.py -s`` prints the times.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.search import run
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.grammar import parse
from controlplane.transactions.search.plan import plan
from controlplane.transactions.search.reference import Reference
from tests.transactions.factories import an_access, estate
from tests.transactions.traffic import NOW, an_identity, weeks_of_the_story

pytestmark = pytest.mark.django_db
ROWS = int(os.environ.get("SEARCH_ROWS", "30000"))
COLUMNS = "t.id, t.state, t.headline, t.received_at"

#: Evenly over four weeks; 1 of 1,000 is dead, 1 of 500 runs; 1 of 400 is of one customer.
FILL = """
insert into transaction (id, event_id, integration_id, source_id, environment_id, flow_version_id, event_type, state,
  error_class, correlation_id, retention, received_at, finished_at)
select i.id, i.id, case when n %% 50 = 0 then %(quiet)s else %(busy)s end, %(source)s, %(environment)s, %(flow)s,
  'invoice.paid.v1', case when n %% 1000 = 7 then 6 when n %% 500 = 3 then 2 else 4 end,
  case when n %% 1000 = 7 then 'rejected.tax_id_invalid' else '' end, i.id, 2, i.at, i.at + interval '2 seconds'
from generate_series(1, %(rows)s) n
cross join lateral (select %(now)s::timestamptz - n * (interval '27 days' / %(rows)s) as at) w
cross join lateral (select (left(uuid7_floor(w.at)::text, 14) || '7' || substr(md5(n::text), 1, 3) || '-8'
  || substr(md5(n::text), 4, 3) || '-' || substr(md5(n::text), 7, 12))::uuid id, w.at) i;
insert into transaction_key (kind_id, value, transaction_id)
select 1, case when ('x' || right(t.id::text, 4))::bit(16)::int %% 400 = 0
  then (array['cus_R7v2', 'cus_old', '8841'])[1 + ('x' || right(t.id::text, 1))::bit(4)::int %% 3]
  else 'C-' || right(t.id::text, 3) end, t.id from transaction t;
insert into transactions_cause (fingerprint, integration_id)
select md5(n::text)::uuid, %(busy)s from generate_series(1, 2000) n;
analyze transaction; analyze transaction_key; analyze transactions_cause;
"""


@pytest.fixture
def much() -> Access:
    """Many transactions of two teams; the access is that of the quiet one."""
    weeks_of_the_story(6)
    busy, quiet = estate("busy"), estate("quiet")
    an_identity("customer", NOW, {busy.source: ["cus_old", "cus_R7v2"], busy.erp: ["8841"]})
    values: dict[str, Any] = {
        "busy": busy.integration.id,
        "quiet": quiet.integration.id,
        "source": busy.source.id,
        "environment": busy.environment.id,
        "flow": busy.flow_version.id,
        "rows": ROWS,
        "now": NOW,
    }
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values if "%(" in statement or "%%" in statement else None)
    return an_access(Role.SUPPORT, quiet.team)


def nodes(plan_node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan_node
    for child in plan_node.get("Plans", []):
        yield from nodes(child)


def whole_tables_read(text: str, access: Access) -> list[str]:
    """The tables that the search would read from end to end."""
    planned = plan(parse(text, Reference().kinds), access, Moment(NOW, ZoneInfo("UTC")), text)
    scan = planned.scan(COLUMNS, planned.low, planned.high, 51)
    statement = planned.pick(COLUMNS, planned.high, 51, 204) if planned.branches else scan
    with connection.cursor() as cursor:
        cursor.execute("set local enable_hashjoin = off; set local enable_mergejoin = off")
        cursor.execute(f"explain (format json) {statement.sql}", statement.parameters)
        (document,) = cursor.fetchone()
    read = [node for node in nodes(document[0]["Plan"]) if node["Node Type"] == "Seq Scan"]
    full = [node for node in read if node["Plan Rows"] > 10]  # weeks to come are empty
    return [node["Relation Name"] for node in full if node["Relation Name"].startswith("transaction")]


#: What people open, and what is slow where an index is missing.
USUAL = (
    "customer:cus_R7v2",
    "8841",
    "customer:cus_R7v2 status:failed",
    "status:failed",
    "status:running",
    "status:partial",
    "error:tax_id_invalid",
    "is:open",
    "is:mine",
    "is:acked",
    "has:comment",
    "integration:quiet-invoices",
    "",
)


def test_the_usual_searches_read_indexes(much: Access) -> None:
    operator = an_access(Role.OPERATOR)
    whole = {(text, a.roles): whole_tables_read(text, a) for text in USUAL for a in (operator, much)}
    for text in USUAL if ROWS > 30_000 else ():
        for access in (operator, much):
            milliseconds(text, access)
    assert {asked: tables for asked, tables in whole.items() if tables} == {}


@pytest.mark.parametrize("text", ["id:{}", "trace:{}", "{}"])
def test_an_id_is_looked_up_and_nothing_is_walked_for_it(much: Access, text: str) -> None:
    """Not even for the order asked for, and not with sorting discouraged as the search does it."""
    unknown = text.format("0193f5a0-0000-7000-8000-000000000001")
    operator = an_access(Role.OPERATOR)
    planned = plan(parse(unknown, Reference().kinds), operator, Moment(NOW, ZoneInfo("UTC")), unknown)
    statement = planned.pick(COLUMNS, planned.high, 51, 51)
    with connection.cursor() as cursor:
        cursor.execute("set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_sort = off")
        cursor.execute(f"explain (format json) {statement.sql}", statement.parameters)
        (document,) = cursor.fetchone()
    read = [node for node in nodes(document[0]["Plan"]) if node.get("Relation Name", "").startswith("transaction")]
    walked = [f"{node['Node Type']} of {node['Relation Name']}" for node in read if not _looks_up(node)]
    assert (walked, bool(read)) == ([], True)


def _looks_up(node: dict[str, Any]) -> bool:
    """By a condition on an index; weeks to come are empty, and read as they are."""
    by_index = "Index Cond" in node or any("Index Cond" in child for child in node.get("Plans", []))
    return by_index or (node["Plan Rows"] <= 1 and node["Node Type"] == "Seq Scan")


def milliseconds(text: str, access: Access) -> None:
    """Print how long a page takes, the second time."""
    find = plan(parse(text, Reference().kinds), access, Moment(NOW, ZoneInfo("UTC")), text)
    run.newest(find, COLUMNS, 51, run.Deadline(), now=NOW)
    planned = plan(parse(text, Reference().kinds), access, Moment(NOW, ZoneInfo("UTC")), text)
    began = time.perf_counter()
    rows = run.newest(planned, COLUMNS, 51, run.Deadline(), now=NOW).rows
    took = (time.perf_counter() - began) * 1000
    print(f"{text or '(everything)':34} {access.roles[0]:22} {len(rows):3} rows {took:7.1f} ms")  # noqa: T201 - read by the person who measures
