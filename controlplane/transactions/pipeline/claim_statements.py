"""The SQL of claiming and of what a claimed step run needs (TABLES has the measurements behind it)."""

from __future__ import annotations

# Two statements in one transaction: a single one let 24 run under a cap of 8 (stale snapshot).

#: Which destinations, fairest first. A pause or an open breaker holds; nothing vanishes.
#: Parameter: destinations that this worker has no room for.
CLAIM_DESTINATIONS = """
select destination_id from destination_state d
where paused_until <= now() and (breaker <> 1 or breaker_until <= now())
  and destination_id <> all(%s)
  and exists (select from step_queue q
    where q.destination_id = d.destination_id and q.lane in (0, 1, 2) and q.due_at <= now())
order by claimed_at limit 16
for no key update skip locked
"""

#: Of an ordering key only the first may go, only while none of its key is with a worker, and only once every event
#: that came to the same endpoint before it has been processed: one of those may be before it in its order. What is
#: with a worker that vanished has begun: it goes on wherever it stands, so that its take-over is never overlooked.
#: Parameters: destination ids, batch a destination, lease seconds, token.
CLAIM_STEPS = """
with room as materialized (
  select d.destination_id, d.max_in_flight - (select count(*) from step_queue l
    where l.destination_id = d.destination_id and l.lease_token is not null and l.due_at > now()
      and l.due_at < '9000-01-01Z')::int n
  from destination_state d where d.destination_id = any(%(destinations)s)),
candidates as materialized (
  select q.* from room r cross join (values (0), (1), (2)) lanes(lane) cross join lateral (
    select step_run_id, destination_id, lane, ordering_key, event_id, endpoint_id, due_at, lease_token from step_queue q
    where q.destination_id = r.destination_id and q.lane = lanes.lane and q.due_at <= now()
    order by q.due_at limit greatest(0, least(r.n, %(batch)s)) for update skip locked) q),
ranked as materialized (
  select c.*, row_number() over (partition by c.destination_id order by c.lane, c.due_at) place from candidates c),
judged as materialized (
  select c.*, c.ordering_key is not null and c.lease_token is null and (
    (select o.step_run_id from step_queue o where o.ordering_key = c.ordering_key
     order by o.event_id, o.step_run_id limit 1) <> c.step_run_id
    or exists (select from step_queue l where l.destination_id = c.destination_id and l.lease_token is not null
      and l.ordering_key = c.ordering_key)) blocked,
    c.ordering_key is not null and c.lease_token is null and exists (
      select from inbox i where i.endpoint_id = c.endpoint_id and i.transaction_id < c.event_id) early
  from ranked c join room r using (destination_id) where c.place <= least(r.n, %(batch)s)),
parked as (
  update step_queue q set due_at = case when j.blocked then '9000-01-01Z' else now() + interval '250 milliseconds' end
  from judged j where (j.blocked or j.early) and q.step_run_id = j.step_run_id),
touched as (
  update destination_state d set claimed_at = clock_timestamp() where d.destination_id = any(%(destinations)s))
update step_queue q set due_at = now() + make_interval(secs => %(lease)s), lease_token = %(token)s, tries = q.tries + 1
from judged j where not (j.blocked or j.early) and q.step_run_id = j.step_run_id
returning q.step_run_id, q.transaction_id, q.destination_id, q.tries, j.lease_token,
  j.due_at - make_interval(secs => %(lease)s)
"""

#: A lease that ended without an outcome is recorded where it is taken over, in the claim's transaction, so
#: that every request the lost worker may have sent has its explanation (invariant 4).
RECORD_TAKEOVERS = """
with lost as (
  select * from unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::timestamptz[])
  l(attempt_id, step_run_id, lease_token, claimed_at)),
counted as (
  update step_run s set attempts = s.attempts + 1 from lost l where s.id = l.step_run_id
  returning s.id, s.attempts, s.revision)
insert into attempt (id, step_run_id, number, at, outcome, calls, revision, detail, lease_token)
select l.attempt_id, l.step_run_id, c.attempts, l.claimed_at, 10, 1, c.revision,
  'The worker that held it vanished; what it sent, if anything, is not known.', l.lease_token
from lost l join counted c on c.id = l.step_run_id
"""

#: The last column counts the workers that vanished with it since it was queued; asked only when that can be many.
#: Parameters: tries that are unsuspicious; then step runs, transactions and tries, each a column.
LOAD_STEPS = """
select s.id, s.transaction_id, s.flow_version_id, s.name, s.attempts, s.revision, s.retention, s.request_id, s.ordinal,
  t.event_id, t.canonical_id, t.correlation_id, t.source_id, t.resource, t.external_id, t.source_version,
  t.integration_id, t.lane, p.body,
  (select min(a.at) from attempt a where a.step_run_id = s.id and s.attempts > 0),
  case when w.tries > %s then (select count(*) from attempt a
    where a.step_run_id = s.id and a.outcome = 10 and a.number > s.attempts - w.tries + 1) else 0 end
from unnest(%b::uuid[], %b::uuid[], %b::int[]) w(step_run_id, transaction_id, tries)
join step_run s on s.id = w.step_run_id
join transaction t on t.id = w.transaction_id
left join payload p on p.id = t.canonical_id and p.retention = t.retention
"""

#: The body last sent; when its retention has ended, the copy that the dead letter pins.
REQUESTS = """
select w.id, coalesce(p.body, pinned.body)
from unnest(%b::uuid[], %b::smallint[], %b::uuid[]) w(id, retention, step_run_id)
left join payload p on p.id = w.id and p.retention = w.retention
left join dead_letter d on d.step_run_id = w.step_run_id
left join payload pinned on pinned.id = d.payload_id and pinned.retention = 4
where coalesce(p.body, pinned.body) is not null
"""

#: Queued step runs whose rows are gone with their week: nothing can be said of them any more.
FORGET_ORPHANS = "delete from step_queue where step_run_id = any(%s) and lease_token = %s"

RESULTS = """
select s.transaction_id, s.name, s.result from unnest(%b::uuid[]) w(transaction_id)
join step_run s on s.transaction_id = w.transaction_id where s.result is not null
"""

#: The newest version of the same source record that we wrote to the same kind of target record.
NEWER_WRITTEN = """
select k.ord from unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::text[], %b::bigint[])
  with ordinality k(instance_id, resource, source_id, source_resource, source_external_id, source_version, ord)
where exists (select from written w where w.instance_id = k.instance_id and w.resource = k.resource
  and w.source_id = k.source_id and w.source_resource = k.source_resource
  and w.source_external_id = k.source_external_id and w.source_version > k.source_version)
"""
