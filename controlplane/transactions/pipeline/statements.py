"""The SQL of the hot path, in one place (TABLES has the measurements behind it).

Leases and due times are the database's clock only (invariant 3). Arrays are joined by ``unnest``, not
``= any``: under a generic plan that would scan every partition. They travel in binary form (``%b``): as text,
psycopg looks through every byte for what to escape.
"""

from __future__ import annotations

# -- inbox ----------------------------------------------------------------------------------------

#: Parameters: batch size, lease seconds, token.
CLAIM_INBOX = """
with free as (
  select transaction_id from inbox where due_at <= now()
  order by lane, due_at limit %s for update skip locked)
update inbox i set due_at = now() + make_interval(secs => %s), lease_token = %s, tries = tries + 1
from free where i.transaction_id = free.transaction_id
returning i.transaction_id, i.endpoint_id, i.sync, i.retention, i.lane, i.tries
"""

BODIES = """
select p.id, p.headers, p.content_type, p.body
from unnest(%b::uuid[], %b::smallint[]) w(id, retention)
join payload p on p.id = w.id and p.retention = w.retention
"""

#: A write of ours to the same kind of record that was claimed before the event came may be its cause. A lease that
#: has run out counts for as long again: what its worker wrote is known once it has been taken over.
#: Parameters: lease seconds, twice.
WRITES_IN_FLIGHT = """
select d.instance_id, q.resource, min(q.due_at) - make_interval(secs => %s)
from step_queue q join transactions_destination d on d.id = q.destination_id
where q.lease_token is not null and q.due_at > now() - make_interval(secs => %s) and q.due_at < '9000-01-01Z'
  and q.resource <> ''
group by d.instance_id, q.resource
"""

WRITTEN = """
select w.instance_id, w.resource, w.external_id, w.fingerprint, w.version
from unnest(%b::bigint[], %b::text[], %b::text[]) k(instance_id, resource, external_id)
join written w using (instance_id, resource, external_id)
"""

#: Somebody changed the record after we wrote it: what we wrote is not what it shows any more, so when it shows
#: that again, it is somebody's edit and no echo. A mark made after the event came stays: it is of a later write.
FORGET_MARKS = """
update written w set fingerprint = '00000000-0000-0000-0000-000000000000', version = null
from unnest(%b::bigint[], %b::text[], %b::text[], %b::timestamptz[]) k(instance_id, resource, external_id, received_at)
where w.instance_id = k.instance_id and w.resource = k.resource and w.external_id = k.external_id
  and w.at <= k.received_at and w.fingerprint <> '00000000-0000-0000-0000-000000000000'
"""

#: The event waits a moment for our own write's outcome; this try does not count.
POSTPONE_INBOX = """
update inbox set due_at = now() + interval '250 milliseconds', lease_token = null, tries = tries - 1
where transaction_id = any(%s) and lease_token = %s
"""

#: Rows that are not to be tried together with others: due again at once, and this try does not count.
HAND_BACK_INBOX = """
update inbox set due_at = now(), lease_token = null, tries = tries - 1
where transaction_id = any(%s) and lease_token = %s
"""

FINISH_INBOX = "delete from inbox where transaction_id = any(%s) and lease_token = %s returning transaction_id"

COPY_TRANSACTION = """
copy transaction (id, event_id, canonical_id, integration_id, endpoint_id, sync_run_id, flow_version_id, source_id,
  environment_id, company_id, event_type, resource, external_id, source_version, state, reason, error_class, headline,
  correlation_id, parent_span, amount_minor, currency, retention, lane, occurred_at, received_at, finished_at)
from stdin
"""
COPY_KEY = "copy transaction_key (kind_id, value, transaction_id) from stdin"
COPY_PAYLOAD = """
copy payload (id, retention, kind, transaction_id, step_run_id, content_type, body) from stdin
"""
COPY_SUBJECT = "copy payload_subject (subject, payload_id) from stdin"
COPY_TRACE = "copy trace (id, transaction_id, spans) from stdin"
COPY_STEP_RUN = """
copy step_run (id, transaction_id, flow_version_id, ordinal, name, kind, required, destination_id, state, retention,
  reason, queued_at) from stdin
"""
COPY_ATTEMPT = """
copy attempt (id, step_run_id, number, at, ms, outcome, status, calls, revision, detail, worker, lease_token)
from stdin
"""

