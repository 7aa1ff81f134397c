"""Identities stay fast when there are millions: every look-up reads an index, whatever the planner estimates.

By hand over more: ``IDENTITIES=5000000 pytest tests/transactions/test_identity_plans.py -s`` prints the times.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from controlplane.console.identities import finding
from controlplane.inventory.models import EntityKind, IdentityAlias
from controlplane.inventory.rules.identities import MOST_ALIASES
from controlplane.people.roles import Role
from controlplane.transactions.pipeline import learning_statements, question_statements
from controlplane.transactions.search import reference
from tests.inventory.named import an_instance
from tests.transactions.factories import an_access

pytestmark = pytest.mark.django_db
MANY = int(os.environ.get("IDENTITIES", "20000"))

FILL = """
with made as (
  insert into inventory_identity (id, kind_id, created_at)
  select uuid7_floor(now() - n * interval '1 ms'), %(kind)s, now() from generate_series(1, %(many)s) n returning id
), numbered as (select id, row_number() over (order by id) as n from made)
insert into inventory_identityalias (identity_id, kind_id, instance_id, value, valid)
select id, %(kind)s, a.instance, a.value, tstzrange(now(), null)
from numbered cross join lateral (values (%(crm)s, 'C-' || n), (%(erp)s, n::text)) a (instance, value)
"""


@pytest.fixture
def many() -> dict[str, int]:
    """So many customers, each known by two systems."""
    kind = EntityKind.objects.get(slug="customer").pk
    values = {"kind": kind, "crm": an_instance("crm").pk, "erp": an_instance("erp").pk, "many": MANY}
    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
        cursor.execute("analyze inventory_identity")
        cursor.execute("analyze inventory_identityalias")
    return values


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from nodes(child)


def whole_tables_read(statement: str, parameters: Any) -> list[str]:
    """The tables that it would read from end to end, by the plan that any parameters get."""
    with connection.cursor() as cursor:
        cursor.execute("set local plan_cache_mode = force_generic_plan")
        cursor.execute(f"explain (format json) {statement.replace('%b', '%s')}", parameters)
        (document,) = cursor.fetchone()
        if MANY > 100_000:
            began = time.perf_counter()
            cursor.execute(statement.replace("%b", "%s"), parameters)
            print(f"{(time.perf_counter() - began) * 1000:7.1f} ms {statement.split()[:6]}")  # noqa: T201 - read by hand
    read = [node for node in nodes(document[0]["Plan"]) if node["Node Type"] == "Seq Scan"]
    return [node["Relation Name"] for node in read if node["Relation Name"].startswith("inventory_identity")]


def test_what_learning_asks_of_a_whole_batch_reads_indexes(many: dict[str, int]) -> None:
    keys, values = [f"C-{n}" for n in range(1, 201)], [str(n) for n in range(1, 201)]
    kinds, crm, erp = [many["kind"]] * 200, [many["crm"]] * 200, [many["erp"]] * 200
    assert whole_tables_read(learning_statements.UNKNOWN, [kinds, crm, keys, erp, values]) == []
    assert whole_tables_read(learning_statements.NAMES, [kinds, crm, keys]) == []
    assert whole_tables_read(learning_statements.LOCK_IDENTITIES, [kinds, crm, keys]) == []
    assert whole_tables_read(learning_statements.IDENTITY_OF, [many["kind"], many["crm"], "C-7"]) == []
    slugs, none = ["customer"] * 200, [""] * 200
    assert whole_tables_read(question_statements.RESOLVE, [slugs, none, crm, keys, erp]) == []


def test_what_searches_and_pages_ask_reads_indexes(many: dict[str, int]) -> None:
    asked = [[many["kind"]], ["C-7"], MOST_ALIASES]
    assert whole_tables_read(reference._ALIASES, asked) == []
    some = list(IdentityAlias.objects.order_by("id").values_list("identity_id", flat=True)[:50])
    visible = finding._VISIBLE.replace("%(identities)s", "%s").replace("%(reach)s", "%s")
    assert whole_tables_read(visible, [some, [1], [1]]) == []


def test_the_list_reads_a_page_of_its_index_and_not_the_rest(many: dict[str, int]) -> None:
    del many
    operator = an_access(Role.OPERATOR)
    page = finding.newest(operator, EntityKind.objects.get(slug="customer").pk)
    assert (len(page.identities), page.older is not None) == (50, True)
    assert len(finding.newest(operator, below=page.older).identities) == 50
    assert len(finding.with_id(operator, "C-7")) == 1
