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
returning i.transaction_id, i.endpoint_id, i.sync, i.retention, i.lane, i.tries, i.body_id
"""

#: The bodies of the first of these, as many as come to so many bytes, and at least one; of each, whether it is one of
#: them. What is not is not read. Parameters: payloads and their retention, each a column; bytes, twice.
BODIES = """
with sized as (
  select p.id, p.headers, p.content_type, p.body, octet_length(p.body) size,
    sum(octet_length(p.body)) over (order by w.place) so_far
  from unnest(%b::uuid[], %b::smallint[]) with ordinality w(id, retention, place)
  join payload p on p.id = w.id and p.retention = w.retention)
select id, so_far <= %b or so_far = size, headers, content_type, case when so_far <= %b or so_far = size then body end
from sized
"""

#: A write of ours to the same kind of record that was claimed before the event came may be its cause. A lease that
#: has run out counts for as long again: what its worker wrote is known once it has been taken over. After take-overs it
#: began with the first of them in a row: what came of none of those claims is known before this one ends. Only what has
#: been claimed before is asked for that, and no week from before it was queued.
#: Parameters: lease seconds, twice.
WRITES_IN_FLIGHT = """
select d.instance_id, q.resource, min(least(q.due_at - make_interval(secs => %s), case when q.tries > 1 then (
  select min(l.at) from (
    select a.at, bool_and(a.outcome = 10) over (order by a.number desc) lost from attempt a
    where a.step_run_id = q.step_run_id and a.id > q.step_run_id) l
  where l.lost) end))
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
#: Locked in the order of WRITE_WRITTEN, as are those of another batch.
FORGET_MARKS = """
with held as materialized (
  select instance_id, resource, external_id
  from unnest(%b::bigint[], %b::text[], %b::text[], %b::timestamptz[])
    k(instance_id, resource, external_id, received_at)
  join written w using (instance_id, resource, external_id)
  where w.at <= k.received_at and w.fingerprint <> '00000000-0000-0000-0000-000000000000'
  order by 1, 2, 3 for no key update of w)
update written w set fingerprint = '00000000-0000-0000-0000-000000000000', version = null
from held h
where w.instance_id = h.instance_id and w.resource = h.resource and w.external_id = h.external_id
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

#: Destinations that are switched on and well, and have no rate to keep. Parameter: destinations.
WELL = """
select destination_id from destination_state d
where destination_id = any(%b::bigint[]) and paused_until <= now() and breaker = 0 and failures = 0
  and rate_per_second is null and (select n.active from transactions_destination n where n.id = d.destination_id)
order by destination_id
"""

#: Locked, so that nobody else claims for them until what is taken is committed; at first only those that nobody holds.
LOCK_WELL = WELL + "for no key update skip locked"
AWAIT_WELL = WELL + "for no key update"

#: Queued, and claimed as far as there is room under the cap. A statement of its own after the lock: it sees all that
#: others have claimed before. The lease begins with it, not with the transaction: whoever measures from before it never
#: takes it for longer than it is. The bulk lane gets no more of the cap than by a claim. Parameters: destinations and
#: this worker's room for each, columns as of ENQUEUE without order, lease in seconds, token.
ENQUEUE_CLAIMED = """
with room as materialized (
  select d.destination_id, least(w.room, d.max_in_flight - l.held) n,
    d.max_in_flight - d.max_in_flight / 4 - l.bulk bulk
  from unnest(%b::bigint[], %b::bigint[]) w(destination_id, room)
  join destination_state d using (destination_id)
  cross join lateral (select count(*) held, count(*) filter (where q.lane = 2) bulk from step_queue q
    where q.destination_id = d.destination_id and q.lease_token is not null and q.due_at > statement_timestamp()
      and q.due_at < '9000-01-01Z') l
  where not exists (select from step_queue q
    where q.destination_id = d.destination_id and q.lane in (0, 1, 2) and q.due_at <= statement_timestamp())),
placed as materialized (
  select i.*, coalesce(row_number() over (partition by destination_id order by lane, step_run_id) <= r.n
    and (lane < 2 or row_number() over (partition by destination_id, lane order by step_run_id) <= r.bulk), false) taken
  from unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::smallint[], %b::text[])
    i(step_run_id, transaction_id, destination_id, lane, resource)
  left join room r using (destination_id)),
