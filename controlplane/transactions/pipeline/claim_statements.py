"""The SQL of claiming and of what a claimed step run needs (TABLES has the measurements behind it)."""

from __future__ import annotations

# Two statements in one transaction: a single one let 24 run under a cap of 8 (stale snapshot).

#: Which destinations, fairest first. A pause, an open breaker or a used-up rate holds; nothing vanishes.
#: Parameters: seconds ahead that slots are given out, destinations that this worker has no room for.
CLAIM_DESTINATIONS = """
select destination_id from destination_state d
where paused_until <= now() and (breaker <> 1 or breaker_until <= now())
  and (rate_per_second is null or tat is null or tat < now() + make_interval(secs => %s))
  and destination_id <> all(%s)
  and exists (select from step_queue q
    where q.destination_id = d.destination_id and q.lane in (0, 1, 2) and q.due_at <= now())
order by claimed_at limit 16
for no key update skip locked
"""

#: Of an ordering key only the first may go, only while none of its key is with a worker, and only once every event
#: that came to the same endpoint before it has been processed: one of those may be before it in its order. What is
#: with a worker that vanished has begun: it goes on wherever it stands, so that its take-over is never overlooked.
#: While the breaker is not closed, leases are the probes. A destination that failed lately gets retries in a fifth of
#: its room only, so that they do not add much to what it has to bear (a retry budget).
#: Parameters: destinations, batch a destination, probes, horizon in seconds, headroom, lease in seconds, token.
CLAIM_STEPS = """
with room as materialized (
  select d.destination_id, d.failures, s.slot, s.width, least(d.max_in_flight - l.held,
    case when d.breaker <> 0 then %(probes)s - l.held end,
    ceil(extract(epoch from now() + make_interval(secs => %(horizon)s) - s.slot) / s.width))::int n
  from destination_state d
  cross join lateral (select count(*)::int held from step_queue l
    where l.destination_id = d.destination_id and l.lease_token is not null and l.due_at > now()
      and l.due_at < '9000-01-01Z') l
  cross join lateral (select greatest(d.tat, now()) slot, 1 / (d.rate_per_second * (1 - %(headroom)s)) width) s
  where d.destination_id = any(%(destinations)s)),
candidates as materialized (
  select q.* from room r cross join (values (0), (1), (2)) lanes(lane) cross join lateral (
    select step_run_id, destination_id, lane, ordering_key, event_id, endpoint_id, due_at, lease_token, tries
    from step_queue q
    where q.destination_id = r.destination_id and q.lane = lanes.lane and q.due_at <= now()
    order by q.due_at limit greatest(0, least(r.n, %(batch)s)) for update skip locked) q),
ranked as materialized (
  select c.*, row_number() over (partition by c.destination_id order by c.lane, c.due_at) place,
    row_number() over (partition by c.destination_id, c.tries > 0 order by c.lane, c.due_at) among from candidates c),
judged as materialized (
  select c.*, c.ordering_key is not null and c.lease_token is null and (
    (select o.step_run_id from step_queue o where o.ordering_key = c.ordering_key
     order by o.event_id, o.step_run_id limit 1) <> c.step_run_id
    or exists (select from step_queue l where l.destination_id = c.destination_id and l.lease_token is not null
      and l.ordering_key = c.ordering_key)) blocked,
    c.ordering_key is not null and c.lease_token is null and exists (
      select from inbox i where i.endpoint_id = c.endpoint_id and i.transaction_id < c.event_id) early
  from ranked c join room r using (destination_id) where c.place <= least(r.n, %(batch)s)
    and (r.failures = 0 or c.tries = 0 or c.among <= greatest(1, r.n / 5))),
parked as (
  update step_queue q set due_at = case when j.blocked then '9000-01-01Z' else now() + interval '250 milliseconds' end
  from judged j where (j.blocked or j.early) and q.step_run_id = j.step_run_id),
taken as materialized (
  select j.*, row_number() over (partition by j.destination_id order by j.lane, j.due_at) - 1 turn
  from judged j where not (j.blocked or j.early)),
touched as (
  update destination_state d set claimed_at = clock_timestamp(), tat = r.slot + make_interval(secs => r.width * t.n),
    breaker = case when d.breaker = 1 and t.n > 0 then 2 else d.breaker end
  from room r cross join lateral (select count(*) n from taken t where t.destination_id = r.destination_id) t
  where d.destination_id = r.destination_id)
update step_queue q set due_at = now() + make_interval(secs => %(lease)s), lease_token = %(token)s, tries = q.tries + 1
from taken j join room r using (destination_id) where q.step_run_id = j.step_run_id
returning q.step_run_id, q.transaction_id, q.destination_id, q.tries, j.lease_token,
  j.due_at - make_interval(secs => %(lease)s),
  extract(epoch from r.slot + make_interval(secs => r.width * j.turn) - now())::float8
"""

#: New slots for calls that came too late for theirs; seconds from now to the last one's, or null without a rate.
#: Parameters: how many, headroom, destination.
RESERVE = """
update destination_state set tat = greatest(tat, clock_timestamp())
  + make_interval(secs => %(calls)s / (rate_per_second * (1 - %(headroom)s)))
where destination_id = %(destination)s
returning extract(epoch from tat - make_interval(secs => 1 / (rate_per_second * (1 - %(headroom)s)))
  - clock_timestamp())::float8
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

#: Named as ``Delivery`` names them. The bounds say nothing new, but spare the database to look into every week: a step
#: run's transaction and its canonical payload are no more than that apart from the oldest and the newest asked for.
#: Parameters: step runs, transactions, each a column; the first and the last of each; bounds of payloads.
LOAD_STEPS = """
select s.id step_run_id, s.flow_version_id, s.name, s.attempts, s.revision, s.retention, s.request_id,
  s.replay_id is not null replayed,
  t.event_id, t.correlation_id, t.source_id, t.resource, t.external_id, t.source_version, t.integration_id,
  p.body canonical
from unnest(%b::uuid[], %b::uuid[]) w(step_run_id, transaction_id)
join step_run s on s.id = w.step_run_id and s.id between %s and %s
join transaction t on t.id = w.transaction_id and t.id between %s and %s
left join payload p on p.id = t.canonical_id and p.retention = t.retention and p.id between %s and %s
"""

#: What became of step runs that were tried before: when that was first, and how many workers have vanished with it
#: since it was queued. Parameters, each a column: step runs, attempts, tries since they were queued.
TRIED = """
select w.step_run_id, min(a.at), count(*) filter (where a.outcome = 10 and a.number > w.attempts - w.tries + 1)
from unnest(%b::uuid[], %b::int[], %b::int[]) w(step_run_id, attempts, tries)
join attempt a on a.step_run_id = w.step_run_id
group by 1
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
FORGET_ORPHANS = """
delete from step_queue q using unnest(%b::uuid[], %b::uuid[]) gone(step_run_id, lease_token)
where q.step_run_id = gone.step_run_id and q.lease_token = gone.lease_token
"""

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
