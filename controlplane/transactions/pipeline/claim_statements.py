"""The SQL of claiming and of what a claimed step run needs (TABLES has the measurements behind it)."""

from __future__ import annotations

# Two statements in one transaction: a single one let 24 run under a cap of 8 (stale snapshot).

#: Which destinations, fairest first. A pause, an open breaker or a used-up rate holds, and what is switched off waits;
#: nothing vanishes.
#: Parameters: seconds ahead that slots are given out, destinations that this worker has no room for.
CLAIM_DESTINATIONS = """
select destination_id from destination_state d
where paused_until <= now() and (breaker <> 1 or breaker_until <= now())
  and (rate_per_second is null or tat is null or tat < now() + make_interval(secs => %s))
  and destination_id <> all(%s)
  and (select n.active from transactions_destination n where n.id = d.destination_id)
  and exists (select from step_queue q
    where q.destination_id = d.destination_id and q.lane in (0, 1, 2) and q.due_at <= now())
order by claimed_at limit 16
for no key update skip locked
"""

#: Of an ordering key only the first may go, only while none of its key is with a worker, and only once every event
#: that came to the same endpoint before it has been processed: one of those may be before it in its order. Records that
#: syncs read have no endpoint, and wait for all of their kind: the queue does not know their job. What is with a worker
#: that vanished has begun: it goes on wherever it stands, so that its take-over is never overlooked.
#: While the breaker is not closed, leases are the probes. A destination that failed lately gets retries in a fifth of
#: its room and of its cap only, with those that it has already, so that they do not add much to what it has to bear (a
#: retry budget). What is new may be behind more retries than fit: there it is looked for a batch further.
#: Slots are told in seconds from the answer, by one reading of the clock for all of them.
#: Parameters: destinations, batch a destination, probes, horizon in seconds, headroom, lease in seconds, token.
CLAIM_STEPS = """
with room as materialized (
  select d.destination_id, d.failures, s.slot, s.width, greatest(1, d.max_in_flight / 5) - l.again retries,
    d.max_in_flight - d.max_in_flight / 4 - l.bulk bulk,
    least(d.max_in_flight - l.held, case when d.breaker <> 0 then %(probes)s - l.held end,
    ceil(extract(epoch from now() + make_interval(secs => %(horizon)s) - s.slot) / s.width))::int n
  from destination_state d
  cross join lateral (
    select count(*)::int held, (count(*) filter (where l.tries > 1))::int again,
      (count(*) filter (where l.lane = 2))::int bulk from step_queue l
    where l.destination_id = d.destination_id and l.lease_token is not null and l.due_at > now()
      and l.due_at < '9000-01-01Z') l
  cross join lateral (
    select greatest(d.tat, clock_timestamp()) slot, 1 / (d.rate_per_second * (1 - %(headroom)s)) width) s
  where d.destination_id = any(%(destinations)s)),
candidates as materialized (
  select q.* from room r cross join (values (0), (1), (2)) lanes(lane) cross join lateral (
    select step_run_id, destination_id, lane, ordering_key, event_id, endpoint_id, due_at, lease_token, tries
    from step_queue q
    where q.destination_id = r.destination_id and q.lane = lanes.lane and q.due_at <= now()
    order by q.due_at limit case when r.n <= 0 then 0 when r.failures = 0 then least(r.n, %(batch)s)
      else least(r.n, %(batch)s) + %(batch)s end for update skip locked) q),
ranked as materialized (
  select c.*, row_number() over (partition by c.destination_id, c.tries > 0 order by c.lane, c.due_at) among,
    row_number() over (partition by c.destination_id, c.lane order by c.due_at) in_lane
  from candidates c),
placed as materialized (
  select c.*, row_number() over (partition by c.destination_id order by c.lane, c.due_at) place
  from ranked c join room r using (destination_id)
  where (r.failures = 0 or c.tries = 0 or c.among <= least(r.retries, greatest(1, r.n / 5)))
    and (c.lane < 2 or c.in_lane <= r.bulk)),
judged as materialized (
  select c.*, c.ordering_key is not null and c.lease_token is null and (
    (select o.step_run_id from step_queue o where o.ordering_key = c.ordering_key
     order by o.event_id, o.step_run_id limit 1) <> c.step_run_id
    or exists (select from step_queue l where l.destination_id = c.destination_id and l.lease_token is not null
      and l.ordering_key = c.ordering_key)) blocked,
    c.ordering_key is not null and c.lease_token is null and case when c.endpoint_id is null
      then exists (select from inbox i where i.endpoint_id is null and i.transaction_id < c.event_id)
      else exists (select from inbox i where i.endpoint_id = c.endpoint_id and i.transaction_id < c.event_id) end early
  from placed c join room r using (destination_id) where c.place <= least(r.n, %(batch)s)),
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
  extract(epoch from r.slot + make_interval(secs => r.width * j.turn) - (select clock_timestamp()))::float8, r.width
"""

