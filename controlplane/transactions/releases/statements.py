"""The SQL of releases. What is let out goes back to the inbox under its own id, in the order of arrival."""

from __future__ import annotations

#: So many of a release are in the inbox at once: what comes in meanwhile does not wait behind all of it.
CHUNK = 200

#: The next ones that wait, the oldest first: what keeps an order keeps it.
NEXT = """
select transaction_id from transactions_releaseitem
where release_id = %(release)s and state = 0 order by transaction_id limit %(most)s for update
"""

#: Its transaction is made anew by processing, so what came of the first judgement goes. Only what is still in
#: quarantine, has its body, and of whose request nothing else came: that would come again.
BACK_TO_THE_INBOX = """
with chosen as (
  select t.id, t.endpoint_id, t.retention, t.lane, i.body_id, p.headers
  from unnest(%(ids)s::uuid[]) w(id)
  join transactions_releaseitem i on i.release_id = %(release)s and i.transaction_id = w.id and i.state = 0
  join transaction t on t.id = w.id and t.state = 1 and t.event_id = t.id
  join payload p on p.id = t.id and p.retention = t.retention
  where not exists (select from transaction o where o.event_id = t.id and o.id <> t.id)
  for update of t),
gone as (delete from transaction t using chosen c where t.id = c.id),
traced as (delete from trace r using chosen c where r.transaction_id = c.id),
keyed as (delete from transaction_key k using chosen c where k.transaction_id = c.id),
back as (
  insert into inbox (transaction_id, endpoint_id, sync, retention, lane, body_id)
  select id, endpoint_id, headers -> 'interlock-sync', retention, lane, body_id from chosen)
update transactions_releaseitem i set state = 1
from chosen c where i.release_id = %(release)s and i.transaction_id = c.id
"""

LEFT_OUT = """
update transactions_releaseitem set state = 4, finished_at = now(),
  result = 'It was not in quarantine any more, or its body is not kept any more.'
where release_id = %(release)s and state = 0 and transaction_id = any(%(ids)s)
"""

#: What was let out and has been judged again: its transaction is there.
JUDGED = """
update transactions_releaseitem i set finished_at = now(),
  state = case when t.state = 1 then 3 else 2 end, result = case when t.state = 1 then t.reason else '' end
from transaction t where i.release_id = %(release)s and i.state = 1 and t.id = i.transaction_id
"""

UNDER_WAY = "select count(*) from transactions_releaseitem where release_id = %(release)s and state = 1"

UNDER_WAY_OR_WAITING = (
    "select exists (select from transactions_releaseitem where release_id = %(release)s and state < 2)"
)