queued as (
  insert into step_queue (step_run_id, transaction_id, destination_id, lane, resource, due_at, lease_token, tries)
  select step_run_id, transaction_id, destination_id, lane, resource,
    case when taken then statement_timestamp() + make_interval(secs => %s) else now() end,
    case when taken then %s::uuid end, taken::int
  from placed
  on conflict (step_run_id) do nothing
  returning step_run_id, lease_token)
select step_run_id from queued where lease_token is not null
"""

# -- finishing ------------------------------------------------------------------------------------

#: The fence: only what its claim still holds is written (invariant 3). It tells the places of what is held.
FENCE = """
select h.place, q.ordering_key, q.destination_id,
  (select d.breaker <> 0 or d.failures > 0 from destination_state d where d.destination_id = q.destination_id)
from unnest(%b::uuid[], %b::uuid[]) with ordinality h(step_run_id, lease_token, place)
join step_queue q on q.step_run_id = h.step_run_id and q.lease_token = h.lease_token
order by q.step_run_id for update of q
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

#: Parameters, each a column: step runs, seconds, how many tries of the schedule they have had.
RETRY_LATER = """
update step_queue q set due_at = now() + make_interval(secs => r.delay), lease_token = null, tries = r.tries
from unnest(%b::uuid[], %b::float8[], %b::smallint[]) r(step_run_id, delay, tries) where q.step_run_id = r.step_run_id
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

#: The last write known is what the record shows. But of its source record the newest version ever written stays: calls
#: that were under way together end in any order, and what is older than any of them must not go out any more.
WRITE_WRITTEN = """
insert into written (instance_id, resource, external_id, fingerprint, version, source_id, source_resource,
  source_external_id, source_version, step_run_id, at)
select distinct on (1, 2, 3) instance_id, resource, external_id, fingerprint, version, source_id, source_resource,
  source_external_id, case when source_version is not null then max(source_version) over (partition by instance_id,
    resource, external_id, source_id, source_resource, source_external_id) end, step_run_id, now()
from unnest(%b::bigint[], %b::text[], %b::text[], %b::uuid[], %b::bigint[], %b::bigint[], %b::text[], %b::text[],
  %b::bigint[], %b::uuid[]) w(instance_id, resource, external_id, fingerprint, version, source_id, source_resource,
  source_external_id, source_version, step_run_id)
order by 1, 2, 3, 10 desc
on conflict (instance_id, resource, external_id) do update set fingerprint = excluded.fingerprint,
  version = excluded.version, source_id = excluded.source_id, source_resource = excluded.source_resource,
  source_external_id = excluded.source_external_id,
  source_version = case when (written.source_id, written.source_resource, written.source_external_id)
      = (excluded.source_id, excluded.source_resource, excluded.source_external_id)
      and written.source_version > excluded.source_version
    then written.source_version else excluded.source_version end,
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
  insert into payload (id, retention, kind, transaction_id, step_run_id, content_type, headers, body, revision_of,
    edited_by, approved_by, reason)
  select d.pinned_id, 4, p.kind, d.transaction_id, d.step_run_id, p.content_type, p.headers, p.body, p.revision_of,
    p.edited_by, p.approved_by, p.reason
  from died d join payload p on p.id = d.payload_id and p.retention = d.retention
  returning id)
insert into dead_letter (step_run_id, transaction_id, integration_id, destination_id, fingerprint, error_class, reason,
  required, died_at, payload_id, note, resolution, step, source_id, resource, external_id, source_version, occurred_at)
select d.step_run_id, d.transaction_id, d.integration_id, d.destination_id, d.fingerprint, d.error_class, d.reason,
  d.required, now(), (select id from pinned where id = d.pinned_id), '', '', s.name, t.source_id, t.resource,
  t.external_id, t.source_version, t.occurred_at
from died d join step_run s on s.id = d.step_run_id join transaction t on t.id = d.transaction_id
on conflict (step_run_id) do update set fingerprint = excluded.fingerprint, error_class = excluded.error_class,
  reason = excluded.reason, died_at = excluded.died_at, superseded_by = null,
  payload_id = coalesce(excluded.payload_id, dead_letter.payload_id), resolved_at = null, resolution = ''
"""

#: The successes that an open dead letter may have waited for: its own step run's, or one of the same record at the same
#: destination. Mostly there are none, and nothing else needs to be asked of the tables of many weeks.
AWAITED = """
select w.step_run_id from unnest(%b::uuid[], %b::text[], %b::bigint[]) w(step_run_id, external_id, destination_id)
where exists (select from dead_letter d where d.step_run_id = w.step_run_id
    and (d.resolved_at is null or d.resolution like 'dropped%%'))
  or w.external_id <> '' and exists (select from dead_letter d where d.external_id = w.external_id
    and d.destination_id = w.destination_id and d.resolved_at is null)
