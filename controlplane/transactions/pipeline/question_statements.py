"""The SQL of steps that ask: deadlines, remembered answers, identities, and who waits for one.

None of it runs for a claim without such a step.
"""

from __future__ import annotations

#: Counted from when the step was queued, by the database's clock.
SET_DEADLINES = """
update step_queue q set expires_at = now() + make_interval(secs => w.seconds)
from unnest(%b::uuid[], %b::float8[]) w(step_run_id, seconds)
where q.step_run_id = w.step_run_id and q.expires_at is null
"""

#: Seconds that are left; null for what was queued by a replay.
TIME_LEFT = """
select q.step_run_id, extract(epoch from q.expires_at - clock_timestamp())::float8
from step_queue q where q.step_run_id = any(%b::uuid[])
"""

# -- answers remembered ---------------------------------------------------------------------------

REMEMBERED = "select key, external_id, fields from look_up_answer where key = any(%b::uuid[]) and expires_at > now()"

#: ``fields`` null: there was no such record.
REMEMBER = """
insert into look_up_answer (key, external_id, fields, expires_at)
select distinct on (r.key) r.key, r.external_id, r.fields::jsonb, now() + make_interval(secs => r.seconds)
from unnest(%b::uuid[], %b::text[], %b::text[], %b::float8[]) r(key, external_id, fields, seconds) order by r.key
on conflict (key) do update set external_id = excluded.external_id, fields = excluded.fields,
  expires_at = excluded.expires_at
"""

FORGET_ANSWERS = """
delete from look_up_answer where key = any(array(
  select key from look_up_answer where expires_at < now() limit %s for update skip locked))
"""

# -- identities -----------------------------------------------------------------------------------

#: The target's id for what an issuer calls a key. Of several, one that was learned beside the key: a merge changes
#: nothing that is written; then the one learned last.
RESOLVE = """
select w.ord, e.id, i.id,
  (select b.value from inventory_identityalias a
   join inventory_identityalias b on b.identity_id = a.identity_id and b.kind_id = a.kind_id
   where a.kind_id = e.id and a.instance_id = i.id and a.value = w.value and upper_inf(a.valid)
     and b.instance_id = w.target_id and upper_inf(b.valid)
   order by (b.beside = a.id or a.beside = b.id) is true desc, b.id desc limit 1)
from unnest(%b::text[], %b::text[], %b::bigint[], %b::text[], %b::bigint[])
  with ordinality w(kind, issuer, source_id, value, target_id, ord)
join inventory_entitykind e on e.slug = w.kind
join inventory_instance i on i.id = case when w.issuer = '' then w.source_id
  else (select id from inventory_instance where slug = w.issuer) end
"""

#: What waits is due at its deadline; before that somebody wakes it.
PARK = """
update step_queue q set due_at = greatest(q.expires_at, now()), waits_for = w.wanted
from unnest(%b::uuid[], %b::text[]) w(step_run_id, wanted) where q.step_run_id = w.step_run_id
"""

#: Those that wait for one of these names, where one of these instances is the target.
WAKE = """
update step_queue q set due_at = now(), waits_for = null
where q.waits_for = any(%b::text[]) and q.lease_token is null and q.destination_id in (
  select d.id from transactions_destination d where d.instance_id = any(%b::bigint[]))
"""

#: Those whose identity is known by now, of ``{these}``: it was learned by hand, by an import, or beside the pipeline.
WAKE_KNOWN = """
update step_queue q set due_at = now(), waits_for = null
where q.waits_for is not null and q.lease_token is null {these} and exists (
  select from inventory_identityalias a
  join inventory_identityalias b on b.identity_id = a.identity_id and b.kind_id = a.kind_id and upper_inf(b.valid)
  join transactions_destination d on d.instance_id = b.instance_id and d.id = q.destination_id
  where a.kind_id = split_part(q.waits_for, '/', 1)::smallint
    and a.instance_id = split_part(q.waits_for, '/', 2)::bigint
    and a.value = regexp_replace(q.waits_for, '^[0-9]+/[0-9]+/', '')
    and upper_inf(a.valid))
"""
WAKE_ALL_KNOWN = WAKE_KNOWN.format(these="")
WAKE_KNOWN_OF = WAKE_KNOWN.format(these="and q.step_run_id = any(%b::uuid[])")

# -- deadlines that pass while nothing is claimed --------------------------------------------------

#: A pause or an open breaker holds calls, not deadlines, and so does a destination that is switched off. Only heads of
#: their order, so that none is overtaken. What a worker vanished with is taken over, by another sweep as well. It tells
#: what ``CLAIM_STEPS`` tells.
#: Parameters: most, lease in seconds, token.
TAKE_EXPIRED = """
with expired as materialized (
  select q.step_run_id, q.lease_token, q.due_at
  from step_queue q join destination_state d on d.destination_id = q.destination_id
  where q.expires_at <= now() and (q.lease_token is null or q.due_at <= now()) and q.due_at < '9000-01-01Z'
    and (d.paused_until > now() or (d.breaker = 1 and d.breaker_until > now())
      or not (select n.active from transactions_destination n where n.id = d.destination_id))
    and (q.ordering_key is null or not exists (select from step_queue o where o.ordering_key = q.ordering_key
      and (o.event_id, o.step_run_id) < (q.event_id, q.step_run_id)))
  order by q.expires_at limit %(most)s for update of q skip locked)
update step_queue q set due_at = now() + make_interval(secs => %(lease)s), lease_token = %(token)s, tries = q.tries + 1
from expired e where q.step_run_id = e.step_run_id
returning q.step_run_id, q.transaction_id, q.destination_id, q.tries, e.lease_token,
  e.due_at - make_interval(secs => %(lease)s), null::float8
"""
