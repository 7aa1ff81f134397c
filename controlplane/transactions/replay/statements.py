"""The SQL of replays: set-based, in the caller's transaction, locks in the pipeline's order."""

from __future__ import annotations

LOCK = """
select t.id from transaction t
where t.id in (select transaction_id from step_run where id = any(%s))
order by t.id for no key update
"""

#: Dead and succeeded step runs only; ``attempts`` stay, so that the connector knows to look up first.
REOPEN = """
update step_run s set state = 0, replay_id = %s, queued_at = now(), finished_at = null
where s.id = any(%s) and s.state in (3, 5)
returning s.id, s.transaction_id, s.destination_id, s.flow_version_id, s.name
"""

RUN_AGAIN = """
update transaction t set state = 2, finished_at = null
where t.id = any(%s) and t.state in (2, 3, 4, 5, 6)
"""

ENQUEUE = """
insert into step_queue (step_run_id, transaction_id, destination_id, lane, resource, due_at)
select i.step_run_id, i.transaction_id, i.destination_id, t.lane, i.resource, now()
from unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::text[]) i(step_run_id, transaction_id, destination_id, resource)
join transaction t on t.id = i.transaction_id
on conflict (step_run_id) do nothing
"""

MARK = """
update transactions_replayitem set state = 1 where replay_id = %s and step_run_id = any(%s)
"""

LEFT_OUT = """
update transactions_replayitem set state = 4, result = 'Somebody replayed it a moment before.'
where replay_id = %s and state = 0
"""