#: Parked (due in the year 9000) when something is before it in its order; its turn is given by PROMOTE.
ENQUEUE = """
insert into step_queue (step_run_id, transaction_id, destination_id, lane, ordering_key, event_id, endpoint_id,
  resource, due_at)
select i.step_run_id, i.transaction_id, i.destination_id, i.lane, i.ordering_key, i.event_id, i.endpoint_id, i.resource,
  case when i.ordering_key is not null and (
      exists (select from step_queue q where q.ordering_key = i.ordering_key
        and (q.event_id, q.step_run_id) < (i.event_id, i.step_run_id))
      or row_number() over (partition by i.ordering_key order by i.event_id, i.step_run_id) > 1)
    then '9000-01-01Z'::timestamptz else now() end
from unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::smallint[], %b::bigint[], %b::uuid[], %b::bigint[], %b::text[])
  i(step_run_id, transaction_id, destination_id, lane, ordering_key, event_id, endpoint_id, resource)
on conflict (step_run_id) do nothing
"""

# -- claiming step runs ---------------------------------------------------------------------------
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

# -- finishing ------------------------------------------------------------------------------------

#: The fence: only what this claim still holds is written (invariant 3).
FENCE = """
select step_run_id, ordering_key from step_queue
where step_run_id = any(%s) and lease_token = %s
order by step_run_id for update
"""

FINISH_STEP_RUNS = """
update step_run s set state = f.state, attempts = s.attempts + 1, request_id = coalesce(f.request_id, s.request_id),
  response_id = coalesce(f.response_id, s.response_id),
  external_id = case when f.external_id = '' then s.external_id else f.external_id end,
  result = coalesce(f.result::jsonb, s.result), error_class = f.error_class, reason = f.reason,
  finished_at = case when f.settled then now() end
from unnest(%b::uuid[], %b::smallint[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[],
  %b::boolean[]) f(id, state, request_id, response_id, external_id, result, error_class, reason, settled)
where s.id = f.id
"""

DEQUEUE = "delete from step_queue where step_run_id = any(%s)"

RETRY_LATER = """
update step_queue q set due_at = now() + make_interval(secs => r.delay), lease_token = null
from unnest(%b::uuid[], %b::float8[]) r(step_run_id, delay) where q.step_run_id = r.step_run_id
"""

#: A claim that looks at a head right now may be about to park it: waited for, so that PROMOTE sees it parked.
LOCK_HEADS = """
select q.step_run_id from step_queue q
join (select distinct on (o.ordering_key) o.step_run_id from step_queue o
  where o.ordering_key = any(%s) order by o.ordering_key, o.event_id, o.step_run_id) head using (step_run_id)
order by q.step_run_id for no key update of q
"""

#: The next of each ordering key may go. It is parked, or another finisher has just released it.
PROMOTE = """
update step_queue q set due_at = clock_timestamp()
from (select distinct on (o.ordering_key) o.step_run_id from step_queue o
  where o.ordering_key = any(%s) order by o.ordering_key, o.event_id, o.step_run_id) head
where q.step_run_id = head.step_run_id and q.due_at = '9000-01-01Z'
"""

WRITE_WRITTEN = """
insert into written (instance_id, resource, external_id, fingerprint, version, source_id, source_resource,
  source_external_id, source_version, step_run_id, at)
select distinct on (1, 2, 3) *, now() from unnest(%b::bigint[], %b::text[], %b::text[], %b::uuid[], %b::bigint[],
  %b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::uuid[])
order by 1, 2, 3, 10 desc
on conflict (instance_id, resource, external_id) do update set fingerprint = excluded.fingerprint,
  version = excluded.version, source_id = excluded.source_id, source_resource = excluded.source_resource,
  source_external_id = excluded.source_external_id, source_version = excluded.source_version,
  step_run_id = excluded.step_run_id, at = excluded.at
"""

LEARN_KEYS = """
insert into transaction_key (kind_id, value, transaction_id)
select distinct * from unnest(%b::smallint[], %b::text[], %b::uuid[]) order by 1, 2, 3
on conflict do nothing
"""