"""

#: Also one that was closed without sending, and was sent all the same: somebody replayed it later.
RESOLVE = """
update dead_letter set resolved_at = now(), resolution = 'succeeded'
where step_run_id = any(%s) and (resolved_at is null or resolution like 'dropped%%')
"""

#: Those of step runs that a replay left to a newer version of their record: whatever became of that one, it speaks for
#: both, and nobody could repeat what was skipped.
LEAVE_TO_NEWER = """
update dead_letter set resolved_at = now(), resolution = 'superseded'
where step_run_id = any(%s) and resolved_at is null
"""

#: A newer event of the same record, of the same type, was delivered by the same step to the same destination: what
#: the older one would have brought is there, or overtaken. Newer by the record's version; where the source has none,
#: by when it happened. A letter that somebody else has in hand at this moment is left to them.
SUPERSEDE = """
with overtaken as (
  select d.step_run_id, t.id newer
  from unnest(%b::uuid[], %b::uuid[]) w(step_run_id, transaction_id)
  join step_run s on s.id = w.step_run_id
  join transaction t on t.id = w.transaction_id and t.external_id <> ''
  join dead_letter d on d.external_id = t.external_id and d.destination_id = s.destination_id and d.resolved_at is null
    and d.step = s.name and d.integration_id = t.integration_id and d.source_id = t.source_id
    and d.resource = t.resource and case when d.source_version is not null and t.source_version is not null
      then d.source_version < t.source_version else d.occurred_at < t.occurred_at end
  join transaction o on o.id = d.transaction_id and o.event_type = t.event_type
  order by d.step_run_id for update of d skip locked)
update dead_letter d set resolved_at = now(), resolution = 'superseded', superseded_by = o.newer
from overtaken o where d.step_run_id = o.step_run_id
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

# -- how destinations are -------------------------------------------------------------------------

LOCK_BREAKER = """
select breaker, failures, openings, probes from destination_state where destination_id = %s for no key update
"""

#: ``opens``: it has just opened, for ``rest`` seconds. Opening again is the same trouble; a closed one is over.
SET_BREAKER = """
update destination_state set breaker = %(state)s, failures = %(failures)s, openings = %(openings)s,
  probes = %(probes)s,
  breaker_until = case when %(opens)s then clock_timestamp() + make_interval(secs => %(rest)s) else breaker_until end,
  troubled_since = case when %(opens)s then coalesce(troubled_since, clock_timestamp())
    when %(state)s = 0 and paused_until < '9000-01-01Z' then null else troubled_since end
where destination_id = %(destination)s
"""

#: A longer pause stays as it is, and so does its reason.
PAUSE_FOR = """
update destination_state set paused_until = clock_timestamp() + make_interval(secs => %s), pause_reason = %s
where destination_id = %s and paused_until < clock_timestamp() + make_interval(secs => %s)
"""

PAUSE_FOR_GOOD = """
update destination_state set paused_until = %s, pause_reason = %s,
  troubled_since = coalesce(troubled_since, clock_timestamp())
where destination_id = %s and paused_until < %s
"""

# -- advancing ------------------------------------------------------------------------------------

#: All of them in one order; it tells of those that are asked about. Parameters, each a column: transactions, whether
#: they are.
LOCK_TRANSACTIONS = """
with held as materialized (
  select w.asked, t.id, t.flow_version_id, t.retention, t.lane, t.event_id, t.canonical_id, t.correlation_id,
    t.integration_id, t.endpoint_id
  from unnest(%b::uuid[], %b::boolean[]) w(id, asked) join transaction t on t.id = w.id
  order by t.id for no key update of t)
select id, flow_version_id, retention, lane, event_id, canonical_id, correlation_id, integration_id, endpoint_id
from held where asked
"""

#: A replayed step has succeeded: what was skipped without a try waits again and is judged anew.
UNSKIP = """
update step_run s set state = 1, reason = '', finished_at = null
where s.transaction_id = any(%s) and s.state = 6 and s.attempts = 0
"""

#: Parameters, each a column: transactions, and whether anything of them still reads results.
SIBLINGS = """
select s.transaction_id, s.id, s.name, s.state, case when w.reads then s.result end, s.reason, s.error_class,
  s.queued_at is not null
from unnest(%b::uuid[], %b::boolean[]) w(transaction_id, reads) join step_run s on s.transaction_id = w.transaction_id
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
