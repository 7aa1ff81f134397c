"""The SQL of replays: set-based, in the caller's transaction, locks in the pipeline's order.

Run on a cursor of :func:`cursor`, whose parameters travel in binary form. Ids are ordered by time: the bounds
of a selection leave out the weeks that nothing of it is in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor in Django's transaction that sends arrays as they are; Django's own writes them out as text."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as opened:
        yield opened


#: Everything about the step runs of a selection, in the order asked; the last column is the contract version by which
#: the event was judged. Parameters: a JSON list of ids, the smallest, the largest of them.
STANDING = """
select s.id, s.transaction_id, s.name, s.state, s.attempts, s.revision, s.destination_id, s.flow_version_id,
  t.integration_id, t.state, t.event_type, t.endpoint_id, t.source_id, t.resource, t.external_id, t.source_version,
  coalesce(d.resolution, ''),
  case when s.request_id is null then exists (
      select from payload p where p.id = t.canonical_id and p.retention = t.retention)
    else exists (select from payload p where p.id = s.request_id and p.retention = s.retention)
      or exists (select from payload p where p.id = d.payload_id) end,
  (select (jsonb_path_query_first(x.spans, '$[*] ? (@.name == "contract").contract_version') #>> '{}')::bigint
   from trace x where x.transaction_id = t.id and x.spans @? '$[*] ? (@.name == "contract")' limit 1)
from (select value::uuid id, place from json_array_elements_text(%b::json) with ordinality e(value, place)) w
join step_run s on s.id = w.id and s.id between %b::uuid and %b::uuid
join transaction t on t.id = s.transaction_id
left join dead_letter d on d.step_run_id = s.id
order by w.place
"""

CANONICALS = """
select t.id, p.body from unnest(%b::uuid[]) w(id)
join transaction t on t.id = w.id
join payload p on p.id = t.canonical_id and p.retention = t.retention
"""

#: What the steps of these transactions have come to, for the value that their order is kept by.
RESULTS = """
select s.transaction_id, s.name, s.result from unnest(%b::uuid[]) w(id)
join step_run s on s.transaction_id = w.id where s.result is not null
"""

#: Parameters: the replay; then JSON lists of step runs, transactions, attempts, revisions, states and results.
FREEZE = """
insert into transactions_replayitem (replay_id, ordinal, step_run_id, transaction_id, attempts, revision, state, result)
select %b, row_number() over (), i.run::uuid, i.owner::uuid, i.attempts::smallint, i.revision::smallint,
  i.state::smallint, i.result
from rows from (json_array_elements_text(%b::json), json_array_elements_text(%b::json),
  json_array_elements_text(%b::json), json_array_elements_text(%b::json), json_array_elements_text(%b::json),
  json_array_elements_text(%b::json)) i(run, owner, attempts, revision, state, result)
"""

LOCK = """
select from (select value::uuid id from json_array_elements_text(%b::json)) w join transaction t on t.id = w.id
order by t.id for no key update of t
"""

#: Reopen the step runs, let their transactions run again, and put them into the queue, once LOCK has the latter.
#: Dead and succeeded step runs only, and only as they were when they were frozen: what has been tried or edited
#: since was not agreed to. ``attempts`` stay, so that the connector knows to look up first. Steps that keep an
#: order are not in ``plain``: their places are worked out one by one. The selection comes as lists, and each list
#: is joined to tables by their keys only: nobody can guess for the planner how long it is, and two lists that are
#: joined to each other would be compared each with each.
QUEUE = """
with wanted as materialized (
  select i.run::uuid step_run_id, i.attempts::smallint attempts, i.revision::smallint revision
  from rows from (json_array_elements_text(%(runs)b::json), json_array_elements_text(%(attempts)b::json),
    json_array_elements_text(%(revisions)b::json)) i(run, attempts, revision)),
plain as materialized (
  select * from unnest(%(destinations)b::bigint[], %(versions)b::bigint[], %(names)b::text[], %(resources)b::text[])
  p(destination, version, step, resource)),
reopened as (
  update step_run s set state = 0, replay_id = %(replay)b, queued_at = now(), finished_at = null
  from wanted w where s.id = w.step_run_id and s.id between %(first)b::uuid and %(last)b::uuid and s.state in (3, 5)
    and s.attempts = w.attempts and s.revision = w.revision
  returning s.id, s.transaction_id, s.destination_id, s.flow_version_id, s.name),
again as (
  update transaction t set state = 2, finished_at = null
  from (select distinct transaction_id from reopened) r where t.id = r.transaction_id and t.state in (2, 3, 4, 5, 6)),
queued as (
  insert into step_queue (step_run_id, transaction_id, destination_id, lane, resource, due_at)
  select r.id, r.transaction_id, r.destination_id, greatest(t.lane, %(lane)b::smallint), p.resource, now()
  from reopened r join transaction t on t.id = r.transaction_id
  join plain p on p.destination = r.destination_id and p.version = r.flow_version_id and p.step = r.name
  on conflict (step_run_id) do nothing)
select count(*) from reopened
"""

#: Those of it that keep an order, with what tells their places.
IN_ORDER = """
select s.id, s.transaction_id, s.destination_id, s.flow_version_id, s.name, t.lane, t.event_id, t.endpoint_id,
  t.correlation_id
from transactions_replayitem i
join step_run s on s.id = i.step_run_id and s.replay_id = i.replay_id and s.state = 0
join transaction t on t.id = s.transaction_id
where i.replay_id = %b and s.flow_version_id = any(%b::bigint[]) order by i.ordinal
"""

#: Items that today's facts speak against.
REFUSE = """
update transactions_replayitem i set state = 4, result = f.result, finished_at = now()
from unnest(%b::uuid[], %b::text[]) f(step_run_id, result)
where i.replay_id = %b and i.step_run_id = f.step_run_id and i.state = 0
"""

LEFT_OUT = """
update transactions_replayitem i set state = 4, finished_at = now(),
  result = 'It has been tried, edited or replayed since it was chosen.'
where i.replay_id = %(replay)b and i.state = %(state)b and not exists (
  select from step_run s where s.id = i.step_run_id and s.replay_id = i.replay_id and s.state = 0)
"""

MARK = "update transactions_replayitem set state = 1 where replay_id = %b and state = 0"