#: Pin the body that a person will need for as long as the dead letter may wait.
BURY = """
with died as materialized (
  select * from unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::bigint[], %b::uuid[], %b::text[], %b::text[],
    %b::boolean[], %b::uuid[], %b::uuid[], %b::smallint[])
  d(step_run_id, transaction_id, integration_id, destination_id, fingerprint, error_class, reason, required,
    pinned_id, payload_id, retention)),
pinned as (
  insert into payload (id, retention, kind, transaction_id, step_run_id, content_type, headers, body)
  select d.pinned_id, 4, p.kind, d.transaction_id, d.step_run_id, p.content_type, p.headers, p.body
  from died d join payload p on p.id = d.payload_id and p.retention = d.retention
  returning id)
insert into dead_letter (step_run_id, transaction_id, integration_id, destination_id, fingerprint, error_class, reason,
  required, died_at, payload_id, note, resolution)
select d.step_run_id, d.transaction_id, d.integration_id, d.destination_id, d.fingerprint, d.error_class, d.reason,
  d.required, now(), (select id from pinned where id = d.pinned_id), '', ''
from died d
on conflict (step_run_id) do update set fingerprint = excluded.fingerprint, error_class = excluded.error_class,
  reason = excluded.reason, died_at = excluded.died_at,
  payload_id = coalesce(excluded.payload_id, dead_letter.payload_id), resolved_at = null, resolution = ''
"""

RESOLVE = """
update dead_letter set resolved_at = now(), resolution = 'succeeded' where step_run_id = any(%s) and resolved_at is null
"""

SETTLE_REPLAY_ITEMS = """
update transactions_replayitem r set state = f.state, result = f.result, finished_at = now()
from unnest(%b::uuid[], %b::smallint[], %b::text[]) f(step_run_id, state, result)
where r.step_run_id = f.step_run_id and r.state = 1
returning r.replay_id, r.transaction_id, r.state
"""

#: Two workers that finish the last two items would each see the other's as unfinished.
LOCK_REPLAYS = "select id from transactions_replay where id = any(%s) order by id for no key update"

FINISH_REPLAYS = """
update transactions_replay p set state = 'done', finished_at = now()
where p.id = any(%s) and p.state = 'running'
  and not exists (select from transactions_replayitem i where i.replay_id = p.id and i.state in (0, 1))
"""

# -- advancing ------------------------------------------------------------------------------------

LOCK_TRANSACTIONS = """
select t.id, t.flow_version_id, t.state, t.retention, t.lane, t.event_id, t.canonical_id, t.correlation_id,
  t.integration_id, t.endpoint_id
from transaction t join unnest(%b::uuid[]) w(id) on t.id = w.id
order by t.id for no key update of t
"""

#: A replayed step has succeeded: what was skipped without a try waits again and is judged anew.
UNSKIP = """
update step_run s set state = 1, reason = '', finished_at = null
where s.transaction_id = any(%s) and s.state = 6 and s.attempts = 0
"""

SIBLINGS = """
select s.transaction_id, s.id, s.name, s.state, s.result, s.reason, s.error_class
from unnest(%b::uuid[]) w(transaction_id) join step_run s on s.transaction_id = w.transaction_id
order by s.transaction_id, s.ordinal
"""

CANONICALS = """
select w.transaction_id, p.body from unnest(%b::uuid[], %b::uuid[], %b::smallint[]) w(transaction_id, id, retention)
join payload p on p.id = w.id and p.retention = w.retention
"""

MOVE_STEPS = """
update step_run s set state = m.state, reason = m.reason, error_class = m.error_class,
  queued_at = case when m.state = 0 then now() end, finished_at = case when m.state in (5, 6) then now() end
from unnest(%b::uuid[], %b::smallint[], %b::text[], %b::text[]) m(id, state, reason, error_class)
where s.id = m.id and s.state = 1
"""

MOVE_TRANSACTIONS = """
update transaction t set state = m.state, headline = m.headline, error_class = m.error_class,
  finished_at = case when m.state in (4, 5, 6, 7) then now() end
from unnest(%b::uuid[], %b::smallint[], %b::text[], %b::text[]) m(id, state, headline, error_class)
where t.id = m.id and t.state in (2, 3)
"""

# -- by the minute --------------------------------------------------------------------------------

#: Heads that nobody promoted (their predecessor was deleted by hand, or lost a race) may go.
RELEASE_PARKED = """
with recursive heads as (
  (select ordering_key, step_run_id from step_queue where ordering_key is not null
   order by ordering_key, event_id, step_run_id limit 1)
  union all
  select n.ordering_key, n.step_run_id from heads h cross join lateral (
    select ordering_key, step_run_id from step_queue where ordering_key > h.ordering_key
    order by ordering_key, event_id, step_run_id limit 1) n)
update step_queue q set due_at = now() from heads h
where q.step_run_id = h.step_run_id and q.due_at = '9000-01-01Z'
"""
