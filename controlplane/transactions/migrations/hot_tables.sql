-- The hot tables (DESIGN section 4; measured in TABLES). Weekly partitions are made by
-- foundation.partitions; those of `payload` lie below one partition a retention class.

create table transaction (
  id uuid primary key,
  event_id uuid not null,
  canonical_id uuid,
  integration_id bigint not null,
  endpoint_id bigint,
  sync_run_id bigint,
  flow_version_id bigint,
  source_id bigint not null,
  environment_id smallint not null,
  company_id smallint,
  event_type text not null,
  resource text not null default '',
  external_id text not null default '',
  source_version bigint,
  state smallint not null,
  reason text not null default '',
  error_class text not null default '',
  headline text not null default '',
  ordering_key bigint,
  correlation_id uuid not null,
  parent_span text not null default '',
  replay_of uuid,
  amount_minor bigint,
  currency varchar(3) not null default '',
  retention smallint not null,
  lane smallint not null default 1,
  occurred_at timestamptz,
  received_at timestamptz not null,
  finished_at timestamptz
) partition by range (id);
create index transaction_event on transaction (event_id);
create index transaction_correlation on transaction (correlation_id);
create index transaction_integration on transaction (integration_id, id desc);
-- All but succeeded and ignored ones: few rows at any time, and the lists people open.
create index transaction_open on transaction (state, id desc) where state not in (4, 8);
create index transaction_sync_run on transaction (sync_run_id, id) where sync_run_id is not null;

create table transaction_key (
  kind_id smallint not null,
  value text not null,
  transaction_id uuid not null,
  primary key (kind_id, value, transaction_id)
) partition by range (transaction_id);
create index transaction_key_of on transaction_key using brin (transaction_id) with (pages_per_range = 16);
-- A bare word is looked up without its kind.
create index transaction_key_value on transaction_key (value, transaction_id desc);

create table payload (
  id uuid not null,
  retention smallint not null,
  kind smallint not null,
  transaction_id uuid not null,
  step_run_id uuid,
  content_type text not null default 'application/json',
  headers jsonb not null default '{}',
  body bytea not null,
  revision_of uuid,
  edited_by uuid,
  approved_by uuid,
  reason text not null default '',
  primary key (id, retention)
) partition by list (retention);
create table payload_short partition of payload for values in (1) partition by range (id);
create table payload_standard partition of payload for values in (2) partition by range (id);
create table payload_long partition of payload for values in (3) partition by range (id);
create table payload_pinned partition of payload for values in (4) partition by range (id);

create table payload_subject (
  subject uuid not null,
  payload_id uuid not null,
  primary key (subject, payload_id)
) partition by range (payload_id);

create table trace (
  id uuid primary key,
  transaction_id uuid not null,
  spans jsonb not null
) partition by range (id);
create index trace_of on trace (transaction_id);

create table step_run (
  id uuid primary key,
  transaction_id uuid not null,
  flow_version_id bigint not null,
  ordinal smallint not null,
  name text not null,
  kind smallint not null,
  required boolean not null,
  destination_id bigint,
  state smallint not null,
  attempts smallint not null default 0,
  revision smallint not null default 0,
  retention smallint not null,
  request_id uuid,
  response_id uuid,
  external_id text not null default '',
  result jsonb,
  error_class text not null default '',
  reason text not null default '',
  replay_id bigint,
  queued_at timestamptz,
  finished_at timestamptz
) partition by range (id);
create index step_run_of on step_run (transaction_id);

create table attempt (
  id uuid primary key,
  step_run_id uuid not null,
  number smallint not null,
  at timestamptz not null,
  ms integer not null default 0,
  outcome smallint not null,
  status smallint,
  calls smallint not null default 0,
  revision smallint not null default 0,
  detail text not null default '',
  worker text not null default '',
  lease_token uuid
) partition by range (id);
create index attempt_of on attempt (step_run_id);

create table dedupe (
  endpoint_id bigint not null,
  key_digest uuid not null,
  transaction_id uuid not null,
  body_digest uuid not null,
  primary key (endpoint_id, key_digest)
);