#: New slots for calls that came too late for theirs; seconds from now to the last one's, or null without a rate. Where
#: the last would begin too late in the lease, or nothing is claimed for the destination any more, none is taken, and
#: there is no row. A breaker that has rested is half-open from the next claim on: until then it is still open.
#: Parameters: how many, headroom, destination, seconds that are left to begin.
RESERVE = """
update destination_state set tat = greatest(tat, clock_timestamp())
  + make_interval(secs => %(calls)s / (rate_per_second * (1 - %(headroom)s)))
where destination_id = %(destination)s and paused_until <= clock_timestamp() and breaker <> 1
  and (select n.active from transactions_destination n where n.id = destination_state.destination_id)
  and (rate_per_second is null or greatest(tat, clock_timestamp())
    + make_interval(secs => (%(calls)s - 1) / (rate_per_second * (1 - %(headroom)s)) - %(left)s) < clock_timestamp())
returning extract(epoch from tat - make_interval(secs => 1 / (rate_per_second * (1 - %(headroom)s)))
  - clock_timestamp())::float8
"""

#: What could not be sent within its lease, and was not, is as if it had not been claimed; behind the fence.
GIVE_BACK = """
with held as materialized (
  select q.step_run_id from unnest(%b::uuid[], %b::uuid[]) h(step_run_id, lease_token)
  join step_queue q on q.step_run_id = h.step_run_id and q.lease_token = h.lease_token
  order by q.step_run_id for update of q)
update step_queue q set due_at = now(), lease_token = null, tries = q.tries - 1
from held h where q.step_run_id = h.step_run_id
returning q.step_run_id
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
  s.replay_id is not null replayed, case when s.attempts > 0 then s.queued_at end queued_at,
  t.event_id, t.correlation_id, t.source_id, t.resource, t.external_id, t.source_version, t.integration_id,
  p.body canonical
from unnest(%b::uuid[], %b::uuid[]) w(step_run_id, transaction_id)
join step_run s on s.id = w.step_run_id and s.id between %s and %s
join transaction t on t.id = w.transaction_id and t.id between %s and %s
left join payload p on p.id = t.canonical_id and p.retention = t.retention and p.id between %s and %s
"""

#: What became of step runs that were tried before: how many tries are recorded, how many workers have vanished with it
#: since it was queued, whether a try may have taken effect, and when the first such one of this revision was. One that
#: has sent nothing cannot have; what a lost worker sent is not known, so it may.
#: Parameters, each a column: step runs, attempts, tries since they were queued, revisions.
TRIED = """
select w.step_run_id, count(*), count(*) filter (where a.outcome = 10 and a.number > w.attempts - w.tries + 1),
  bool_or(s.sent), min(a.at) filter (where s.sent and a.revision = w.revision)
from unnest(%b::uuid[], %b::int[], %b::int[], %b::int[]) w(step_run_id, attempts, tries, revision)
join attempt a on a.step_run_id = w.step_run_id
cross join lateral (select a.calls > 0 or a.outcome in (0, 1) sent) s
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
