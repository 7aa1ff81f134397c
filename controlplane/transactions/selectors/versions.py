"""By what a page that follows something sees that it has changed: versions, which differ whenever the page may.

Each function answers for many things at once, ``{key: version}``; what does not exist has none. They are asked every
few seconds for as long as somebody looks, so each is one statement over an index or over a small table, whatever the
traffic is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from controlplane.transactions.models import Transaction

Versions = Mapping[str, str]

#: What waits is counted so far, as the frame of every page does.
_COUNTED = 1001

_TRANSACTIONS = """
select t.id::text, concat_ws('.', t.state, s.runs, s.attempts, s.states, s.finished)
from unnest(%s::uuid[]) w(id) join transaction t on t.id = w.id
cross join lateral (
  select count(*) runs, sum(attempts) attempts, sum(state) states, max(finished_at) finished
  from step_run where transaction_id = t.id) s
"""
#: Of a transaction that is not there yet, its row in the inbox is the newest.
_ENDPOINTS = """
select e.id::text, concat_ws('.', i.newest, t.id, t.state, s.attempts, s.states, r.refused)
from unnest(%s::bigint[]) w(id) join transactions_endpoint e on e.id = w.id
left join lateral (
  select id, state from transaction where integration_id = e.integration_id order by id desc limit 1) t on true
cross join lateral (select sum(attempts) attempts, sum(state) states from step_run where transaction_id = t.id) s
cross join lateral (select max(transaction_id::text) newest from inbox where endpoint_id = e.id) i
cross join lateral (select sum(count) refused from transactions_refusal where endpoint_id = e.id) r
"""
_REPLAYS = """
select r.id::text, concat_ws('.', r.state, i.items, i.states)
from unnest(%s::bigint[]) w(id) join transactions_replay r on r.id = w.id
cross join lateral (
  select count(finished_at) items, sum(state) states from transactions_replayitem where replay_id = r.id) i
"""
_RELEASES = """
select r.id::text, concat_ws('.', r.state, i.items, i.states)
from unnest(%s::bigint[]) w(id) join transactions_release r on r.id = w.id
cross join lateral (
  select count(finished_at) items, sum(state) states from transactions_releaseitem where release_id = r.id) i
"""
_EXPORTS = """
select account_id::text, string_agg(concat_ws('.', id, state, rows), ' ' order by id)
from transactions_export where account_id = any(%s::uuid[]) group by account_id
"""
_DESTINATIONS = "select md5(string_agg(s::text, ' ' order by destination_id)) from destination_state s"
_HOURS = "select max(counted_at)::text from traffic_hour where hour > now() - interval '3 hours'"
_DEAD = f"""
select concat_ws('.', (select count(*) from (select from dead_letter where resolved_at is null limit {_COUNTED}) d),
  (select max(resolved_at) from dead_letter where resolved_at is not null))
"""


def arrivals(keys: Collection[str]) -> Versions:
    """Of everything that comes in: the newest transaction."""
    newest = Transaction.objects.order_by("-id").values_list("id", flat=True).first()
    return dict.fromkeys(keys, str(newest))


def traffic(keys: Collection[str]) -> Versions:
    """Of how things go: the newest transaction, and how each destination is."""
    destinations = rows(_DESTINATIONS)[0][0]
    return {key: f"{newest}.{destinations}" for key, newest in arrivals(keys).items()}


def hours(keys: Collection[str]) -> Versions:
    """Of past traffic as it was counted last."""
    return dict.fromkeys(keys, str(rows(_HOURS)[0][0]))


def dead_letters(keys: Collection[str]) -> Versions:
    """Of what waits for somebody."""
    return dict.fromkeys(keys, rows(_DEAD)[0][0])


def transactions(keys: Collection[str]) -> Versions:
    """Of transactions, by id: their state and that of their steps."""
    return dict(rows(_TRANSACTIONS, list(keys)))


def endpoints(keys: Collection[str]) -> Versions:
    """Of endpoints, by id: what came in last, how far that is, and how much was refused."""
    return dict(rows(_ENDPOINTS, list(keys)))


def replays(keys: Collection[str]) -> Versions:
    """Of replays, by id: their state and that of their items."""
    return dict(rows(_REPLAYS, list(keys)))


def releases(keys: Collection[str]) -> Versions:
    """Of releases, by id: their state and that of their events."""
    return dict(rows(_RELEASES, list(keys)))


def exports(keys: Collection[str]) -> Versions:
    """Of an account's exports, by the account's id."""
    return dict(rows(_EXPORTS, list(keys)))


def rows(statement: str, *parameters: Any) -> list[Any]:
    """What a statement answers; those of kinds of other apps are asked by it as well."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        found: list[Any] = cursor.fetchall()
    return found