create table inbox (
  transaction_id uuid primary key,
  endpoint_id bigint,
  sync jsonb,
  retention smallint not null,
  lane smallint not null default 1,
  due_at timestamptz not null default now(),
  lease_token uuid,
  tries smallint not null default 0
) with (fillfactor = 70, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);
create index inbox_due on inbox (lane, due_at, transaction_id);
-- Whether an earlier event of a sender is still to be processed: what keeps an order waits for it.
create index inbox_of on inbox (endpoint_id, transaction_id) where endpoint_id is not null;

create table destination_state (
  destination_id bigint primary key references transactions_destination (id) on delete cascade,
  max_in_flight integer not null default 64,
  rate_per_second double precision,
  tat timestamptz,
  paused_until timestamptz not null default 'epoch',
  pause_reason text not null default '',
  claimed_at timestamptz not null default 'epoch',
  low timestamptz not null default 'epoch',
  breaker smallint not null default 0,
  breaker_until timestamptz,
  failures integer not null default 0,
  probes smallint not null default 0
) with (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);

create table step_queue (
  step_run_id uuid primary key,
  transaction_id uuid not null,
  destination_id bigint not null,
  lane smallint not null default 1,
  ordering_key bigint,
  event_id uuid,
  endpoint_id bigint,
  resource text not null default '',
  due_at timestamptz not null,
  lease_token uuid,
  tries smallint not null default 0
) with (fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);
create index step_queue_due on step_queue (destination_id, lane, due_at);
create index step_queue_leased on step_queue (destination_id, due_at) where lease_token is not null;
-- The order is that of the events' arrival, whoever processed them when.
create index step_queue_order on step_queue (ordering_key, event_id, step_run_id) where ordering_key is not null;
create index step_queue_of on step_queue (transaction_id);
alter table step_queue alter ordering_key set (n_distinct = -0.5), alter destination_id set (n_distinct = 200);

create table written (
  instance_id bigint not null references inventory_instance (id) on delete cascade,
  resource text not null,
  external_id text not null,
  fingerprint uuid not null,
  version bigint,
  source_id bigint references inventory_instance (id) on delete cascade,
  source_resource text not null default '',
  source_external_id text not null default '',
  source_version bigint,
  step_run_id uuid not null,
  at timestamptz not null default now(),
  primary key (instance_id, resource, external_id)
) with (fillfactor = 80);

create index written_from on written (instance_id, source_id, source_resource, source_external_id);

-- Invariant 5: what happened is not rewritten. Dropping a whole week is retention, and allowed.
create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;
create trigger attempt_append_only before update or delete on attempt
  for each row execute function refuse_rewriting();

-- A published version never changes; it may only be retired.
create function refuse_changing_published() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.state <> 'draft' then
      raise exception '% % is published and cannot be deleted', tg_table_name, old.id using errcode = 'restrict_violation';
    end if;
    return old;
  end if;
  if old.state <> 'draft' and (to_jsonb(new) - 'state') is distinct from (to_jsonb(old) - 'state') then
    raise exception '% % is published and cannot be changed', tg_table_name, old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger flow_version_immutable before update or delete on transactions_flowversion
  for each row execute function refuse_changing_published();
create trigger contract_version_immutable before update or delete on contracts_contractversion
  for each row execute function refuse_changing_published();
create trigger mapping_version_immutable before update or delete on transactions_mappingversion
  for each row execute function refuse_rewriting();

-- The ingress keeps its endpoints in memory: tell it when they change (configuration only, never the hot path).
create function tell_endpoints() returns trigger language plpgsql as $$
begin
  perform pg_notify('interlock_endpoints', '');
  return null;
end $$;
create trigger endpoints_changed after insert or update or delete on transactions_endpoint
  for each statement execute function tell_endpoints();

-- A destination always has its hot row.
create function begin_destination_state() returns trigger language plpgsql as $$
begin
  insert into destination_state (destination_id) values (new.id) on conflict do nothing;
  return null;
end $$;
create trigger destination_begins after insert on transactions_destination
  for each row execute function begin_destination_state();
