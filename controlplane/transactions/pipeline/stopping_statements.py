"""The SQL of what belongs to a stopped replay: what of it is withdrawn, and what that makes of its transactions."""

from __future__ import annotations

#: Of step runs that were replayed, whether their replay is stopped. All replays of a batch at once, in one order: what
#: is locked later is among them.
OF_STOPPED_REPLAYS = """
select s.id, r.state = 'stopped' from unnest(%b::uuid[]) w(id)
join step_run s on s.id = w.id join transactions_replay r on r.id = s.replay_id
order by r.id for no key update of r
"""


def withdraw_those(waiting: str) -> str:
    """Those step runs that are ``waiting``, by a query that locks them, go back to what they were before their replay.

    One that never succeeded has its dead letter, also when that was dropped; any other one had succeeded before.
    """
    return f"""
with waiting as ({waiting}),
withdrawn as (
  delete from step_queue q using waiting w where q.step_run_id = w.step_run_id
  returning q.step_run_id, q.ordering_key),
marked as (
  update transactions_replayitem i set finished_at = now(), state = case when s.attempts > i.attempts then 3 else 4 end,
    result = case when s.attempts > i.attempts then 'Stopped after it had been tried. ' || s.reason
      else 'Stopped before it was sent.' end
  from withdrawn w join step_run s on s.id = w.step_run_id
  where i.replay_id = s.replay_id and i.step_run_id = w.step_run_id)
update step_run s set finished_at = now(), state = case when exists (
    select from dead_letter d where d.step_run_id = s.id and d.resolution <> 'succeeded') then 5 else 3 end
from withdrawn w where s.id = w.step_run_id returning s.transaction_id, w.ordering_key
"""


#: Of what a worker has just given back, and holds the rows of. Parameter: step runs.
WITHDRAW_GIVEN_BACK = withdraw_those("select * from unnest(%b::uuid[]) w(step_run_id)")

#: Nothing begins by it, and what they tell of themselves stays. Parameters, each a column: transactions, states.
SETTLE_TRANSACTIONS = """
update transaction t set state = m.state, finished_at = case when m.state in (4, 5, 6, 7) then now() end
from unnest(%b::uuid[], %b::smallint[]) m(id, state) where t.id = m.id and t.state in (2, 3)
"""
