-- Written by `manage.py beginning`; see controlplane/standalone/beginning/__init__.py.
select pg_catalog.set_config('search_path', '', true);
set local check_function_bodies = false;
CREATE FUNCTION public.audit_head_forward() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.id <> old.id or new.last_id <> old.last_id + 1 then
        raise exception 'the head of the audit moves one record forward at a time, not from % to %',
            old.last_id, new.last_id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
CREATE FUNCTION public.audit_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'audit records are append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$;
CREATE FUNCTION public.begin_destination_state() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into destination_state (destination_id) values (new.id) on conflict do nothing;
  return null;
end $$;
CREATE FUNCTION public.contracts_answer_given() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    asked contracts_confirmation;
    change governance_changerequest;
begin
    select * into asked from contracts_confirmation where id = new.confirmation_id;
    change := governance_lock(asked.change_id);
    if change.state not in ('proposed', 'approved', 'applied') then
        raise exception 'this change is %: nobody answers for a consumer any more', change.state
            using errcode = 'restrict_violation';
    end if;
    if asked.revision_id is distinct from change.current_id then
        raise exception 'this answer is to another revision than the current one' using errcode = 'restrict_violation';
    end if;
    if new.content_hash is distinct from (select content_hash from governance_revision where id = asked.revision_id)
    then
        raise exception 'this answer is bound to another content than the revision has'
            using errcode = 'restrict_violation';
    end if;
    if governance_is_author(change.id, new.person_id) then
        raise exception 'who wrote a change neither answers for its consumers nor overrides one'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
CREATE FUNCTION public.governance_author_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    change governance_changerequest := governance_lock(new.change_id);
begin
    if not exists (select from governance_revision where id = new.revision_id and change_id = new.change_id) then
        raise exception 'the revision is not of this change' using errcode = 'restrict_violation';
    end if;
    if change.state not in ('draft', 'proposed', 'approved') then
        raise exception 'this change is %: its authors are known', change.state using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
CREATE FUNCTION public.governance_change_begins() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.state <> 'draft' or new.current_id is not null then
        raise exception 'a change begins as a draft without a revision' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
CREATE FUNCTION public.governance_change_moves() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    missing text;
begin
    if (new.id, new.kind, new.subject_kind, new.subject_id, new.opened_by_id, new.rolls_back_id) is distinct from
       (old.id, old.kind, old.subject_kind, old.subject_id, old.opened_by_id, old.rolls_back_id) then
        raise exception 'what a change is about does not change' using errcode = 'restrict_violation';
    end if;
    if old.state <> 'draft' and (new.board_id, new.emergency) is distinct from (old.board_id, old.emergency) then
        raise exception 'who decides on a change is settled when it is proposed' using errcode = 'restrict_violation';
    end if;
    if new.current_id is distinct from old.current_id and new.current_id is distinct from (
        select id from governance_revision where change_id = new.id order by number desc limit 1
    ) then
        raise exception 'the current revision is the newest one' using errcode = 'restrict_violation';
    end if;
    if new.reviewed_by_id is not null and governance_is_author(new.id, new.reviewed_by_id) then
        raise exception 'an author does not review their own emergency' using errcode = 'restrict_violation';
    end if;
    if new.state = old.state then
        return new;
    end if;
    if (old.state || ' ' || new.state) not in (
        'draft proposed', 'draft withdrawn',
        'proposed approved', 'proposed rejected', 'proposed withdrawn', 'proposed expired',
        'approved proposed', 'approved applied', 'approved withdrawn', 'approved expired',
        'applied rolled_back'
    ) then
        raise exception 'a change that is % does not become %', old.state, new.state
            using errcode = 'restrict_violation';
    end if;
    if new.state = 'proposed' and new.current_id is null then
        raise exception 'there is nothing to propose yet' using errcode = 'restrict_violation';
    end if;
    if new.state in ('approved', 'applied') then
        missing := governance_lacks(new.id);
        if missing <> '' then
            raise exception 'this change cannot be %: it lacks %', new.state, missing
                using errcode = 'restrict_violation';
        end if;
    end if;
    if new.state = 'applied' then
        perform governance_may_apply(old);
    end if;
    if new.state = 'rolled_back' and not exists (
        select from governance_changerequest where rolls_back_id = new.id and state = 'applied'
    ) then
        raise exception 'a change is rolled back by another one that was applied' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
CREATE FUNCTION public.governance_condition_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if old.met_at is not null then
        raise exception 'this condition is met, and stays so' using errcode = 'restrict_violation';
    end if;
    if (new.vote_id, new.change_id, new.revision_id, new.text, new.before) is distinct from
       (old.vote_id, old.change_id, old.revision_id, old.text, old.before) then
        raise exception 'a condition stays as it was set' using errcode = 'restrict_violation';
    end if;
    if new.met_by_id is not null and governance_is_author(new.change_id, new.met_by_id) then
        raise exception 'an author does not say that a condition of their own change is met'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
CREATE FUNCTION public.governance_is_author(asked_change bigint, asked_person uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    select exists (
        select from governance_revisionauthor where change_id = asked_change and person_id = asked_person
    )
$$;
CREATE FUNCTION public.governance_lacks(asked_change bigint) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
    change governance_changerequest;
    board governance_board;
    needed integer;
    cast_votes integer;
    votes_for integer;
    votes_against integer;
    missing text;
begin
    select * into change from governance_changerequest where id = asked_change;
    select * into board from governance_board where id = change.board_id;
    needed := case when change.emergency then board.emergency_quorum else board.quorum end;
    select count(*), count(*) filter (where vote.choice = 'approve'), count(*) filter (where vote.choice = 'reject')
      into cast_votes, votes_for, votes_against
      from governance_valid_votes(change.id) vote;
    if cast_votes < needed then
        return format('%s of %s votes', cast_votes, needed);
    end if;
    if votes_for <= votes_against then
        return format('more votes for (%s) than against (%s)', votes_for, votes_against);
    end if;
    if change.emergency then
        return '';
    end if;
    select string_agg(needed_role, ', ' order by needed_role) into missing
      from jsonb_array_elements_text(board.required_roles) needed_role
     where needed_role not in (
        select vote.role from governance_valid_votes(change.id) vote where vote.choice = 'approve'
     );
    return coalesce('a vote for from: ' || missing, '');
end $$;
CREATE TABLE public.governance_changerequest (
    id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    subject_kind character varying(40) NOT NULL,
    subject_id character varying(200) NOT NULL,
    subject_name character varying(200) NOT NULL,
    subject_url character varying(300) NOT NULL,
    environment character varying(50) NOT NULL,
    state character varying(12) NOT NULL,
    seen_with character varying(40) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    due timestamp with time zone,
    open_until timestamp with time zone,
    approved_until timestamp with time zone,
    decided_at timestamp with time zone,
    applied_at timestamp with time zone,
    closed_at timestamp with time zone,
    emergency boolean NOT NULL,
    emergency_until timestamp with time zone,
    reviewed_at timestamp with time zone,
    review text NOT NULL,
    answers_for jsonb NOT NULL,
    applied_by_id uuid,
    board_id bigint NOT NULL,
    opened_by_id uuid NOT NULL,
    reviewed_by_id uuid,
    rolls_back_id bigint,
    team_id bigint,
    current_id bigint,
    CONSTRAINT governance_an_emergency_ends CHECK (((NOT emergency) OR (emergency_until IS NOT NULL))),
    CONSTRAINT governance_applied_at_a_moment CHECK (((NOT ((state)::text = ANY ((ARRAY['applied'::character varying, 'rolled_back'::character varying])::text[]))) OR (applied_at IS NOT NULL))),
    CONSTRAINT governance_approved_for_a_time CHECK (((NOT ((state)::text = 'approved'::text)) OR (approved_until IS NOT NULL)))
);
CREATE FUNCTION public.governance_lock(asked_change bigint) RETURNS public.governance_changerequest
    LANGUAGE plpgsql
    AS $$
declare
    change governance_changerequest;
begin
    select * into change from governance_changerequest where id = asked_change for update;
    return change;
end $$;
CREATE FUNCTION public.governance_may_apply(change public.governance_changerequest) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if change.approved_until is null or change.approved_until <= clock_timestamp() then
        raise exception 'the approval of this change is over' using errcode = 'restrict_violation';
    end if;
    if exists (
        select from governance_check where revision_id = change.current_id and required and state <> 'passed'
    ) then
        raise exception 'a required check of this change has not passed' using errcode = 'restrict_violation';
    end if;
    if exists (
        select from governance_condition where revision_id = change.current_id and before and met_at is null
    ) then
        raise exception 'a condition of this change is not met' using errcode = 'restrict_violation';
    end if;
end $$;
CREATE FUNCTION public.governance_policy_versions_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'A version of a policy is never changed or removed; make the next one.' using errcode = 'restrict_violation';
end $$;
CREATE FUNCTION public.governance_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% on % is refused: it is kept as it was written', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$;
CREATE FUNCTION public.governance_revision_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    change governance_changerequest := governance_lock(new.change_id);
    newest integer;
begin
    if change.state not in ('draft', 'proposed', 'approved') then
        raise exception 'this change is %: it takes no more revisions', change.state
            using errcode = 'restrict_violation';
    end if;
    select coalesce(max(number), 0) into newest from governance_revision where change_id = new.change_id;
    if new.number <> newest + 1 then
        raise exception 'revision % does not follow revision %', new.number, newest
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
CREATE FUNCTION public.governance_revision_current() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into governance_revisionauthor (change_id, revision_id, person_id)
         values (new.change_id, new.id, new.person_id);
    update governance_changerequest
       set current_id = new.id,
           state = case when state = 'approved' then 'proposed' else state end,
           approved_until = null, decided_at = null
     where id = new.change_id;
    return null;
end $$;
CREATE TABLE public.governance_vote (
    id bigint NOT NULL,
    content_hash character varying(64) NOT NULL,
    account uuid NOT NULL,
    role character varying(40) NOT NULL,
    choice character varying(8) NOT NULL,
    words text NOT NULL,
    at timestamp with time zone NOT NULL,
    change_id bigint NOT NULL,
    on_behalf_of_id uuid,
    person_id uuid NOT NULL,
    revision_id bigint NOT NULL,
    CONSTRAINT governance_against_says_why CHECK (((NOT ((choice)::text = 'reject'::text)) OR (NOT (words = ''::text))))
);
CREATE FUNCTION public.governance_valid_votes(asked_change bigint) RETURNS SETOF public.governance_vote
    LANGUAGE sql STABLE
    AS $$
    select vote.*
      from governance_vote vote
      join governance_changerequest change on change.id = vote.change_id and change.current_id = vote.revision_id
      join governance_revision revision
        on revision.id = vote.revision_id and revision.content_hash = vote.content_hash
     where change.id = asked_change
       and not governance_is_author(change.id, vote.person_id)
       and not governance_is_author(change.id, coalesce(vote.on_behalf_of_id, vote.person_id))
$$;
CREATE FUNCTION public.governance_vote_cast() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    change governance_changerequest := governance_lock(new.change_id);
    member governance_boardmember;
    held uuid := coalesce(new.on_behalf_of_id, new.person_id);
begin
    if change.state is distinct from 'proposed' then
        raise exception 'votes are taken while a change is proposed; this one is %', change.state
            using errcode = 'restrict_violation';
    end if;
    if new.revision_id is distinct from change.current_id then
        raise exception 'this vote is on another revision than the current one' using errcode = 'restrict_violation';
    end if;
    if new.content_hash is distinct from (select content_hash from governance_revision where id = new.revision_id) then
        raise exception 'this vote is bound to another content than the revision has'
            using errcode = 'restrict_violation';
    end if;
    if not exists (select from people_account where id = new.account and person_id = new.person_id)
       and not exists (select from people_servicetoken where id = new.account and owner_id = new.person_id) then
        raise exception 'the account or token is not of the person whose vote this is'
            using errcode = 'restrict_violation';
    end if;
    if governance_is_author(change.id, new.person_id) or governance_is_author(change.id, held) then
        raise exception 'nobody decides on their own change: an author of a revision has no vote on it, by no account, '
            'token, deputy or delegation' using errcode = 'restrict_violation';
    end if;
    select * into member from governance_boardmember where board_id = change.board_id and person_id = held;
    if member.id is null then
        raise exception 'the vote is of nobody on the board that decides' using errcode = 'restrict_violation';
    end if;
    if new.on_behalf_of_id is not null and (
        member.deputy_id is distinct from new.person_id or member.deputy_until <= clock_timestamp()
    ) then
        raise exception 'the voter is not the deputy of that member' using errcode = 'restrict_violation';
    end if;
    new.role := member.role;
    new.at := clock_timestamp();
    return new;
end $$;
CREATE FUNCTION public.governance_waiver_moves() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'asked' then
      raise exception 'A waiver is asked for first, and decided by somebody else.' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if (new.policy_id, new.subject_kind, new.subject, new.reason, new.owner_id, new.expires_at, new.asked_by_id, new.asked_at)
      is distinct from
     (old.policy_id, old.subject_kind, old.subject, old.reason, old.owner_id, old.expires_at, old.asked_by_id, old.asked_at)
  then
    raise exception 'What a waiver was asked for is not changed; ask for another.' using errcode = 'restrict_violation';
  end if;
  if old.state <> new.state and (old.state, new.state) not in
      (('asked', 'granted'), ('asked', 'declined'), ('granted', 'ended')) then
    raise exception 'A waiver that is % does not become %.', old.state, new.state using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
CREATE FUNCTION public.identity_alias_follows() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare target uuid;
begin
  loop
    select merged_into_id into target from inventory_identity where id = new.identity_id for key share;
    exit when target is null;
    new.identity_id := target;
  end loop;
  return new;
end $$;
CREATE FUNCTION public.identity_change_is_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'what was done to identities is kept: % on % is refused', tg_op, tg_table_name;
end $$;
CREATE FUNCTION public.inventory_only_added_to() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'The history of the inventory is only added to; % was refused.', tg_op using errcode = 'restrict_violation';
end $$;
CREATE FUNCTION public.inventory_stamp_ownership() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  update inventory_ownershipstamp set stamp = gen_random_uuid() where id = 1;
  return null;
end $$;
CREATE FUNCTION public.inventory_versions_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'A version of an entity never changes; make a new one.' using errcode = 'restrict_violation';
end $$;
CREATE FUNCTION public.refuse_changing_published() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION public.refuse_rewriting() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;
CREATE FUNCTION public.tell_endpoints() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_notify('interlock_endpoints', '');
  return null;
end $$;
CREATE FUNCTION public.uuid7_floor(ts timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ select (lpad(to_hex(floor(extract(epoch from ts) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;
CREATE TABLE public.attempt (
    id uuid NOT NULL,
    step_run_id uuid NOT NULL,
    number smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    ms integer DEFAULT 0 NOT NULL,
    outcome smallint NOT NULL,
    status smallint,
    calls smallint DEFAULT 0 NOT NULL,
    revision smallint DEFAULT 0 NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    worker text DEFAULT ''::text NOT NULL,
    lease_token uuid
)
PARTITION BY RANGE (id);
CREATE TABLE public.audit_auditrecord (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_person text NOT NULL,
    actor_account text NOT NULL,
    actor_label text NOT NULL,
    via character varying(10) NOT NULL,
    action character varying(80) NOT NULL,
    subject_kind character varying(40) NOT NULL,
    subject_id text NOT NULL,
    reason text NOT NULL,
    details jsonb NOT NULL,
    correlation_id uuid,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL
);
CREATE TABLE public.audit_chaincheck (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    by_label text NOT NULL,
    records bigint NOT NULL,
    complete boolean NOT NULL,
    head_hash bytea NOT NULL,
    broken_at bigint,
    finding text NOT NULL
);
ALTER TABLE public.audit_chaincheck ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_chaincheck_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.audit_chainhead (
    id smallint NOT NULL,
    last_id bigint NOT NULL,
    last_hash bytea NOT NULL,
    CONSTRAINT audit_one_head CHECK ((id = 1))
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.axes_accessattempt (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    get_data text NOT NULL,
    post_data text NOT NULL,
    failures_since_start integer NOT NULL,
    CONSTRAINT axes_accessattempt_failures_since_start_check CHECK ((failures_since_start >= 0))
);
ALTER TABLE public.axes_accessattempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accessattempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.axes_accessattemptexpiration (
    access_attempt_id integer NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.axes_accessfailurelog (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    locked_out boolean NOT NULL
);
ALTER TABLE public.axes_accessfailurelog ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accessfailurelog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.axes_accesslog (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    logout_time timestamp with time zone,
    session_hash character varying(64) NOT NULL
);
ALTER TABLE public.axes_accesslog ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accesslog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contracts_answer (
    id bigint NOT NULL,
    content_hash character varying(64) NOT NULL,
    said character varying(10) NOT NULL,
    account uuid NOT NULL,
    words text NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL,
    confirmation_id bigint NOT NULL,
    CONSTRAINT answer_says_why CHECK ((((said)::text = 'confirmed'::text) OR (NOT (words = ''::text))))
);
ALTER TABLE public.contracts_answer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contracts_answer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contracts_canary (
    id bigint NOT NULL,
    share smallint NOT NULL,
    points smallint NOT NULL,
    key character varying(50) NOT NULL,
    state character varying(10) NOT NULL,
    began_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    seen bigint NOT NULL,
    set_aside bigint NOT NULL,
    dead bigint NOT NULL,
    seen_others bigint NOT NULL,
    set_aside_others bigint NOT NULL,
    dead_others bigint NOT NULL,
    why text NOT NULL,
    ended_at timestamp with time zone,
    settled_at timestamp with time zone,
    change_id bigint NOT NULL,
    instead_of_id bigint NOT NULL,
    version_id bigint NOT NULL,
    CONSTRAINT contracts_canary_dead_check CHECK ((dead >= 0)),
    CONSTRAINT contracts_canary_dead_others_check CHECK ((dead_others >= 0)),
    CONSTRAINT contracts_canary_points_check CHECK ((points >= 0)),
    CONSTRAINT contracts_canary_seen_check CHECK ((seen >= 0)),
    CONSTRAINT contracts_canary_seen_others_check CHECK ((seen_others >= 0)),
    CONSTRAINT contracts_canary_set_aside_check CHECK ((set_aside >= 0)),
    CONSTRAINT contracts_canary_set_aside_others_check CHECK ((set_aside_others >= 0)),
    CONSTRAINT contracts_canary_share_check CHECK ((share >= 0))
);
ALTER TABLE public.contracts_canary ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contracts_canary_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contracts_confirmation (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    findings jsonb NOT NULL,
    state character varying(10) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    stale_at timestamp with time zone,
    released_why character varying(300) NOT NULL,
    change_id bigint NOT NULL,
    integration_id bigint,
    revision_id bigint NOT NULL,
    team_id bigint NOT NULL,
    dependency_id bigint,
    CONSTRAINT confirmation_of_somebody CHECK (((integration_id IS NOT NULL) OR (dependency_id IS NOT NULL)))
);
ALTER TABLE public.contracts_confirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contracts_confirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contracts_contract (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL,
    team_id bigint NOT NULL,
    format character varying(12) DEFAULT 'json-schema'::character varying NOT NULL,
    compatibility character varying(20) DEFAULT 'full'::character varying NOT NULL
);
ALTER TABLE public.contracts_contract ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contracts_contract_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contracts_contractversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    schema jsonb NOT NULL,
    keys jsonb NOT NULL,
    personal jsonb NOT NULL,
    secret jsonb NOT NULL,
    enforcement character varying(10) NOT NULL,
    state character varying(10) NOT NULL,
    content_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    author_id uuid,
    contract_id bigint NOT NULL,
    links jsonb DEFAULT '[]'::jsonb NOT NULL,
    examples jsonb DEFAULT '[]'::jsonb NOT NULL,
    change_id bigint,
    downgrade jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT contracts_contractversion_number_check CHECK ((number >= 0))
);
ALTER TABLE public.contracts_contractversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contracts_contractversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contracts_dependency (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    contact character varying(200) NOT NULL,
    fields jsonb NOT NULL,
    oldest integer,
    newest integer,
    cadence interval,
    reads boolean NOT NULL,
    writes boolean NOT NULL,
    note text NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    withdrawn_why text NOT NULL,
    confirmed_by_id uuid,
    contract_id bigint NOT NULL,
    declared_by_id uuid,
    integration_id bigint,
    team_id bigint,
    withdrawn_by_id uuid,
    CONSTRAINT contracts_dependency_newest_check CHECK ((newest >= 0)),
    CONSTRAINT contracts_dependency_oldest_check CHECK ((oldest >= 0)),
    CONSTRAINT dependency_oldest_first CHECK (((oldest <= newest) OR (oldest IS NULL) OR (newest IS NULL))),
    CONSTRAINT dependency_reads_or_writes CHECK ((reads OR writes)),
    CONSTRAINT dependency_within_or_outside CHECK ((((integration_id IS NOT NULL) AND ((name)::text = ''::text) AND (team_id IS NULL)) OR ((integration_id IS NULL) AND (team_id IS NOT NULL) AND (NOT ((name)::text = ''::text)))))
);
ALTER TABLE public.contracts_dependency ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contracts_dependency_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contracts_sunset (
    id bigint NOT NULL,
    "on" date NOT NULL,
    in_any_case boolean NOT NULL,
    announced_at timestamp with time zone NOT NULL,
    held text NOT NULL,
    retired_at timestamp with time zone,
    change_id bigint NOT NULL,
    version_id bigint NOT NULL
);
ALTER TABLE public.contracts_sunset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contracts_sunset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.credentials_credential (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL,
    "references" jsonb NOT NULL,
    expires_at timestamp with time zone,
    instance_id bigint NOT NULL,
    team_id bigint NOT NULL
);
ALTER TABLE public.credentials_credential ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.credentials_credential_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.dead_letter (
    step_run_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    fingerprint uuid NOT NULL,
    error_class text NOT NULL,
    reason text NOT NULL,
    required boolean NOT NULL,
    died_at timestamp with time zone NOT NULL,
    payload_id uuid,
    note text NOT NULL,
    snoozed_until timestamp with time zone,
    resolved_at timestamp with time zone,
    resolution text NOT NULL,
    assignee_id uuid,
    integration_id bigint NOT NULL,
    destination_id bigint,
    team_id bigint,
    superseded_by uuid,
    step text DEFAULT ''::text NOT NULL,
    source_id bigint,
    resource text DEFAULT ''::text NOT NULL,
    external_id text DEFAULT ''::text NOT NULL,
    source_version bigint,
    occurred_at timestamp with time zone
);
CREATE TABLE public.dedupe (
    endpoint_id bigint NOT NULL,
    key_digest uuid NOT NULL,
    transaction_id uuid NOT NULL,
    body_digest uuid NOT NULL
);
CREATE TABLE public.destination_state (
    destination_id bigint NOT NULL,
    max_in_flight integer DEFAULT 64 NOT NULL,
    rate_per_second double precision,
    tat timestamp with time zone,
    paused_until timestamp with time zone DEFAULT '1970-01-01 00:00:00+00'::timestamp with time zone NOT NULL,
    pause_reason text DEFAULT ''::text NOT NULL,
    claimed_at timestamp with time zone DEFAULT '1970-01-01 00:00:00+00'::timestamp with time zone NOT NULL,
    low timestamp with time zone DEFAULT '1970-01-01 00:00:00+00'::timestamp with time zone NOT NULL,
    breaker smallint DEFAULT 0 NOT NULL,
    breaker_until timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    probes smallint DEFAULT 0 NOT NULL,
    openings smallint DEFAULT 0 NOT NULL,
    troubled_since timestamp with time zone
)
WITH (fillfactor='50', autovacuum_vacuum_threshold='500', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_cost_delay='0');
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE public.governance_agendaitem (
    id bigint NOT NULL,
    place smallint NOT NULL,
    title character varying(200) NOT NULL,
    duration_minutes smallint NOT NULL,
    notes text NOT NULL,
    change_id bigint,
    meeting_id bigint NOT NULL,
    CONSTRAINT governance_agendaitem_duration_minutes_check CHECK ((duration_minutes >= 0)),
    CONSTRAINT governance_agendaitem_place_check CHECK ((place >= 0))
);
ALTER TABLE public.governance_agendaitem ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_agendaitem_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_board (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(80) NOT NULL,
    kinds jsonb NOT NULL,
    quorum smallint NOT NULL,
    required_roles jsonb NOT NULL,
    emergency_quorum smallint NOT NULL,
    approval_days smallint NOT NULL,
    CONSTRAINT governance_a_board_needs_votes CHECK (((approval_days >= 1) AND (emergency_quorum >= 1) AND (quorum >= 1))),
    CONSTRAINT governance_board_approval_days_check CHECK ((approval_days >= 0)),
    CONSTRAINT governance_board_emergency_quorum_check CHECK ((emergency_quorum >= 0)),
    CONSTRAINT governance_board_quorum_check CHECK ((quorum >= 0))
);
ALTER TABLE public.governance_board ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_board_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_boardmember (
    id bigint NOT NULL,
    role character varying(40) NOT NULL,
    deputy_until timestamp with time zone,
    board_id bigint NOT NULL,
    deputy_id uuid,
    person_id uuid NOT NULL,
    CONSTRAINT governance_nobody_deputises_for_themselves CHECK (((deputy_id IS NULL) OR (NOT ((deputy_id = person_id) AND (deputy_id IS NOT NULL)))))
);
ALTER TABLE public.governance_boardmember ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_boardmember_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.governance_changerequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_changerequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_check (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    title character varying(160) NOT NULL,
    required boolean NOT NULL,
    state character varying(16) NOT NULL,
    detail text NOT NULL,
    ran_at timestamp with time zone,
    revision_id bigint NOT NULL,
    evidence jsonb DEFAULT '{}'::jsonb NOT NULL
);
ALTER TABLE public.governance_check ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_check_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_comment (
    id bigint NOT NULL,
    account uuid,
    words text NOT NULL,
    at timestamp with time zone NOT NULL,
    change_id bigint NOT NULL,
    person_id uuid NOT NULL,
    revision_id bigint NOT NULL,
    place character varying(9) DEFAULT ''::character varying NOT NULL,
    pointer text DEFAULT ''::text NOT NULL,
    quoted text DEFAULT ''::text NOT NULL,
    CONSTRAINT governance_a_comment_has_a_place CHECK (((place)::text ~ '^([LOF][1-9][0-9]{0,7})?$'::text))
);
ALTER TABLE public.governance_comment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_condition (
    id bigint NOT NULL,
    text text NOT NULL,
    before boolean NOT NULL,
    due timestamp with time zone,
    evidence text NOT NULL,
    met_at timestamp with time zone,
    change_id bigint NOT NULL,
    met_by_id uuid,
    revision_id bigint NOT NULL,
    vote_id bigint NOT NULL,
    CONSTRAINT governance_met_with_evidence CHECK ((((met_at IS NULL) AND (met_by_id IS NULL)) OR ((met_at IS NOT NULL) AND (met_by_id IS NOT NULL) AND (NOT (evidence = ''::text)))))
);
ALTER TABLE public.governance_condition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_condition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_decision (
    id bigint NOT NULL,
    outcome character varying(12) NOT NULL,
    votes_for smallint NOT NULL,
    votes_against smallint NOT NULL,
    abstained smallint NOT NULL,
    words text NOT NULL,
    at timestamp with time zone NOT NULL,
    change_id bigint NOT NULL,
    meeting_id bigint,
    revision_id bigint NOT NULL,
    CONSTRAINT governance_decision_abstained_check CHECK ((abstained >= 0)),
    CONSTRAINT governance_decision_votes_against_check CHECK ((votes_against >= 0)),
    CONSTRAINT governance_decision_votes_for_check CHECK ((votes_for >= 0))
);
ALTER TABLE public.governance_decision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_finding (
    id bigint NOT NULL,
    subject_kind character varying(40) NOT NULL,
    subject character varying(120) NOT NULL,
    name character varying(200) NOT NULL,
    domain character varying(80) NOT NULL,
    integration character varying(80) NOT NULL,
    process character varying(80) NOT NULL,
    environment character varying(50) NOT NULL,
    severity character varying(6) NOT NULL,
    comes_from character varying(120) NOT NULL,
    verdict character varying(8) NOT NULL,
    detail text NOT NULL,
    since timestamp with time zone NOT NULL,
    waived_until timestamp with time zone,
    team_id bigint,
    policy_id bigint NOT NULL,
    version_id bigint NOT NULL
);
ALTER TABLE public.governance_finding ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_finding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_meeting (
    id bigint NOT NULL,
    date date NOT NULL,
    begins_at timestamp with time zone,
    place character varying(120) NOT NULL,
    minutes text NOT NULL,
    board_id bigint NOT NULL
);
ALTER TABLE public.governance_meeting ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_meeting_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_policy (
    id bigint NOT NULL,
    slug character varying(80) NOT NULL,
    about character varying(40) NOT NULL,
    reach character varying(12) NOT NULL,
    scope character varying(80) NOT NULL,
    shipped boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    current_id bigint,
    CONSTRAINT governance_a_part_has_a_name CHECK (((((reach)::text = 'company'::text) AND ((scope)::text = ''::text)) OR ((NOT ((reach)::text = 'company'::text)) AND (NOT ((scope)::text = ''::text)))))
);
ALTER TABLE public.governance_policy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_policy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_policyoverride (
    id bigint NOT NULL,
    reach character varying(12) NOT NULL,
    scope character varying(80) NOT NULL,
    severity character varying(6) NOT NULL,
    reason text NOT NULL,
    by_label text NOT NULL,
    at timestamp with time zone NOT NULL,
    policy_id bigint NOT NULL,
    CONSTRAINT governance_exceptions_have_reasons CHECK ((NOT (reason = ''::text)))
);
ALTER TABLE public.governance_policyoverride ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_policyoverride_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_policyrun (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    seconds double precision NOT NULL,
    policies integer NOT NULL,
    subjects integer NOT NULL,
    findings integer NOT NULL,
    CONSTRAINT governance_policyrun_findings_check CHECK ((findings >= 0)),
    CONSTRAINT governance_policyrun_policies_check CHECK ((policies >= 0)),
    CONSTRAINT governance_policyrun_subjects_check CHECK ((subjects >= 0))
);
ALTER TABLE public.governance_policyrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_policyrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_policyversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    title character varying(120) NOT NULL,
    severity character varying(6) NOT NULL,
    expression text NOT NULL,
    applies_when text NOT NULL,
    remediation text NOT NULL,
    passes jsonb NOT NULL,
    fails jsonb NOT NULL,
    shipped boolean NOT NULL,
    content_hash character varying(64) NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    author_id uuid,
    policy_id bigint NOT NULL,
    CONSTRAINT governance_policyversion_number_check CHECK ((number >= 0))
);
ALTER TABLE public.governance_policyversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_policyversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_resolution (
    id bigint NOT NULL,
    account uuid,
    resolved boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    comment_id bigint NOT NULL,
    person_id uuid NOT NULL
);
ALTER TABLE public.governance_resolution ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_resolution_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_revision (
    id bigint NOT NULL,
    number smallint NOT NULL,
    title character varying(200) NOT NULL,
    why text NOT NULL,
    content jsonb NOT NULL,
    base jsonb,
    diff jsonb NOT NULL,
    risk character varying(10) NOT NULL,
    impact jsonb NOT NULL,
    base_hash character varying(64) NOT NULL,
    content_hash character varying(64) NOT NULL,
    account uuid,
    at timestamp with time zone NOT NULL,
    change_id bigint NOT NULL,
    person_id uuid NOT NULL,
    CONSTRAINT governance_revision_number_check CHECK ((number >= 0))
);
ALTER TABLE public.governance_revision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_revisionauthor (
    id bigint NOT NULL,
    change_id bigint NOT NULL,
    person_id uuid NOT NULL,
    revision_id bigint NOT NULL
);
ALTER TABLE public.governance_revisionauthor ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_revisionauthor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_scoreday (
    id bigint NOT NULL,
    day date NOT NULL,
    of character varying(12) NOT NULL,
    slug character varying(80) NOT NULL,
    value smallint,
    passed integer NOT NULL,
    failed integer NOT NULL,
    waived integer NOT NULL,
    unjudged integer NOT NULL,
    CONSTRAINT governance_scoreday_failed_check CHECK ((failed >= 0)),
    CONSTRAINT governance_scoreday_passed_check CHECK ((passed >= 0)),
    CONSTRAINT governance_scoreday_unjudged_check CHECK ((unjudged >= 0)),
    CONSTRAINT governance_scoreday_value_check CHECK ((value >= 0)),
    CONSTRAINT governance_scoreday_waived_check CHECK ((waived >= 0))
);
ALTER TABLE public.governance_scoreday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_scoreday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.governance_vote ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_vote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.governance_waiver (
    id bigint NOT NULL,
    subject_kind character varying(40) NOT NULL,
    subject character varying(120) NOT NULL,
    reason text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    state character varying(8) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    ended_at timestamp with time zone,
    words text NOT NULL,
    asked_by_id uuid NOT NULL,
    decided_by_id uuid,
    ended_by_id uuid,
    owner_id uuid NOT NULL,
    policy_id bigint NOT NULL,
    CONSTRAINT governance_nobody_grants_their_own_waiver CHECK (((decided_by_id IS NULL) OR (NOT ((decided_by_id = asked_by_id) AND (decided_by_id IS NOT NULL))))),
    CONSTRAINT governance_waivers_are_decided_by_somebody CHECK ((((decided_by_id IS NULL) AND ((state)::text = 'asked'::text)) OR ((NOT ((state)::text = 'asked'::text)) AND (NOT (decided_by_id IS NULL))))),
    CONSTRAINT governance_waivers_end CHECK (((expires_at > asked_at) AND (expires_at <= (asked_at + '366 days'::interval)))),
    CONSTRAINT governance_waivers_have_reasons CHECK ((NOT (reason = ''::text)))
);
ALTER TABLE public.governance_waiver ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.governance_waiver_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inbox (
    transaction_id uuid NOT NULL,
    endpoint_id bigint,
    sync jsonb,
    retention smallint NOT NULL,
    lane smallint DEFAULT 1 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    lease_token uuid,
    tries smallint DEFAULT 0 NOT NULL,
    body_id uuid
)
WITH (fillfactor='70', autovacuum_vacuum_threshold='500', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_cost_delay='0');
CREATE TABLE public.inventory_company (
    id smallint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL
);
ALTER TABLE public.inventory_company ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_company_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_decision (
    id bigint NOT NULL,
    guide character varying(40) NOT NULL,
    edition character varying(64) NOT NULL,
    answers jsonb NOT NULL,
    recommended character varying(40) NOT NULL,
    chosen character varying(40) NOT NULL,
    need text NOT NULL,
    deviation text NOT NULL,
    by_label text NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id uuid,
    integration_id bigint NOT NULL
);
ALTER TABLE public.inventory_decision ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_entityattribute (
    id bigint NOT NULL,
    pointer character varying(200) NOT NULL,
    "position" smallint NOT NULL,
    type character varying(40) NOT NULL,
    description text NOT NULL,
    personal character varying(9) NOT NULL,
    is_identifier boolean NOT NULL,
    active boolean NOT NULL,
    entity_id smallint NOT NULL,
    CONSTRAINT inventory_entityattribute_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.inventory_entityattribute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_entityattribute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_entitykind (
    id smallint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(80) NOT NULL,
    personal boolean NOT NULL,
    on_breach character varying(5) DEFAULT 'flag'::character varying NOT NULL,
    purpose text DEFAULT ''::text NOT NULL
);
ALTER TABLE public.inventory_entitykind ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_entitykind_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_entityversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    schema jsonb NOT NULL,
    operations jsonb NOT NULL,
    content_hash character varying(64) NOT NULL,
    shipped boolean NOT NULL,
    reason text NOT NULL,
    author_label text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    author_id uuid,
    entity_id smallint NOT NULL,
    CONSTRAINT inventory_entityversion_number_check CHECK ((number >= 0))
);
ALTER TABLE public.inventory_entityversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_entityversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_environment (
    id smallint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(80) NOT NULL
);
ALTER TABLE public.inventory_environment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_environment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_failuremode (
    id bigint NOT NULL,
    slug character varying(80) NOT NULL,
    name character varying(200) NOT NULL,
    sign text NOT NULL,
    workaround text NOT NULL,
    integration_id bigint NOT NULL
);
ALTER TABLE public.inventory_failuremode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_failuremode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_fieldchange (
    id bigint NOT NULL,
    kind character varying(40) NOT NULL,
    object_id bigint NOT NULL,
    field character varying(80) NOT NULL,
    before jsonb,
    after jsonb,
    at timestamp with time zone NOT NULL,
    by_label text NOT NULL,
    reason text NOT NULL,
    by_id uuid
);
ALTER TABLE public.inventory_fieldchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_fieldchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_identity (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    kind_id smallint NOT NULL,
    merged_into_id uuid
);
CREATE TABLE public.inventory_identityalias (
    id bigint NOT NULL,
    value character varying(200) NOT NULL,
    valid tstzrange NOT NULL,
    identity_id uuid NOT NULL,
    kind_id smallint NOT NULL,
    instance_id bigint NOT NULL,
    beside bigint,
    learnt_by_id bigint
);
ALTER TABLE public.inventory_identityalias ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_identityalias_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_identitychange (
    id bigint NOT NULL,
    kind character varying(5) NOT NULL,
    given_by_id uuid NOT NULL,
    given_to_id uuid NOT NULL,
    undoes_id bigint,
    newest_alias bigint NOT NULL,
    reason text NOT NULL,
    by_id uuid NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE public.inventory_identitychange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_identitychange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_identitymove (
    id bigint NOT NULL,
    change_id bigint NOT NULL,
    alias_id bigint NOT NULL
);
ALTER TABLE public.inventory_identitymove ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_identitymove_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_importdraft (
    id uuid NOT NULL,
    format character varying(10) NOT NULL,
    file character varying(200) NOT NULL,
    document jsonb NOT NULL,
    options jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL
);
CREATE TABLE public.inventory_instance (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    region character varying(40) NOT NULL,
    name character varying(120) NOT NULL,
    base_url character varying(500) NOT NULL,
    settings jsonb NOT NULL,
    environment_id smallint NOT NULL,
    system_id bigint NOT NULL
);
ALTER TABLE public.inventory_instance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_instance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_integration (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL,
    purpose text NOT NULL,
    process character varying(80),
    criticality character varying(8) NOT NULL,
    stage character varying(10) NOT NULL,
    company_id smallint,
    environment_id smallint NOT NULL,
    team_id bigint NOT NULL,
    source_id bigint,
    classification character varying(12) NOT NULL,
    daily_volume integer,
    deputy_id uuid,
    latency_seconds double precision,
    layer character varying(10) NOT NULL,
    owner_id uuid,
    pattern character varying(10) NOT NULL,
    real_time_need text NOT NULL,
    recovery_point_minutes integer,
    recovery_time_minutes integer,
    residency character varying(80) NOT NULL,
    retention_days integer,
    runbook character varying(500) NOT NULL,
    sync_mode character varying(14) NOT NULL,
    family character varying(80) NOT NULL,
    CONSTRAINT inventory_integration_daily_volume_check CHECK ((daily_volume >= 0)),
    CONSTRAINT inventory_integration_recovery_point_minutes_check CHECK ((recovery_point_minutes >= 0)),
    CONSTRAINT inventory_integration_recovery_time_minutes_check CHECK ((recovery_time_minutes >= 0)),
    CONSTRAINT inventory_integration_retention_days_check CHECK ((retention_days >= 0))
);
ALTER TABLE public.inventory_integration ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_integration_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_integration_steps (
    id bigint NOT NULL,
    integration_id bigint NOT NULL,
    processstep_id bigint NOT NULL
);
ALTER TABLE public.inventory_integration_steps ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_integration_steps_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_integration_targets (
    id bigint NOT NULL,
    integration_id bigint NOT NULL,
    interface_id bigint NOT NULL
);
ALTER TABLE public.inventory_integration_targets ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_integration_targets_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_interface (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    kind character varying(10) NOT NULL,
    name character varying(120) NOT NULL,
    instance_id bigint NOT NULL,
    documentation character varying(500) NOT NULL,
    purpose text NOT NULL,
    version character varying(40) NOT NULL
);
ALTER TABLE public.inventory_interface ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_interface_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_operation (
    id bigint NOT NULL,
    key character varying(520) NOT NULL,
    name character varying(200) NOT NULL,
    action character varying(8) NOT NULL,
    address character varying(500) NOT NULL,
    summary character varying(300) NOT NULL,
    deprecated boolean NOT NULL,
    request jsonb NOT NULL,
    responses jsonb NOT NULL,
    tags jsonb NOT NULL,
    digest character varying(64) NOT NULL,
    gone_at timestamp with time zone,
    interface_id bigint NOT NULL
);
ALTER TABLE public.inventory_operation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_operation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_ownership (
    id bigint NOT NULL,
    survivorship character varying(8) NOT NULL,
    trusted jsonb NOT NULL,
    attribute_id bigint,
    deputy_id uuid,
    entity_id smallint NOT NULL,
    record_id bigint,
    steward_id uuid
);
ALTER TABLE public.inventory_ownership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_ownership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_ownershipright (
    id bigint NOT NULL,
    "right" character varying(6) NOT NULL,
    ownership_id bigint NOT NULL,
    system_id bigint NOT NULL
);
ALTER TABLE public.inventory_ownershipright ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_ownershipright_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_ownershipstamp (
    id smallint NOT NULL,
    stamp uuid NOT NULL
);
CREATE TABLE public.inventory_process (
    id bigint NOT NULL,
    slug character varying(80) NOT NULL,
    name character varying(120) NOT NULL,
    purpose text NOT NULL,
    owner_id uuid,
    team_id bigint
);
ALTER TABLE public.inventory_process ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_process_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_processstep (
    id bigint NOT NULL,
    number smallint NOT NULL,
    slug character varying(80) NOT NULL,
    name character varying(120) NOT NULL,
    process_id bigint NOT NULL,
    CONSTRAINT inventory_processstep_number_check CHECK ((number >= 0))
);
ALTER TABLE public.inventory_processstep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_processstep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.inventory_system (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL,
    connector character varying(40) NOT NULL,
    monogram character varying(2) NOT NULL,
    hue smallint NOT NULL,
    domain character varying(80) NOT NULL,
    owner_id uuid,
    purpose text NOT NULL,
    stage character varying(8) NOT NULL,
    team_id bigint,
    vendor character varying(120) NOT NULL,
    CONSTRAINT inventory_system_hue_check CHECK ((hue >= 0))
);
ALTER TABLE public.inventory_system ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.inventory_system_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE UNLOGGED TABLE public.look_up_answer (
    key uuid NOT NULL,
    external_id text NOT NULL,
    fields jsonb,
    expires_at timestamp with time zone NOT NULL
)
WITH (fillfactor='80', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_scale_factor='0');
CREATE TABLE public.observed_break (
    id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    place text NOT NULL,
    contract_version_id bigint NOT NULL,
    integration_id bigint NOT NULL
);
CREATE TABLE public.ownership_breach (
    id uuid NOT NULL,
    path text NOT NULL,
    transaction_id uuid NOT NULL,
    step_run_id uuid NOT NULL,
    blocked boolean NOT NULL,
    entity_id smallint NOT NULL,
    system_id bigint NOT NULL,
    record_id bigint NOT NULL,
    integration_id bigint NOT NULL,
    destination_id bigint NOT NULL
);
CREATE TABLE public.payload (
    id uuid NOT NULL,
    retention smallint NOT NULL,
    kind smallint NOT NULL,
    transaction_id uuid NOT NULL,
    step_run_id uuid,
    content_type text DEFAULT 'application/json'::text NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    body bytea NOT NULL,
    revision_of uuid,
    edited_by uuid,
    approved_by uuid,
    reason text DEFAULT ''::text NOT NULL
)
PARTITION BY LIST (retention);
CREATE TABLE public.payload_long (
    id uuid NOT NULL,
    retention smallint NOT NULL,
    kind smallint NOT NULL,
    transaction_id uuid NOT NULL,
    step_run_id uuid,
    content_type text DEFAULT 'application/json'::text NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    body bytea NOT NULL,
    revision_of uuid,
    edited_by uuid,
    approved_by uuid,
    reason text DEFAULT ''::text NOT NULL
)
PARTITION BY RANGE (id);
CREATE TABLE public.payload_pinned (
    id uuid NOT NULL,
    retention smallint NOT NULL,
    kind smallint NOT NULL,
    transaction_id uuid NOT NULL,
    step_run_id uuid,
    content_type text DEFAULT 'application/json'::text NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    body bytea NOT NULL,
    revision_of uuid,
    edited_by uuid,
    approved_by uuid,
    reason text DEFAULT ''::text NOT NULL
)
PARTITION BY RANGE (id);
CREATE TABLE public.payload_short (
    id uuid NOT NULL,
    retention smallint NOT NULL,
    kind smallint NOT NULL,
    transaction_id uuid NOT NULL,
    step_run_id uuid,
    content_type text DEFAULT 'application/json'::text NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    body bytea NOT NULL,
    revision_of uuid,
    edited_by uuid,
    approved_by uuid,
    reason text DEFAULT ''::text NOT NULL
)
PARTITION BY RANGE (id);
CREATE TABLE public.payload_standard (
    id uuid NOT NULL,
    retention smallint NOT NULL,
    kind smallint NOT NULL,
    transaction_id uuid NOT NULL,
    step_run_id uuid,
    content_type text DEFAULT 'application/json'::text NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    body bytea NOT NULL,
    revision_of uuid,
    edited_by uuid,
    approved_by uuid,
    reason text DEFAULT ''::text NOT NULL
)
PARTITION BY RANGE (id);
CREATE TABLE public.payload_subject (
    subject uuid NOT NULL,
    payload_id uuid NOT NULL
)
PARTITION BY RANGE (payload_id);
CREATE TABLE public.people_account (
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    kind character varying(8) NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL,
    density character varying(12) DEFAULT ''::character varying NOT NULL,
    keys character varying(12) DEFAULT ''::character varying NOT NULL,
    muted jsonb DEFAULT '[]'::jsonb NOT NULL,
    notices_seen_at timestamp with time zone,
    session_round integer DEFAULT 0 NOT NULL,
    start_page character varying(60) DEFAULT ''::character varying NOT NULL,
    theme character varying(12) DEFAULT ''::character varying NOT NULL,
    time_zone character varying(60) DEFAULT ''::character varying NOT NULL,
    environment character varying(50) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT people_account_session_round_check CHECK ((session_round >= 0)),
    CONSTRAINT people_email_lower CHECK (((email)::text = lower((email)::text)))
);
CREATE TABLE public.people_keptanswer (
    id bigint NOT NULL,
    caller uuid NOT NULL,
    key character varying(255) NOT NULL,
    request bytea NOT NULL,
    status smallint NOT NULL,
    body bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT people_keptanswer_status_check CHECK ((status >= 0))
);
ALTER TABLE public.people_keptanswer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.people_keptanswer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.people_membership (
    id bigint NOT NULL,
    role character varying(10) NOT NULL,
    since timestamp with time zone NOT NULL,
    person_id uuid NOT NULL,
    team_id bigint,
    CONSTRAINT people_company_wide_roles CHECK (((NOT ((role)::text = ANY ((ARRAY['auditor'::character varying, 'operator'::character varying])::text[]))) OR (team_id IS NULL)))
);
ALTER TABLE public.people_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.people_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.people_opensession (
    id bigint NOT NULL,
    key character varying(40) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    address character varying(64) NOT NULL,
    browser character varying(60) NOT NULL,
    account_id uuid NOT NULL
);
ALTER TABLE public.people_opensession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.people_opensession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.people_person (
    id uuid NOT NULL,
    name character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.people_servicetoken (
    id uuid NOT NULL,
    name character varying(80) NOT NULL,
    role character varying(10) NOT NULL,
    digest bytea NOT NULL,
    hint character varying(12) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    owner_id uuid NOT NULL,
    revoked_by_id uuid,
    team_id bigint,
    CONSTRAINT people_company_wide_tokens CHECK (((NOT ((role)::text = ANY ((ARRAY['auditor'::character varying, 'operator'::character varying])::text[]))) OR (team_id IS NULL)))
);
CREATE TABLE public.people_team (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(80) NOT NULL
);
ALTER TABLE public.people_team ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.people_team_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.step_queue (
    step_run_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    destination_id bigint NOT NULL,
    lane smallint DEFAULT 1 NOT NULL,
    ordering_key bigint,
    event_id uuid,
    endpoint_id bigint,
    resource text DEFAULT ''::text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    lease_token uuid,
    tries smallint DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone,
    waits_for text
)
WITH (fillfactor='70', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_cost_delay='0');
ALTER TABLE ONLY public.step_queue ALTER COLUMN destination_id SET (n_distinct=200);
ALTER TABLE ONLY public.step_queue ALTER COLUMN ordering_key SET (n_distinct=-0.5);
CREATE TABLE public.step_run (
    id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    flow_version_id bigint NOT NULL,
    ordinal smallint NOT NULL,
    name text NOT NULL,
    kind smallint NOT NULL,
    required boolean NOT NULL,
    destination_id bigint,
    state smallint NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    revision smallint DEFAULT 0 NOT NULL,
    retention smallint NOT NULL,
    request_id uuid,
    response_id uuid,
    external_id text DEFAULT ''::text NOT NULL,
    result jsonb,
    error_class text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    replay_id bigint,
    queued_at timestamp with time zone,
    finished_at timestamp with time zone
)
PARTITION BY RANGE (id);
CREATE TABLE public.sync_exception (
    id bigint NOT NULL,
    page integer NOT NULL,
    key text NOT NULL,
    label text NOT NULL,
    cause character varying(160) NOT NULL,
    detail text NOT NULL,
    transaction_id uuid,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    run_id bigint NOT NULL,
    CONSTRAINT sync_exception_page_check CHECK ((page >= 0))
);
ALTER TABLE public.sync_exception ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sync_exception_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sync_job (
    id bigint NOT NULL,
    slug character varying(80) NOT NULL,
    name character varying(120) NOT NULL,
    stream character varying(120) NOT NULL,
    event_type character varying(120) NOT NULL,
    deleted_type character varying(120) NOT NULL,
    key_field character varying(120) NOT NULL,
    schedule character varying(8) NOT NULL,
    cron character varying(120) NOT NULL,
    every_seconds integer,
    time_zone character varying(60) NOT NULL,
    slots_until timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    window_start time without time zone,
    window_end time without time zone,
    mode character varying(11) NOT NULL,
    deletions character varying(7) NOT NULL,
    page_size integer NOT NULL,
    records_per_second double precision,
    rejected_share double precision,
    deleted_share double precision,
    deleted_free integer NOT NULL,
    lane smallint NOT NULL,
    retention smallint NOT NULL,
    active boolean NOT NULL,
    paused_at timestamp with time zone,
    paused_by character varying(120) NOT NULL,
    paused_reason text NOT NULL,
    read_cursor jsonb NOT NULL,
    settled_cursor jsonb NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    credential_id bigint,
    integration_id bigint NOT NULL,
    interface_id bigint NOT NULL,
    CONSTRAINT sync_job_deleted_free_check CHECK ((deleted_free >= 0)),
    CONSTRAINT sync_job_deleted_share CHECK (((deleted_share >= (0.0)::double precision) AND (deleted_share <= (1.0)::double precision))),
    CONSTRAINT sync_job_every_seconds_check CHECK ((every_seconds >= 0)),
    CONSTRAINT sync_job_lane_check CHECK ((lane >= 0)),
    CONSTRAINT sync_job_page_size CHECK (((page_size >= 1) AND (page_size <= 10000))),
    CONSTRAINT sync_job_page_size_check CHECK ((page_size >= 0)),
    CONSTRAINT sync_job_rate CHECK ((records_per_second > (0.0)::double precision)),
    CONSTRAINT sync_job_rejected_share CHECK (((rejected_share >= (0.0)::double precision) AND (rejected_share <= (1.0)::double precision))),
    CONSTRAINT sync_job_retention_check CHECK ((retention >= 0)),
    CONSTRAINT sync_job_schedule CHECK ((((schedule)::text = 'manual'::text) OR (((schedule)::text = 'cron'::text) AND (NOT ((cron)::text = ''::text))) OR ((every_seconds >= 10) AND ((schedule)::text = 'interval'::text)))),
    CONSTRAINT sync_job_window CHECK ((((window_end IS NULL) AND (window_start IS NULL)) OR ((window_end IS NOT NULL) AND (window_start IS NOT NULL) AND (NOT ((window_start = window_end) AND (window_start IS NOT NULL) AND (window_end IS NOT NULL)))))),
    CONSTRAINT sync_job_words CHECK (((NOT ((stream)::text = ''::text)) AND (NOT ((event_type)::text = ''::text))))
);
ALTER TABLE public.sync_job ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sync_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sync_page (
    number integer NOT NULL,
    phase character varying(8) NOT NULL,
    cursor jsonb NOT NULL,
    read integer NOT NULL,
    changed integer NOT NULL,
    unchanged integer NOT NULL,
    deleted integer NOT NULL,
    echo integer NOT NULL,
    rejected integer NOT NULL,
    first_event uuid,
    last_event uuid,
    ms integer NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    run_id bigint NOT NULL,
    CONSTRAINT sync_page_adds_up CHECK ((((phase)::text = 'sweeping'::text) OR (read = ((((changed + unchanged) + deleted) + echo) + rejected)))),
    CONSTRAINT sync_page_changed_check CHECK ((changed >= 0)),
    CONSTRAINT sync_page_deleted_check CHECK ((deleted >= 0)),
    CONSTRAINT sync_page_echo_check CHECK ((echo >= 0)),
    CONSTRAINT sync_page_events CHECK ((((first_event IS NULL) AND (last_event IS NULL)) OR (first_event <= last_event))),
    CONSTRAINT sync_page_ms_check CHECK ((ms >= 0)),
    CONSTRAINT sync_page_number_check CHECK ((number >= 0)),
    CONSTRAINT sync_page_read_check CHECK ((read >= 0)),
    CONSTRAINT sync_page_rejected_check CHECK ((rejected >= 0)),
    CONSTRAINT sync_page_unchanged_check CHECK ((unchanged >= 0))
);
CREATE TABLE public.sync_record (
    key text NOT NULL,
    hash uuid NOT NULL,
    source_version bigint,
    last_seen_run bigint NOT NULL,
    tombstone boolean NOT NULL,
    job_id bigint NOT NULL
)
WITH (fillfactor='80');
CREATE TABLE public.sync_run (
    id bigint NOT NULL,
    slot timestamp with time zone NOT NULL,
    missed integer NOT NULL,
    kind character varying(9) NOT NULL,
    moves character varying(5) NOT NULL,
    "full" boolean NOT NULL,
    force boolean NOT NULL,
    reason text NOT NULL,
    state character varying(10) NOT NULL,
    phase character varying(8) NOT NULL,
    note text NOT NULL,
    error_class character varying(120) NOT NULL,
    cursor jsonb NOT NULL,
    brake_released boolean NOT NULL,
    due_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lease_token uuid,
    worker character varying(120) NOT NULL,
    claims smallint NOT NULL,
    failures smallint NOT NULL,
    takeovers integer NOT NULL,
    pages integer NOT NULL,
    total bigint,
    known bigint,
    read bigint NOT NULL,
    changed bigint NOT NULL,
    unchanged bigint NOT NULL,
    deleted bigint NOT NULL,
    echo bigint NOT NULL,
    rejected bigint NOT NULL,
    swept bigint NOT NULL,
    died bigint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    started_at timestamp with time zone,
    read_at timestamp with time zone,
    finished_at timestamp with time zone,
    settled_page integer NOT NULL,
    settled_at timestamp with time zone,
    settle_due timestamp with time zone,
    job_id bigint NOT NULL,
    requested_by_id uuid,
    CONSTRAINT sync_run_adds_up CHECK ((read = ((((changed + unchanged) + deleted) + echo) + rejected))),
    CONSTRAINT sync_run_changed_check CHECK ((changed >= 0)),
    CONSTRAINT sync_run_claims_check CHECK ((claims >= 0)),
    CONSTRAINT sync_run_deleted_check CHECK ((deleted >= 0)),
    CONSTRAINT sync_run_died_check CHECK ((died >= 0)),
    CONSTRAINT sync_run_echo_check CHECK ((echo >= 0)),
    CONSTRAINT sync_run_ended CHECK ((((finished_at IS NOT NULL) AND ((state)::text = ANY ((ARRAY['cancelled'::character varying, 'done'::character varying, 'failed'::character varying, 'stopped'::character varying])::text[]))) OR ((finished_at IS NULL) AND (NOT ((state)::text = ANY ((ARRAY['cancelled'::character varying, 'done'::character varying, 'failed'::character varying, 'stopped'::character varying])::text[])))))),
    CONSTRAINT sync_run_failures_check CHECK ((failures >= 0)),
    CONSTRAINT sync_run_known_check CHECK ((known >= 0)),
    CONSTRAINT sync_run_leased CHECK (((lease_token IS NULL) OR ((state)::text = ANY ((ARRAY['running'::character varying, 'paused'::character varying, 'cancelling'::character varying])::text[])))),
    CONSTRAINT sync_run_missed_check CHECK ((missed >= 0)),
    CONSTRAINT sync_run_pages_check CHECK ((pages >= 0)),
    CONSTRAINT sync_run_read_check CHECK ((read >= 0)),
    CONSTRAINT sync_run_rejected_check CHECK ((rejected >= 0)),
    CONSTRAINT sync_run_settled_page_check CHECK ((settled_page >= 0)),
    CONSTRAINT sync_run_state CHECK (((state)::text = ANY ((ARRAY['planned'::character varying, 'running'::character varying, 'waiting'::character varying, 'paused'::character varying, 'cancelling'::character varying, 'settling'::character varying, 'cancelled'::character varying, 'done'::character varying, 'failed'::character varying, 'stopped'::character varying])::text[]))),
    CONSTRAINT sync_run_swept_check CHECK ((swept >= 0)),
    CONSTRAINT sync_run_takeovers_check CHECK ((takeovers >= 0)),
    CONSTRAINT sync_run_total_check CHECK ((total >= 0)),
    CONSTRAINT sync_run_unchanged_check CHECK ((unchanged >= 0))
)
WITH (fillfactor='50');
ALTER TABLE public.sync_run ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sync_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.trace (
    id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    spans jsonb NOT NULL
)
PARTITION BY RANGE (id);
CREATE TABLE public.traffic_hour (
    hour timestamp with time zone NOT NULL,
    received integer NOT NULL,
    succeeded integer NOT NULL,
    partial integer NOT NULL,
    dead integer NOT NULL,
    quarantined integer NOT NULL,
    cancelled integer NOT NULL,
    ignored integer NOT NULL,
    under_way integer NOT NULL,
    took integer[] NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    integration_id bigint NOT NULL,
    CONSTRAINT traffic_hour_cancelled_check CHECK ((cancelled >= 0)),
    CONSTRAINT traffic_hour_dead_check CHECK ((dead >= 0)),
    CONSTRAINT traffic_hour_ignored_check CHECK ((ignored >= 0)),
    CONSTRAINT traffic_hour_partial_check CHECK ((partial >= 0)),
    CONSTRAINT traffic_hour_quarantined_check CHECK ((quarantined >= 0)),
    CONSTRAINT traffic_hour_received_check CHECK ((received >= 0)),
    CONSTRAINT traffic_hour_succeeded_check CHECK ((succeeded >= 0)),
    CONSTRAINT traffic_hour_under_way_check CHECK ((under_way >= 0))
);
CREATE TABLE public.transaction (
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    canonical_id uuid,
    integration_id bigint NOT NULL,
    endpoint_id bigint,
    sync_run_id bigint,
    flow_version_id bigint,
    source_id bigint NOT NULL,
    environment_id smallint NOT NULL,
    company_id smallint,
    event_type text NOT NULL,
    resource text DEFAULT ''::text NOT NULL,
    external_id text DEFAULT ''::text NOT NULL,
    source_version bigint,
    state smallint NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    error_class text DEFAULT ''::text NOT NULL,
    headline text DEFAULT ''::text NOT NULL,
    ordering_key bigint,
    correlation_id uuid NOT NULL,
    parent_span text DEFAULT ''::text NOT NULL,
    replay_of uuid,
    amount_minor bigint,
    currency character varying(3) DEFAULT ''::character varying NOT NULL,
    retention smallint NOT NULL,
    lane smallint DEFAULT 1 NOT NULL,
    occurred_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    about text DEFAULT ''::text NOT NULL
)
PARTITION BY RANGE (id);
CREATE TABLE public.transaction_key (
    kind_id smallint NOT NULL,
    value text NOT NULL,
    transaction_id uuid NOT NULL
)
PARTITION BY RANGE (transaction_id);
CREATE TABLE public.transactions_cause (
    fingerprint uuid NOT NULL,
    acknowledged_at timestamp with time zone,
    snoozed_at timestamp with time zone,
    snoozed_until timestamp with time zone,
    acknowledged_by_id uuid,
    assignee_id uuid,
    integration_id bigint NOT NULL,
    team_id bigint,
    CONSTRAINT a_person_or_a_team CHECK (((assignee_id IS NULL) OR (team_id IS NULL)))
);
CREATE TABLE public.transactions_deedentry (
    id bigint NOT NULL,
    fingerprint uuid NOT NULL,
    step_run_id uuid,
    at timestamp with time zone NOT NULL,
    deed character varying(12) NOT NULL,
    text text NOT NULL,
    author_id uuid NOT NULL,
    integration_id bigint NOT NULL
);
ALTER TABLE public.transactions_deedentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_deedentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_destination (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL,
    deadline double precision NOT NULL,
    retry_delays jsonb NOT NULL,
    active boolean NOT NULL,
    credential_id bigint,
    instance_id bigint NOT NULL
);
ALTER TABLE public.transactions_destination ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_destination_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_drift (
    id bigint NOT NULL,
    event_type text NOT NULL,
    kind character varying(8) NOT NULL,
    pointer text NOT NULL,
    sign text NOT NULL,
    now integer NOT NULL,
    of integer NOT NULL,
    was integer NOT NULL,
    out_of integer NOT NULL,
    examples jsonb NOT NULL,
    since timestamp with time zone NOT NULL,
    found_at timestamp with time zone NOT NULL,
    state character varying(9) NOT NULL,
    settled_at timestamp with time zone,
    reason text NOT NULL,
    change_id bigint,
    ignored_by_id uuid,
    interface_id bigint NOT NULL,
    version_id bigint NOT NULL,
    CONSTRAINT transactions_drift_now_check CHECK ((now >= 0)),
    CONSTRAINT transactions_drift_of_check CHECK ((of >= 0)),
    CONSTRAINT transactions_drift_out_of_check CHECK ((out_of >= 0)),
    CONSTRAINT transactions_drift_was_check CHECK ((was >= 0))
);
ALTER TABLE public.transactions_drift ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_drift_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_endpoint (
    id bigint NOT NULL,
    slug character varying(80) NOT NULL,
    name character varying(120) NOT NULL,
    scheme character varying(40) NOT NULL,
    scheme_settings jsonb NOT NULL,
    secrets jsonb NOT NULL,
    event_id character varying(500) NOT NULL,
    max_body integer NOT NULL,
    on_broken character varying(10) NOT NULL,
    retention smallint NOT NULL,
    drop_fields jsonb NOT NULL,
    active boolean NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    integration_id bigint NOT NULL,
    interface_id bigint NOT NULL,
    takes_gzip boolean DEFAULT false NOT NULL,
    rate_per_second double precision,
    sender_rate_per_second double precision,
    CONSTRAINT transactions_endpoint_max_body_check CHECK ((max_body >= 0)),
    CONSTRAINT transactions_endpoint_retention_check CHECK ((retention >= 0))
);
ALTER TABLE public.transactions_endpoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_endpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_export (
    id uuid NOT NULL,
    query text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    state character varying(8) NOT NULL,
    rows integer NOT NULL,
    size bigint NOT NULL,
    complete boolean NOT NULL,
    reason text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    lease_token uuid,
    tries smallint NOT NULL,
    finished_at timestamp with time zone,
    account_id uuid NOT NULL,
    requested_by_id uuid NOT NULL,
    zone character varying(60) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT transactions_export_rows_check CHECK ((rows >= 0)),
    CONSTRAINT transactions_export_size_check CHECK ((size >= 0)),
    CONSTRAINT transactions_export_tries_check CHECK ((tries >= 0))
);
CREATE TABLE public.transactions_flow (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL,
    integration_id bigint NOT NULL
);
ALTER TABLE public.transactions_flow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_flow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_flowversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    steps jsonb NOT NULL,
    ordering character varying(500) NOT NULL,
    state character varying(10) NOT NULL,
    content_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    author_id uuid,
    flow_id bigint NOT NULL,
    source_contract_id bigint,
    target_contract_id bigint,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT transactions_flowversion_number_check CHECK ((number >= 0))
);
ALTER TABLE public.transactions_flowversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_flowversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_mapping (
    id bigint NOT NULL,
    slug character varying(50) NOT NULL,
    name character varying(120) NOT NULL,
    integration_id bigint NOT NULL
);
ALTER TABLE public.transactions_mapping ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_mapping_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_mappingversion (
    id bigint NOT NULL,
    number integer NOT NULL,
    lines jsonb NOT NULL,
    content_hash character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    author_id uuid,
    mapping_id bigint NOT NULL,
    source_id bigint,
    target_id bigint,
    CONSTRAINT transactions_mappingversion_number_check CHECK ((number >= 0))
);
ALTER TABLE public.transactions_mappingversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_mappingversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_normalisation (
    id bigint NOT NULL,
    event_type character varying(120) NOT NULL,
    canonical_type character varying(120) NOT NULL,
    contract_version_id bigint,
    interface_id bigint NOT NULL,
    mapping_version_id bigint,
    enforcement character varying(10) DEFAULT ''::character varying NOT NULL
);
ALTER TABLE public.transactions_normalisation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_normalisation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_refusal (
    id bigint NOT NULL,
    minute timestamp with time zone NOT NULL,
    reason character varying(40) NOT NULL,
    count integer NOT NULL,
    last_digest character varying(64) NOT NULL,
    last_peer character varying(64) NOT NULL,
    endpoint_id bigint NOT NULL,
    CONSTRAINT transactions_refusal_count_check CHECK ((count >= 0))
);
ALTER TABLE public.transactions_refusal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_refusal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_release (
    id bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    total integer NOT NULL,
    state character varying(7) NOT NULL,
    finished_at timestamp with time zone,
    token uuid,
    requested_by_id uuid NOT NULL,
    team_id bigint NOT NULL,
    version_id bigint,
    CONSTRAINT transactions_release_total_check CHECK ((total >= 0))
);
ALTER TABLE public.transactions_release ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_release_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_releaseitem (
    transaction_id uuid NOT NULL,
    body_id uuid,
    state smallint NOT NULL,
    result text NOT NULL,
    finished_at timestamp with time zone,
    release_id bigint NOT NULL,
    CONSTRAINT transactions_releaseitem_state_check CHECK ((state >= 0))
);
CREATE TABLE public.transactions_repeat (
    id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    kind smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    body_digest uuid NOT NULL,
    retention smallint NOT NULL,
    payload_id uuid,
    endpoint_id bigint NOT NULL,
    CONSTRAINT transactions_repeat_kind_check CHECK ((kind >= 0)),
    CONSTRAINT transactions_repeat_retention_check CHECK ((retention >= 0))
);
CREATE TABLE public.transactions_replay (
    id bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    query text NOT NULL,
    total integer NOT NULL,
    state character varying(8) NOT NULL,
    finished_at timestamp with time zone,
    approved_by_id uuid,
    requested_by_id uuid NOT NULL,
    team_id bigint NOT NULL,
    token uuid,
    needs_approval boolean DEFAULT false NOT NULL,
    decided_at timestamp with time zone,
    declined_by_id uuid,
    decision text DEFAULT ''::text NOT NULL,
    CONSTRAINT no_large_replay_without_approval CHECK (((NOT needs_approval) OR (approved_by_id IS NOT NULL) OR ((state)::text = ANY ((ARRAY['planned'::character varying, 'stopped'::character varying, 'declined'::character varying])::text[])))),
    CONSTRAINT nobody_approves_their_own_replay CHECK (((approved_by_id IS NULL) OR (approved_by_id <> requested_by_id))),
    CONSTRAINT transactions_replay_total_check CHECK ((total >= 0))
);
ALTER TABLE public.transactions_replay ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_replay_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_replayitem (
    step_run_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    ordinal integer NOT NULL,
    state smallint NOT NULL,
    result text NOT NULL,
    finished_at timestamp with time zone,
    replay_id bigint NOT NULL,
    attempts smallint,
    revision smallint,
    CONSTRAINT transactions_replayitem_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT transactions_replayitem_ordinal_check CHECK ((ordinal >= 0)),
    CONSTRAINT transactions_replayitem_revision_check CHECK ((revision >= 0)),
    CONSTRAINT transactions_replayitem_state_check CHECK ((state >= 0))
);
CREATE TABLE public.transactions_route (
    id bigint NOT NULL,
    event_type character varying(120) NOT NULL,
    condition character varying(2000) NOT NULL,
    active boolean NOT NULL,
    flow_id bigint NOT NULL,
    interface_id bigint
);
ALTER TABLE public.transactions_route ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_route_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_savedview (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    query text NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL,
    team_id bigint
);
ALTER TABLE public.transactions_savedview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_savedview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_seenfield (
    id bigint NOT NULL,
    pointer text NOT NULL,
    kinds character varying(8)[] NOT NULL,
    seen integer NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    ignored_reason text NOT NULL,
    ignored_by_id uuid,
    seen_type_id bigint NOT NULL,
    CONSTRAINT transactions_seenfield_seen_check CHECK ((seen >= 0))
);
ALTER TABLE public.transactions_seenfield ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_seenfield_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_seentype (
    id bigint NOT NULL,
    event_type text NOT NULL,
    samples integer NOT NULL,
    hour timestamp with time zone NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    ignored_reason text NOT NULL,
    ignored_by_id uuid,
    interface_id bigint NOT NULL,
    CONSTRAINT transactions_seentype_samples_check CHECK ((samples >= 0))
);
ALTER TABLE public.transactions_seentype ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_seentype_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.transactions_usualform (
    id bigint NOT NULL,
    event_type text NOT NULL,
    form jsonb NOT NULL,
    samples integer NOT NULL,
    looked_to uuid NOT NULL,
    contract_version_id bigint NOT NULL,
    interface_id bigint NOT NULL,
    CONSTRAINT transactions_usualform_samples_check CHECK ((samples >= 0))
);
ALTER TABLE public.transactions_usualform ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.transactions_usualform_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.written (
    instance_id bigint NOT NULL,
    resource text NOT NULL,
    external_id text NOT NULL,
    fingerprint uuid NOT NULL,
    version bigint,
    source_id bigint,
    source_resource text DEFAULT ''::text NOT NULL,
    source_external_id text DEFAULT ''::text NOT NULL,
    source_version bigint,
    step_run_id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='80');
ALTER TABLE ONLY public.payload ATTACH PARTITION public.payload_long FOR VALUES IN ('3');
ALTER TABLE ONLY public.payload ATTACH PARTITION public.payload_pinned FOR VALUES IN ('4');
ALTER TABLE ONLY public.payload ATTACH PARTITION public.payload_short FOR VALUES IN ('1');
ALTER TABLE ONLY public.payload ATTACH PARTITION public.payload_standard FOR VALUES IN ('2');
INSERT INTO public.auth_permission VALUES (1, 'Can add audit record', 1, 'add_auditrecord');
INSERT INTO public.auth_permission VALUES (2, 'Can change audit record', 1, 'change_auditrecord');
INSERT INTO public.auth_permission VALUES (3, 'Can delete audit record', 1, 'delete_auditrecord');
INSERT INTO public.auth_permission VALUES (4, 'Can view audit record', 1, 'view_auditrecord');
INSERT INTO public.auth_permission VALUES (5, 'Can add chain check', 2, 'add_chaincheck');
INSERT INTO public.auth_permission VALUES (6, 'Can change chain check', 2, 'change_chaincheck');
INSERT INTO public.auth_permission VALUES (7, 'Can delete chain check', 2, 'delete_chaincheck');
INSERT INTO public.auth_permission VALUES (8, 'Can view chain check', 2, 'view_chaincheck');
INSERT INTO public.auth_permission VALUES (9, 'Can add chain head', 3, 'add_chainhead');
INSERT INTO public.auth_permission VALUES (10, 'Can change chain head', 3, 'change_chainhead');
INSERT INTO public.auth_permission VALUES (11, 'Can delete chain head', 3, 'delete_chainhead');
INSERT INTO public.auth_permission VALUES (12, 'Can view chain head', 3, 'view_chainhead');
INSERT INTO public.auth_permission VALUES (13, 'Can add person', 4, 'add_person');
INSERT INTO public.auth_permission VALUES (14, 'Can change person', 4, 'change_person');
INSERT INTO public.auth_permission VALUES (15, 'Can delete person', 4, 'delete_person');
INSERT INTO public.auth_permission VALUES (16, 'Can view person', 4, 'view_person');
INSERT INTO public.auth_permission VALUES (17, 'Can add team', 5, 'add_team');
INSERT INTO public.auth_permission VALUES (18, 'Can change team', 5, 'change_team');
INSERT INTO public.auth_permission VALUES (19, 'Can delete team', 5, 'delete_team');
INSERT INTO public.auth_permission VALUES (20, 'Can view team', 5, 'view_team');
INSERT INTO public.auth_permission VALUES (21, 'Can add account', 6, 'add_account');
INSERT INTO public.auth_permission VALUES (22, 'Can change account', 6, 'change_account');
INSERT INTO public.auth_permission VALUES (23, 'Can delete account', 6, 'delete_account');
INSERT INTO public.auth_permission VALUES (24, 'Can view account', 6, 'view_account');
INSERT INTO public.auth_permission VALUES (25, 'Can add membership', 7, 'add_membership');
INSERT INTO public.auth_permission VALUES (26, 'Can change membership', 7, 'change_membership');
INSERT INTO public.auth_permission VALUES (27, 'Can delete membership', 7, 'delete_membership');
INSERT INTO public.auth_permission VALUES (28, 'Can view membership', 7, 'view_membership');
INSERT INTO public.auth_permission VALUES (29, 'Can add service token', 8, 'add_servicetoken');
INSERT INTO public.auth_permission VALUES (30, 'Can change service token', 8, 'change_servicetoken');
INSERT INTO public.auth_permission VALUES (31, 'Can delete service token', 8, 'delete_servicetoken');
INSERT INTO public.auth_permission VALUES (32, 'Can view service token', 8, 'view_servicetoken');
INSERT INTO public.auth_permission VALUES (33, 'Can add kept answer', 9, 'add_keptanswer');
INSERT INTO public.auth_permission VALUES (34, 'Can change kept answer', 9, 'change_keptanswer');
INSERT INTO public.auth_permission VALUES (35, 'Can delete kept answer', 9, 'delete_keptanswer');
INSERT INTO public.auth_permission VALUES (36, 'Can view kept answer', 9, 'view_keptanswer');
INSERT INTO public.auth_permission VALUES (37, 'Can add open session', 10, 'add_opensession');
INSERT INTO public.auth_permission VALUES (38, 'Can change open session', 10, 'change_opensession');
INSERT INTO public.auth_permission VALUES (39, 'Can delete open session', 10, 'delete_opensession');
INSERT INTO public.auth_permission VALUES (40, 'Can view open session', 10, 'view_opensession');
INSERT INTO public.auth_permission VALUES (41, 'Can add board', 11, 'add_board');
INSERT INTO public.auth_permission VALUES (42, 'Can change board', 11, 'change_board');
INSERT INTO public.auth_permission VALUES (43, 'Can delete board', 11, 'delete_board');
INSERT INTO public.auth_permission VALUES (44, 'Can view board', 11, 'view_board');
INSERT INTO public.auth_permission VALUES (45, 'Can add change request', 12, 'add_changerequest');
INSERT INTO public.auth_permission VALUES (46, 'Can change change request', 12, 'change_changerequest');
INSERT INTO public.auth_permission VALUES (47, 'Can delete change request', 12, 'delete_changerequest');
INSERT INTO public.auth_permission VALUES (48, 'Can view change request', 12, 'view_changerequest');
INSERT INTO public.auth_permission VALUES (49, 'Can add meeting', 13, 'add_meeting');
INSERT INTO public.auth_permission VALUES (50, 'Can change meeting', 13, 'change_meeting');
INSERT INTO public.auth_permission VALUES (51, 'Can delete meeting', 13, 'delete_meeting');
INSERT INTO public.auth_permission VALUES (52, 'Can view meeting', 13, 'view_meeting');
INSERT INTO public.auth_permission VALUES (53, 'Can add agenda item', 14, 'add_agendaitem');
INSERT INTO public.auth_permission VALUES (54, 'Can change agenda item', 14, 'change_agendaitem');
INSERT INTO public.auth_permission VALUES (55, 'Can delete agenda item', 14, 'delete_agendaitem');
INSERT INTO public.auth_permission VALUES (56, 'Can view agenda item', 14, 'view_agendaitem');
INSERT INTO public.auth_permission VALUES (57, 'Can add revision', 15, 'add_revision');
INSERT INTO public.auth_permission VALUES (58, 'Can change revision', 15, 'change_revision');
INSERT INTO public.auth_permission VALUES (59, 'Can delete revision', 15, 'delete_revision');
INSERT INTO public.auth_permission VALUES (60, 'Can view revision', 15, 'view_revision');
INSERT INTO public.auth_permission VALUES (61, 'Can add decision', 16, 'add_decision');
INSERT INTO public.auth_permission VALUES (62, 'Can change decision', 16, 'change_decision');
INSERT INTO public.auth_permission VALUES (63, 'Can delete decision', 16, 'delete_decision');
INSERT INTO public.auth_permission VALUES (64, 'Can view decision', 16, 'view_decision');
INSERT INTO public.auth_permission VALUES (65, 'Can add comment', 17, 'add_comment');
INSERT INTO public.auth_permission VALUES (66, 'Can change comment', 17, 'change_comment');
INSERT INTO public.auth_permission VALUES (67, 'Can delete comment', 17, 'delete_comment');
INSERT INTO public.auth_permission VALUES (68, 'Can view comment', 17, 'view_comment');
INSERT INTO public.auth_permission VALUES (69, 'Can add check', 18, 'add_check');
INSERT INTO public.auth_permission VALUES (70, 'Can change check', 18, 'change_check');
INSERT INTO public.auth_permission VALUES (71, 'Can delete check', 18, 'delete_check');
INSERT INTO public.auth_permission VALUES (72, 'Can view check', 18, 'view_check');
INSERT INTO public.auth_permission VALUES (73, 'Can add revision author', 19, 'add_revisionauthor');
INSERT INTO public.auth_permission VALUES (74, 'Can change revision author', 19, 'change_revisionauthor');
INSERT INTO public.auth_permission VALUES (75, 'Can delete revision author', 19, 'delete_revisionauthor');
INSERT INTO public.auth_permission VALUES (76, 'Can view revision author', 19, 'view_revisionauthor');
INSERT INTO public.auth_permission VALUES (77, 'Can add vote', 20, 'add_vote');
INSERT INTO public.auth_permission VALUES (78, 'Can change vote', 20, 'change_vote');
INSERT INTO public.auth_permission VALUES (79, 'Can delete vote', 20, 'delete_vote');
INSERT INTO public.auth_permission VALUES (80, 'Can view vote', 20, 'view_vote');
INSERT INTO public.auth_permission VALUES (81, 'Can add condition', 21, 'add_condition');
INSERT INTO public.auth_permission VALUES (82, 'Can change condition', 21, 'change_condition');
INSERT INTO public.auth_permission VALUES (83, 'Can delete condition', 21, 'delete_condition');
INSERT INTO public.auth_permission VALUES (84, 'Can view condition', 21, 'view_condition');
INSERT INTO public.auth_permission VALUES (85, 'Can add board member', 22, 'add_boardmember');
INSERT INTO public.auth_permission VALUES (86, 'Can change board member', 22, 'change_boardmember');
INSERT INTO public.auth_permission VALUES (87, 'Can delete board member', 22, 'delete_boardmember');
INSERT INTO public.auth_permission VALUES (88, 'Can view board member', 22, 'view_boardmember');
INSERT INTO public.auth_permission VALUES (89, 'Can add policy', 23, 'add_policy');
INSERT INTO public.auth_permission VALUES (90, 'Can change policy', 23, 'change_policy');
INSERT INTO public.auth_permission VALUES (91, 'Can delete policy', 23, 'delete_policy');
INSERT INTO public.auth_permission VALUES (92, 'Can view policy', 23, 'view_policy');
INSERT INTO public.auth_permission VALUES (93, 'Can add policy run', 24, 'add_policyrun');
INSERT INTO public.auth_permission VALUES (94, 'Can change policy run', 24, 'change_policyrun');
INSERT INTO public.auth_permission VALUES (95, 'Can delete policy run', 24, 'delete_policyrun');
INSERT INTO public.auth_permission VALUES (96, 'Can view policy run', 24, 'view_policyrun');
INSERT INTO public.auth_permission VALUES (97, 'Can add policy version', 25, 'add_policyversion');
INSERT INTO public.auth_permission VALUES (98, 'Can change policy version', 25, 'change_policyversion');
INSERT INTO public.auth_permission VALUES (99, 'Can delete policy version', 25, 'delete_policyversion');
INSERT INTO public.auth_permission VALUES (100, 'Can view policy version', 25, 'view_policyversion');
INSERT INTO public.auth_permission VALUES (101, 'Can add finding', 26, 'add_finding');
INSERT INTO public.auth_permission VALUES (102, 'Can change finding', 26, 'change_finding');
INSERT INTO public.auth_permission VALUES (103, 'Can delete finding', 26, 'delete_finding');
INSERT INTO public.auth_permission VALUES (104, 'Can view finding', 26, 'view_finding');
INSERT INTO public.auth_permission VALUES (105, 'Can add score day', 27, 'add_scoreday');
INSERT INTO public.auth_permission VALUES (106, 'Can change score day', 27, 'change_scoreday');
INSERT INTO public.auth_permission VALUES (107, 'Can delete score day', 27, 'delete_scoreday');
INSERT INTO public.auth_permission VALUES (108, 'Can view score day', 27, 'view_scoreday');
INSERT INTO public.auth_permission VALUES (109, 'Can add waiver', 28, 'add_waiver');
INSERT INTO public.auth_permission VALUES (110, 'Can change waiver', 28, 'change_waiver');
INSERT INTO public.auth_permission VALUES (111, 'Can delete waiver', 28, 'delete_waiver');
INSERT INTO public.auth_permission VALUES (112, 'Can view waiver', 28, 'view_waiver');
INSERT INTO public.auth_permission VALUES (113, 'Can add policy override', 29, 'add_policyoverride');
INSERT INTO public.auth_permission VALUES (114, 'Can change policy override', 29, 'change_policyoverride');
INSERT INTO public.auth_permission VALUES (115, 'Can delete policy override', 29, 'delete_policyoverride');
INSERT INTO public.auth_permission VALUES (116, 'Can view policy override', 29, 'view_policyoverride');
INSERT INTO public.auth_permission VALUES (117, 'Can add resolution', 30, 'add_resolution');
INSERT INTO public.auth_permission VALUES (118, 'Can change resolution', 30, 'change_resolution');
INSERT INTO public.auth_permission VALUES (119, 'Can delete resolution', 30, 'delete_resolution');
INSERT INTO public.auth_permission VALUES (120, 'Can view resolution', 30, 'view_resolution');
INSERT INTO public.auth_permission VALUES (121, 'Can add company', 31, 'add_company');
INSERT INTO public.auth_permission VALUES (122, 'Can change company', 31, 'change_company');
INSERT INTO public.auth_permission VALUES (123, 'Can delete company', 31, 'delete_company');
INSERT INTO public.auth_permission VALUES (124, 'Can view company', 31, 'view_company');
INSERT INTO public.auth_permission VALUES (125, 'Can add entity kind', 32, 'add_entitykind');
INSERT INTO public.auth_permission VALUES (126, 'Can change entity kind', 32, 'change_entitykind');
INSERT INTO public.auth_permission VALUES (127, 'Can delete entity kind', 32, 'delete_entitykind');
INSERT INTO public.auth_permission VALUES (128, 'Can view entity kind', 32, 'view_entitykind');
INSERT INTO public.auth_permission VALUES (129, 'Can add environment', 33, 'add_environment');
INSERT INTO public.auth_permission VALUES (130, 'Can change environment', 33, 'change_environment');
INSERT INTO public.auth_permission VALUES (131, 'Can delete environment', 33, 'delete_environment');
INSERT INTO public.auth_permission VALUES (132, 'Can view environment', 33, 'view_environment');
INSERT INTO public.auth_permission VALUES (133, 'Can add system', 34, 'add_system');
INSERT INTO public.auth_permission VALUES (134, 'Can change system', 34, 'change_system');
INSERT INTO public.auth_permission VALUES (135, 'Can delete system', 34, 'delete_system');
INSERT INTO public.auth_permission VALUES (136, 'Can view system', 34, 'view_system');
INSERT INTO public.auth_permission VALUES (137, 'Can add identity', 35, 'add_identity');
INSERT INTO public.auth_permission VALUES (138, 'Can change identity', 35, 'change_identity');
INSERT INTO public.auth_permission VALUES (139, 'Can delete identity', 35, 'delete_identity');
INSERT INTO public.auth_permission VALUES (140, 'Can view identity', 35, 'view_identity');
INSERT INTO public.auth_permission VALUES (141, 'Can add instance', 36, 'add_instance');
INSERT INTO public.auth_permission VALUES (142, 'Can change instance', 36, 'change_instance');
INSERT INTO public.auth_permission VALUES (143, 'Can delete instance', 36, 'delete_instance');
INSERT INTO public.auth_permission VALUES (144, 'Can view instance', 36, 'view_instance');
INSERT INTO public.auth_permission VALUES (145, 'Can add interface', 37, 'add_interface');
INSERT INTO public.auth_permission VALUES (146, 'Can change interface', 37, 'change_interface');
INSERT INTO public.auth_permission VALUES (147, 'Can delete interface', 37, 'delete_interface');
INSERT INTO public.auth_permission VALUES (148, 'Can view interface', 37, 'view_interface');
INSERT INTO public.auth_permission VALUES (149, 'Can add integration', 38, 'add_integration');
INSERT INTO public.auth_permission VALUES (150, 'Can change integration', 38, 'change_integration');
INSERT INTO public.auth_permission VALUES (151, 'Can delete integration', 38, 'delete_integration');
INSERT INTO public.auth_permission VALUES (152, 'Can view integration', 38, 'view_integration');
INSERT INTO public.auth_permission VALUES (153, 'Can add identity alias', 39, 'add_identityalias');
INSERT INTO public.auth_permission VALUES (154, 'Can change identity alias', 39, 'change_identityalias');
INSERT INTO public.auth_permission VALUES (155, 'Can delete identity alias', 39, 'delete_identityalias');
INSERT INTO public.auth_permission VALUES (156, 'Can view identity alias', 39, 'view_identityalias');
INSERT INTO public.auth_permission VALUES (157, 'Can add process', 40, 'add_process');
INSERT INTO public.auth_permission VALUES (158, 'Can change process', 40, 'change_process');
INSERT INTO public.auth_permission VALUES (159, 'Can delete process', 40, 'delete_process');
INSERT INTO public.auth_permission VALUES (160, 'Can view process', 40, 'view_process');
INSERT INTO public.auth_permission VALUES (161, 'Can add process step', 41, 'add_processstep');
INSERT INTO public.auth_permission VALUES (162, 'Can change process step', 41, 'change_processstep');
INSERT INTO public.auth_permission VALUES (163, 'Can delete process step', 41, 'delete_processstep');
INSERT INTO public.auth_permission VALUES (164, 'Can view process step', 41, 'view_processstep');
INSERT INTO public.auth_permission VALUES (165, 'Can add failure mode', 42, 'add_failuremode');
INSERT INTO public.auth_permission VALUES (166, 'Can change failure mode', 42, 'change_failuremode');
INSERT INTO public.auth_permission VALUES (167, 'Can delete failure mode', 42, 'delete_failuremode');
INSERT INTO public.auth_permission VALUES (168, 'Can view failure mode', 42, 'view_failuremode');
INSERT INTO public.auth_permission VALUES (169, 'Can add field change', 43, 'add_fieldchange');
INSERT INTO public.auth_permission VALUES (170, 'Can change field change', 43, 'change_fieldchange');
INSERT INTO public.auth_permission VALUES (171, 'Can delete field change', 43, 'delete_fieldchange');
INSERT INTO public.auth_permission VALUES (172, 'Can view field change', 43, 'view_fieldchange');
INSERT INTO public.auth_permission VALUES (173, 'Can add import draft', 44, 'add_importdraft');
INSERT INTO public.auth_permission VALUES (174, 'Can change import draft', 44, 'change_importdraft');
INSERT INTO public.auth_permission VALUES (175, 'Can delete import draft', 44, 'delete_importdraft');
INSERT INTO public.auth_permission VALUES (176, 'Can view import draft', 44, 'view_importdraft');
INSERT INTO public.auth_permission VALUES (177, 'Can add operation', 45, 'add_operation');
INSERT INTO public.auth_permission VALUES (178, 'Can change operation', 45, 'change_operation');
INSERT INTO public.auth_permission VALUES (179, 'Can delete operation', 45, 'delete_operation');
INSERT INTO public.auth_permission VALUES (180, 'Can view operation', 45, 'view_operation');
INSERT INTO public.auth_permission VALUES (181, 'Can add entity attribute', 46, 'add_entityattribute');
INSERT INTO public.auth_permission VALUES (182, 'Can change entity attribute', 46, 'change_entityattribute');
INSERT INTO public.auth_permission VALUES (183, 'Can delete entity attribute', 46, 'delete_entityattribute');
INSERT INTO public.auth_permission VALUES (184, 'Can view entity attribute', 46, 'view_entityattribute');
INSERT INTO public.auth_permission VALUES (185, 'Can add entity version', 47, 'add_entityversion');
INSERT INTO public.auth_permission VALUES (186, 'Can change entity version', 47, 'change_entityversion');
INSERT INTO public.auth_permission VALUES (187, 'Can delete entity version', 47, 'delete_entityversion');
INSERT INTO public.auth_permission VALUES (188, 'Can view entity version', 47, 'view_entityversion');
INSERT INTO public.auth_permission VALUES (189, 'Can add ownership', 48, 'add_ownership');
INSERT INTO public.auth_permission VALUES (190, 'Can change ownership', 48, 'change_ownership');
INSERT INTO public.auth_permission VALUES (191, 'Can delete ownership', 48, 'delete_ownership');
INSERT INTO public.auth_permission VALUES (192, 'Can view ownership', 48, 'view_ownership');
INSERT INTO public.auth_permission VALUES (193, 'Can add ownership stamp', 49, 'add_ownershipstamp');
INSERT INTO public.auth_permission VALUES (194, 'Can change ownership stamp', 49, 'change_ownershipstamp');
INSERT INTO public.auth_permission VALUES (195, 'Can delete ownership stamp', 49, 'delete_ownershipstamp');
INSERT INTO public.auth_permission VALUES (196, 'Can view ownership stamp', 49, 'view_ownershipstamp');
INSERT INTO public.auth_permission VALUES (197, 'Can add ownership right', 50, 'add_ownershipright');
INSERT INTO public.auth_permission VALUES (198, 'Can change ownership right', 50, 'change_ownershipright');
INSERT INTO public.auth_permission VALUES (199, 'Can delete ownership right', 50, 'delete_ownershipright');
INSERT INTO public.auth_permission VALUES (200, 'Can view ownership right', 50, 'view_ownershipright');
INSERT INTO public.auth_permission VALUES (201, 'Can add decision', 51, 'add_decision');
INSERT INTO public.auth_permission VALUES (202, 'Can change decision', 51, 'change_decision');
INSERT INTO public.auth_permission VALUES (203, 'Can delete decision', 51, 'delete_decision');
INSERT INTO public.auth_permission VALUES (204, 'Can view decision', 51, 'view_decision');
INSERT INTO public.auth_permission VALUES (205, 'Can add identity change', 52, 'add_identitychange');
INSERT INTO public.auth_permission VALUES (206, 'Can change identity change', 52, 'change_identitychange');
INSERT INTO public.auth_permission VALUES (207, 'Can delete identity change', 52, 'delete_identitychange');
INSERT INTO public.auth_permission VALUES (208, 'Can view identity change', 52, 'view_identitychange');
INSERT INTO public.auth_permission VALUES (209, 'Can add identity move', 53, 'add_identitymove');
INSERT INTO public.auth_permission VALUES (210, 'Can change identity move', 53, 'change_identitymove');
INSERT INTO public.auth_permission VALUES (211, 'Can delete identity move', 53, 'delete_identitymove');
INSERT INTO public.auth_permission VALUES (212, 'Can view identity move', 53, 'view_identitymove');
INSERT INTO public.auth_permission VALUES (213, 'Can add contract', 54, 'add_contract');
INSERT INTO public.auth_permission VALUES (214, 'Can change contract', 54, 'change_contract');
INSERT INTO public.auth_permission VALUES (215, 'Can delete contract', 54, 'delete_contract');
INSERT INTO public.auth_permission VALUES (216, 'Can view contract', 54, 'view_contract');
INSERT INTO public.auth_permission VALUES (217, 'Can add contract version', 55, 'add_contractversion');
INSERT INTO public.auth_permission VALUES (218, 'Can change contract version', 55, 'change_contractversion');
INSERT INTO public.auth_permission VALUES (219, 'Can delete contract version', 55, 'delete_contractversion');
INSERT INTO public.auth_permission VALUES (220, 'Can view contract version', 55, 'view_contractversion');
INSERT INTO public.auth_permission VALUES (221, 'Can add sunset', 56, 'add_sunset');
INSERT INTO public.auth_permission VALUES (222, 'Can change sunset', 56, 'change_sunset');
INSERT INTO public.auth_permission VALUES (223, 'Can delete sunset', 56, 'delete_sunset');
INSERT INTO public.auth_permission VALUES (224, 'Can view sunset', 56, 'view_sunset');
INSERT INTO public.auth_permission VALUES (225, 'Can add dependency', 57, 'add_dependency');
INSERT INTO public.auth_permission VALUES (226, 'Can change dependency', 57, 'change_dependency');
INSERT INTO public.auth_permission VALUES (227, 'Can delete dependency', 57, 'delete_dependency');
INSERT INTO public.auth_permission VALUES (228, 'Can view dependency', 57, 'view_dependency');
INSERT INTO public.auth_permission VALUES (229, 'Can add confirmation', 58, 'add_confirmation');
INSERT INTO public.auth_permission VALUES (230, 'Can change confirmation', 58, 'change_confirmation');
INSERT INTO public.auth_permission VALUES (231, 'Can delete confirmation', 58, 'delete_confirmation');
INSERT INTO public.auth_permission VALUES (232, 'Can view confirmation', 58, 'view_confirmation');
INSERT INTO public.auth_permission VALUES (233, 'Can add answer', 59, 'add_answer');
INSERT INTO public.auth_permission VALUES (234, 'Can change answer', 59, 'change_answer');
INSERT INTO public.auth_permission VALUES (235, 'Can delete answer', 59, 'delete_answer');
INSERT INTO public.auth_permission VALUES (236, 'Can view answer', 59, 'view_answer');
INSERT INTO public.auth_permission VALUES (237, 'Can add canary', 60, 'add_canary');
INSERT INTO public.auth_permission VALUES (238, 'Can change canary', 60, 'change_canary');
INSERT INTO public.auth_permission VALUES (239, 'Can delete canary', 60, 'delete_canary');
INSERT INTO public.auth_permission VALUES (240, 'Can view canary', 60, 'view_canary');
INSERT INTO public.auth_permission VALUES (241, 'Can add credential', 61, 'add_credential');
INSERT INTO public.auth_permission VALUES (242, 'Can change credential', 61, 'change_credential');
INSERT INTO public.auth_permission VALUES (243, 'Can delete credential', 61, 'delete_credential');
INSERT INTO public.auth_permission VALUES (244, 'Can view credential', 61, 'view_credential');
INSERT INTO public.auth_permission VALUES (245, 'Can add destination', 62, 'add_destination');
INSERT INTO public.auth_permission VALUES (246, 'Can change destination', 62, 'change_destination');
INSERT INTO public.auth_permission VALUES (247, 'Can delete destination', 62, 'delete_destination');
INSERT INTO public.auth_permission VALUES (248, 'Can view destination', 62, 'view_destination');
INSERT INTO public.auth_permission VALUES (249, 'Can add endpoint', 63, 'add_endpoint');
INSERT INTO public.auth_permission VALUES (250, 'Can change endpoint', 63, 'change_endpoint');
INSERT INTO public.auth_permission VALUES (251, 'Can delete endpoint', 63, 'delete_endpoint');
INSERT INTO public.auth_permission VALUES (252, 'Can view endpoint', 63, 'view_endpoint');
INSERT INTO public.auth_permission VALUES (253, 'Can add flow', 64, 'add_flow');
INSERT INTO public.auth_permission VALUES (254, 'Can change flow', 64, 'change_flow');
INSERT INTO public.auth_permission VALUES (255, 'Can delete flow', 64, 'delete_flow');
INSERT INTO public.auth_permission VALUES (256, 'Can view flow', 64, 'view_flow');
INSERT INTO public.auth_permission VALUES (257, 'Can add flow version', 65, 'add_flowversion');
INSERT INTO public.auth_permission VALUES (258, 'Can change flow version', 65, 'change_flowversion');
INSERT INTO public.auth_permission VALUES (259, 'Can delete flow version', 65, 'delete_flowversion');
INSERT INTO public.auth_permission VALUES (260, 'Can view flow version', 65, 'view_flowversion');
INSERT INTO public.auth_permission VALUES (261, 'Can add mapping', 66, 'add_mapping');
INSERT INTO public.auth_permission VALUES (262, 'Can change mapping', 66, 'change_mapping');
INSERT INTO public.auth_permission VALUES (263, 'Can delete mapping', 66, 'delete_mapping');
INSERT INTO public.auth_permission VALUES (264, 'Can view mapping', 66, 'view_mapping');
INSERT INTO public.auth_permission VALUES (265, 'Can add mapping version', 67, 'add_mappingversion');
INSERT INTO public.auth_permission VALUES (266, 'Can change mapping version', 67, 'change_mappingversion');
INSERT INTO public.auth_permission VALUES (267, 'Can delete mapping version', 67, 'delete_mappingversion');
INSERT INTO public.auth_permission VALUES (268, 'Can view mapping version', 67, 'view_mappingversion');
INSERT INTO public.auth_permission VALUES (269, 'Can add normalisation', 68, 'add_normalisation');
INSERT INTO public.auth_permission VALUES (270, 'Can change normalisation', 68, 'change_normalisation');
INSERT INTO public.auth_permission VALUES (271, 'Can delete normalisation', 68, 'delete_normalisation');
INSERT INTO public.auth_permission VALUES (272, 'Can view normalisation', 68, 'view_normalisation');
INSERT INTO public.auth_permission VALUES (273, 'Can add refusal', 69, 'add_refusal');
INSERT INTO public.auth_permission VALUES (274, 'Can change refusal', 69, 'change_refusal');
INSERT INTO public.auth_permission VALUES (275, 'Can delete refusal', 69, 'delete_refusal');
INSERT INTO public.auth_permission VALUES (276, 'Can view refusal', 69, 'view_refusal');
INSERT INTO public.auth_permission VALUES (277, 'Can add repeat', 70, 'add_repeat');
INSERT INTO public.auth_permission VALUES (278, 'Can change repeat', 70, 'change_repeat');
INSERT INTO public.auth_permission VALUES (279, 'Can delete repeat', 70, 'delete_repeat');
INSERT INTO public.auth_permission VALUES (280, 'Can view repeat', 70, 'view_repeat');
INSERT INTO public.auth_permission VALUES (281, 'Can add replay', 71, 'add_replay');
INSERT INTO public.auth_permission VALUES (282, 'Can change replay', 71, 'change_replay');
INSERT INTO public.auth_permission VALUES (283, 'Can delete replay', 71, 'delete_replay');
INSERT INTO public.auth_permission VALUES (284, 'Can view replay', 71, 'view_replay');
INSERT INTO public.auth_permission VALUES (285, 'Can add replay item', 72, 'add_replayitem');
INSERT INTO public.auth_permission VALUES (286, 'Can change replay item', 72, 'change_replayitem');
INSERT INTO public.auth_permission VALUES (287, 'Can delete replay item', 72, 'delete_replayitem');
INSERT INTO public.auth_permission VALUES (288, 'Can view replay item', 72, 'view_replayitem');
INSERT INTO public.auth_permission VALUES (289, 'Can add route', 73, 'add_route');
INSERT INTO public.auth_permission VALUES (290, 'Can change route', 73, 'change_route');
INSERT INTO public.auth_permission VALUES (291, 'Can delete route', 73, 'delete_route');
INSERT INTO public.auth_permission VALUES (292, 'Can view route', 73, 'view_route');
INSERT INTO public.auth_permission VALUES (293, 'Can add dead letter', 74, 'add_deadletter');
INSERT INTO public.auth_permission VALUES (294, 'Can change dead letter', 74, 'change_deadletter');
INSERT INTO public.auth_permission VALUES (295, 'Can delete dead letter', 74, 'delete_deadletter');
INSERT INTO public.auth_permission VALUES (296, 'Can view dead letter', 74, 'view_deadletter');
INSERT INTO public.auth_permission VALUES (297, 'Can add attempt', 75, 'add_attempt');
INSERT INTO public.auth_permission VALUES (298, 'Can change attempt', 75, 'change_attempt');
INSERT INTO public.auth_permission VALUES (299, 'Can delete attempt', 75, 'delete_attempt');
INSERT INTO public.auth_permission VALUES (300, 'Can view attempt', 75, 'view_attempt');
INSERT INTO public.auth_permission VALUES (301, 'Can add payload', 76, 'add_payload');
INSERT INTO public.auth_permission VALUES (302, 'Can change payload', 76, 'change_payload');
INSERT INTO public.auth_permission VALUES (303, 'Can delete payload', 76, 'delete_payload');
INSERT INTO public.auth_permission VALUES (304, 'Can view payload', 76, 'view_payload');
INSERT INTO public.auth_permission VALUES (305, 'Can add payload subject', 77, 'add_payloadsubject');
INSERT INTO public.auth_permission VALUES (306, 'Can change payload subject', 77, 'change_payloadsubject');
INSERT INTO public.auth_permission VALUES (307, 'Can delete payload subject', 77, 'delete_payloadsubject');
INSERT INTO public.auth_permission VALUES (308, 'Can view payload subject', 77, 'view_payloadsubject');
INSERT INTO public.auth_permission VALUES (309, 'Can add trace', 78, 'add_trace');
INSERT INTO public.auth_permission VALUES (310, 'Can change trace', 78, 'change_trace');
INSERT INTO public.auth_permission VALUES (311, 'Can delete trace', 78, 'delete_trace');
INSERT INTO public.auth_permission VALUES (312, 'Can view trace', 78, 'view_trace');
INSERT INTO public.auth_permission VALUES (313, 'Can add destination state', 79, 'add_destinationstate');
INSERT INTO public.auth_permission VALUES (314, 'Can change destination state', 79, 'change_destinationstate');
INSERT INTO public.auth_permission VALUES (315, 'Can delete destination state', 79, 'delete_destinationstate');
INSERT INTO public.auth_permission VALUES (316, 'Can view destination state', 79, 'view_destinationstate');
INSERT INTO public.auth_permission VALUES (317, 'Can add dedupe', 80, 'add_dedupe');
INSERT INTO public.auth_permission VALUES (318, 'Can change dedupe', 80, 'change_dedupe');
INSERT INTO public.auth_permission VALUES (319, 'Can delete dedupe', 80, 'delete_dedupe');
INSERT INTO public.auth_permission VALUES (320, 'Can view dedupe', 80, 'view_dedupe');
INSERT INTO public.auth_permission VALUES (321, 'Can add inbox', 81, 'add_inbox');
INSERT INTO public.auth_permission VALUES (322, 'Can change inbox', 81, 'change_inbox');
INSERT INTO public.auth_permission VALUES (323, 'Can delete inbox', 81, 'delete_inbox');
INSERT INTO public.auth_permission VALUES (324, 'Can view inbox', 81, 'view_inbox');
INSERT INTO public.auth_permission VALUES (325, 'Can add step queue', 82, 'add_stepqueue');
INSERT INTO public.auth_permission VALUES (326, 'Can change step queue', 82, 'change_stepqueue');
INSERT INTO public.auth_permission VALUES (327, 'Can delete step queue', 82, 'delete_stepqueue');
INSERT INTO public.auth_permission VALUES (328, 'Can view step queue', 82, 'view_stepqueue');
INSERT INTO public.auth_permission VALUES (329, 'Can add step run', 83, 'add_steprun');
INSERT INTO public.auth_permission VALUES (330, 'Can change step run', 83, 'change_steprun');
INSERT INTO public.auth_permission VALUES (331, 'Can delete step run', 83, 'delete_steprun');
INSERT INTO public.auth_permission VALUES (332, 'Can view step run', 83, 'view_steprun');
INSERT INTO public.auth_permission VALUES (333, 'Can add transaction', 84, 'add_transaction');
INSERT INTO public.auth_permission VALUES (334, 'Can change transaction', 84, 'change_transaction');
INSERT INTO public.auth_permission VALUES (335, 'Can delete transaction', 84, 'delete_transaction');
INSERT INTO public.auth_permission VALUES (336, 'Can view transaction', 84, 'view_transaction');
INSERT INTO public.auth_permission VALUES (337, 'Can add transaction key', 85, 'add_transactionkey');
INSERT INTO public.auth_permission VALUES (338, 'Can change transaction key', 85, 'change_transactionkey');
INSERT INTO public.auth_permission VALUES (339, 'Can delete transaction key', 85, 'delete_transactionkey');
INSERT INTO public.auth_permission VALUES (340, 'Can view transaction key', 85, 'view_transactionkey');
INSERT INTO public.auth_permission VALUES (341, 'Can add written', 86, 'add_written');
INSERT INTO public.auth_permission VALUES (342, 'Can change written', 86, 'change_written');
INSERT INTO public.auth_permission VALUES (343, 'Can delete written', 86, 'delete_written');
INSERT INTO public.auth_permission VALUES (344, 'Can view written', 86, 'view_written');
INSERT INTO public.auth_permission VALUES (345, 'Can add cause', 87, 'add_cause');
INSERT INTO public.auth_permission VALUES (346, 'Can change cause', 87, 'change_cause');
INSERT INTO public.auth_permission VALUES (347, 'Can delete cause', 87, 'delete_cause');
INSERT INTO public.auth_permission VALUES (348, 'Can view cause', 87, 'view_cause');
INSERT INTO public.auth_permission VALUES (349, 'Can add deed entry', 88, 'add_deedentry');
INSERT INTO public.auth_permission VALUES (350, 'Can change deed entry', 88, 'change_deedentry');
INSERT INTO public.auth_permission VALUES (351, 'Can delete deed entry', 88, 'delete_deedentry');
INSERT INTO public.auth_permission VALUES (352, 'Can view deed entry', 88, 'view_deedentry');
INSERT INTO public.auth_permission VALUES (353, 'Can add export', 89, 'add_export');
INSERT INTO public.auth_permission VALUES (354, 'Can change export', 89, 'change_export');
INSERT INTO public.auth_permission VALUES (355, 'Can delete export', 89, 'delete_export');
INSERT INTO public.auth_permission VALUES (356, 'Can view export', 89, 'view_export');
INSERT INTO public.auth_permission VALUES (357, 'Can add look up answer', 90, 'add_lookupanswer');
INSERT INTO public.auth_permission VALUES (358, 'Can change look up answer', 90, 'change_lookupanswer');
INSERT INTO public.auth_permission VALUES (359, 'Can delete look up answer', 90, 'delete_lookupanswer');
INSERT INTO public.auth_permission VALUES (360, 'Can view look up answer', 90, 'view_lookupanswer');
INSERT INTO public.auth_permission VALUES (361, 'Can add traffic hour', 91, 'add_traffichour');
INSERT INTO public.auth_permission VALUES (362, 'Can change traffic hour', 91, 'change_traffichour');
INSERT INTO public.auth_permission VALUES (363, 'Can delete traffic hour', 91, 'delete_traffichour');
INSERT INTO public.auth_permission VALUES (364, 'Can view traffic hour', 91, 'view_traffichour');
INSERT INTO public.auth_permission VALUES (365, 'Can add saved view', 92, 'add_savedview');
INSERT INTO public.auth_permission VALUES (366, 'Can change saved view', 92, 'change_savedview');
INSERT INTO public.auth_permission VALUES (367, 'Can delete saved view', 92, 'delete_savedview');
INSERT INTO public.auth_permission VALUES (368, 'Can view saved view', 92, 'view_savedview');
INSERT INTO public.auth_permission VALUES (369, 'Can add ownership breach', 93, 'add_ownershipbreach');
INSERT INTO public.auth_permission VALUES (370, 'Can change ownership breach', 93, 'change_ownershipbreach');
INSERT INTO public.auth_permission VALUES (371, 'Can delete ownership breach', 93, 'delete_ownershipbreach');
INSERT INTO public.auth_permission VALUES (372, 'Can view ownership breach', 93, 'view_ownershipbreach');
INSERT INTO public.auth_permission VALUES (373, 'Can add seen type', 94, 'add_seentype');
INSERT INTO public.auth_permission VALUES (374, 'Can change seen type', 94, 'change_seentype');
INSERT INTO public.auth_permission VALUES (375, 'Can delete seen type', 94, 'delete_seentype');
INSERT INTO public.auth_permission VALUES (376, 'Can view seen type', 94, 'view_seentype');
INSERT INTO public.auth_permission VALUES (377, 'Can add seen field', 95, 'add_seenfield');
INSERT INTO public.auth_permission VALUES (378, 'Can change seen field', 95, 'change_seenfield');
INSERT INTO public.auth_permission VALUES (379, 'Can delete seen field', 95, 'delete_seenfield');
INSERT INTO public.auth_permission VALUES (380, 'Can view seen field', 95, 'view_seenfield');
INSERT INTO public.auth_permission VALUES (381, 'Can add release', 96, 'add_release');
INSERT INTO public.auth_permission VALUES (382, 'Can change release', 96, 'change_release');
INSERT INTO public.auth_permission VALUES (383, 'Can delete release', 96, 'delete_release');
INSERT INTO public.auth_permission VALUES (384, 'Can view release', 96, 'view_release');
INSERT INTO public.auth_permission VALUES (385, 'Can add release item', 97, 'add_releaseitem');
INSERT INTO public.auth_permission VALUES (386, 'Can change release item', 97, 'change_releaseitem');
INSERT INTO public.auth_permission VALUES (387, 'Can delete release item', 97, 'delete_releaseitem');
INSERT INTO public.auth_permission VALUES (388, 'Can view release item', 97, 'view_releaseitem');
INSERT INTO public.auth_permission VALUES (389, 'Can add usual form', 98, 'add_usualform');
INSERT INTO public.auth_permission VALUES (390, 'Can change usual form', 98, 'change_usualform');
INSERT INTO public.auth_permission VALUES (391, 'Can delete usual form', 98, 'delete_usualform');
INSERT INTO public.auth_permission VALUES (392, 'Can view usual form', 98, 'view_usualform');
INSERT INTO public.auth_permission VALUES (393, 'Can add drift', 99, 'add_drift');
INSERT INTO public.auth_permission VALUES (394, 'Can change drift', 99, 'change_drift');
INSERT INTO public.auth_permission VALUES (395, 'Can delete drift', 99, 'delete_drift');
INSERT INTO public.auth_permission VALUES (396, 'Can view drift', 99, 'view_drift');
INSERT INTO public.auth_permission VALUES (397, 'Can add observed break', 100, 'add_observedbreak');
INSERT INTO public.auth_permission VALUES (398, 'Can change observed break', 100, 'change_observedbreak');
INSERT INTO public.auth_permission VALUES (399, 'Can delete observed break', 100, 'delete_observedbreak');
INSERT INTO public.auth_permission VALUES (400, 'Can view observed break', 100, 'view_observedbreak');
INSERT INTO public.auth_permission VALUES (401, 'Can add sync job', 101, 'add_syncjob');
INSERT INTO public.auth_permission VALUES (402, 'Can change sync job', 101, 'change_syncjob');
INSERT INTO public.auth_permission VALUES (403, 'Can delete sync job', 101, 'delete_syncjob');
INSERT INTO public.auth_permission VALUES (404, 'Can view sync job', 101, 'view_syncjob');
INSERT INTO public.auth_permission VALUES (405, 'Can add sync record', 102, 'add_syncrecord');
INSERT INTO public.auth_permission VALUES (406, 'Can change sync record', 102, 'change_syncrecord');
INSERT INTO public.auth_permission VALUES (407, 'Can delete sync record', 102, 'delete_syncrecord');
INSERT INTO public.auth_permission VALUES (408, 'Can view sync record', 102, 'view_syncrecord');
INSERT INTO public.auth_permission VALUES (409, 'Can add sync run', 103, 'add_syncrun');
INSERT INTO public.auth_permission VALUES (410, 'Can change sync run', 103, 'change_syncrun');
INSERT INTO public.auth_permission VALUES (411, 'Can delete sync run', 103, 'delete_syncrun');
INSERT INTO public.auth_permission VALUES (412, 'Can view sync run', 103, 'view_syncrun');
INSERT INTO public.auth_permission VALUES (413, 'Can add sync page', 104, 'add_syncpage');
INSERT INTO public.auth_permission VALUES (414, 'Can change sync page', 104, 'change_syncpage');
INSERT INTO public.auth_permission VALUES (415, 'Can delete sync page', 104, 'delete_syncpage');
INSERT INTO public.auth_permission VALUES (416, 'Can view sync page', 104, 'view_syncpage');
INSERT INTO public.auth_permission VALUES (417, 'Can add sync exception', 105, 'add_syncexception');
INSERT INTO public.auth_permission VALUES (418, 'Can change sync exception', 105, 'change_syncexception');
INSERT INTO public.auth_permission VALUES (419, 'Can delete sync exception', 105, 'delete_syncexception');
INSERT INTO public.auth_permission VALUES (420, 'Can view sync exception', 105, 'view_syncexception');
INSERT INTO public.auth_permission VALUES (421, 'Can add permission', 106, 'add_permission');
INSERT INTO public.auth_permission VALUES (422, 'Can change permission', 106, 'change_permission');
INSERT INTO public.auth_permission VALUES (423, 'Can delete permission', 106, 'delete_permission');
INSERT INTO public.auth_permission VALUES (424, 'Can view permission', 106, 'view_permission');
INSERT INTO public.auth_permission VALUES (425, 'Can add group', 107, 'add_group');
INSERT INTO public.auth_permission VALUES (426, 'Can change group', 107, 'change_group');
INSERT INTO public.auth_permission VALUES (427, 'Can delete group', 107, 'delete_group');
INSERT INTO public.auth_permission VALUES (428, 'Can view group', 107, 'view_group');
INSERT INTO public.auth_permission VALUES (429, 'Can add content type', 108, 'add_contenttype');
INSERT INTO public.auth_permission VALUES (430, 'Can change content type', 108, 'change_contenttype');
INSERT INTO public.auth_permission VALUES (431, 'Can delete content type', 108, 'delete_contenttype');
INSERT INTO public.auth_permission VALUES (432, 'Can view content type', 108, 'view_contenttype');
INSERT INTO public.auth_permission VALUES (433, 'Can add session', 109, 'add_session');
INSERT INTO public.auth_permission VALUES (434, 'Can change session', 109, 'change_session');
INSERT INTO public.auth_permission VALUES (435, 'Can delete session', 109, 'delete_session');
INSERT INTO public.auth_permission VALUES (436, 'Can view session', 109, 'view_session');
INSERT INTO public.auth_permission VALUES (437, 'Can add access attempt', 110, 'add_accessattempt');
INSERT INTO public.auth_permission VALUES (438, 'Can change access attempt', 110, 'change_accessattempt');
INSERT INTO public.auth_permission VALUES (439, 'Can delete access attempt', 110, 'delete_accessattempt');
INSERT INTO public.auth_permission VALUES (440, 'Can view access attempt', 110, 'view_accessattempt');
INSERT INTO public.auth_permission VALUES (441, 'Can add access log', 111, 'add_accesslog');
INSERT INTO public.auth_permission VALUES (442, 'Can change access log', 111, 'change_accesslog');
INSERT INTO public.auth_permission VALUES (443, 'Can delete access log', 111, 'delete_accesslog');
INSERT INTO public.auth_permission VALUES (444, 'Can view access log', 111, 'view_accesslog');
INSERT INTO public.auth_permission VALUES (445, 'Can add access failure', 112, 'add_accessfailurelog');
INSERT INTO public.auth_permission VALUES (446, 'Can change access failure', 112, 'change_accessfailurelog');
INSERT INTO public.auth_permission VALUES (447, 'Can delete access failure', 112, 'delete_accessfailurelog');
INSERT INTO public.auth_permission VALUES (448, 'Can view access failure', 112, 'view_accessfailurelog');
INSERT INTO public.auth_permission VALUES (449, 'Can add access attempt expiration', 113, 'add_accessattemptexpiration');
INSERT INTO public.auth_permission VALUES (450, 'Can change access attempt expiration', 113, 'change_accessattemptexpiration');
INSERT INTO public.auth_permission VALUES (451, 'Can delete access attempt expiration', 113, 'delete_accessattemptexpiration');
INSERT INTO public.auth_permission VALUES (452, 'Can view access attempt expiration', 113, 'view_accessattemptexpiration');
INSERT INTO public.django_content_type VALUES (1, 'audit', 'auditrecord');
INSERT INTO public.django_content_type VALUES (2, 'audit', 'chaincheck');
INSERT INTO public.django_content_type VALUES (3, 'audit', 'chainhead');
INSERT INTO public.django_content_type VALUES (4, 'people', 'person');
INSERT INTO public.django_content_type VALUES (5, 'people', 'team');
INSERT INTO public.django_content_type VALUES (6, 'people', 'account');
INSERT INTO public.django_content_type VALUES (7, 'people', 'membership');
INSERT INTO public.django_content_type VALUES (8, 'people', 'servicetoken');
INSERT INTO public.django_content_type VALUES (9, 'people', 'keptanswer');
INSERT INTO public.django_content_type VALUES (10, 'people', 'opensession');
INSERT INTO public.django_content_type VALUES (11, 'governance', 'board');
INSERT INTO public.django_content_type VALUES (12, 'governance', 'changerequest');
INSERT INTO public.django_content_type VALUES (13, 'governance', 'meeting');
INSERT INTO public.django_content_type VALUES (14, 'governance', 'agendaitem');
INSERT INTO public.django_content_type VALUES (15, 'governance', 'revision');
INSERT INTO public.django_content_type VALUES (16, 'governance', 'decision');
INSERT INTO public.django_content_type VALUES (17, 'governance', 'comment');
INSERT INTO public.django_content_type VALUES (18, 'governance', 'check');
INSERT INTO public.django_content_type VALUES (19, 'governance', 'revisionauthor');
INSERT INTO public.django_content_type VALUES (20, 'governance', 'vote');
INSERT INTO public.django_content_type VALUES (21, 'governance', 'condition');
INSERT INTO public.django_content_type VALUES (22, 'governance', 'boardmember');
INSERT INTO public.django_content_type VALUES (23, 'governance', 'policy');
INSERT INTO public.django_content_type VALUES (24, 'governance', 'policyrun');
INSERT INTO public.django_content_type VALUES (25, 'governance', 'policyversion');
INSERT INTO public.django_content_type VALUES (26, 'governance', 'finding');
INSERT INTO public.django_content_type VALUES (27, 'governance', 'scoreday');
INSERT INTO public.django_content_type VALUES (28, 'governance', 'waiver');
INSERT INTO public.django_content_type VALUES (29, 'governance', 'policyoverride');
INSERT INTO public.django_content_type VALUES (30, 'governance', 'resolution');
INSERT INTO public.django_content_type VALUES (31, 'inventory', 'company');
INSERT INTO public.django_content_type VALUES (32, 'inventory', 'entitykind');
INSERT INTO public.django_content_type VALUES (33, 'inventory', 'environment');
INSERT INTO public.django_content_type VALUES (34, 'inventory', 'system');
INSERT INTO public.django_content_type VALUES (35, 'inventory', 'identity');
INSERT INTO public.django_content_type VALUES (36, 'inventory', 'instance');
INSERT INTO public.django_content_type VALUES (37, 'inventory', 'interface');
INSERT INTO public.django_content_type VALUES (38, 'inventory', 'integration');
INSERT INTO public.django_content_type VALUES (39, 'inventory', 'identityalias');
INSERT INTO public.django_content_type VALUES (40, 'inventory', 'process');
INSERT INTO public.django_content_type VALUES (41, 'inventory', 'processstep');
INSERT INTO public.django_content_type VALUES (42, 'inventory', 'failuremode');
INSERT INTO public.django_content_type VALUES (43, 'inventory', 'fieldchange');
INSERT INTO public.django_content_type VALUES (44, 'inventory', 'importdraft');
INSERT INTO public.django_content_type VALUES (45, 'inventory', 'operation');
INSERT INTO public.django_content_type VALUES (46, 'inventory', 'entityattribute');
INSERT INTO public.django_content_type VALUES (47, 'inventory', 'entityversion');
INSERT INTO public.django_content_type VALUES (48, 'inventory', 'ownership');
INSERT INTO public.django_content_type VALUES (49, 'inventory', 'ownershipstamp');
INSERT INTO public.django_content_type VALUES (50, 'inventory', 'ownershipright');
INSERT INTO public.django_content_type VALUES (51, 'inventory', 'decision');
INSERT INTO public.django_content_type VALUES (52, 'inventory', 'identitychange');
INSERT INTO public.django_content_type VALUES (53, 'inventory', 'identitymove');
INSERT INTO public.django_content_type VALUES (54, 'contracts', 'contract');
INSERT INTO public.django_content_type VALUES (55, 'contracts', 'contractversion');
INSERT INTO public.django_content_type VALUES (56, 'contracts', 'sunset');
INSERT INTO public.django_content_type VALUES (57, 'contracts', 'dependency');
INSERT INTO public.django_content_type VALUES (58, 'contracts', 'confirmation');
INSERT INTO public.django_content_type VALUES (59, 'contracts', 'answer');
INSERT INTO public.django_content_type VALUES (60, 'contracts', 'canary');
INSERT INTO public.django_content_type VALUES (61, 'credentials', 'credential');
INSERT INTO public.django_content_type VALUES (62, 'transactions', 'destination');
INSERT INTO public.django_content_type VALUES (63, 'transactions', 'endpoint');
INSERT INTO public.django_content_type VALUES (64, 'transactions', 'flow');
INSERT INTO public.django_content_type VALUES (65, 'transactions', 'flowversion');
INSERT INTO public.django_content_type VALUES (66, 'transactions', 'mapping');
INSERT INTO public.django_content_type VALUES (67, 'transactions', 'mappingversion');
INSERT INTO public.django_content_type VALUES (68, 'transactions', 'normalisation');
INSERT INTO public.django_content_type VALUES (69, 'transactions', 'refusal');
INSERT INTO public.django_content_type VALUES (70, 'transactions', 'repeat');
INSERT INTO public.django_content_type VALUES (71, 'transactions', 'replay');
INSERT INTO public.django_content_type VALUES (72, 'transactions', 'replayitem');
INSERT INTO public.django_content_type VALUES (73, 'transactions', 'route');
INSERT INTO public.django_content_type VALUES (74, 'transactions', 'deadletter');
INSERT INTO public.django_content_type VALUES (75, 'transactions', 'attempt');
INSERT INTO public.django_content_type VALUES (76, 'transactions', 'payload');
INSERT INTO public.django_content_type VALUES (77, 'transactions', 'payloadsubject');
INSERT INTO public.django_content_type VALUES (78, 'transactions', 'trace');
INSERT INTO public.django_content_type VALUES (79, 'transactions', 'destinationstate');
INSERT INTO public.django_content_type VALUES (80, 'transactions', 'dedupe');
INSERT INTO public.django_content_type VALUES (81, 'transactions', 'inbox');
INSERT INTO public.django_content_type VALUES (82, 'transactions', 'stepqueue');
INSERT INTO public.django_content_type VALUES (83, 'transactions', 'steprun');
INSERT INTO public.django_content_type VALUES (84, 'transactions', 'transaction');
INSERT INTO public.django_content_type VALUES (85, 'transactions', 'transactionkey');
INSERT INTO public.django_content_type VALUES (86, 'transactions', 'written');
INSERT INTO public.django_content_type VALUES (87, 'transactions', 'cause');
INSERT INTO public.django_content_type VALUES (88, 'transactions', 'deedentry');
INSERT INTO public.django_content_type VALUES (89, 'transactions', 'export');
INSERT INTO public.django_content_type VALUES (90, 'transactions', 'lookupanswer');
INSERT INTO public.django_content_type VALUES (91, 'transactions', 'traffichour');
INSERT INTO public.django_content_type VALUES (92, 'transactions', 'savedview');
INSERT INTO public.django_content_type VALUES (93, 'transactions', 'ownershipbreach');
INSERT INTO public.django_content_type VALUES (94, 'transactions', 'seentype');
INSERT INTO public.django_content_type VALUES (95, 'transactions', 'seenfield');
INSERT INTO public.django_content_type VALUES (96, 'transactions', 'release');
INSERT INTO public.django_content_type VALUES (97, 'transactions', 'releaseitem');
INSERT INTO public.django_content_type VALUES (98, 'transactions', 'usualform');
INSERT INTO public.django_content_type VALUES (99, 'transactions', 'drift');
INSERT INTO public.django_content_type VALUES (100, 'transactions', 'observedbreak');
INSERT INTO public.django_content_type VALUES (101, 'sync', 'syncjob');
INSERT INTO public.django_content_type VALUES (102, 'sync', 'syncrecord');
INSERT INTO public.django_content_type VALUES (103, 'sync', 'syncrun');
INSERT INTO public.django_content_type VALUES (104, 'sync', 'syncpage');
INSERT INTO public.django_content_type VALUES (105, 'sync', 'syncexception');
INSERT INTO public.django_content_type VALUES (106, 'auth', 'permission');
INSERT INTO public.django_content_type VALUES (107, 'auth', 'group');
INSERT INTO public.django_content_type VALUES (108, 'contenttypes', 'contenttype');
INSERT INTO public.django_content_type VALUES (109, 'sessions', 'session');
INSERT INTO public.django_content_type VALUES (110, 'axes', 'accessattempt');
INSERT INTO public.django_content_type VALUES (111, 'axes', 'accesslog');
INSERT INTO public.django_content_type VALUES (112, 'axes', 'accessfailurelog');
INSERT INTO public.django_content_type VALUES (113, 'axes', 'accessattemptexpiration');
INSERT INTO public.django_migrations VALUES (1, 'audit', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (2, 'audit', '0002_append_only', now());
INSERT INTO public.django_migrations VALUES (3, 'contenttypes', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (4, 'contenttypes', '0002_remove_content_type_name', now());
INSERT INTO public.django_migrations VALUES (5, 'auth', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (6, 'auth', '0002_alter_permission_name_max_length', now());
INSERT INTO public.django_migrations VALUES (7, 'auth', '0003_alter_user_email_max_length', now());
INSERT INTO public.django_migrations VALUES (8, 'auth', '0004_alter_user_username_opts', now());
INSERT INTO public.django_migrations VALUES (9, 'auth', '0005_alter_user_last_login_null', now());
INSERT INTO public.django_migrations VALUES (10, 'auth', '0006_require_contenttypes_0002', now());
INSERT INTO public.django_migrations VALUES (11, 'auth', '0007_alter_validators_add_error_messages', now());
INSERT INTO public.django_migrations VALUES (12, 'auth', '0008_alter_user_username_max_length', now());
INSERT INTO public.django_migrations VALUES (13, 'auth', '0009_alter_user_last_name_max_length', now());
INSERT INTO public.django_migrations VALUES (14, 'auth', '0010_alter_group_name_max_length', now());
INSERT INTO public.django_migrations VALUES (15, 'auth', '0011_update_proxy_permissions', now());
INSERT INTO public.django_migrations VALUES (16, 'auth', '0012_alter_user_first_name_max_length', now());
INSERT INTO public.django_migrations VALUES (17, 'axes', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (18, 'axes', '0002_auto_20151217_2044', now());
INSERT INTO public.django_migrations VALUES (19, 'axes', '0003_auto_20160322_0929', now());
INSERT INTO public.django_migrations VALUES (20, 'axes', '0004_auto_20181024_1538', now());
INSERT INTO public.django_migrations VALUES (21, 'axes', '0005_remove_accessattempt_trusted', now());
INSERT INTO public.django_migrations VALUES (22, 'axes', '0006_remove_accesslog_trusted', now());
INSERT INTO public.django_migrations VALUES (23, 'axes', '0007_alter_accessattempt_unique_together', now());
INSERT INTO public.django_migrations VALUES (24, 'axes', '0008_accessfailurelog', now());
INSERT INTO public.django_migrations VALUES (25, 'axes', '0009_add_session_hash', now());
INSERT INTO public.django_migrations VALUES (26, 'axes', '0010_accessattemptexpiration', now());
INSERT INTO public.django_migrations VALUES (27, 'people', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (28, 'people', '0002_service_tokens', now());
INSERT INTO public.django_migrations VALUES (29, 'people', '0003_kept_answers', now());
INSERT INTO public.django_migrations VALUES (30, 'people', '0004_own_settings', now());
INSERT INTO public.django_migrations VALUES (31, 'people', '0005_looks_at', now());
INSERT INTO public.django_migrations VALUES (32, 'governance', '0001_change_requests', now());
INSERT INTO public.django_migrations VALUES (33, 'governance', '0002_policies', now());
INSERT INTO public.django_migrations VALUES (34, 'governance', '0003_comments_in_place', now());
INSERT INTO public.django_migrations VALUES (35, 'governance', '0004_check_evidence', now());
INSERT INTO public.django_migrations VALUES (36, 'inventory', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (37, 'inventory', '0002_entities', now());
INSERT INTO public.django_migrations VALUES (38, 'inventory', '0003_the_whole_record', now());
INSERT INTO public.django_migrations VALUES (39, 'inventory', '0004_variants', now());
INSERT INTO public.django_migrations VALUES (40, 'inventory', '0005_operations', now());
INSERT INTO public.django_migrations VALUES (41, 'inventory', '0006_ownership', now());
INSERT INTO public.django_migrations VALUES (42, 'inventory', '0007_decisions', now());
INSERT INTO public.django_migrations VALUES (43, 'inventory', '0008_identity_history', now());
INSERT INTO public.django_migrations VALUES (44, 'contracts', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (45, 'contracts', '0002_links', now());
INSERT INTO public.django_migrations VALUES (46, 'contracts', '0003_compatibility', now());
INSERT INTO public.django_migrations VALUES (47, 'contracts', '0004_sunsets', now());
INSERT INTO public.django_migrations VALUES (48, 'contracts', '0005_consumers', now());
INSERT INTO public.django_migrations VALUES (49, 'contracts', '0006_canaries', now());
INSERT INTO public.django_migrations VALUES (50, 'contracts', '0007_downgrades', now());
INSERT INTO public.django_migrations VALUES (51, 'credentials', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (52, 'sessions', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (53, 'sync', '0001_jobs_and_runs', now());
INSERT INTO public.django_migrations VALUES (54, 'sync', '0002_runs_by_what_is_open', now());
INSERT INTO public.django_migrations VALUES (55, 'sync', '0003_runs_of_the_day', now());
INSERT INTO public.django_migrations VALUES (56, 'transactions', '0001_initial', now());
INSERT INTO public.django_migrations VALUES (57, 'transactions', '0002_hot_tables', now());
INSERT INTO public.django_migrations VALUES (58, 'transactions', '0003_first_weeks', now());
INSERT INTO public.django_migrations VALUES (59, 'transactions', '0004_destination_openings', now());
INSERT INTO public.django_migrations VALUES (60, 'transactions', '0005_causes_in_hand', now());
INSERT INTO public.django_migrations VALUES (61, 'transactions', '0006_replays_agreed_to', now());
INSERT INTO public.django_migrations VALUES (62, 'transactions', '0007_endpoint_limits', now());
INSERT INTO public.django_migrations VALUES (63, 'transactions', '0008_exports', now());
INSERT INTO public.django_migrations VALUES (64, 'transactions', '0009_look_ups_and_waits', now());
INSERT INTO public.django_migrations VALUES (65, 'transactions', '0010_neighbours_by_replay', now());
INSERT INTO public.django_migrations VALUES (66, 'transactions', '0011_what_it_is_about', now());
INSERT INTO public.django_migrations VALUES (67, 'transactions', '0012_traffic_by_hour', now());
INSERT INTO public.django_migrations VALUES (68, 'transactions', '0013_saved_views', now());
INSERT INTO public.django_migrations VALUES (69, 'transactions', '0014_what_concerns_one_person', now());
INSERT INTO public.django_migrations VALUES (70, 'transactions', '0015_ownership', now());
INSERT INTO public.django_migrations VALUES (71, 'transactions', '0016_discovered', now());
INSERT INTO public.django_migrations VALUES (72, 'transactions', '0017_months_of_traffic', now());
INSERT INTO public.django_migrations VALUES (73, 'transactions', '0018_drift', now());
INSERT INTO public.inventory_entityattribute VALUES (1, '/id', 1, 'string', 'The account''s id in the system of record', 'none', true, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (2, '/number', 2, 'string', 'The number of the customer that it belongs to', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (3, '/name', 3, 'string', 'Name of the account', 'personal', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (4, '/parent', 4, 'string', 'Id of the account above it', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (5, '/owner', 5, 'string', 'Who is responsible in sales', 'personal', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (6, '/tax_id', 6, 'string', 'Tax or VAT number of its company', 'personal', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (7, '/industry', 7, 'string', 'Industry, in the words of sales', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (8, '/employees', 8, 'integer', 'How many people work there', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (9, '/annual_revenue', 9, 'string', 'Decimal amount of yearly revenue', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (10, '/email', 10, 'string (email)', 'Address for business mail', 'personal', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (11, '/phone', 11, 'string', 'Telephone number, E.164', 'personal', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (12, '/website', 12, 'string (uri)', 'Web site', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (13, '/country', 13, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (14, '/tier', 14, 'string', 'Tier of the account', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (15, '/status', 15, 'string', 'Where the account is in its life', 'none', false, true, 2);
INSERT INTO public.inventory_entityattribute VALUES (16, '/number', 1, 'string', 'Number of the billing party', 'none', true, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (17, '/customer', 2, 'string', 'Number of the customer for whom it pays', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (18, '/name', 3, 'string', 'Name on the invoice', 'personal', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (19, '/tax_id', 4, 'string', 'Tax or VAT number', 'personal', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (20, '/email', 5, 'string (email)', 'Where invoices are sent', 'personal', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (21, '/address', 6, 'object', 'Address on the invoice', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (22, '/address/street', 7, 'string', 'Street and house number', 'personal', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (23, '/address/postal_code', 8, 'string', 'Postal code', 'personal', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (24, '/address/city', 9, 'string', 'City', 'personal', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (25, '/address/region', 10, 'string', 'State, province or county', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (26, '/address/country', 11, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (27, '/iban', 12, 'string', 'Bank account, IBAN', 'sensitive', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (28, '/payment_method', 13, 'string', 'How it pays', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (29, '/payment_term_days', 14, 'integer', 'Days until an invoice is due', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (30, '/currency', 15, 'string', 'Currency of invoices', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (31, '/dunning_level', 16, 'integer', 'How often it was reminded', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (32, '/tax_exempt', 17, 'boolean', 'Whether no tax is charged', 'none', false, true, 4);
INSERT INTO public.inventory_entityattribute VALUES (33, '/id', 1, 'string', 'Id of the consent', 'none', true, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (34, '/subject', 2, 'string', 'Who agreed: id of the contact', 'personal', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (35, '/purpose', 3, 'string', 'What for', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (36, '/channel', 4, 'string', 'By which channel', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (37, '/marketing_email', 5, 'boolean', 'Whether e-mail for marketing is agreed to', 'personal', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (38, '/state', 6, 'string', 'What was said last', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (39, '/given_at', 7, 'string (date-time)', 'When it was given', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (40, '/withdrawn_at', 8, 'string (date-time)', 'When it was taken back', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (41, '/source', 9, 'string', 'Where it was given, such as a form', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (42, '/evidence', 10, 'string (uri)', 'Where that is kept', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (43, '/legal_basis', 11, 'string', 'Legal basis', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (44, '/expires_at', 12, 'string (date-time)', 'When it ends by itself', 'none', false, true, 6);
INSERT INTO public.inventory_entityattribute VALUES (45, '/id', 1, 'string', 'The contact''s id in the system of record', 'none', true, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (46, '/customer', 2, 'string', 'Number of the customer', 'none', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (47, '/name', 3, 'string', 'Full name', 'personal', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (48, '/given_name', 4, 'string', 'Given name', 'personal', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (49, '/family_name', 5, 'string', 'Family name', 'personal', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (50, '/email', 6, 'string (email)', 'E-mail address', 'personal', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (51, '/phone', 7, 'string', 'Telephone number, E.164', 'personal', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (52, '/mobile', 8, 'string', 'Mobile number, E.164', 'personal', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (53, '/job_title', 9, 'string', 'What the person does there', 'personal', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (54, '/department', 10, 'string', 'Department', 'none', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (55, '/language', 11, 'string', 'Preferred language, BCP 47', 'none', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (56, '/role', 12, 'string', 'Role towards us', 'none', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (57, '/birth_date', 13, 'string (date)', 'Date of birth', 'personal', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (58, '/status', 14, 'string', 'Whether the person is still there', 'none', false, true, 3);
INSERT INTO public.inventory_entityattribute VALUES (59, '/number', 1, 'string', 'Number of the contract', 'none', true, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (60, '/party', 2, 'string', 'Number of the customer or supplier', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (61, '/title', 3, 'string', 'What it is about', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (62, '/kind', 4, 'string', 'What sort of contract', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (63, '/signed_on', 5, 'string (date)', 'When it was signed', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (64, '/starts_on', 6, 'string (date)', 'First day', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (65, '/ends_on', 7, 'string (date)', 'Last day', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (66, '/notice_days', 8, 'integer', 'Days of notice', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (67, '/value', 9, 'string', 'Decimal value over its life', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (68, '/currency', 10, 'string', 'Currency', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (69, '/auto_renewal', 11, 'boolean', 'Whether it goes on by itself', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (70, '/signatory', 12, 'string', 'Who signed for them', 'personal', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (71, '/document', 13, 'string (uri)', 'Where it is kept', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (72, '/status', 14, 'string', 'Where it is in its life', 'none', false, true, 13);
INSERT INTO public.inventory_entityattribute VALUES (73, '/number', 1, 'string', 'The number that people use for the customer, such as C-1042', 'none', true, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (74, '/name', 2, 'string', 'Full legal or personal name', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (75, '/legal_form', 3, 'string', 'Legal form of a company, such as GmbH', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (76, '/tax_id', 4, 'string', 'Tax or VAT number, without spaces', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (77, '/email', 5, 'string (email)', 'Address for business mail', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (78, '/phone', 6, 'string', 'Telephone number, E.164', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (79, '/language', 7, 'string', 'Preferred language, BCP 47', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (80, '/country', 8, 'string', 'Country of residence, ISO 3166-1 alpha-2', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (81, '/billing_address', 9, 'object', 'Where invoices are sent', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (82, '/billing_address/street', 10, 'string', 'Street and house number', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (83, '/billing_address/postal_code', 11, 'string', 'Postal code', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (84, '/billing_address/city', 12, 'string', 'City', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (85, '/billing_address/region', 13, 'string', 'State, province or county', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (86, '/billing_address/country', 14, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (87, '/shipping_address', 15, 'object', 'Where goods are sent when nothing else is said', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (88, '/shipping_address/street', 16, 'string', 'Street and house number', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (89, '/shipping_address/postal_code', 17, 'string', 'Postal code', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (90, '/shipping_address/city', 18, 'string', 'City', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (91, '/shipping_address/region', 19, 'string', 'State, province or county', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (92, '/shipping_address/country', 20, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (93, '/account_owner', 21, 'string', 'Who is responsible in sales', 'personal', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (94, '/segment', 22, 'string', 'Market segment', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (95, '/support_tier', 23, 'string', 'Level of support that was agreed', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (96, '/health_score', 24, 'number', 'How likely the customer stays, from 0 to 100', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (97, '/credit_limit', 25, 'string', 'Decimal amount up to which goods are sent unpaid', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (98, '/payment_term_days', 26, 'integer', 'Days until an invoice is due', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (99, '/status', 27, 'string', 'Where the customer is in its life', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (100, '/since', 28, 'string (date)', 'The day of the first order', 'none', false, true, 1);
INSERT INTO public.inventory_entityattribute VALUES (101, '/number', 1, 'string', 'Personnel number', 'none', true, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (102, '/name', 2, 'string', 'Full name', 'personal', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (103, '/email', 3, 'string (email)', 'Business e-mail address', 'personal', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (104, '/phone', 4, 'string', 'Business telephone number', 'personal', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (105, '/job_title', 5, 'string', 'What the person does', 'personal', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (106, '/department', 6, 'string', 'Department', 'none', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (107, '/cost_centre', 7, 'string', 'Cost centre', 'none', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (108, '/manager', 8, 'string', 'Personnel number of the manager', 'personal', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (109, '/location', 9, 'string', 'Where the person works', 'none', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (110, '/hired_on', 10, 'string (date)', 'First day', 'personal', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (111, '/left_on', 11, 'string (date)', 'Last day', 'personal', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (112, '/birth_date', 12, 'string (date)', 'Date of birth', 'sensitive', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (113, '/salary', 13, 'string', 'Decimal yearly salary', 'sensitive', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (114, '/bank_account', 14, 'string', 'IBAN for the salary', 'sensitive', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (115, '/national_id', 15, 'string', 'Social security or identity number', 'sensitive', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (116, '/status', 16, 'string', 'Where the person is with us', 'none', false, true, 19);
INSERT INTO public.inventory_entityattribute VALUES (117, '/id', 1, 'string', 'Id of the entitlement', 'none', true, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (118, '/customer', 2, 'string', 'Number of the customer', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (119, '/subscription', 3, 'string', 'Id of the subscription', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (120, '/feature', 4, 'string', 'What may be used', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (121, '/quantity', 5, 'integer', 'How much of it', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (122, '/unit', 6, 'string', 'Unit of the quantity', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (123, '/starts_at', 7, 'string (date-time)', 'From when', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (124, '/ends_at', 8, 'string (date-time)', 'Until when', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (125, '/activated_at', 9, 'string (date-time)', 'When it was activated', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (126, '/licence_key', 10, 'string', 'Key that proves it', 'sensitive', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (127, '/status', 11, 'string', 'Where it is in its life', 'none', false, true, 16);
INSERT INTO public.inventory_entityattribute VALUES (128, '/number', 1, 'string', 'Number of the invoice', 'none', true, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (129, '/kind', 2, 'string', 'What sort of invoice', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (130, '/order', 3, 'string', 'Number of the order', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (131, '/billing_party', 4, 'string', 'Number of who pays', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (132, '/currency', 5, 'string', 'Currency', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (133, '/total', 6, 'string', 'Decimal total with tax', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (134, '/total_minor', 7, 'integer', 'Total in minor units', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (135, '/amount_minor', 8, 'integer', 'Amount paid or due, in minor units', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (136, '/tax_amount', 9, 'string', 'Decimal tax', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (137, '/lines', 10, 'array', 'What is charged', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (138, '/issued_on', 11, 'string (date)', 'Date of the invoice', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (139, '/due_on', 12, 'string (date)', 'When it is to be paid', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (140, '/payment_status', 13, 'string', 'Whether it was paid', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (141, '/dunning_level', 14, 'integer', 'How often it was reminded', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (142, '/ledger_account', 15, 'string', 'Account in the ledger', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (143, '/document', 16, 'string (uri)', 'Where it is kept', 'none', false, true, 14);
INSERT INTO public.inventory_entityattribute VALUES (144, '/id', 1, 'string', 'Id of the lead', 'none', true, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (145, '/name', 2, 'string', 'Name', 'personal', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (146, '/company', 3, 'string', 'Company', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (147, '/email', 4, 'string (email)', 'E-mail address', 'personal', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (148, '/phone', 5, 'string', 'Telephone number, E.164', 'personal', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (149, '/source', 6, 'string', 'Where it came from, such as a form', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (150, '/campaign', 7, 'string', 'Campaign that brought it', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (151, '/form', 8, 'string', 'The form that was filled', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (152, '/score', 9, 'number', 'How promising it is, from 0 to 100', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (153, '/owner', 10, 'string', 'Who follows it up', 'personal', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (154, '/interest', 11, 'string', 'What it asks for', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (155, '/country', 12, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (156, '/status', 13, 'string', 'Where it is in its life', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (157, '/converted_to', 14, 'string', 'Number of the customer that it became', 'none', false, true, 7);
INSERT INTO public.inventory_entityattribute VALUES (158, '/id', 1, 'string', 'Id of the milestone', 'none', true, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (159, '/subject_kind', 2, 'string', 'What it is a step of', 'none', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (160, '/subject', 3, 'string', 'Number or id of that', 'none', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (161, '/name', 4, 'string', 'Which step', 'none', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (162, '/stage', 5, 'string', 'Stage after it, in the words of the business', 'none', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (163, '/due_at', 6, 'string (date-time)', 'When it was to be reached', 'none', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (164, '/reached_at', 7, 'string (date-time)', 'When it was reached', 'none', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (165, '/owner', 8, 'string', 'Who answers for it', 'personal', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (166, '/blocked_by', 9, 'string', 'What it waits for', 'none', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (167, '/state', 10, 'string', 'What came of it', 'none', false, true, 22);
INSERT INTO public.inventory_entityattribute VALUES (168, '/number', 1, 'string', 'Number of the order', 'none', true, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (169, '/order_type', 2, 'string', 'What sort of order', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (170, '/quote', 3, 'string', 'Number of the quote', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (171, '/currency', 4, 'string', 'Currency', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (172, '/amount_minor', 5, 'integer', 'Total in minor units', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (173, '/amount', 6, 'string', 'Decimal total', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (263, '/to_address', 6, 'object', 'Where it goes', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (174, '/lines', 7, 'array', 'What is ordered: article, quantity, price', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (175, '/payment_term_days', 8, 'integer', 'Days until the invoice is due', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (176, '/ordered_at', 9, 'string (date-time)', 'When it was ordered', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (177, '/confirmed_at', 10, 'string (date-time)', 'When we confirmed it', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (178, '/delivery_date', 11, 'string (date)', 'When it is to be there', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (179, '/delivery_address', 12, 'object', 'Where it goes', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (180, '/delivery_address/street', 13, 'string', 'Street and house number', 'personal', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (181, '/delivery_address/postal_code', 14, 'string', 'Postal code', 'personal', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (182, '/delivery_address/city', 15, 'string', 'City', 'personal', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (183, '/delivery_address/region', 16, 'string', 'State, province or county', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (184, '/delivery_address/country', 17, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (185, '/purchase_order', 18, 'string', 'The customer''s own number', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (186, '/status', 19, 'string', 'Where it is in its life', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (187, '/cancelled_reason', 20, 'string', 'Why it was cancelled', 'none', false, true, 11);
INSERT INTO public.inventory_entityattribute VALUES (188, '/id', 1, 'string', 'Id of the payment', 'none', true, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (189, '/invoice', 2, 'string', 'Number of the invoice', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (190, '/payer', 3, 'string', 'Who paid', 'personal', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (191, '/currency', 4, 'string', 'Currency', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (192, '/amount_minor', 5, 'integer', 'Amount in minor units', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (193, '/amount', 6, 'string', 'Decimal amount', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (194, '/method', 7, 'string', 'By what', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (195, '/instrument', 8, 'string', 'Masked card or account', 'sensitive', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (196, '/provider', 9, 'string', 'Who carried it out', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (197, '/provider_reference', 10, 'string', 'Their reference', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (198, '/paid_at', 11, 'string (date-time)', 'When it was paid', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (199, '/value_date', 12, 'string (date)', 'When it counts', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (200, '/fee_minor', 13, 'integer', 'Provider''s fee in minor units', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (201, '/refunded_minor', 14, 'integer', 'What was given back, in minor units', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (202, '/status', 15, 'string', 'What came of it', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (203, '/failure_reason', 16, 'string', 'Why it failed', 'none', false, true, 15);
INSERT INTO public.inventory_entityattribute VALUES (204, '/id', 1, 'string', 'Id of the price', 'none', true, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (205, '/sku', 2, 'string', 'Article number', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (206, '/price_list', 3, 'string', 'Price list', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (207, '/currency', 4, 'string', 'Currency', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (208, '/amount', 5, 'string', 'Decimal amount for one unit', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (209, '/minimum_quantity', 6, 'number', 'From this quantity', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (210, '/billing_period', 7, 'string', 'How often it is due', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (211, '/valid_from', 8, 'string (date)', 'First day', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (212, '/valid_to', 9, 'string (date)', 'Last day', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (213, '/discountable', 10, 'boolean', 'Whether discounts may be given', 'none', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (214, '/approved_by', 11, 'string', 'Who agreed to it', 'personal', false, true, 9);
INSERT INTO public.inventory_entityattribute VALUES (215, '/sku', 1, 'string', 'Article number', 'none', true, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (216, '/name', 2, 'string', 'Name', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (217, '/description', 3, 'string', 'What it is', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (218, '/family', 4, 'string', 'Product family', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (219, '/kind', 5, 'string', 'What sort of product', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (220, '/unit', 6, 'string', 'Unit of sale', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (221, '/weight_kg', 7, 'number', 'Weight in kilograms', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (222, '/gtin', 8, 'string', 'Global trade item number', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (223, '/tax_category', 9, 'string', 'Tax category', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (224, '/origin', 10, 'string', 'Country of origin', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (225, '/hs_code', 11, 'string', 'Customs tariff number', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (226, '/revenue_account', 12, 'string', 'Account in the ledger', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (227, '/status', 13, 'string', 'Where it is in its life', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (228, '/available_from', 14, 'string (date)', 'First day of sale', 'none', false, true, 8);
INSERT INTO public.inventory_entityattribute VALUES (229, '/number', 1, 'string', 'Number of the quote', 'none', true, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (230, '/customer', 2, 'string', 'Number of the customer', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (231, '/opportunity', 3, 'string', 'Id of the opportunity', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (232, '/version', 4, 'integer', 'Which revision', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (233, '/currency', 5, 'string', 'Currency', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (234, '/amount_minor', 6, 'integer', 'Total in minor units', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (235, '/amount', 7, 'string', 'Decimal total', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (236, '/discount_percent', 8, 'number', 'Discount on the total', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (237, '/lines', 9, 'array', 'What is offered', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (238, '/payment_term_days', 10, 'integer', 'Days until an invoice would be due', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (239, '/valid_until', 11, 'string (date)', 'Last day on which it can be accepted', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (240, '/owner', 12, 'string', 'Who made it', 'personal', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (241, '/status', 13, 'string', 'Where it is in its life', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (242, '/accepted_at', 14, 'string (date-time)', 'When it was accepted', 'none', false, true, 10);
INSERT INTO public.inventory_entityattribute VALUES (243, '/id', 1, 'string', 'Id of the location', 'none', true, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (244, '/customer', 2, 'string', 'Number of the customer', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (245, '/name', 3, 'string', 'Name of the place', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (246, '/address', 4, 'object', 'Where it is', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (247, '/address/street', 5, 'string', 'Street and house number', 'personal', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (248, '/address/postal_code', 6, 'string', 'Postal code', 'personal', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (249, '/address/city', 7, 'string', 'City', 'personal', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (250, '/address/region', 8, 'string', 'State, province or county', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (251, '/address/country', 9, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (252, '/latitude', 10, 'number', 'Degrees north', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (253, '/longitude', 11, 'number', 'Degrees east', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (254, '/access_notes', 12, 'string', 'How to get in, whom to call', 'personal', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (255, '/time_zone', 13, 'string', 'IANA time zone', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (256, '/service_window', 14, 'string', 'When work may be done', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (257, '/status', 15, 'string', 'Where it is in its life', 'none', false, true, 5);
INSERT INTO public.inventory_entityattribute VALUES (258, '/id', 1, 'string', 'Id of the shipment', 'none', true, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (259, '/order', 2, 'string', 'Number of the order', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (260, '/carrier', 3, 'string', 'Who carries it', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (261, '/service', 4, 'string', 'Kind of service of the carrier', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (262, '/tracking_no', 5, 'string', 'Number by which it is followed', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (264, '/to_address/street', 7, 'string', 'Street and house number', 'personal', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (265, '/to_address/postal_code', 8, 'string', 'Postal code', 'personal', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (266, '/to_address/city', 9, 'string', 'City', 'personal', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (267, '/to_address/region', 10, 'string', 'State, province or county', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (268, '/to_address/country', 11, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (269, '/packages', 12, 'integer', 'How many packages', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (270, '/weight_kg', 13, 'number', 'Weight in kilograms', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (271, '/lines', 14, 'array', 'What is in it', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (272, '/shipped_at', 15, 'string (date-time)', 'When it left', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (273, '/expected_on', 16, 'string (date)', 'When it is expected', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (274, '/delivered_at', 17, 'string (date-time)', 'When it arrived', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (275, '/signed_by', 18, 'string', 'Who took it', 'personal', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (276, '/exception', 19, 'string', 'What went wrong on the way', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (277, '/status', 20, 'string', 'Where it is in its life', 'none', false, true, 18);
INSERT INTO public.inventory_entityattribute VALUES (278, '/id', 1, 'string', 'Id of the subscription', 'none', true, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (279, '/customer', 2, 'string', 'Number of the customer', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (280, '/plan', 3, 'string', 'The plan', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (281, '/quantity', 4, 'integer', 'Seats or units', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (282, '/currency', 5, 'string', 'Currency', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (283, '/amount', 6, 'string', 'Decimal amount of a period', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (284, '/billing_period', 7, 'string', 'How often it is billed', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (285, '/started_on', 8, 'string (date)', 'First day', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (286, '/current_period_end', 9, 'string (date)', 'Last day of the period that is paid', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (287, '/renews', 10, 'boolean', 'Whether it goes on by itself', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (288, '/cancel_at', 11, 'string (date)', 'The day on which it ends', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (289, '/trial_end', 12, 'string (date)', 'Last day of the trial', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (290, '/status', 13, 'string', 'Where it is in its life', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (291, '/cancelled_reason', 14, 'string', 'Why it ended', 'none', false, true, 12);
INSERT INTO public.inventory_entityattribute VALUES (292, '/number', 1, 'string', 'Number of the supplier', 'none', true, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (293, '/name', 2, 'string', 'Legal name', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (294, '/tax_id', 3, 'string', 'Tax or VAT number', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (295, '/address', 4, 'object', 'Where it is', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (296, '/address/street', 5, 'string', 'Street and house number', 'personal', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (297, '/address/postal_code', 6, 'string', 'Postal code', 'personal', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (298, '/address/city', 7, 'string', 'City', 'personal', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (299, '/address/region', 8, 'string', 'State, province or county', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (300, '/address/country', 9, 'string', 'Country, ISO 3166-1 alpha-2', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (301, '/email', 10, 'string (email)', 'Address for business mail', 'personal', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (302, '/contact_name', 11, 'string', 'Whom we speak with', 'personal', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (303, '/iban', 12, 'string', 'Bank account, IBAN', 'sensitive', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (304, '/bic', 13, 'string', 'Bank''s code', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (305, '/payment_term_days', 14, 'integer', 'Days until its invoices are due', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (306, '/currency', 15, 'string', 'Currency', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (307, '/category', 16, 'string', 'What it supplies', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (308, '/risk_rating', 17, 'string', 'How much depends on it', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (309, '/approved_by', 18, 'string', 'Who let it in', 'personal', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (310, '/certified_until', 19, 'string (date)', 'Until when its certificates are valid', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (311, '/status', 20, 'string', 'Where it is in its life', 'none', false, true, 20);
INSERT INTO public.inventory_entityattribute VALUES (312, '/id', 1, 'string', 'Id of the ticket', 'none', true, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (313, '/customer', 2, 'string', 'Number of the customer', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (314, '/requester', 3, 'string', 'Who asks', 'personal', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (315, '/subject', 4, 'string', 'What it is about, in a line', 'personal', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (316, '/description', 5, 'string', 'What was said', 'personal', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (317, '/kind', 6, 'string', 'What sort of ticket', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (318, '/priority', 7, 'string', 'How urgent it is', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (319, '/channel', 8, 'string', 'How it came', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (320, '/product', 9, 'string', 'Article number that it is about', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (321, '/serial_number', 10, 'string', 'Serial number of the device', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (322, '/assignee', 11, 'string', 'Who works on it', 'personal', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (323, '/team', 12, 'string', 'Which team works on it', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (324, '/opened_at', 13, 'string (date-time)', 'When it was opened', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (325, '/first_answer_at', 14, 'string (date-time)', 'When it was answered first', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (326, '/solved_at', 15, 'string (date-time)', 'When it was solved', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (327, '/satisfaction', 16, 'integer', 'What the customer gave, from 1 to 5', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (328, '/status', 17, 'string', 'Where it is in its life', 'none', false, true, 17);
INSERT INTO public.inventory_entityattribute VALUES (329, '/id', 1, 'string', 'Id of the measurement', 'none', true, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (330, '/customer', 2, 'string', 'Number of the customer', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (331, '/subscription', 3, 'string', 'Id of the subscription', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (332, '/metric', 4, 'string', 'What was measured', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (333, '/value', 5, 'number', 'How much', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (334, '/unit', 6, 'string', 'Unit of the value', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (335, '/seats_active', 7, 'integer', 'Seats that were used', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (336, '/orders', 8, 'integer', 'Orders in the period', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (337, '/period_start', 9, 'string (date-time)', 'From when', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (338, '/period_end', 10, 'string (date-time)', 'Until when', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (339, '/measured_at', 11, 'string (date-time)', 'When it was measured', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (340, '/source', 12, 'string', 'Who measured it', 'none', false, true, 21);
INSERT INTO public.inventory_entityattribute VALUES (341, '/user', 13, 'string', 'Whose use it was, where it is of one person', 'personal', false, true, 21);
INSERT INTO public.inventory_entitykind VALUES (2, 'account', 'Account', true, 'flag', 'A commercial relation with a customer as sales sees it; a customer may have several.');
INSERT INTO public.inventory_entitykind VALUES (4, 'billing-party', 'Billing party', true, 'flag', 'Who pays: the party to which invoices are addressed, perhaps another than the customer.');
INSERT INTO public.inventory_entitykind VALUES (6, 'consent', 'Consent', true, 'flag', 'What a person has agreed to, for which purpose, and when.');
INSERT INTO public.inventory_entitykind VALUES (3, 'contact', 'Contact', true, 'flag', 'A person with whom we speak at a customer.');
INSERT INTO public.inventory_entitykind VALUES (13, 'contract', 'Contract', false, 'flag', 'What was agreed with a customer or a supplier, in writing.');
INSERT INTO public.inventory_entitykind VALUES (1, 'customer', 'Customer', true, 'flag', 'A party that buys from us, as the whole company knows it: a company or a person.');
INSERT INTO public.inventory_entitykind VALUES (19, 'employee', 'Employee', true, 'flag', 'Somebody who works for us.');
INSERT INTO public.inventory_entitykind VALUES (16, 'entitlement', 'Entitlement', false, 'flag', 'What a customer may use, how much of it and until when.');
INSERT INTO public.inventory_entitykind VALUES (14, 'invoice', 'Invoice', false, 'flag', 'What a customer owes for what was delivered.');
INSERT INTO public.inventory_entitykind VALUES (7, 'lead', 'Lead', true, 'flag', 'Somebody who may become a customer.');
INSERT INTO public.inventory_entitykind VALUES (22, 'milestone', 'Lifecycle milestone', false, 'flag', 'A step in the life of a customer or an order that was reached, or missed.');
INSERT INTO public.inventory_entitykind VALUES (11, 'order', 'Order', false, 'flag', 'What a customer has ordered and we have agreed to deliver.');
INSERT INTO public.inventory_entitykind VALUES (15, 'payment', 'Payment', false, 'flag', 'Money that came in or went out.');
INSERT INTO public.inventory_entitykind VALUES (9, 'price', 'Price', false, 'flag', 'What a product costs, for whom, in which currency and from when.');
INSERT INTO public.inventory_entitykind VALUES (8, 'product', 'Product', false, 'flag', 'Something that we sell: goods, a service, a plan.');
INSERT INTO public.inventory_entitykind VALUES (10, 'quote', 'Quote', false, 'flag', 'An offer to a customer that may become an order.');
INSERT INTO public.inventory_entitykind VALUES (5, 'service-location', 'Service location', false, 'flag', 'A place where something of ours stands or is served.');
INSERT INTO public.inventory_entitykind VALUES (18, 'shipment', 'Shipment', false, 'flag', 'Goods on their way to somebody.');
INSERT INTO public.inventory_entitykind VALUES (12, 'subscription', 'Subscription', false, 'flag', 'Something that a customer pays for again and again until it ends.');
INSERT INTO public.inventory_entitykind VALUES (20, 'supplier', 'Supplier', false, 'flag', 'Somebody from whom we buy.');
INSERT INTO public.inventory_entitykind VALUES (17, 'ticket', 'Ticket', false, 'flag', 'What a customer asks for or complains of.');
INSERT INTO public.inventory_entitykind VALUES (21, 'usage-signal', 'Usage signal', false, 'flag', 'What was measured of how a customer uses what we sell.');
INSERT INTO public.inventory_entityversion VALUES (1, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id", "name"], "properties": {"id": {"type": "string", "description": "The account''s id in the system of record", "x-identifier": true}, "name": {"type": "string", "x-personal": "personal", "description": "Name of the account"}, "tier": {"type": "string", "description": "Tier of the account"}, "email": {"type": "string", "format": "email", "x-personal": "personal", "description": "Address for business mail"}, "owner": {"type": "string", "x-personal": "personal", "description": "Who is responsible in sales"}, "phone": {"type": "string", "x-personal": "personal", "description": "Telephone number, E.164"}, "number": {"type": "string", "description": "The number of the customer that it belongs to"}, "parent": {"type": "string", "description": "Id of the account above it"}, "status": {"enum": ["prospect", "active", "lost", "closed"], "type": "string", "description": "Where the account is in its life"}, "tax_id": {"type": "string", "x-personal": "personal", "description": "Tax or VAT number of its company"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "website": {"type": "string", "format": "uri", "description": "Web site"}, "industry": {"type": "string", "description": "Industry, in the words of sales"}, "employees": {"type": "integer", "minimum": 0, "description": "How many people work there"}, "annual_revenue": {"type": "string", "description": "Decimal amount of yearly revenue"}}}', '["create", "update", "merge", "archive", "delete"]', 'aa70b7f7e9a2551c88c008365c6a884bb7b1f65bcdc9dfbdb92950ef96bd096b', true, 'As it comes with the product.', 'Interlock', now(), NULL, 2);
INSERT INTO public.inventory_entityversion VALUES (2, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["number", "name"], "properties": {"iban": {"type": "string", "x-personal": "sensitive", "description": "Bank account, IBAN"}, "name": {"type": "string", "x-personal": "personal", "description": "Name on the invoice"}, "email": {"type": "string", "format": "email", "x-personal": "personal", "description": "Where invoices are sent"}, "number": {"type": "string", "description": "Number of the billing party", "x-identifier": true}, "tax_id": {"type": "string", "x-personal": "personal", "description": "Tax or VAT number"}, "address": {"type": "object", "properties": {"city": {"type": "string", "x-personal": "personal", "description": "City"}, "region": {"type": "string", "description": "State, province or county"}, "street": {"type": "string", "x-personal": "personal", "description": "Street and house number"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "postal_code": {"type": "string", "x-personal": "personal", "description": "Postal code"}}, "description": "Address on the invoice"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency of invoices"}, "customer": {"type": "string", "description": "Number of the customer for whom it pays"}, "tax_exempt": {"type": "boolean", "description": "Whether no tax is charged"}, "dunning_level": {"type": "integer", "minimum": 0, "description": "How often it was reminded"}, "payment_method": {"enum": ["invoice", "card", "direct_debit", "transfer"], "type": "string", "description": "How it pays"}, "payment_term_days": {"type": "integer", "minimum": 0, "description": "Days until an invoice is due"}}}', '["create", "update", "merge", "archive"]', 'fd3d0e92c98ecaf8784f9edc11b8b506dd8fd6b9cdea37259ab61ffd9a708b5b', true, 'As it comes with the product.', 'Interlock', now(), NULL, 4);
INSERT INTO public.inventory_entityversion VALUES (3, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id", "subject", "purpose", "state"], "properties": {"id": {"type": "string", "description": "Id of the consent", "x-identifier": true}, "state": {"enum": ["given", "refused", "withdrawn", "expired"], "type": "string", "description": "What was said last"}, "source": {"type": "string", "description": "Where it was given, such as a form"}, "channel": {"enum": ["email", "phone", "post", "web"], "type": "string", "description": "By which channel"}, "purpose": {"enum": ["marketing", "analytics", "profiling", "sharing"], "type": "string", "description": "What for"}, "subject": {"type": "string", "x-personal": "personal", "description": "Who agreed: id of the contact"}, "evidence": {"type": "string", "format": "uri", "description": "Where that is kept"}, "given_at": {"type": "string", "format": "date-time", "description": "When it was given"}, "expires_at": {"type": "string", "format": "date-time", "description": "When it ends by itself"}, "legal_basis": {"enum": ["consent", "contract", "legitimate_interest", "legal_duty"], "type": "string", "description": "Legal basis"}, "withdrawn_at": {"type": "string", "format": "date-time", "description": "When it was taken back"}, "marketing_email": {"type": "boolean", "x-personal": "personal", "description": "Whether e-mail for marketing is agreed to"}}}', '["create", "update", "archive"]', '281081dfeddcafcef9f88d726d3a86faced8ccb95fa3a7536aa8e656f7bdd1cf', true, 'As it comes with the product.', 'Interlock', now(), NULL, 6);
INSERT INTO public.inventory_entityversion VALUES (4, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "The contact''s id in the system of record", "x-identifier": true}, "name": {"type": "string", "x-personal": "personal", "description": "Full name"}, "role": {"enum": ["decision", "technical", "billing", "user"], "type": "string", "description": "Role towards us"}, "email": {"type": "string", "format": "email", "x-personal": "personal", "description": "E-mail address"}, "phone": {"type": "string", "x-personal": "personal", "description": "Telephone number, E.164"}, "mobile": {"type": "string", "x-personal": "personal", "description": "Mobile number, E.164"}, "status": {"enum": ["active", "left", "blocked"], "type": "string", "description": "Whether the person is still there"}, "customer": {"type": "string", "description": "Number of the customer"}, "language": {"type": "string", "description": "Preferred language, BCP 47"}, "job_title": {"type": "string", "x-personal": "personal", "description": "What the person does there"}, "birth_date": {"type": "string", "format": "date", "x-personal": "personal", "description": "Date of birth"}, "department": {"type": "string", "description": "Department"}, "given_name": {"type": "string", "x-personal": "personal", "description": "Given name"}, "family_name": {"type": "string", "x-personal": "personal", "description": "Family name"}}}', '["create", "update", "merge", "archive", "delete"]', 'b9cd24cd35f162ced738d758ff755d28be9ee2108ff026d310fb8abfe61ec147', true, 'As it comes with the product.', 'Interlock', now(), NULL, 3);
INSERT INTO public.inventory_entityversion VALUES (5, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["number"], "properties": {"kind": {"enum": ["framework", "service", "licence", "purchase", "confidentiality"], "type": "string", "description": "What sort of contract"}, "party": {"type": "string", "description": "Number of the customer or supplier"}, "title": {"type": "string", "description": "What it is about"}, "value": {"type": "string", "description": "Decimal value over its life"}, "number": {"type": "string", "description": "Number of the contract", "x-identifier": true}, "status": {"enum": ["draft", "signed", "active", "ended", "terminated"], "type": "string", "description": "Where it is in its life"}, "ends_on": {"type": "string", "format": "date", "description": "Last day"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency"}, "document": {"type": "string", "format": "uri", "description": "Where it is kept"}, "signatory": {"type": "string", "x-personal": "personal", "description": "Who signed for them"}, "signed_on": {"type": "string", "format": "date", "description": "When it was signed"}, "starts_on": {"type": "string", "format": "date", "description": "First day"}, "notice_days": {"type": "integer", "minimum": 0, "description": "Days of notice"}, "auto_renewal": {"type": "boolean", "description": "Whether it goes on by itself"}}}', '["create", "update", "archive"]', 'e991f6bb64a7d88e5adee7ade0b1905ad05088682bcbc244307280006fee3c11', true, 'As it comes with the product.', 'Interlock', now(), NULL, 13);
INSERT INTO public.inventory_entityversion VALUES (6, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["number", "name"], "properties": {"name": {"type": "string", "x-personal": "personal", "description": "Full legal or personal name"}, "email": {"type": "string", "format": "email", "x-personal": "personal", "description": "Address for business mail"}, "phone": {"type": "string", "x-personal": "personal", "description": "Telephone number, E.164"}, "since": {"type": "string", "format": "date", "description": "The day of the first order"}, "number": {"type": "string", "description": "The number that people use for the customer, such as C-1042", "x-identifier": true}, "status": {"enum": ["prospect", "active", "blocked", "closed"], "type": "string", "description": "Where the customer is in its life"}, "tax_id": {"type": "string", "x-personal": "personal", "description": "Tax or VAT number, without spaces"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country of residence, ISO 3166-1 alpha-2"}, "segment": {"type": "string", "description": "Market segment"}, "language": {"type": "string", "description": "Preferred language, BCP 47"}, "legal_form": {"type": "string", "description": "Legal form of a company, such as GmbH"}, "credit_limit": {"type": "string", "description": "Decimal amount up to which goods are sent unpaid"}, "health_score": {"type": "number", "description": "How likely the customer stays, from 0 to 100"}, "support_tier": {"enum": ["basic", "standard", "premium"], "type": "string", "description": "Level of support that was agreed"}, "account_owner": {"type": "string", "x-personal": "personal", "description": "Who is responsible in sales"}, "billing_address": {"type": "object", "properties": {"city": {"type": "string", "x-personal": "personal", "description": "City"}, "region": {"type": "string", "description": "State, province or county"}, "street": {"type": "string", "x-personal": "personal", "description": "Street and house number"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "postal_code": {"type": "string", "x-personal": "personal", "description": "Postal code"}}, "description": "Where invoices are sent"}, "shipping_address": {"type": "object", "properties": {"city": {"type": "string", "x-personal": "personal", "description": "City"}, "region": {"type": "string", "description": "State, province or county"}, "street": {"type": "string", "x-personal": "personal", "description": "Street and house number"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "postal_code": {"type": "string", "x-personal": "personal", "description": "Postal code"}}, "description": "Where goods are sent when nothing else is said"}, "payment_term_days": {"type": "integer", "minimum": 0, "description": "Days until an invoice is due"}}}', '["create", "update", "merge", "archive", "delete"]', '4ebfa7d9b5b5885eed6409c7d08bbce76151f949b3d4f6d3679790e8331e5f5c', true, 'As it comes with the product.', 'Interlock', now(), NULL, 1);
INSERT INTO public.inventory_entityversion VALUES (7, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["number"], "properties": {"name": {"type": "string", "x-personal": "personal", "description": "Full name"}, "email": {"type": "string", "format": "email", "x-personal": "personal", "description": "Business e-mail address"}, "phone": {"type": "string", "x-personal": "personal", "description": "Business telephone number"}, "number": {"type": "string", "description": "Personnel number", "x-identifier": true}, "salary": {"type": "string", "x-personal": "sensitive", "description": "Decimal yearly salary"}, "status": {"enum": ["hired", "active", "leave", "left"], "type": "string", "description": "Where the person is with us"}, "left_on": {"type": "string", "format": "date", "x-personal": "personal", "description": "Last day"}, "manager": {"type": "string", "x-personal": "personal", "description": "Personnel number of the manager"}, "hired_on": {"type": "string", "format": "date", "x-personal": "personal", "description": "First day"}, "location": {"type": "string", "description": "Where the person works"}, "job_title": {"type": "string", "x-personal": "personal", "description": "What the person does"}, "birth_date": {"type": "string", "format": "date", "x-personal": "sensitive", "description": "Date of birth"}, "department": {"type": "string", "description": "Department"}, "cost_centre": {"type": "string", "description": "Cost centre"}, "national_id": {"type": "string", "x-personal": "sensitive", "description": "Social security or identity number"}, "bank_account": {"type": "string", "x-personal": "sensitive", "description": "IBAN for the salary"}}}', '["create", "update", "archive", "delete"]', 'bd95e61a3edb525067bdf8d4fc34acc2efc0e99c72e515b3e273df96a8b9ea2e', true, 'As it comes with the product.', 'Interlock', now(), NULL, 19);
INSERT INTO public.inventory_entityversion VALUES (8, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "Id of the entitlement", "x-identifier": true}, "unit": {"type": "string", "description": "Unit of the quantity"}, "status": {"enum": ["pending", "active", "suspended", "ended"], "type": "string", "description": "Where it is in its life"}, "ends_at": {"type": "string", "format": "date-time", "description": "Until when"}, "feature": {"type": "string", "description": "What may be used"}, "customer": {"type": "string", "description": "Number of the customer"}, "quantity": {"type": "integer", "minimum": 0, "description": "How much of it"}, "starts_at": {"type": "string", "format": "date-time", "description": "From when"}, "licence_key": {"type": "string", "x-personal": "sensitive", "description": "Key that proves it"}, "activated_at": {"type": "string", "format": "date-time", "description": "When it was activated"}, "subscription": {"type": "string", "description": "Id of the subscription"}}}', '["create", "update", "archive", "delete"]', '88d6b1245bd0f1576004a94cfdc3e1ac854b6918b91387f474fb97645831a86a', true, 'As it comes with the product.', 'Interlock', now(), NULL, 16);
INSERT INTO public.inventory_entityversion VALUES (9, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["number"], "properties": {"kind": {"enum": ["invoice", "credit_note", "prepayment"], "type": "string", "description": "What sort of invoice"}, "lines": {"type": "array", "items": {"type": "object"}, "description": "What is charged"}, "order": {"type": "string", "description": "Number of the order"}, "total": {"type": "string", "description": "Decimal total with tax"}, "due_on": {"type": "string", "format": "date", "description": "When it is to be paid"}, "number": {"type": "string", "description": "Number of the invoice", "x-identifier": true}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency"}, "document": {"type": "string", "format": "uri", "description": "Where it is kept"}, "issued_on": {"type": "string", "format": "date", "description": "Date of the invoice"}, "tax_amount": {"type": "string", "description": "Decimal tax"}, "total_minor": {"type": "integer", "description": "Total in minor units"}, "amount_minor": {"type": "integer", "description": "Amount paid or due, in minor units"}, "billing_party": {"type": "string", "description": "Number of who pays"}, "dunning_level": {"type": "integer", "minimum": 0, "description": "How often it was reminded"}, "ledger_account": {"type": "string", "description": "Account in the ledger"}, "payment_status": {"enum": ["open", "partial", "paid", "overdue", "written_off"], "type": "string", "description": "Whether it was paid"}}}', '["create", "update"]', '883de1b0d98755b55abad1862c5da51c528184cf75550a19d60f913508d68d83', true, 'As it comes with the product.', 'Interlock', now(), NULL, 14);
INSERT INTO public.inventory_entityversion VALUES (10, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "Id of the lead", "x-identifier": true}, "form": {"type": "string", "description": "The form that was filled"}, "name": {"type": "string", "x-personal": "personal", "description": "Name"}, "email": {"type": "string", "format": "email", "x-personal": "personal", "description": "E-mail address"}, "owner": {"type": "string", "x-personal": "personal", "description": "Who follows it up"}, "phone": {"type": "string", "x-personal": "personal", "description": "Telephone number, E.164"}, "score": {"type": "number", "description": "How promising it is, from 0 to 100"}, "source": {"type": "string", "description": "Where it came from, such as a form"}, "status": {"enum": ["new", "contacted", "qualified", "converted", "lost"], "type": "string", "description": "Where it is in its life"}, "company": {"type": "string", "description": "Company"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "campaign": {"type": "string", "description": "Campaign that brought it"}, "interest": {"type": "string", "description": "What it asks for"}, "converted_to": {"type": "string", "description": "Number of the customer that it became"}}}', '["create", "update", "merge", "archive", "delete"]', '0e85df2d3b5026d15a4caedcda84f248091d8a4b55fd26e7ec13181b63cd6d6a', true, 'As it comes with the product.', 'Interlock', now(), NULL, 7);
INSERT INTO public.inventory_entityversion VALUES (11, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "Id of the milestone", "x-identifier": true}, "name": {"type": "string", "description": "Which step"}, "owner": {"type": "string", "x-personal": "personal", "description": "Who answers for it"}, "stage": {"type": "string", "description": "Stage after it, in the words of the business"}, "state": {"enum": ["expected", "reached", "missed", "waived"], "type": "string", "description": "What came of it"}, "due_at": {"type": "string", "format": "date-time", "description": "When it was to be reached"}, "subject": {"type": "string", "description": "Number or id of that"}, "blocked_by": {"type": "string", "description": "What it waits for"}, "reached_at": {"type": "string", "format": "date-time", "description": "When it was reached"}, "subject_kind": {"enum": ["customer", "order", "subscription", "ticket", "employee", "supplier"], "type": "string", "description": "What it is a step of"}}}', '["create", "update"]', 'aea1974746e9769886c7e8481f67d821820c0e2451355095340fe4c8bd27e795', true, 'As it comes with the product.', 'Interlock', now(), NULL, 22);
INSERT INTO public.inventory_entityversion VALUES (12, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["number"], "properties": {"lines": {"type": "array", "items": {"type": "object"}, "description": "What is ordered: article, quantity, price"}, "quote": {"type": "string", "description": "Number of the quote"}, "amount": {"type": "string", "description": "Decimal total"}, "number": {"type": "string", "description": "Number of the order", "x-identifier": true}, "status": {"enum": ["draft", "confirmed", "invoiced", "paid", "shipped", "delivered", "cancelled"], "type": "string", "description": "Where it is in its life"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency"}, "order_type": {"enum": ["new", "change", "renewal", "return"], "type": "string", "description": "What sort of order"}, "ordered_at": {"type": "string", "format": "date-time", "description": "When it was ordered"}, "amount_minor": {"type": "integer", "description": "Total in minor units"}, "confirmed_at": {"type": "string", "format": "date-time", "description": "When we confirmed it"}, "delivery_date": {"type": "string", "format": "date", "description": "When it is to be there"}, "purchase_order": {"type": "string", "description": "The customer''s own number"}, "cancelled_reason": {"type": "string", "description": "Why it was cancelled"}, "delivery_address": {"type": "object", "properties": {"city": {"type": "string", "x-personal": "personal", "description": "City"}, "region": {"type": "string", "description": "State, province or county"}, "street": {"type": "string", "x-personal": "personal", "description": "Street and house number"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "postal_code": {"type": "string", "x-personal": "personal", "description": "Postal code"}}, "description": "Where it goes"}, "payment_term_days": {"type": "integer", "minimum": 0, "description": "Days until the invoice is due"}}}', '["create", "update", "archive"]', '5ff8df75f1dcf3f15f05e380431b36fda8c959b3f51048c7b2b3f2185becceed', true, 'As it comes with the product.', 'Interlock', now(), NULL, 11);
INSERT INTO public.inventory_entityversion VALUES (17, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "Id of the location", "x-identifier": true}, "name": {"type": "string", "description": "Name of the place"}, "status": {"enum": ["planned", "active", "closed"], "type": "string", "description": "Where it is in its life"}, "address": {"type": "object", "properties": {"city": {"type": "string", "x-personal": "personal", "description": "City"}, "region": {"type": "string", "description": "State, province or county"}, "street": {"type": "string", "x-personal": "personal", "description": "Street and house number"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "postal_code": {"type": "string", "x-personal": "personal", "description": "Postal code"}}, "description": "Where it is"}, "customer": {"type": "string", "description": "Number of the customer"}, "latitude": {"type": "number", "description": "Degrees north"}, "longitude": {"type": "number", "description": "Degrees east"}, "time_zone": {"type": "string", "description": "IANA time zone"}, "access_notes": {"type": "string", "x-personal": "personal", "description": "How to get in, whom to call"}, "service_window": {"type": "string", "description": "When work may be done"}}}', '["create", "update", "merge", "archive", "delete"]', '18b4c33b86010283630f40f38c353afd8861d5c2f1d8283c2e78805a1db33e58', true, 'As it comes with the product.', 'Interlock', now(), NULL, 5);
INSERT INTO public.inventory_entityversion VALUES (13, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "Id of the payment", "x-identifier": true}, "payer": {"type": "string", "x-personal": "personal", "description": "Who paid"}, "amount": {"type": "string", "description": "Decimal amount"}, "method": {"enum": ["card", "direct_debit", "transfer", "cash"], "type": "string", "description": "By what"}, "status": {"enum": ["pending", "succeeded", "failed", "refunded", "disputed"], "type": "string", "description": "What came of it"}, "invoice": {"type": "string", "description": "Number of the invoice"}, "paid_at": {"type": "string", "format": "date-time", "description": "When it was paid"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency"}, "provider": {"type": "string", "description": "Who carried it out"}, "fee_minor": {"type": "integer", "description": "Provider''s fee in minor units"}, "instrument": {"type": "string", "x-personal": "sensitive", "description": "Masked card or account"}, "value_date": {"type": "string", "format": "date", "description": "When it counts"}, "amount_minor": {"type": "integer", "description": "Amount in minor units"}, "failure_reason": {"type": "string", "description": "Why it failed"}, "refunded_minor": {"type": "integer", "description": "What was given back, in minor units"}, "provider_reference": {"type": "string", "description": "Their reference"}}}', '["create", "update"]', '388e87e5272d71647a28d5855e02454ce7c5a4536a8dc98233432c3ccfc80434', true, 'As it comes with the product.', 'Interlock', now(), NULL, 15);
INSERT INTO public.inventory_entityversion VALUES (14, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["sku", "currency", "amount"], "properties": {"id": {"type": "string", "description": "Id of the price", "x-identifier": true}, "sku": {"type": "string", "description": "Article number"}, "amount": {"type": "string", "description": "Decimal amount for one unit"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency"}, "valid_to": {"type": "string", "format": "date", "description": "Last day"}, "price_list": {"type": "string", "description": "Price list"}, "valid_from": {"type": "string", "format": "date", "description": "First day"}, "approved_by": {"type": "string", "x-personal": "personal", "description": "Who agreed to it"}, "discountable": {"type": "boolean", "description": "Whether discounts may be given"}, "billing_period": {"enum": ["once", "month", "quarter", "year"], "type": "string", "description": "How often it is due"}, "minimum_quantity": {"type": "number", "description": "From this quantity"}}}', '["create", "update", "archive", "delete"]', '6b8f19300c512def209614c28e2e996653db56a5da408de2637dba6f706cc17e', true, 'As it comes with the product.', 'Interlock', now(), NULL, 9);
INSERT INTO public.inventory_entityversion VALUES (15, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["sku", "name"], "properties": {"sku": {"type": "string", "description": "Article number", "x-identifier": true}, "gtin": {"type": "string", "description": "Global trade item number"}, "kind": {"enum": ["goods", "service", "subscription"], "type": "string", "description": "What sort of product"}, "name": {"type": "string", "description": "Name"}, "unit": {"type": "string", "description": "Unit of sale"}, "family": {"type": "string", "description": "Product family"}, "origin": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country of origin"}, "status": {"enum": ["draft", "active", "phase_out", "ended"], "type": "string", "description": "Where it is in its life"}, "hs_code": {"type": "string", "description": "Customs tariff number"}, "weight_kg": {"type": "number", "description": "Weight in kilograms"}, "description": {"type": "string", "description": "What it is"}, "tax_category": {"type": "string", "description": "Tax category"}, "available_from": {"type": "string", "format": "date", "description": "First day of sale"}, "revenue_account": {"type": "string", "description": "Account in the ledger"}}}', '["create", "update", "merge", "archive", "delete"]', 'af0b012796a7e41a32a2fe8da61975d4a94d0173510614639f63094cb468b850', true, 'As it comes with the product.', 'Interlock', now(), NULL, 8);
INSERT INTO public.inventory_entityversion VALUES (16, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["number"], "properties": {"lines": {"type": "array", "items": {"type": "object"}, "description": "What is offered"}, "owner": {"type": "string", "x-personal": "personal", "description": "Who made it"}, "amount": {"type": "string", "description": "Decimal total"}, "number": {"type": "string", "description": "Number of the quote", "x-identifier": true}, "status": {"enum": ["draft", "approved", "sent", "accepted", "refused", "expired"], "type": "string", "description": "Where it is in its life"}, "version": {"type": "integer", "minimum": 0, "description": "Which revision"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency"}, "customer": {"type": "string", "description": "Number of the customer"}, "accepted_at": {"type": "string", "format": "date-time", "description": "When it was accepted"}, "opportunity": {"type": "string", "description": "Id of the opportunity"}, "valid_until": {"type": "string", "format": "date", "description": "Last day on which it can be accepted"}, "amount_minor": {"type": "integer", "description": "Total in minor units"}, "discount_percent": {"type": "number", "description": "Discount on the total"}, "payment_term_days": {"type": "integer", "minimum": 0, "description": "Days until an invoice would be due"}}}', '["create", "update", "archive", "delete"]', 'e3841010a93b5e1c6737f9b2d12258953ecc7da2e8436d459f34be93d28bce3f', true, 'As it comes with the product.', 'Interlock', now(), NULL, 10);
INSERT INTO public.inventory_entityversion VALUES (18, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "Id of the shipment", "x-identifier": true}, "lines": {"type": "array", "items": {"type": "object"}, "description": "What is in it"}, "order": {"type": "string", "description": "Number of the order"}, "status": {"enum": ["planned", "packed", "shipped", "delivered", "returned", "lost"], "type": "string", "description": "Where it is in its life"}, "carrier": {"type": "string", "description": "Who carries it"}, "service": {"type": "string", "description": "Kind of service of the carrier"}, "packages": {"type": "integer", "minimum": 0, "description": "How many packages"}, "exception": {"type": "string", "description": "What went wrong on the way"}, "signed_by": {"type": "string", "x-personal": "personal", "description": "Who took it"}, "weight_kg": {"type": "number", "description": "Weight in kilograms"}, "shipped_at": {"type": "string", "format": "date-time", "description": "When it left"}, "to_address": {"type": "object", "properties": {"city": {"type": "string", "x-personal": "personal", "description": "City"}, "region": {"type": "string", "description": "State, province or county"}, "street": {"type": "string", "x-personal": "personal", "description": "Street and house number"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "postal_code": {"type": "string", "x-personal": "personal", "description": "Postal code"}}, "description": "Where it goes"}, "expected_on": {"type": "string", "format": "date", "description": "When it is expected"}, "tracking_no": {"type": "string", "description": "Number by which it is followed"}, "delivered_at": {"type": "string", "format": "date-time", "description": "When it arrived"}}}', '["create", "update", "archive"]', '4a3cb33f9ab5c28017d374f1b0e5f61c9195f0fad71ee23a081f00cabdeec2dd', true, 'As it comes with the product.', 'Interlock', now(), NULL, 18);
INSERT INTO public.inventory_entityversion VALUES (19, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "Id of the subscription", "x-identifier": true}, "plan": {"type": "string", "description": "The plan"}, "amount": {"type": "string", "description": "Decimal amount of a period"}, "renews": {"type": "boolean", "description": "Whether it goes on by itself"}, "status": {"enum": ["trial", "active", "past_due", "paused", "cancelled"], "type": "string", "description": "Where it is in its life"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency"}, "customer": {"type": "string", "description": "Number of the customer"}, "quantity": {"type": "integer", "minimum": 0, "description": "Seats or units"}, "cancel_at": {"type": "string", "format": "date", "description": "The day on which it ends"}, "trial_end": {"type": "string", "format": "date", "description": "Last day of the trial"}, "started_on": {"type": "string", "format": "date", "description": "First day"}, "billing_period": {"enum": ["month", "quarter", "year"], "type": "string", "description": "How often it is billed"}, "cancelled_reason": {"type": "string", "description": "Why it ended"}, "current_period_end": {"type": "string", "format": "date", "description": "Last day of the period that is paid"}}}', '["create", "update", "archive"]', '1202a6e5bc29ac9abb041b1506d6d5d021b73cd8b7891665711fca5bf4e3e4e7', true, 'As it comes with the product.', 'Interlock', now(), NULL, 12);
INSERT INTO public.inventory_entityversion VALUES (20, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["number", "name"], "properties": {"bic": {"type": "string", "description": "Bank''s code"}, "iban": {"type": "string", "x-personal": "sensitive", "description": "Bank account, IBAN"}, "name": {"type": "string", "description": "Legal name"}, "email": {"type": "string", "format": "email", "x-personal": "personal", "description": "Address for business mail"}, "number": {"type": "string", "description": "Number of the supplier", "x-identifier": true}, "status": {"enum": ["proposed", "approved", "blocked", "ended"], "type": "string", "description": "Where it is in its life"}, "tax_id": {"type": "string", "description": "Tax or VAT number"}, "address": {"type": "object", "properties": {"city": {"type": "string", "x-personal": "personal", "description": "City"}, "region": {"type": "string", "description": "State, province or county"}, "street": {"type": "string", "x-personal": "personal", "description": "Street and house number"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "Country, ISO 3166-1 alpha-2"}, "postal_code": {"type": "string", "x-personal": "personal", "description": "Postal code"}}, "description": "Where it is"}, "category": {"type": "string", "description": "What it supplies"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "Currency"}, "approved_by": {"type": "string", "x-personal": "personal", "description": "Who let it in"}, "risk_rating": {"enum": ["low", "medium", "high"], "type": "string", "description": "How much depends on it"}, "contact_name": {"type": "string", "x-personal": "personal", "description": "Whom we speak with"}, "certified_until": {"type": "string", "format": "date", "description": "Until when its certificates are valid"}, "payment_term_days": {"type": "integer", "minimum": 0, "description": "Days until its invoices are due"}}}', '["create", "update", "merge", "archive", "delete"]', '9b12f83ccdfe9e1b81bbeea3baf148a6f8eefbcd8db9dbf439db789cd39ce10f', true, 'As it comes with the product.', 'Interlock', now(), NULL, 20);
INSERT INTO public.inventory_entityversion VALUES (21, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["id"], "properties": {"id": {"type": "string", "description": "Id of the ticket", "x-identifier": true}, "kind": {"enum": ["question", "incident", "repair", "complaint"], "type": "string", "description": "What sort of ticket"}, "team": {"type": "string", "description": "Which team works on it"}, "status": {"enum": ["new", "open", "pending", "solved", "closed"], "type": "string", "description": "Where it is in its life"}, "channel": {"enum": ["email", "phone", "chat", "web", "field"], "type": "string", "description": "How it came"}, "product": {"type": "string", "description": "Article number that it is about"}, "subject": {"type": "string", "x-personal": "personal", "description": "What it is about, in a line"}, "assignee": {"type": "string", "x-personal": "personal", "description": "Who works on it"}, "customer": {"type": "string", "description": "Number of the customer"}, "priority": {"enum": ["low", "normal", "high", "urgent"], "type": "string", "description": "How urgent it is"}, "opened_at": {"type": "string", "format": "date-time", "description": "When it was opened"}, "requester": {"type": "string", "x-personal": "personal", "description": "Who asks"}, "solved_at": {"type": "string", "format": "date-time", "description": "When it was solved"}, "description": {"type": "string", "x-personal": "personal", "description": "What was said"}, "satisfaction": {"type": "integer", "minimum": 0, "description": "What the customer gave, from 1 to 5"}, "serial_number": {"type": "string", "description": "Serial number of the device"}, "first_answer_at": {"type": "string", "format": "date-time", "description": "When it was answered first"}}}', '["create", "update", "merge", "archive", "delete"]', 'b1b46fe8d22d8c8a6fba2831d51591f5c60c55ccf5d396a6dbf27b3eb316ba71', true, 'As it comes with the product.', 'Interlock', now(), NULL, 17);
INSERT INTO public.inventory_entityversion VALUES (22, 1, '{"type": "object", "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["customer", "metric"], "properties": {"id": {"type": "string", "description": "Id of the measurement", "x-identifier": true}, "unit": {"type": "string", "description": "Unit of the value"}, "user": {"type": "string", "x-personal": "personal", "description": "Whose use it was, where it is of one person"}, "value": {"type": "number", "description": "How much"}, "metric": {"type": "string", "description": "What was measured"}, "orders": {"type": "integer", "minimum": 0, "description": "Orders in the period"}, "source": {"type": "string", "description": "Who measured it"}, "customer": {"type": "string", "description": "Number of the customer"}, "period_end": {"type": "string", "format": "date-time", "description": "Until when"}, "measured_at": {"type": "string", "format": "date-time", "description": "When it was measured"}, "period_start": {"type": "string", "format": "date-time", "description": "From when"}, "seats_active": {"type": "integer", "minimum": 0, "description": "Seats that were used"}, "subscription": {"type": "string", "description": "Id of the subscription"}}}', '["create", "delete"]', '93d24b953471c8a0d4337aba05938fd27a47d2533cc1c838a33b7b21ecbf7067', true, 'As it comes with the product.', 'Interlock', now(), NULL, 21);
INSERT INTO public.inventory_environment VALUES (1, 'production', 'Production');
INSERT INTO public.inventory_ownershipstamp VALUES (1, '8d2b180f-2a7d-45ad-8156-b0a22988a778');
SELECT pg_catalog.setval('public.audit_chaincheck_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_group_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_permission_id_seq', 452, true);
SELECT pg_catalog.setval('public.axes_accessattempt_id_seq', 1, false);
SELECT pg_catalog.setval('public.axes_accessfailurelog_id_seq', 1, false);
SELECT pg_catalog.setval('public.axes_accesslog_id_seq', 1, false);
SELECT pg_catalog.setval('public.contracts_answer_id_seq', 1, false);
SELECT pg_catalog.setval('public.contracts_canary_id_seq', 1, false);
SELECT pg_catalog.setval('public.contracts_confirmation_id_seq', 1, false);
SELECT pg_catalog.setval('public.contracts_contract_id_seq', 1, false);
SELECT pg_catalog.setval('public.contracts_contractversion_id_seq', 1, false);
SELECT pg_catalog.setval('public.contracts_dependency_id_seq', 1, false);
SELECT pg_catalog.setval('public.contracts_sunset_id_seq', 1, false);
SELECT pg_catalog.setval('public.credentials_credential_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_content_type_id_seq', 113, true);
SELECT pg_catalog.setval('public.django_migrations_id_seq', 73, true);
SELECT pg_catalog.setval('public.governance_agendaitem_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_board_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_boardmember_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_changerequest_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_check_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_comment_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_condition_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_decision_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_finding_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_meeting_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_policy_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_policyoverride_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_policyrun_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_policyversion_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_resolution_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_revision_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_revisionauthor_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_scoreday_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_vote_id_seq', 1, false);
SELECT pg_catalog.setval('public.governance_waiver_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_company_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_decision_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_entityattribute_id_seq', 341, true);
SELECT pg_catalog.setval('public.inventory_entitykind_id_seq', 100, true);
SELECT pg_catalog.setval('public.inventory_entityversion_id_seq', 22, true);
SELECT pg_catalog.setval('public.inventory_environment_id_seq', 1, true);
SELECT pg_catalog.setval('public.inventory_failuremode_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_fieldchange_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_identityalias_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_identitychange_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_identitymove_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_instance_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_integration_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_integration_steps_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_integration_targets_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_interface_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_operation_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_ownership_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_ownershipright_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_process_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_processstep_id_seq', 1, false);
SELECT pg_catalog.setval('public.inventory_system_id_seq', 1, false);
SELECT pg_catalog.setval('public.people_keptanswer_id_seq', 1, false);
SELECT pg_catalog.setval('public.people_membership_id_seq', 1, false);
SELECT pg_catalog.setval('public.people_opensession_id_seq', 1, false);
SELECT pg_catalog.setval('public.people_team_id_seq', 1, false);
SELECT pg_catalog.setval('public.sync_exception_id_seq', 1, false);
SELECT pg_catalog.setval('public.sync_job_id_seq', 1, false);
SELECT pg_catalog.setval('public.sync_run_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_deedentry_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_destination_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_drift_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_endpoint_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_flow_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_flowversion_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_mapping_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_mappingversion_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_normalisation_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_refusal_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_release_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_replay_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_route_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_savedview_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_seenfield_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_seentype_id_seq', 1, false);
SELECT pg_catalog.setval('public.transactions_usualform_id_seq', 1, false);
ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_auditrecord
    ADD CONSTRAINT audit_auditrecord_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_chaincheck
    ADD CONSTRAINT audit_chaincheck_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_chainhead
    ADD CONSTRAINT audit_chainhead_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.axes_accessattempt
    ADD CONSTRAINT axes_accessattempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.axes_accessattempt
    ADD CONSTRAINT axes_accessattempt_username_ip_address_user_agent_8ea22282_uniq UNIQUE (username, ip_address, user_agent);
ALTER TABLE ONLY public.axes_accessattemptexpiration
    ADD CONSTRAINT axes_accessattemptexpiration_pkey PRIMARY KEY (access_attempt_id);
ALTER TABLE ONLY public.axes_accessfailurelog
    ADD CONSTRAINT axes_accessfailurelog_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.axes_accesslog
    ADD CONSTRAINT axes_accesslog_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_answer
    ADD CONSTRAINT contracts_answer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_canary
    ADD CONSTRAINT contracts_canary_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_canary
    ADD CONSTRAINT contracts_canary_version_id_key UNIQUE (version_id);
ALTER TABLE ONLY public.contracts_confirmation
    ADD CONSTRAINT contracts_confirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_contract
    ADD CONSTRAINT contracts_contract_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_contract
    ADD CONSTRAINT contracts_contract_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.contracts_contractversion
    ADD CONSTRAINT contracts_contractversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_dependency
    ADD CONSTRAINT contracts_dependency_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_sunset
    ADD CONSTRAINT contracts_sunset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_sunset
    ADD CONSTRAINT contracts_sunset_version_id_key UNIQUE (version_id);
ALTER TABLE ONLY public.credentials_credential
    ADD CONSTRAINT credentials_credential_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.credentials_credential
    ADD CONSTRAINT credentials_credential_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (step_run_id);
ALTER TABLE ONLY public.dedupe
    ADD CONSTRAINT dedupe_pkey PRIMARY KEY (endpoint_id, key_digest);
ALTER TABLE ONLY public.destination_state
    ADD CONSTRAINT destination_state_pkey PRIMARY KEY (destination_id);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.governance_agendaitem
    ADD CONSTRAINT governance_agendaitem_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_board
    ADD CONSTRAINT governance_board_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_board
    ADD CONSTRAINT governance_board_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.governance_boardmember
    ADD CONSTRAINT governance_boardmember_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_changerequest
    ADD CONSTRAINT governance_changerequest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_check
    ADD CONSTRAINT governance_check_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_comment
    ADD CONSTRAINT governance_comment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_condition
    ADD CONSTRAINT governance_condition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_decision
    ADD CONSTRAINT governance_decision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_revisionauthor
    ADD CONSTRAINT governance_each_author_once UNIQUE (revision_id, person_id);
ALTER TABLE ONLY public.governance_check
    ADD CONSTRAINT governance_each_check_once UNIQUE (revision_id, name);
ALTER TABLE ONLY public.governance_finding
    ADD CONSTRAINT governance_finding_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_meeting
    ADD CONSTRAINT governance_meeting_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_policyoverride
    ADD CONSTRAINT governance_one_exception_each UNIQUE (policy_id, reach, scope);
ALTER TABLE ONLY public.governance_finding
    ADD CONSTRAINT governance_one_finding UNIQUE (policy_id, subject_kind, subject);
ALTER TABLE ONLY public.governance_meeting
    ADD CONSTRAINT governance_one_meeting_a_day UNIQUE (board_id, date);
ALTER TABLE ONLY public.governance_policyversion
    ADD CONSTRAINT governance_one_policy_number UNIQUE (policy_id, number);
ALTER TABLE ONLY public.governance_scoreday
    ADD CONSTRAINT governance_one_score_a_day UNIQUE (of, slug, day);
ALTER TABLE ONLY public.governance_boardmember
    ADD CONSTRAINT governance_one_seat_a_person UNIQUE (board_id, person_id);
ALTER TABLE ONLY public.governance_vote
    ADD CONSTRAINT governance_one_vote_a_person UNIQUE (revision_id, person_id);
ALTER TABLE ONLY public.governance_agendaitem
    ADD CONSTRAINT governance_places_in_order UNIQUE (meeting_id, place);
ALTER TABLE ONLY public.governance_policy
    ADD CONSTRAINT governance_policy_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_policy
    ADD CONSTRAINT governance_policy_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.governance_policyoverride
    ADD CONSTRAINT governance_policyoverride_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_policyrun
    ADD CONSTRAINT governance_policyrun_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_policyversion
    ADD CONSTRAINT governance_policyversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_resolution
    ADD CONSTRAINT governance_resolution_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_revision
    ADD CONSTRAINT governance_revision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_revisionauthor
    ADD CONSTRAINT governance_revisionauthor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_revision
    ADD CONSTRAINT governance_revisions_in_order UNIQUE (change_id, number);
ALTER TABLE ONLY public.governance_scoreday
    ADD CONSTRAINT governance_scoreday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_vote
    ADD CONSTRAINT governance_vote_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.governance_waiver
    ADD CONSTRAINT governance_waiver_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (transaction_id);
ALTER TABLE ONLY public.inventory_company
    ADD CONSTRAINT inventory_company_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_company
    ADD CONSTRAINT inventory_company_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.inventory_decision
    ADD CONSTRAINT inventory_decision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_failuremode
    ADD CONSTRAINT inventory_each_failure_once UNIQUE (integration_id, slug);
ALTER TABLE ONLY public.inventory_operation
    ADD CONSTRAINT inventory_each_operation_once UNIQUE (interface_id, key);
ALTER TABLE ONLY public.inventory_processstep
    ADD CONSTRAINT inventory_each_step_once UNIQUE (process_id, slug);
ALTER TABLE ONLY public.inventory_entityattribute
    ADD CONSTRAINT inventory_entityattribute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_entitykind
    ADD CONSTRAINT inventory_entitykind_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_entitykind
    ADD CONSTRAINT inventory_entitykind_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.inventory_entityversion
    ADD CONSTRAINT inventory_entityversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_environment
    ADD CONSTRAINT inventory_environment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_environment
    ADD CONSTRAINT inventory_environment_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.inventory_failuremode
    ADD CONSTRAINT inventory_failuremode_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_fieldchange
    ADD CONSTRAINT inventory_fieldchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_identity
    ADD CONSTRAINT inventory_identity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_identityalias
    ADD CONSTRAINT inventory_identityalias_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_identitychange
    ADD CONSTRAINT inventory_identitychange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_identitychange
    ADD CONSTRAINT inventory_identitychange_undoes_id_key UNIQUE (undoes_id);
ALTER TABLE ONLY public.inventory_identitymove
    ADD CONSTRAINT inventory_identitymove_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_importdraft
    ADD CONSTRAINT inventory_importdraft_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_instance
    ADD CONSTRAINT inventory_instance_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_instance
    ADD CONSTRAINT inventory_instance_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integration_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integration_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.inventory_integration_steps
    ADD CONSTRAINT inventory_integration_st_integration_id_processst_5541e120_uniq UNIQUE (integration_id, processstep_id);
ALTER TABLE ONLY public.inventory_integration_steps
    ADD CONSTRAINT inventory_integration_steps_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_integration_targets
    ADD CONSTRAINT inventory_integration_ta_integration_id_interface_e741cc6a_uniq UNIQUE (integration_id, interface_id);
ALTER TABLE ONLY public.inventory_integration_targets
    ADD CONSTRAINT inventory_integration_targets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_interface
    ADD CONSTRAINT inventory_interface_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_interface
    ADD CONSTRAINT inventory_interface_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.inventory_operation
    ADD CONSTRAINT inventory_operation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_ownership
    ADD CONSTRAINT inventory_ownership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_ownershipright
    ADD CONSTRAINT inventory_ownershipright_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_ownershipstamp
    ADD CONSTRAINT inventory_ownershipstamp_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_process
    ADD CONSTRAINT inventory_process_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_process
    ADD CONSTRAINT inventory_process_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.inventory_processstep
    ADD CONSTRAINT inventory_processstep_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_processstep
    ADD CONSTRAINT inventory_steps_in_order UNIQUE (process_id, number) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_system
    ADD CONSTRAINT inventory_system_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inventory_system
    ADD CONSTRAINT inventory_system_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.look_up_answer
    ADD CONSTRAINT look_up_answer_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.observed_break
    ADD CONSTRAINT observed_break_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contracts_contractversion
    ADD CONSTRAINT one_contract_number UNIQUE (contract_id, number);
ALTER TABLE ONLY public.inventory_entityattribute
    ADD CONSTRAINT one_entity_attribute UNIQUE (entity_id, pointer);
ALTER TABLE ONLY public.inventory_entityversion
    ADD CONSTRAINT one_entity_number UNIQUE (entity_id, number);
ALTER TABLE ONLY public.transactions_flowversion
    ADD CONSTRAINT one_flow_number UNIQUE (flow_id, number);
ALTER TABLE ONLY public.transactions_mappingversion
    ADD CONSTRAINT one_mapping_number UNIQUE (mapping_id, number);
ALTER TABLE ONLY public.transactions_normalisation
    ADD CONSTRAINT one_normalisation UNIQUE (interface_id, event_type);
ALTER TABLE ONLY public.transactions_refusal
    ADD CONSTRAINT one_refusal UNIQUE (endpoint_id, minute, reason);
ALTER TABLE ONLY public.inventory_ownershipright
    ADD CONSTRAINT one_right_each UNIQUE (ownership_id, system_id);
ALTER TABLE ONLY public.transactions_seenfield
    ADD CONSTRAINT one_seen_field UNIQUE (seen_type_id, pointer);
ALTER TABLE ONLY public.transactions_seentype
    ADD CONSTRAINT one_seen_type UNIQUE (interface_id, event_type);
ALTER TABLE ONLY public.transactions_usualform
    ADD CONSTRAINT one_usual_form UNIQUE (interface_id, event_type);
ALTER TABLE ONLY public.ownership_breach
    ADD CONSTRAINT ownership_breach_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.payload
    ADD CONSTRAINT payload_pkey PRIMARY KEY (id, retention);
ALTER TABLE ONLY public.payload_long
    ADD CONSTRAINT payload_long_pkey PRIMARY KEY (id, retention);
ALTER TABLE ONLY public.payload_pinned
    ADD CONSTRAINT payload_pinned_pkey PRIMARY KEY (id, retention);
ALTER TABLE ONLY public.payload_short
    ADD CONSTRAINT payload_short_pkey PRIMARY KEY (id, retention);
ALTER TABLE ONLY public.payload_standard
    ADD CONSTRAINT payload_standard_pkey PRIMARY KEY (id, retention);
ALTER TABLE ONLY public.payload_subject
    ADD CONSTRAINT payload_subject_pkey PRIMARY KEY (subject, payload_id);
ALTER TABLE ONLY public.people_account
    ADD CONSTRAINT people_account_email_key UNIQUE (email);
ALTER TABLE ONLY public.people_account
    ADD CONSTRAINT people_account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.people_keptanswer
    ADD CONSTRAINT people_each_key_once UNIQUE (caller, key);
ALTER TABLE ONLY public.people_membership
    ADD CONSTRAINT people_each_role_once UNIQUE NULLS NOT DISTINCT (person_id, team_id, role);
ALTER TABLE ONLY public.people_keptanswer
    ADD CONSTRAINT people_keptanswer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.people_membership
    ADD CONSTRAINT people_membership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.people_opensession
    ADD CONSTRAINT people_opensession_key_key UNIQUE (key);
ALTER TABLE ONLY public.people_opensession
    ADD CONSTRAINT people_opensession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.people_person
    ADD CONSTRAINT people_person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.people_servicetoken
    ADD CONSTRAINT people_servicetoken_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.people_servicetoken
    ADD CONSTRAINT people_servicetoken_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.people_team
    ADD CONSTRAINT people_team_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.people_team
    ADD CONSTRAINT people_team_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.step_queue
    ADD CONSTRAINT step_queue_pkey PRIMARY KEY (step_run_id);
ALTER TABLE ONLY public.step_run
    ADD CONSTRAINT step_run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sync_exception
    ADD CONSTRAINT sync_exception_once UNIQUE (run_id, transaction_id);
ALTER TABLE ONLY public.sync_exception
    ADD CONSTRAINT sync_exception_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT sync_job_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT sync_job_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.sync_page
    ADD CONSTRAINT sync_page_pkey PRIMARY KEY (run_id, number);
ALTER TABLE ONLY public.sync_record
    ADD CONSTRAINT sync_record_pkey PRIMARY KEY (job_id, key);
ALTER TABLE ONLY public.sync_run
    ADD CONSTRAINT sync_run_one_a_slot UNIQUE (job_id, slot);
ALTER TABLE ONLY public.sync_run
    ADD CONSTRAINT sync_run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.trace
    ADD CONSTRAINT trace_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.traffic_hour
    ADD CONSTRAINT traffic_hour_pkey PRIMARY KEY (hour, integration_id);
ALTER TABLE ONLY public.transaction_key
    ADD CONSTRAINT transaction_key_pkey PRIMARY KEY (kind_id, value, transaction_id);
ALTER TABLE ONLY public.transaction
    ADD CONSTRAINT transaction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_cause
    ADD CONSTRAINT transactions_cause_pkey PRIMARY KEY (fingerprint);
ALTER TABLE ONLY public.transactions_deedentry
    ADD CONSTRAINT transactions_deedentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_destination
    ADD CONSTRAINT transactions_destination_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_destination
    ADD CONSTRAINT transactions_destination_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.transactions_drift
    ADD CONSTRAINT transactions_drift_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_endpoint
    ADD CONSTRAINT transactions_endpoint_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_endpoint
    ADD CONSTRAINT transactions_endpoint_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.transactions_export
    ADD CONSTRAINT transactions_export_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_flow
    ADD CONSTRAINT transactions_flow_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_flow
    ADD CONSTRAINT transactions_flow_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.transactions_flowversion
    ADD CONSTRAINT transactions_flowversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_mapping
    ADD CONSTRAINT transactions_mapping_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_mapping
    ADD CONSTRAINT transactions_mapping_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.transactions_mappingversion
    ADD CONSTRAINT transactions_mappingversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_normalisation
    ADD CONSTRAINT transactions_normalisation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_refusal
    ADD CONSTRAINT transactions_refusal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_release
    ADD CONSTRAINT transactions_release_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_release
    ADD CONSTRAINT transactions_release_token_key UNIQUE (token);
ALTER TABLE ONLY public.transactions_releaseitem
    ADD CONSTRAINT transactions_releaseitem_pkey PRIMARY KEY (release_id, transaction_id);
ALTER TABLE ONLY public.transactions_repeat
    ADD CONSTRAINT transactions_repeat_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_replay
    ADD CONSTRAINT transactions_replay_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_replay
    ADD CONSTRAINT transactions_replay_token_key UNIQUE (token);
ALTER TABLE ONLY public.transactions_replayitem
    ADD CONSTRAINT transactions_replayitem_pkey PRIMARY KEY (replay_id, step_run_id);
ALTER TABLE ONLY public.transactions_route
    ADD CONSTRAINT transactions_route_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_savedview
    ADD CONSTRAINT transactions_savedview_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_seenfield
    ADD CONSTRAINT transactions_seenfield_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_seentype
    ADD CONSTRAINT transactions_seentype_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.transactions_usualform
    ADD CONSTRAINT transactions_usualform_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.written
    ADD CONSTRAINT written_pkey PRIMARY KEY (instance_id, resource, external_id);
CREATE INDEX attempt_of ON ONLY public.attempt USING btree (step_run_id);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE INDEX axes_accessattempt_ip_address_10922d9c ON public.axes_accessattempt USING btree (ip_address);
CREATE INDEX axes_accessattempt_user_agent_ad89678b ON public.axes_accessattempt USING btree (user_agent);
CREATE INDEX axes_accessattempt_user_agent_ad89678b_like ON public.axes_accessattempt USING btree (user_agent varchar_pattern_ops);
CREATE INDEX axes_accessattempt_username_3f2d4ca0 ON public.axes_accessattempt USING btree (username);
CREATE INDEX axes_accessattempt_username_3f2d4ca0_like ON public.axes_accessattempt USING btree (username varchar_pattern_ops);
CREATE INDEX axes_accessfailurelog_ip_address_2e9f5a7f ON public.axes_accessfailurelog USING btree (ip_address);
CREATE INDEX axes_accessfailurelog_user_agent_ea145dda ON public.axes_accessfailurelog USING btree (user_agent);
CREATE INDEX axes_accessfailurelog_user_agent_ea145dda_like ON public.axes_accessfailurelog USING btree (user_agent varchar_pattern_ops);
CREATE INDEX axes_accessfailurelog_username_a8b7e8a4 ON public.axes_accessfailurelog USING btree (username);
CREATE INDEX axes_accessfailurelog_username_a8b7e8a4_like ON public.axes_accessfailurelog USING btree (username varchar_pattern_ops);
CREATE INDEX axes_accesslog_ip_address_86b417e5 ON public.axes_accesslog USING btree (ip_address);
CREATE INDEX axes_accesslog_user_agent_0e659004 ON public.axes_accesslog USING btree (user_agent);
CREATE INDEX axes_accesslog_user_agent_0e659004_like ON public.axes_accesslog USING btree (user_agent varchar_pattern_ops);
CREATE INDEX axes_accesslog_username_df93064b ON public.axes_accesslog USING btree (username);
CREATE INDEX axes_accesslog_username_df93064b_like ON public.axes_accesslog USING btree (username varchar_pattern_ops);
CREATE INDEX breach_by_attribute ON public.ownership_breach USING btree (entity_id, path, system_id, id);
CREATE INDEX breach_by_transaction ON public.ownership_breach USING btree (transaction_id);
CREATE INDEX confirmation_due ON public.contracts_confirmation USING btree (due_at) WHERE ((state)::text = 'waiting'::text);
CREATE UNIQUE INDEX confirmation_integration_once ON public.contracts_confirmation USING btree (revision_id, integration_id) WHERE (integration_id IS NOT NULL);
CREATE UNIQUE INDEX confirmation_outsider_once ON public.contracts_confirmation USING btree (revision_id, dependency_id) WHERE (integration_id IS NULL);
CREATE INDEX contract_canary_unsettled ON public.contracts_canary USING btree (id) WHERE (settled_at IS NULL);
CREATE INDEX contract_sunset_due ON public.contracts_sunset USING btree ("on") WHERE (retired_at IS NULL);
CREATE INDEX contract_version_of_change ON public.contracts_contractversion USING btree (change_id) WHERE (change_id IS NOT NULL);
CREATE INDEX contracts_answer_confirmation_id_b177dbf3 ON public.contracts_answer USING btree (confirmation_id);
CREATE INDEX contracts_confirmation_change_id_bd611552 ON public.contracts_confirmation USING btree (change_id);
CREATE INDEX contracts_confirmation_dependency_id_a45ef392 ON public.contracts_confirmation USING btree (dependency_id);
CREATE INDEX contracts_confirmation_integration_id_3a23ace4 ON public.contracts_confirmation USING btree (integration_id);
CREATE INDEX contracts_confirmation_team_id_e96cbc75 ON public.contracts_confirmation USING btree (team_id);
CREATE INDEX contracts_contract_slug_96cfbee1_like ON public.contracts_contract USING btree (slug varchar_pattern_ops);
CREATE INDEX contracts_contract_team_id_00662254 ON public.contracts_contract USING btree (team_id);
CREATE INDEX contracts_contractversion_author_id_111512d4 ON public.contracts_contractversion USING btree (author_id);
CREATE INDEX contracts_contractversion_contract_id_9b8b6e78 ON public.contracts_contractversion USING btree (contract_id);
CREATE INDEX contracts_dependency_contract_id_98c1b330 ON public.contracts_dependency USING btree (contract_id);
CREATE INDEX contracts_dependency_integration_id_8f6e5fd6 ON public.contracts_dependency USING btree (integration_id);
CREATE INDEX contracts_dependency_team_id_6b4115ab ON public.contracts_dependency USING btree (team_id);
CREATE INDEX credentials_credential_instance_id_1ac219c3 ON public.credentials_credential USING btree (instance_id);
CREATE INDEX credentials_credential_slug_337cfaa9_like ON public.credentials_credential USING btree (slug varchar_pattern_ops);
CREATE INDEX credentials_credential_team_id_548939cf ON public.credentials_credential USING btree (team_id);
CREATE INDEX dead_by_cause ON public.dead_letter USING btree (fingerprint);
CREATE INDEX dead_by_record ON public.dead_letter USING btree (external_id, destination_id) WHERE (resolved_at IS NULL);
CREATE INDEX dead_by_resolution ON public.dead_letter USING btree (resolved_at) WHERE (resolved_at IS NOT NULL);
CREATE INDEX dead_by_transaction ON public.dead_letter USING btree (transaction_id);
CREATE INDEX dead_in_order ON public.dead_letter USING btree (fingerprint, died_at DESC, step_run_id DESC) WHERE (resolved_at IS NULL);
CREATE INDEX dead_letter_assignee_id_51c2dc31 ON public.dead_letter USING btree (assignee_id);
CREATE INDEX dead_letter_destination_id_bc6686ef ON public.dead_letter USING btree (destination_id);
CREATE INDEX dead_letter_integration_id_fdb19dfe ON public.dead_letter USING btree (integration_id);
CREATE INDEX deeds_of_cause ON public.transactions_deedentry USING btree (fingerprint, id DESC);
CREATE INDEX deeds_of_letter ON public.transactions_deedentry USING btree (step_run_id, id DESC) WHERE (step_run_id IS NOT NULL);
CREATE UNIQUE INDEX dependency_each_integration_once ON public.contracts_dependency USING btree (contract_id, integration_id) WHERE (withdrawn_at IS NULL);
CREATE UNIQUE INDEX dependency_each_name_once ON public.contracts_dependency USING btree (contract_id, lower((name)::text)) WHERE ((integration_id IS NULL) AND (withdrawn_at IS NULL));
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX drift_of_version ON public.transactions_drift USING btree (version_id, found_at DESC);
CREATE INDEX export_due ON public.transactions_export USING btree (due_at) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying])::text[]));
CREATE INDEX export_of_person ON public.transactions_export USING btree (requested_by_id, id DESC);
CREATE INDEX governance_agendaitem_change_id_866ef9d4 ON public.governance_agendaitem USING btree (change_id);
CREATE INDEX governance_agendaitem_meeting_id_2edbbc7a ON public.governance_agendaitem USING btree (meeting_id);
CREATE INDEX governance_board_slug_947631d4_like ON public.governance_board USING btree (slug varchar_pattern_ops);
CREATE INDEX governance_boardmember_board_id_da960009 ON public.governance_boardmember USING btree (board_id);
CREATE INDEX governance_boardmember_deputy_id_c5d30db4 ON public.governance_boardmember USING btree (deputy_id);
CREATE INDEX governance_boardmember_person_id_e8eb24ba ON public.governance_boardmember USING btree (person_id);
CREATE INDEX governance_changerequest_applied_by_id_90e6f507 ON public.governance_changerequest USING btree (applied_by_id);
CREATE INDEX governance_changerequest_board_id_9a65dd74 ON public.governance_changerequest USING btree (board_id);
CREATE INDEX governance_changerequest_current_id_9df3e43d ON public.governance_changerequest USING btree (current_id);
CREATE INDEX governance_changerequest_opened_by_id_a295330b ON public.governance_changerequest USING btree (opened_by_id);
CREATE INDEX governance_changerequest_reviewed_by_id_1c94855c ON public.governance_changerequest USING btree (reviewed_by_id);
CREATE INDEX governance_changerequest_rolls_back_id_4edc7a49 ON public.governance_changerequest USING btree (rolls_back_id);
CREATE INDEX governance_changerequest_team_id_070fe458 ON public.governance_changerequest USING btree (team_id);
CREATE INDEX governance_check_revision_id_143bf3f0 ON public.governance_check USING btree (revision_id);
CREATE INDEX governance_checks_waiting ON public.governance_check USING btree (revision_id) WHERE ((state)::text = 'waiting'::text);
CREATE INDEX governance_comment_change_id_baf2ea1c ON public.governance_comment USING btree (change_id);
CREATE INDEX governance_comment_person_id_069bca19 ON public.governance_comment USING btree (person_id);
CREATE INDEX governance_comment_revision_id_98845a1c ON public.governance_comment USING btree (revision_id);
CREATE INDEX governance_condition_change_id_d8ae69dd ON public.governance_condition USING btree (change_id);
CREATE INDEX governance_condition_met_by_id_60f6507b ON public.governance_condition USING btree (met_by_id);
CREATE INDEX governance_condition_revision_id_b9e98131 ON public.governance_condition USING btree (revision_id);
CREATE INDEX governance_condition_vote_id_9cb38121 ON public.governance_condition USING btree (vote_id);
CREATE INDEX governance_decision_change_id_d4af9383 ON public.governance_decision USING btree (change_id);
CREATE INDEX governance_decision_meeting_id_11f72167 ON public.governance_decision USING btree (meeting_id);
CREATE INDEX governance_decision_revision_id_69e6e439 ON public.governance_decision USING btree (revision_id);
CREATE INDEX governance_finding_of_one ON public.governance_finding USING btree (integration);
CREATE INDEX governance_finding_policy_id_ce345ab9 ON public.governance_finding USING btree (policy_id);
CREATE INDEX governance_finding_subject ON public.governance_finding USING btree (subject_kind, subject);
CREATE INDEX governance_finding_team_id_e136f99e ON public.governance_finding USING btree (team_id);
CREATE INDEX governance_finding_version_id_79a4e00b ON public.governance_finding USING btree (version_id);
CREATE INDEX governance_meeting_board_id_4d1d7fea ON public.governance_meeting USING btree (board_id);
CREATE INDEX governance_of_person ON public.governance_changerequest USING btree (opened_by_id, decided_at DESC);
CREATE INDEX governance_of_subject ON public.governance_changerequest USING btree (subject_kind, subject_id);
CREATE UNIQUE INDEX governance_one_vote_a_seat ON public.governance_vote USING btree (revision_id, COALESCE(on_behalf_of_id, person_id));
CREATE UNIQUE INDEX governance_one_waiver_asked_for ON public.governance_waiver USING btree (policy_id, subject_kind, subject) WHERE ((state)::text = 'asked'::text);
CREATE INDEX governance_policy_current_id_298c3236 ON public.governance_policy USING btree (current_id);
CREATE INDEX governance_policy_slug_ef99b751_like ON public.governance_policy USING btree (slug varchar_pattern_ops);
CREATE INDEX governance_policyoverride_policy_id_5335286f ON public.governance_policyoverride USING btree (policy_id);
CREATE INDEX governance_policyversion_author_id_6e2219ef ON public.governance_policyversion USING btree (author_id);
CREATE INDEX governance_policyversion_policy_id_dbe4e93f ON public.governance_policyversion USING btree (policy_id);
CREATE INDEX governance_resolution_comment_id_ef99342c ON public.governance_resolution USING btree (comment_id);
CREATE INDEX governance_resolution_person_id_d9146ddf ON public.governance_resolution USING btree (person_id);
CREATE INDEX governance_revision_change_id_8d5c57bd ON public.governance_revision USING btree (change_id);
CREATE INDEX governance_revision_person_id_5d25318e ON public.governance_revision USING btree (person_id);
CREATE INDEX governance_revisionauthor_change_id_614eafd1 ON public.governance_revisionauthor USING btree (change_id);
CREATE INDEX governance_revisionauthor_person_id_3654b8e8 ON public.governance_revisionauthor USING btree (person_id);
CREATE INDEX governance_revisionauthor_revision_id_a2e45354 ON public.governance_revisionauthor USING btree (revision_id);
CREATE INDEX governance_undecided ON public.governance_changerequest USING btree (board_id, due) WHERE ((state)::text = 'proposed'::text);
CREATE INDEX governance_vote_change_id_d2c00532 ON public.governance_vote USING btree (change_id);
CREATE INDEX governance_vote_on_behalf_of_id_3c846b72 ON public.governance_vote USING btree (on_behalf_of_id);
CREATE INDEX governance_vote_person_id_85361111 ON public.governance_vote USING btree (person_id);
CREATE INDEX governance_vote_revision_id_46d222ce ON public.governance_vote USING btree (revision_id);
CREATE INDEX governance_waiver_asked_by_id_aa4e0863 ON public.governance_waiver USING btree (asked_by_id);
CREATE INDEX governance_waiver_decided_by_id_b25c8934 ON public.governance_waiver USING btree (decided_by_id);
CREATE INDEX governance_waiver_ended_by_id_5e9e2ed3 ON public.governance_waiver USING btree (ended_by_id);
CREATE INDEX governance_waiver_owner_id_f8d9e4c7 ON public.governance_waiver USING btree (owner_id);
CREATE INDEX governance_waiver_policy_id_b4e87e34 ON public.governance_waiver USING btree (policy_id);
CREATE INDEX governance_waivers_in_force ON public.governance_waiver USING btree (state, expires_at);
CREATE INDEX identity_merged_into ON public.inventory_identity USING btree (merged_into_id) WHERE (merged_into_id IS NOT NULL);
CREATE INDEX identity_of_kind ON public.inventory_identity USING btree (kind_id, id) WHERE (merged_into_id IS NULL);
CREATE INDEX identitychange_by ON public.inventory_identitychange USING btree (by_id);
CREATE INDEX identitychange_given_by ON public.inventory_identitychange USING btree (given_by_id);
CREATE INDEX identitychange_given_to ON public.inventory_identitychange USING btree (given_to_id);
CREATE INDEX identitymove_alias ON public.inventory_identitymove USING btree (alias_id);
CREATE INDEX identitymove_change ON public.inventory_identitymove USING btree (change_id);
CREATE INDEX inbox_due ON public.inbox USING btree (lane, due_at, transaction_id);
CREATE INDEX inbox_of ON public.inbox USING btree (endpoint_id, transaction_id) WHERE (endpoint_id IS NOT NULL);
CREATE INDEX inventory_company_slug_9d6685b5_like ON public.inventory_company USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_decision_by_id_ae93cf80 ON public.inventory_decision USING btree (by_id);
CREATE INDEX inventory_decision_integration_id_bfad2724 ON public.inventory_decision USING btree (integration_id);
CREATE INDEX inventory_entityattribute_entity_id_63b15e47 ON public.inventory_entityattribute USING btree (entity_id);
CREATE INDEX inventory_entitykind_slug_f49232ee_like ON public.inventory_entitykind USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_entityversion_author_id_da5da8c7 ON public.inventory_entityversion USING btree (author_id);
CREATE INDEX inventory_entityversion_entity_id_96f8bf4d ON public.inventory_entityversion USING btree (entity_id);
CREATE INDEX inventory_environment_slug_216b8c0f_like ON public.inventory_environment USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_failuremode_integration_id_a473b602 ON public.inventory_failuremode USING btree (integration_id);
CREATE INDEX inventory_failuremode_slug_91089057 ON public.inventory_failuremode USING btree (slug);
CREATE INDEX inventory_failuremode_slug_91089057_like ON public.inventory_failuremode USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_fieldchange_by_id_8f659d91 ON public.inventory_fieldchange USING btree (by_id);
CREATE INDEX inventory_history ON public.inventory_fieldchange USING btree (kind, object_id, id DESC);
CREATE INDEX inventory_i_kind_id_55d864_idx ON public.inventory_identityalias USING btree (kind_id, value);
CREATE INDEX inventory_identity_kind_id_6a22b610 ON public.inventory_identity USING btree (kind_id);
CREATE INDEX inventory_identityalias_identity_id_3148c620 ON public.inventory_identityalias USING btree (identity_id);
CREATE INDEX inventory_identityalias_instance_id_7c434c46 ON public.inventory_identityalias USING btree (instance_id);
CREATE INDEX inventory_identityalias_kind_id_5a77a618 ON public.inventory_identityalias USING btree (kind_id);
CREATE INDEX inventory_importdraft_person_id_142a61c2 ON public.inventory_importdraft USING btree (person_id);
CREATE INDEX inventory_instance_environment_id_0efb9a39 ON public.inventory_instance USING btree (environment_id);
CREATE INDEX inventory_instance_slug_85b02a64_like ON public.inventory_instance USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_instance_system_id_57264b22 ON public.inventory_instance USING btree (system_id);
CREATE INDEX inventory_integration_company_id_a05c2f60 ON public.inventory_integration USING btree (company_id);
CREATE INDEX inventory_integration_deputy_id_ed873ad7 ON public.inventory_integration USING btree (deputy_id);
CREATE INDEX inventory_integration_environment_id_b7013e48 ON public.inventory_integration USING btree (environment_id);
CREATE INDEX inventory_integration_family_98df2b2d ON public.inventory_integration USING btree (family);
CREATE INDEX inventory_integration_family_98df2b2d_like ON public.inventory_integration USING btree (family varchar_pattern_ops);
CREATE INDEX inventory_integration_owner_id_a824a4ed ON public.inventory_integration USING btree (owner_id);
CREATE INDEX inventory_integration_process_35e36620 ON public.inventory_integration USING btree (process);
CREATE INDEX inventory_integration_process_35e36620_like ON public.inventory_integration USING btree (process varchar_pattern_ops);
CREATE INDEX inventory_integration_slug_cccc2574_like ON public.inventory_integration USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_integration_source_id_9133c5e7 ON public.inventory_integration USING btree (source_id);
CREATE INDEX inventory_integration_steps_integration_id_6de32ac1 ON public.inventory_integration_steps USING btree (integration_id);
CREATE INDEX inventory_integration_steps_processstep_id_7df41987 ON public.inventory_integration_steps USING btree (processstep_id);
CREATE INDEX inventory_integration_targets_integration_id_7e46c1d2 ON public.inventory_integration_targets USING btree (integration_id);
CREATE INDEX inventory_integration_targets_interface_id_3696c2b4 ON public.inventory_integration_targets USING btree (interface_id);
CREATE INDEX inventory_integration_team_id_35379f8f ON public.inventory_integration USING btree (team_id);
CREATE INDEX inventory_interface_instance_id_7648e583 ON public.inventory_interface USING btree (instance_id);
CREATE INDEX inventory_interface_slug_bfb0fa27_like ON public.inventory_interface USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_newest_decision ON public.inventory_decision USING btree (integration_id, guide, id DESC);
CREATE UNIQUE INDEX inventory_one_of_a_family_in_each_environment ON public.inventory_integration USING btree (family, environment_id) WHERE (NOT ((family)::text = ''::text));
CREATE INDEX inventory_operation_interface_id_38dc1ba6 ON public.inventory_operation USING btree (interface_id);
CREATE INDEX inventory_operations ON public.inventory_operation USING btree (interface_id, address, id);
CREATE INDEX inventory_ownership_attribute_id_5a5a2e8c ON public.inventory_ownership USING btree (attribute_id);
CREATE INDEX inventory_ownership_deputy_id_69ec123d ON public.inventory_ownership USING btree (deputy_id);
CREATE INDEX inventory_ownership_entity_id_97f2beff ON public.inventory_ownership USING btree (entity_id);
CREATE INDEX inventory_ownership_record_id_72511410 ON public.inventory_ownership USING btree (record_id);
CREATE INDEX inventory_ownership_steward_id_cfb1587d ON public.inventory_ownership USING btree (steward_id);
CREATE INDEX inventory_ownershipright_ownership_id_0798567f ON public.inventory_ownershipright USING btree (ownership_id);
CREATE INDEX inventory_ownershipright_system_id_1dcb23a7 ON public.inventory_ownershipright USING btree (system_id);
CREATE INDEX inventory_process_owner_id_1d776b1e ON public.inventory_process USING btree (owner_id);
CREATE INDEX inventory_process_slug_9bb85509_like ON public.inventory_process USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_process_team_id_9c45c6b7 ON public.inventory_process USING btree (team_id);
CREATE INDEX inventory_processstep_process_id_0ddbfdff ON public.inventory_processstep USING btree (process_id);
CREATE INDEX inventory_processstep_slug_77e90e14 ON public.inventory_processstep USING btree (slug);
CREATE INDEX inventory_processstep_slug_77e90e14_like ON public.inventory_processstep USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_system_owner_id_e208647e ON public.inventory_system USING btree (owner_id);
CREATE INDEX inventory_system_slug_8ff83f85_like ON public.inventory_system USING btree (slug varchar_pattern_ops);
CREATE INDEX inventory_system_team_id_65154bc3 ON public.inventory_system USING btree (team_id);
CREATE INDEX look_up_answer_age ON public.look_up_answer USING btree (expires_at);
CREATE INDEX observed_by_transaction ON public.observed_break USING btree (transaction_id);
CREATE INDEX observed_by_version ON public.observed_break USING btree (contract_version_id, id);
CREATE UNIQUE INDEX one_live_alias ON public.inventory_identityalias USING btree (kind_id, instance_id, value) WHERE upper_inf(valid);
CREATE UNIQUE INDEX one_live_flow_version ON public.transactions_flowversion USING btree (flow_id) WHERE ((state)::text = 'published'::text);
CREATE UNIQUE INDEX one_open_drift ON public.transactions_drift USING btree (interface_id, event_type, kind, pointer, sign) WHERE ((state)::text = 'open'::text);
CREATE UNIQUE INDEX one_owner_of_an_attribute ON public.inventory_ownership USING btree (attribute_id) WHERE (attribute_id IS NOT NULL);
CREATE UNIQUE INDEX one_owner_of_an_entity ON public.inventory_ownership USING btree (entity_id) WHERE (attribute_id IS NULL);
CREATE INDEX open_dead ON public.dead_letter USING btree (integration_id, died_at DESC) WHERE (resolved_at IS NULL);
CREATE INDEX people_account_email_1314925d_like ON public.people_account USING btree (email varchar_pattern_ops);
CREATE INDEX people_account_person_id_899b64f8 ON public.people_account USING btree (person_id);
CREATE INDEX people_keptanswer_at_29cc4daf ON public.people_keptanswer USING btree (at);
CREATE INDEX people_membership_person_id_dd6d28d1 ON public.people_membership USING btree (person_id);
CREATE INDEX people_membership_team_id_61ae9260 ON public.people_membership USING btree (team_id);
CREATE INDEX people_opensession_account_id_741deb79 ON public.people_opensession USING btree (account_id);
CREATE INDEX people_opensession_key_6c24347f_like ON public.people_opensession USING btree (key varchar_pattern_ops);
CREATE INDEX people_servicetoken_owner_id_45473f0d ON public.people_servicetoken USING btree (owner_id);
CREATE INDEX people_servicetoken_revoked_by_id_7b70acee ON public.people_servicetoken USING btree (revoked_by_id);
CREATE INDEX people_servicetoken_team_id_f5ff492c ON public.people_servicetoken USING btree (team_id);
CREATE INDEX people_team_slug_f0035d4b_like ON public.people_team USING btree (slug varchar_pattern_ops);
CREATE INDEX release_of_transaction ON public.transactions_releaseitem USING btree (transaction_id);
CREATE INDEX release_running ON public.transactions_release USING btree (id) WHERE ((state)::text = 'running'::text);
CREATE INDEX replay_by_step ON public.transactions_replayitem USING btree (step_run_id);
CREATE INDEX replay_of_person ON public.transactions_replay USING btree (requested_by_id, finished_at DESC);
CREATE INDEX replay_undecided ON public.transactions_replay USING btree (requested_at) WHERE ((state)::text = 'planned'::text);
CREATE UNIQUE INDEX saved_view_once_a_person ON public.transactions_savedview USING btree (lower((name)::text), person_id) WHERE (team_id IS NULL);
CREATE UNIQUE INDEX saved_view_once_a_team ON public.transactions_savedview USING btree (lower((name)::text), team_id) WHERE (team_id IS NOT NULL);
CREATE INDEX step_queue_due ON public.step_queue USING btree (destination_id, lane, due_at);
CREATE INDEX step_queue_expiring ON public.step_queue USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX step_queue_leased ON public.step_queue USING btree (destination_id, due_at) WHERE (lease_token IS NOT NULL);
CREATE INDEX step_queue_of ON public.step_queue USING btree (transaction_id);
CREATE INDEX step_queue_order ON public.step_queue USING btree (ordering_key, event_id, step_run_id) WHERE (ordering_key IS NOT NULL);
CREATE INDEX step_queue_waiting ON public.step_queue USING btree (waits_for) WHERE (waits_for IS NOT NULL);
CREATE INDEX step_run_of ON ONLY public.step_run USING btree (transaction_id);
CREATE INDEX sync_exception_by_cause ON public.sync_exception USING btree (run_id, cause, id);
CREATE INDEX sync_job_credential_id_cc745abe ON public.sync_job USING btree (credential_id);
CREATE INDEX sync_job_integration_id_ebd9107e ON public.sync_job USING btree (integration_id);
CREATE INDEX sync_job_interface_id_7fa7219b ON public.sync_job USING btree (interface_id);
CREATE INDEX sync_job_slug_a4ac4eff_like ON public.sync_job USING btree (slug varchar_pattern_ops);
CREATE INDEX sync_run_caught_up ON public.sync_run USING btree (created_at) WHERE (missed > 0);
CREATE INDEX sync_run_due ON public.sync_run USING btree (due_at) WHERE ((state)::text = ANY ((ARRAY['planned'::character varying, 'running'::character varying, 'waiting'::character varying, 'paused'::character varying, 'cancelling'::character varying])::text[]));
CREATE INDEX sync_run_of_day ON public.sync_run USING btree (created_at);
CREATE INDEX sync_run_of_job ON public.sync_run USING btree (job_id, id DESC);
CREATE UNIQUE INDEX sync_run_one_active ON public.sync_run USING btree (job_id) WHERE ((state)::text = ANY ((ARRAY['planned'::character varying, 'running'::character varying, 'waiting'::character varying, 'paused'::character varying, 'cancelling'::character varying])::text[]));
CREATE INDEX sync_run_open_of_job ON public.sync_run USING btree (job_id, id) WHERE (settled_at IS NULL);
CREATE INDEX sync_run_unsettled ON public.sync_run USING btree (settle_due) WHERE (settle_due IS NOT NULL);
CREATE INDEX trace_of ON ONLY public.trace USING btree (transaction_id);
CREATE INDEX traffic_hour_of ON public.traffic_hour USING btree (integration_id, hour) INCLUDE (received);
CREATE INDEX transaction_correlation ON ONLY public.transaction USING btree (correlation_id);
CREATE INDEX transaction_event ON ONLY public.transaction USING btree (event_id);
CREATE INDEX transaction_integration ON ONLY public.transaction USING btree (integration_id, id DESC);
CREATE INDEX transaction_key_of ON ONLY public.transaction_key USING brin (transaction_id) WITH (pages_per_range='16');
CREATE INDEX transaction_key_value ON ONLY public.transaction_key USING btree (value, transaction_id DESC);
CREATE INDEX transaction_open ON ONLY public.transaction USING btree (state, id DESC) WHERE (state <> ALL (ARRAY[4, 8]));
CREATE INDEX transaction_replay_of ON ONLY public.transaction USING btree (replay_of) WHERE (replay_of IS NOT NULL);
CREATE INDEX transaction_sync_run ON ONLY public.transaction USING btree (sync_run_id, id) WHERE (sync_run_id IS NOT NULL);
CREATE INDEX transactions_cause_acknowledged_by_id_0acecddc ON public.transactions_cause USING btree (acknowledged_by_id);
CREATE INDEX transactions_cause_assignee_id_cf7ad158 ON public.transactions_cause USING btree (assignee_id);
CREATE INDEX transactions_cause_integration_id_41d3a8a8 ON public.transactions_cause USING btree (integration_id);
CREATE INDEX transactions_cause_team_id_0eaba6ad ON public.transactions_cause USING btree (team_id);
CREATE INDEX transactions_deedentry_author_id_be928fff ON public.transactions_deedentry USING btree (author_id);
CREATE INDEX transactions_deedentry_integration_id_0c36f443 ON public.transactions_deedentry USING btree (integration_id);
CREATE INDEX transactions_destination_credential_id_1f6c3fff ON public.transactions_destination USING btree (credential_id);
CREATE INDEX transactions_destination_instance_id_5a7f161f ON public.transactions_destination USING btree (instance_id);
CREATE INDEX transactions_destination_slug_a83ee930_like ON public.transactions_destination USING btree (slug varchar_pattern_ops);
CREATE INDEX transactions_drift_change_id_33d2744e ON public.transactions_drift USING btree (change_id);
CREATE INDEX transactions_drift_ignored_by_id_f57d5ac2 ON public.transactions_drift USING btree (ignored_by_id);
CREATE INDEX transactions_drift_interface_id_200d7f90 ON public.transactions_drift USING btree (interface_id);
CREATE INDEX transactions_drift_version_id_c85912ea ON public.transactions_drift USING btree (version_id);
CREATE INDEX transactions_endpoint_integration_id_83f6a372 ON public.transactions_endpoint USING btree (integration_id);
CREATE INDEX transactions_endpoint_interface_id_bdbf3cdb ON public.transactions_endpoint USING btree (interface_id);
CREATE INDEX transactions_endpoint_slug_0810683b_like ON public.transactions_endpoint USING btree (slug varchar_pattern_ops);
CREATE INDEX transactions_export_account_id_9cbb660b ON public.transactions_export USING btree (account_id);
CREATE INDEX transactions_export_requested_by_id_7b929024 ON public.transactions_export USING btree (requested_by_id);
CREATE INDEX transactions_flow_integration_id_493ac39f ON public.transactions_flow USING btree (integration_id);
CREATE INDEX transactions_flow_slug_00ae89f0_like ON public.transactions_flow USING btree (slug varchar_pattern_ops);
CREATE INDEX transactions_flowversion_author_id_e9c8cf60 ON public.transactions_flowversion USING btree (author_id);
CREATE INDEX transactions_flowversion_flow_id_d6a8f046 ON public.transactions_flowversion USING btree (flow_id);
CREATE INDEX transactions_flowversion_source_contract_id_ff81024e ON public.transactions_flowversion USING btree (source_contract_id);
CREATE INDEX transactions_flowversion_target_contract_id_781aa3a2 ON public.transactions_flowversion USING btree (target_contract_id);
CREATE INDEX transactions_mapping_integration_id_aabe9dd8 ON public.transactions_mapping USING btree (integration_id);
CREATE INDEX transactions_mapping_slug_3b72f386_like ON public.transactions_mapping USING btree (slug varchar_pattern_ops);
CREATE INDEX transactions_mappingversion_author_id_6a5e2b47 ON public.transactions_mappingversion USING btree (author_id);
CREATE INDEX transactions_mappingversion_mapping_id_0e489073 ON public.transactions_mappingversion USING btree (mapping_id);
CREATE INDEX transactions_mappingversion_source_id_1d1a898f ON public.transactions_mappingversion USING btree (source_id);
CREATE INDEX transactions_mappingversion_target_id_4d3d7c90 ON public.transactions_mappingversion USING btree (target_id);
CREATE INDEX transactions_normalisation_contract_version_id_1124da40 ON public.transactions_normalisation USING btree (contract_version_id);
CREATE INDEX transactions_normalisation_interface_id_4938a2d1 ON public.transactions_normalisation USING btree (interface_id);
CREATE INDEX transactions_normalisation_mapping_version_id_7e038ff6 ON public.transactions_normalisation USING btree (mapping_version_id);
CREATE INDEX transactions_refusal_endpoint_id_452f8497 ON public.transactions_refusal USING btree (endpoint_id);
CREATE INDEX transactions_release_requested_by_id_da5c0bff ON public.transactions_release USING btree (requested_by_id);
CREATE INDEX transactions_release_team_id_f66e4b4a ON public.transactions_release USING btree (team_id);
CREATE INDEX transactions_release_version_id_0327ee11 ON public.transactions_release USING btree (version_id);
CREATE INDEX transactions_releaseitem_release_id_7eb6d5e9 ON public.transactions_releaseitem USING btree (release_id);
CREATE INDEX transactions_repeat_endpoint_id_1c86661c ON public.transactions_repeat USING btree (endpoint_id);
CREATE INDEX transactions_repeat_transaction_id_5ce1b4f3 ON public.transactions_repeat USING btree (transaction_id);
CREATE INDEX transactions_replay_approved_by_id_366576d8 ON public.transactions_replay USING btree (approved_by_id);
CREATE INDEX transactions_replay_requested_by_id_1a38390c ON public.transactions_replay USING btree (requested_by_id);
CREATE INDEX transactions_replay_team_id_993544c1 ON public.transactions_replay USING btree (team_id);
CREATE INDEX transactions_replayitem_replay_id_c2d5185a ON public.transactions_replayitem USING btree (replay_id);
CREATE INDEX transactions_route_event_type_68283711 ON public.transactions_route USING btree (event_type);
CREATE INDEX transactions_route_event_type_68283711_like ON public.transactions_route USING btree (event_type varchar_pattern_ops);
CREATE INDEX transactions_route_flow_id_82b1fd79 ON public.transactions_route USING btree (flow_id);
CREATE INDEX transactions_route_interface_id_871a46de ON public.transactions_route USING btree (interface_id);
CREATE INDEX transactions_savedview_person_id_071a5f1f ON public.transactions_savedview USING btree (person_id);
CREATE INDEX transactions_savedview_team_id_e2ffe6d6 ON public.transactions_savedview USING btree (team_id);
CREATE INDEX transactions_seenfield_ignored_by_id_ac1ace71 ON public.transactions_seenfield USING btree (ignored_by_id);
CREATE INDEX transactions_seenfield_seen_type_id_e2c0769d ON public.transactions_seenfield USING btree (seen_type_id);
CREATE INDEX transactions_seentype_ignored_by_id_7ab8f85b ON public.transactions_seentype USING btree (ignored_by_id);
CREATE INDEX transactions_seentype_interface_id_a8f3cdbc ON public.transactions_seentype USING btree (interface_id);
CREATE INDEX transactions_usualform_contract_version_id_09e7c3a1 ON public.transactions_usualform USING btree (contract_version_id);
CREATE INDEX transactions_usualform_interface_id_db3bf8cc ON public.transactions_usualform USING btree (interface_id);
CREATE INDEX written_from ON public.written USING btree (instance_id, source_id, source_resource, source_external_id);
ALTER INDEX public.payload_pkey ATTACH PARTITION public.payload_long_pkey;
ALTER INDEX public.payload_pkey ATTACH PARTITION public.payload_pinned_pkey;
ALTER INDEX public.payload_pkey ATTACH PARTITION public.payload_short_pkey;
ALTER INDEX public.payload_pkey ATTACH PARTITION public.payload_standard_pkey;
CREATE TRIGGER attempt_append_only BEFORE DELETE OR UPDATE ON public.attempt FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON public.audit_auditrecord FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_check_append_only BEFORE DELETE OR UPDATE ON public.audit_chaincheck FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_check_no_truncate BEFORE TRUNCATE ON public.audit_chaincheck FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON public.audit_chainhead FOR EACH ROW EXECUTE FUNCTION public.audit_head_forward();
CREATE TRIGGER audit_head_kept BEFORE DELETE ON public.audit_chainhead FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON public.audit_chainhead FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON public.audit_auditrecord FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER contract_version_immutable BEFORE DELETE OR UPDATE ON public.contracts_contractversion FOR EACH ROW EXECUTE FUNCTION public.refuse_changing_published();
CREATE TRIGGER contracts_answer_given BEFORE INSERT ON public.contracts_answer FOR EACH ROW EXECUTE FUNCTION public.contracts_answer_given();
CREATE TRIGGER contracts_answer_kept BEFORE DELETE OR UPDATE ON public.contracts_answer FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER contracts_answer_whole BEFORE TRUNCATE ON public.contracts_answer FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER deed_append_only BEFORE DELETE OR UPDATE ON public.transactions_deedentry FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
CREATE TRIGGER destination_begins AFTER INSERT ON public.transactions_destination FOR EACH ROW EXECUTE FUNCTION public.begin_destination_state();
CREATE TRIGGER endpoints_changed AFTER INSERT OR DELETE OR UPDATE ON public.transactions_endpoint FOR EACH STATEMENT EXECUTE FUNCTION public.tell_endpoints();
CREATE TRIGGER flow_version_immutable BEFORE DELETE OR UPDATE ON public.transactions_flowversion FOR EACH ROW EXECUTE FUNCTION public.refuse_changing_published();
CREATE TRIGGER governance_author_added BEFORE INSERT ON public.governance_revisionauthor FOR EACH ROW EXECUTE FUNCTION public.governance_author_added();
CREATE TRIGGER governance_change_begins BEFORE INSERT ON public.governance_changerequest FOR EACH ROW EXECUTE FUNCTION public.governance_change_begins();
CREATE TRIGGER governance_change_moves BEFORE UPDATE ON public.governance_changerequest FOR EACH ROW EXECUTE FUNCTION public.governance_change_moves();
CREATE TRIGGER governance_changerequest_stays BEFORE DELETE ON public.governance_changerequest FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_changerequest_whole BEFORE TRUNCATE ON public.governance_changerequest FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_comment_kept BEFORE DELETE OR UPDATE ON public.governance_comment FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_comment_whole BEFORE TRUNCATE ON public.governance_comment FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_condition_kept BEFORE UPDATE ON public.governance_condition FOR EACH ROW EXECUTE FUNCTION public.governance_condition_kept();
CREATE TRIGGER governance_condition_stays BEFORE DELETE ON public.governance_condition FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_condition_whole BEFORE TRUNCATE ON public.governance_condition FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_decision_kept BEFORE DELETE OR UPDATE ON public.governance_decision FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_decision_whole BEFORE TRUNCATE ON public.governance_decision FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_policy_versions_never_emptied BEFORE TRUNCATE ON public.governance_policyversion FOR EACH STATEMENT EXECUTE FUNCTION public.governance_policy_versions_stay();
CREATE TRIGGER governance_policy_versions_stay BEFORE DELETE OR UPDATE ON public.governance_policyversion FOR EACH ROW EXECUTE FUNCTION public.governance_policy_versions_stay();
CREATE TRIGGER governance_resolution_kept BEFORE DELETE OR UPDATE ON public.governance_resolution FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_resolution_whole BEFORE TRUNCATE ON public.governance_resolution FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_revision_added BEFORE INSERT ON public.governance_revision FOR EACH ROW EXECUTE FUNCTION public.governance_revision_added();
CREATE TRIGGER governance_revision_current AFTER INSERT ON public.governance_revision FOR EACH ROW EXECUTE FUNCTION public.governance_revision_current();
CREATE TRIGGER governance_revision_kept BEFORE DELETE OR UPDATE ON public.governance_revision FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_revision_whole BEFORE TRUNCATE ON public.governance_revision FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_revisionauthor_kept BEFORE DELETE OR UPDATE ON public.governance_revisionauthor FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_revisionauthor_whole BEFORE TRUNCATE ON public.governance_revisionauthor FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_vote_cast BEFORE INSERT ON public.governance_vote FOR EACH ROW EXECUTE FUNCTION public.governance_vote_cast();
CREATE TRIGGER governance_vote_kept BEFORE DELETE OR UPDATE ON public.governance_vote FOR EACH ROW EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_vote_whole BEFORE TRUNCATE ON public.governance_vote FOR EACH STATEMENT EXECUTE FUNCTION public.governance_refuse();
CREATE TRIGGER governance_waiver_moves BEFORE INSERT OR UPDATE ON public.governance_waiver FOR EACH ROW EXECUTE FUNCTION public.governance_waiver_moves();
CREATE TRIGGER identity_alias_follows BEFORE INSERT ON public.inventory_identityalias FOR EACH ROW EXECUTE FUNCTION public.identity_alias_follows();
CREATE TRIGGER identity_change_is_kept BEFORE DELETE OR UPDATE ON public.inventory_identitychange FOR EACH ROW EXECUTE FUNCTION public.identity_change_is_kept();
CREATE TRIGGER inventory_decision_never_emptied BEFORE TRUNCATE ON public.inventory_decision FOR EACH STATEMENT EXECUTE FUNCTION public.inventory_only_added_to();
CREATE TRIGGER inventory_decision_only_added_to BEFORE DELETE OR UPDATE ON public.inventory_decision FOR EACH ROW EXECUTE FUNCTION public.inventory_only_added_to();
CREATE TRIGGER inventory_never_emptied BEFORE TRUNCATE ON public.inventory_fieldchange FOR EACH STATEMENT EXECUTE FUNCTION public.inventory_only_added_to();
CREATE TRIGGER inventory_only_added_to BEFORE DELETE OR UPDATE ON public.inventory_fieldchange FOR EACH ROW EXECUTE FUNCTION public.inventory_only_added_to();
CREATE TRIGGER inventory_stamp_ownership AFTER INSERT OR DELETE OR UPDATE ON public.inventory_entityattribute FOR EACH STATEMENT EXECUTE FUNCTION public.inventory_stamp_ownership();
CREATE TRIGGER inventory_stamp_ownership AFTER INSERT OR DELETE OR UPDATE ON public.inventory_entitykind FOR EACH STATEMENT EXECUTE FUNCTION public.inventory_stamp_ownership();
CREATE TRIGGER inventory_stamp_ownership AFTER INSERT OR DELETE OR UPDATE ON public.inventory_ownership FOR EACH STATEMENT EXECUTE FUNCTION public.inventory_stamp_ownership();
CREATE TRIGGER inventory_stamp_ownership AFTER INSERT OR DELETE OR UPDATE ON public.inventory_ownershipright FOR EACH STATEMENT EXECUTE FUNCTION public.inventory_stamp_ownership();
CREATE TRIGGER inventory_stamp_ownership AFTER INSERT OR DELETE OR UPDATE ON public.inventory_system FOR EACH STATEMENT EXECUTE FUNCTION public.inventory_stamp_ownership();
CREATE TRIGGER inventory_versions_stay BEFORE UPDATE ON public.inventory_entityversion FOR EACH ROW EXECUTE FUNCTION public.inventory_versions_stay();
CREATE TRIGGER mapping_version_immutable BEFORE DELETE OR UPDATE ON public.transactions_mappingversion FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting();
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.axes_accessattemptexpiration
    ADD CONSTRAINT axes_accessattemptex_access_attempt_id_6b73a47a_fk_axes_acce FOREIGN KEY (access_attempt_id) REFERENCES public.axes_accessattempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_answer
    ADD CONSTRAINT contracts_answer_confirmation_id_b177dbf3_fk_contracts FOREIGN KEY (confirmation_id) REFERENCES public.contracts_confirmation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_answer
    ADD CONSTRAINT contracts_answer_person_id_14326642_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_canary
    ADD CONSTRAINT contracts_canary_change_id_0d90f038_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_canary
    ADD CONSTRAINT contracts_canary_instead_of_id_dca71262_fk_contracts FOREIGN KEY (instead_of_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_canary
    ADD CONSTRAINT contracts_canary_version_id_d606995a_fk_contracts FOREIGN KEY (version_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_confirmation
    ADD CONSTRAINT contracts_confirmati_change_id_bd611552_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_confirmation
    ADD CONSTRAINT contracts_confirmati_dependency_id_a45ef392_fk_contracts FOREIGN KEY (dependency_id) REFERENCES public.contracts_dependency(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_confirmation
    ADD CONSTRAINT contracts_confirmati_integration_id_3a23ace4_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_confirmation
    ADD CONSTRAINT contracts_confirmati_revision_id_d4ecd9a8_fk_governanc FOREIGN KEY (revision_id) REFERENCES public.governance_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_confirmation
    ADD CONSTRAINT contracts_confirmation_team_id_e96cbc75_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_contract
    ADD CONSTRAINT contracts_contract_team_id_00662254_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_contractversion
    ADD CONSTRAINT contracts_contractve_author_id_111512d4_fk_people_pe FOREIGN KEY (author_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_contractversion
    ADD CONSTRAINT contracts_contractve_contract_id_9b8b6e78_fk_contracts FOREIGN KEY (contract_id) REFERENCES public.contracts_contract(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_contractversion
    ADD CONSTRAINT contracts_contractversion_change_id_fkey FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_dependency
    ADD CONSTRAINT contracts_dependency_confirmed_by_id_68ab5b75_fk_people_pe FOREIGN KEY (confirmed_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_dependency
    ADD CONSTRAINT contracts_dependency_contract_id_98c1b330_fk_contracts FOREIGN KEY (contract_id) REFERENCES public.contracts_contract(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_dependency
    ADD CONSTRAINT contracts_dependency_declared_by_id_5bb33abe_fk_people_pe FOREIGN KEY (declared_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_dependency
    ADD CONSTRAINT contracts_dependency_integration_id_8f6e5fd6_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_dependency
    ADD CONSTRAINT contracts_dependency_team_id_6b4115ab_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_dependency
    ADD CONSTRAINT contracts_dependency_withdrawn_by_id_394f31fb_fk_people_pe FOREIGN KEY (withdrawn_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_sunset
    ADD CONSTRAINT contracts_sunset_change_id_4ed325b5_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contracts_sunset
    ADD CONSTRAINT contracts_sunset_version_id_a05641cb_fk_contracts FOREIGN KEY (version_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.credentials_credential
    ADD CONSTRAINT credentials_credenti_instance_id_1ac219c3_fk_inventory FOREIGN KEY (instance_id) REFERENCES public.inventory_instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.credentials_credential
    ADD CONSTRAINT credentials_credential_team_id_548939cf_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.dead_letter
    ADD CONSTRAINT dead_letter_assignee_id_51c2dc31_fk_people_person_id FOREIGN KEY (assignee_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.dead_letter
    ADD CONSTRAINT dead_letter_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.destination_state
    ADD CONSTRAINT destination_state_destination_id_fkey FOREIGN KEY (destination_id) REFERENCES public.transactions_destination(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.governance_agendaitem
    ADD CONSTRAINT governance_agendaite_change_id_866ef9d4_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_agendaitem
    ADD CONSTRAINT governance_agendaite_meeting_id_2edbbc7a_fk_governanc FOREIGN KEY (meeting_id) REFERENCES public.governance_meeting(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_boardmember
    ADD CONSTRAINT governance_boardmember_board_id_da960009_fk_governance_board_id FOREIGN KEY (board_id) REFERENCES public.governance_board(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_boardmember
    ADD CONSTRAINT governance_boardmember_deputy_id_c5d30db4_fk_people_person_id FOREIGN KEY (deputy_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_boardmember
    ADD CONSTRAINT governance_boardmember_person_id_e8eb24ba_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_changerequest
    ADD CONSTRAINT governance_changereq_applied_by_id_90e6f507_fk_people_pe FOREIGN KEY (applied_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_changerequest
    ADD CONSTRAINT governance_changereq_board_id_9a65dd74_fk_governanc FOREIGN KEY (board_id) REFERENCES public.governance_board(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_changerequest
    ADD CONSTRAINT governance_changereq_current_id_9df3e43d_fk_governanc FOREIGN KEY (current_id) REFERENCES public.governance_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_changerequest
    ADD CONSTRAINT governance_changereq_opened_by_id_a295330b_fk_people_pe FOREIGN KEY (opened_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_changerequest
    ADD CONSTRAINT governance_changereq_reviewed_by_id_1c94855c_fk_people_pe FOREIGN KEY (reviewed_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_changerequest
    ADD CONSTRAINT governance_changereq_rolls_back_id_4edc7a49_fk_governanc FOREIGN KEY (rolls_back_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_changerequest
    ADD CONSTRAINT governance_changerequest_team_id_070fe458_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_check
    ADD CONSTRAINT governance_check_revision_id_143bf3f0_fk_governance_revision_id FOREIGN KEY (revision_id) REFERENCES public.governance_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_comment
    ADD CONSTRAINT governance_comment_change_id_baf2ea1c_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_comment
    ADD CONSTRAINT governance_comment_person_id_069bca19_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_comment
    ADD CONSTRAINT governance_comment_revision_id_98845a1c_fk_governanc FOREIGN KEY (revision_id) REFERENCES public.governance_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_condition
    ADD CONSTRAINT governance_condition_change_id_d8ae69dd_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_condition
    ADD CONSTRAINT governance_condition_met_by_id_60f6507b_fk_people_person_id FOREIGN KEY (met_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_condition
    ADD CONSTRAINT governance_condition_revision_id_b9e98131_fk_governanc FOREIGN KEY (revision_id) REFERENCES public.governance_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_condition
    ADD CONSTRAINT governance_condition_vote_id_9cb38121_fk_governance_vote_id FOREIGN KEY (vote_id) REFERENCES public.governance_vote(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_decision
    ADD CONSTRAINT governance_decision_change_id_d4af9383_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_decision
    ADD CONSTRAINT governance_decision_meeting_id_11f72167_fk_governanc FOREIGN KEY (meeting_id) REFERENCES public.governance_meeting(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_decision
    ADD CONSTRAINT governance_decision_revision_id_69e6e439_fk_governanc FOREIGN KEY (revision_id) REFERENCES public.governance_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_finding
    ADD CONSTRAINT governance_finding_policy_id_ce345ab9_fk_governance_policy_id FOREIGN KEY (policy_id) REFERENCES public.governance_policy(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_finding
    ADD CONSTRAINT governance_finding_team_id_e136f99e_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_finding
    ADD CONSTRAINT governance_finding_version_id_79a4e00b_fk_governanc FOREIGN KEY (version_id) REFERENCES public.governance_policyversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_meeting
    ADD CONSTRAINT governance_meeting_board_id_4d1d7fea_fk_governance_board_id FOREIGN KEY (board_id) REFERENCES public.governance_board(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_policy
    ADD CONSTRAINT governance_policy_current_id_298c3236_fk_governanc FOREIGN KEY (current_id) REFERENCES public.governance_policyversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_policyoverride
    ADD CONSTRAINT governance_policyove_policy_id_5335286f_fk_governanc FOREIGN KEY (policy_id) REFERENCES public.governance_policy(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_policyversion
    ADD CONSTRAINT governance_policyver_policy_id_dbe4e93f_fk_governanc FOREIGN KEY (policy_id) REFERENCES public.governance_policy(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_policyversion
    ADD CONSTRAINT governance_policyversion_author_id_6e2219ef_fk_people_person_id FOREIGN KEY (author_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_resolution
    ADD CONSTRAINT governance_resolutio_comment_id_ef99342c_fk_governanc FOREIGN KEY (comment_id) REFERENCES public.governance_comment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_resolution
    ADD CONSTRAINT governance_resolution_person_id_d9146ddf_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_revision
    ADD CONSTRAINT governance_revision_change_id_8d5c57bd_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_revision
    ADD CONSTRAINT governance_revision_person_id_5d25318e_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_revisionauthor
    ADD CONSTRAINT governance_revisiona_change_id_614eafd1_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_revisionauthor
    ADD CONSTRAINT governance_revisiona_person_id_3654b8e8_fk_people_pe FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_revisionauthor
    ADD CONSTRAINT governance_revisiona_revision_id_a2e45354_fk_governanc FOREIGN KEY (revision_id) REFERENCES public.governance_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_vote
    ADD CONSTRAINT governance_vote_change_id_d2c00532_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_vote
    ADD CONSTRAINT governance_vote_on_behalf_of_id_3c846b72_fk_people_person_id FOREIGN KEY (on_behalf_of_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_vote
    ADD CONSTRAINT governance_vote_person_id_85361111_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_vote
    ADD CONSTRAINT governance_vote_revision_id_46d222ce_fk_governance_revision_id FOREIGN KEY (revision_id) REFERENCES public.governance_revision(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_waiver
    ADD CONSTRAINT governance_waiver_asked_by_id_aa4e0863_fk_people_person_id FOREIGN KEY (asked_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_waiver
    ADD CONSTRAINT governance_waiver_decided_by_id_b25c8934_fk_people_person_id FOREIGN KEY (decided_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_waiver
    ADD CONSTRAINT governance_waiver_ended_by_id_5e9e2ed3_fk_people_person_id FOREIGN KEY (ended_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_waiver
    ADD CONSTRAINT governance_waiver_owner_id_f8d9e4c7_fk_people_person_id FOREIGN KEY (owner_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.governance_waiver
    ADD CONSTRAINT governance_waiver_policy_id_b4e87e34_fk_governance_policy_id FOREIGN KEY (policy_id) REFERENCES public.governance_policy(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identityalias
    ADD CONSTRAINT identityalias_learnt_by FOREIGN KEY (learnt_by_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED NOT VALID;
ALTER TABLE ONLY public.inventory_decision
    ADD CONSTRAINT inventory_decision_by_id_ae93cf80_fk_people_person_id FOREIGN KEY (by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_entityattribute
    ADD CONSTRAINT inventory_entityattr_entity_id_63b15e47_fk_inventory FOREIGN KEY (entity_id) REFERENCES public.inventory_entitykind(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_entityversion
    ADD CONSTRAINT inventory_entityvers_entity_id_96f8bf4d_fk_inventory FOREIGN KEY (entity_id) REFERENCES public.inventory_entitykind(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_entityversion
    ADD CONSTRAINT inventory_entityversion_author_id_da5da8c7_fk_people_person_id FOREIGN KEY (author_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_failuremode
    ADD CONSTRAINT inventory_failuremod_integration_id_a473b602_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_fieldchange
    ADD CONSTRAINT inventory_fieldchange_by_id_8f659d91_fk_people_person_id FOREIGN KEY (by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identity
    ADD CONSTRAINT inventory_identity_kind_id_6a22b610_fk_inventory_entitykind_id FOREIGN KEY (kind_id) REFERENCES public.inventory_entitykind(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identity
    ADD CONSTRAINT inventory_identity_merged_into_id_fkey FOREIGN KEY (merged_into_id) REFERENCES public.inventory_identity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identityalias
    ADD CONSTRAINT inventory_identityal_identity_id_3148c620_fk_inventory FOREIGN KEY (identity_id) REFERENCES public.inventory_identity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identityalias
    ADD CONSTRAINT inventory_identityal_instance_id_7c434c46_fk_inventory FOREIGN KEY (instance_id) REFERENCES public.inventory_instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identityalias
    ADD CONSTRAINT inventory_identityal_kind_id_5a77a618_fk_inventory FOREIGN KEY (kind_id) REFERENCES public.inventory_entitykind(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identitychange
    ADD CONSTRAINT inventory_identitychange_by_id_fkey FOREIGN KEY (by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identitychange
    ADD CONSTRAINT inventory_identitychange_given_by_id_fkey FOREIGN KEY (given_by_id) REFERENCES public.inventory_identity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identitychange
    ADD CONSTRAINT inventory_identitychange_given_to_id_fkey FOREIGN KEY (given_to_id) REFERENCES public.inventory_identity(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identitychange
    ADD CONSTRAINT inventory_identitychange_undoes_id_fkey FOREIGN KEY (undoes_id) REFERENCES public.inventory_identitychange(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identitymove
    ADD CONSTRAINT inventory_identitymove_alias_id_fkey FOREIGN KEY (alias_id) REFERENCES public.inventory_identityalias(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_identitymove
    ADD CONSTRAINT inventory_identitymove_change_id_fkey FOREIGN KEY (change_id) REFERENCES public.inventory_identitychange(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_importdraft
    ADD CONSTRAINT inventory_importdraft_person_id_142a61c2_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_instance
    ADD CONSTRAINT inventory_instance_environment_id_0efb9a39_fk_inventory FOREIGN KEY (environment_id) REFERENCES public.inventory_environment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_instance
    ADD CONSTRAINT inventory_instance_system_id_57264b22_fk_inventory_system_id FOREIGN KEY (system_id) REFERENCES public.inventory_system(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integratio_company_id_a05c2f60_fk_inventory FOREIGN KEY (company_id) REFERENCES public.inventory_company(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integratio_environment_id_b7013e48_fk_inventory FOREIGN KEY (environment_id) REFERENCES public.inventory_environment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration_steps
    ADD CONSTRAINT inventory_integratio_integration_id_6de32ac1_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration_targets
    ADD CONSTRAINT inventory_integratio_integration_id_7e46c1d2_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration_targets
    ADD CONSTRAINT inventory_integratio_interface_id_3696c2b4_fk_inventory FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integratio_process_35e36620_fk_inventory FOREIGN KEY (process) REFERENCES public.inventory_process(slug) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration_steps
    ADD CONSTRAINT inventory_integratio_processstep_id_7df41987_fk_inventory FOREIGN KEY (processstep_id) REFERENCES public.inventory_processstep(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integratio_source_id_9133c5e7_fk_inventory FOREIGN KEY (source_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integration_deputy_id_ed873ad7_fk_people_person_id FOREIGN KEY (deputy_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integration_owner_id_a824a4ed_fk_people_person_id FOREIGN KEY (owner_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_integration
    ADD CONSTRAINT inventory_integration_team_id_35379f8f_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_interface
    ADD CONSTRAINT inventory_interface_instance_id_7648e583_fk_inventory FOREIGN KEY (instance_id) REFERENCES public.inventory_instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_operation
    ADD CONSTRAINT inventory_operation_interface_id_38dc1ba6_fk_inventory FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_ownership
    ADD CONSTRAINT inventory_ownership_attribute_id_5a5a2e8c_fk_inventory FOREIGN KEY (attribute_id) REFERENCES public.inventory_entityattribute(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_ownership
    ADD CONSTRAINT inventory_ownership_deputy_id_69ec123d_fk_people_person_id FOREIGN KEY (deputy_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_ownership
    ADD CONSTRAINT inventory_ownership_entity_id_97f2beff_fk_inventory FOREIGN KEY (entity_id) REFERENCES public.inventory_entitykind(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_ownership
    ADD CONSTRAINT inventory_ownership_record_id_72511410_fk_inventory_system_id FOREIGN KEY (record_id) REFERENCES public.inventory_system(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_ownership
    ADD CONSTRAINT inventory_ownership_steward_id_cfb1587d_fk_people_person_id FOREIGN KEY (steward_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_ownershipright
    ADD CONSTRAINT inventory_ownershipr_ownership_id_0798567f_fk_inventory FOREIGN KEY (ownership_id) REFERENCES public.inventory_ownership(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_ownershipright
    ADD CONSTRAINT inventory_ownershipr_system_id_1dcb23a7_fk_inventory FOREIGN KEY (system_id) REFERENCES public.inventory_system(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_process
    ADD CONSTRAINT inventory_process_owner_id_1d776b1e_fk_people_person_id FOREIGN KEY (owner_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_process
    ADD CONSTRAINT inventory_process_team_id_9c45c6b7_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_processstep
    ADD CONSTRAINT inventory_processste_process_id_0ddbfdff_fk_inventory FOREIGN KEY (process_id) REFERENCES public.inventory_process(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_system
    ADD CONSTRAINT inventory_system_owner_id_e208647e_fk_people_person_id FOREIGN KEY (owner_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.inventory_system
    ADD CONSTRAINT inventory_system_team_id_65154bc3_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.people_account
    ADD CONSTRAINT people_account_person_id_899b64f8_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.people_membership
    ADD CONSTRAINT people_membership_person_id_dd6d28d1_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.people_membership
    ADD CONSTRAINT people_membership_team_id_61ae9260_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.people_opensession
    ADD CONSTRAINT people_opensession_account_id_741deb79_fk_people_account_id FOREIGN KEY (account_id) REFERENCES public.people_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.people_servicetoken
    ADD CONSTRAINT people_servicetoken_owner_id_45473f0d_fk_people_person_id FOREIGN KEY (owner_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.people_servicetoken
    ADD CONSTRAINT people_servicetoken_revoked_by_id_7b70acee_fk_people_person_id FOREIGN KEY (revoked_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.people_servicetoken
    ADD CONSTRAINT people_servicetoken_team_id_f5ff492c_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sync_exception
    ADD CONSTRAINT sync_exception_run_id_ec4a97f3_fk_sync_run_id FOREIGN KEY (run_id) REFERENCES public.sync_run(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT sync_job_credential_id_cc745abe_fk_credentials_credential_id FOREIGN KEY (credential_id) REFERENCES public.credentials_credential(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT sync_job_integration_id_ebd9107e_fk_inventory_integration_id FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT sync_job_interface_id_7fa7219b_fk_inventory_interface_id FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sync_page
    ADD CONSTRAINT sync_page_run_id_59c6a699_fk_sync_run_id FOREIGN KEY (run_id) REFERENCES public.sync_run(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sync_record
    ADD CONSTRAINT sync_record_job_id_e7f1654a_fk_sync_job_id FOREIGN KEY (job_id) REFERENCES public.sync_job(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sync_run
    ADD CONSTRAINT sync_run_job_id_6720e867_fk_sync_job_id FOREIGN KEY (job_id) REFERENCES public.sync_job(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.sync_run
    ADD CONSTRAINT sync_run_requested_by_id_ce9d67dd_fk_people_person_id FOREIGN KEY (requested_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_cause
    ADD CONSTRAINT transactions_cause_acknowledged_by_id_0acecddc_fk_people_pe FOREIGN KEY (acknowledged_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_cause
    ADD CONSTRAINT transactions_cause_assignee_id_cf7ad158_fk_people_person_id FOREIGN KEY (assignee_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_cause
    ADD CONSTRAINT transactions_cause_integration_id_41d3a8a8_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_cause
    ADD CONSTRAINT transactions_cause_team_id_0eaba6ad_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_deedentry
    ADD CONSTRAINT transactions_deedent_integration_id_0c36f443_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_deedentry
    ADD CONSTRAINT transactions_deedentry_author_id_be928fff_fk_people_person_id FOREIGN KEY (author_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_destination
    ADD CONSTRAINT transactions_destina_credential_id_1f6c3fff_fk_credentia FOREIGN KEY (credential_id) REFERENCES public.credentials_credential(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_destination
    ADD CONSTRAINT transactions_destina_instance_id_5a7f161f_fk_inventory FOREIGN KEY (instance_id) REFERENCES public.inventory_instance(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_drift
    ADD CONSTRAINT transactions_drift_change_id_33d2744e_fk_governanc FOREIGN KEY (change_id) REFERENCES public.governance_changerequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_drift
    ADD CONSTRAINT transactions_drift_ignored_by_id_f57d5ac2_fk_people_person_id FOREIGN KEY (ignored_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_drift
    ADD CONSTRAINT transactions_drift_interface_id_200d7f90_fk_inventory FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_drift
    ADD CONSTRAINT transactions_drift_version_id_c85912ea_fk_contracts FOREIGN KEY (version_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_endpoint
    ADD CONSTRAINT transactions_endpoin_integration_id_83f6a372_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_endpoint
    ADD CONSTRAINT transactions_endpoin_interface_id_bdbf3cdb_fk_inventory FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_export
    ADD CONSTRAINT transactions_export_account_id_9cbb660b_fk_people_account_id FOREIGN KEY (account_id) REFERENCES public.people_account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_export
    ADD CONSTRAINT transactions_export_requested_by_id_7b929024_fk_people_pe FOREIGN KEY (requested_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_flow
    ADD CONSTRAINT transactions_flow_integration_id_493ac39f_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_flowversion
    ADD CONSTRAINT transactions_flowver_flow_id_d6a8f046_fk_transacti FOREIGN KEY (flow_id) REFERENCES public.transactions_flow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_flowversion
    ADD CONSTRAINT transactions_flowver_source_contract_id_ff81024e_fk_contracts FOREIGN KEY (source_contract_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_flowversion
    ADD CONSTRAINT transactions_flowver_target_contract_id_781aa3a2_fk_contracts FOREIGN KEY (target_contract_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_flowversion
    ADD CONSTRAINT transactions_flowversion_author_id_e9c8cf60_fk_people_person_id FOREIGN KEY (author_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_mappingversion
    ADD CONSTRAINT transactions_mapping_author_id_6a5e2b47_fk_people_pe FOREIGN KEY (author_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_mapping
    ADD CONSTRAINT transactions_mapping_integration_id_aabe9dd8_fk_inventory FOREIGN KEY (integration_id) REFERENCES public.inventory_integration(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_mappingversion
    ADD CONSTRAINT transactions_mapping_mapping_id_0e489073_fk_transacti FOREIGN KEY (mapping_id) REFERENCES public.transactions_mapping(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_mappingversion
    ADD CONSTRAINT transactions_mapping_source_id_1d1a898f_fk_contracts FOREIGN KEY (source_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_mappingversion
    ADD CONSTRAINT transactions_mapping_target_id_4d3d7c90_fk_contracts FOREIGN KEY (target_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_normalisation
    ADD CONSTRAINT transactions_normali_contract_version_id_1124da40_fk_contracts FOREIGN KEY (contract_version_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_normalisation
    ADD CONSTRAINT transactions_normali_interface_id_4938a2d1_fk_inventory FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_normalisation
    ADD CONSTRAINT transactions_normali_mapping_version_id_7e038ff6_fk_transacti FOREIGN KEY (mapping_version_id) REFERENCES public.transactions_mappingversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_refusal
    ADD CONSTRAINT transactions_refusal_endpoint_id_452f8497_fk_transacti FOREIGN KEY (endpoint_id) REFERENCES public.transactions_endpoint(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_releaseitem
    ADD CONSTRAINT transactions_release_release_id_7eb6d5e9_fk_transacti FOREIGN KEY (release_id) REFERENCES public.transactions_release(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_release
    ADD CONSTRAINT transactions_release_requested_by_id_da5c0bff_fk_people_pe FOREIGN KEY (requested_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_release
    ADD CONSTRAINT transactions_release_team_id_f66e4b4a_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_release
    ADD CONSTRAINT transactions_release_version_id_0327ee11_fk_contracts FOREIGN KEY (version_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_repeat
    ADD CONSTRAINT transactions_repeat_endpoint_id_1c86661c_fk_transacti FOREIGN KEY (endpoint_id) REFERENCES public.transactions_endpoint(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_replay
    ADD CONSTRAINT transactions_replay_approved_by_id_366576d8_fk_people_person_id FOREIGN KEY (approved_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_replay
    ADD CONSTRAINT transactions_replay_declined_by_id_fkey FOREIGN KEY (declined_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_replay
    ADD CONSTRAINT transactions_replay_requested_by_id_1a38390c_fk_people_pe FOREIGN KEY (requested_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_replay
    ADD CONSTRAINT transactions_replay_team_id_993544c1_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_replayitem
    ADD CONSTRAINT transactions_replayi_replay_id_c2d5185a_fk_transacti FOREIGN KEY (replay_id) REFERENCES public.transactions_replay(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_route
    ADD CONSTRAINT transactions_route_flow_id_82b1fd79_fk_transactions_flow_id FOREIGN KEY (flow_id) REFERENCES public.transactions_flow(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_route
    ADD CONSTRAINT transactions_route_interface_id_871a46de_fk_inventory FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_savedview
    ADD CONSTRAINT transactions_savedview_person_id_071a5f1f_fk_people_person_id FOREIGN KEY (person_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_savedview
    ADD CONSTRAINT transactions_savedview_team_id_e2ffe6d6_fk_people_team_id FOREIGN KEY (team_id) REFERENCES public.people_team(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_seenfield
    ADD CONSTRAINT transactions_seenfie_ignored_by_id_ac1ace71_fk_people_pe FOREIGN KEY (ignored_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_seenfield
    ADD CONSTRAINT transactions_seenfie_seen_type_id_e2c0769d_fk_transacti FOREIGN KEY (seen_type_id) REFERENCES public.transactions_seentype(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_seentype
    ADD CONSTRAINT transactions_seentyp_ignored_by_id_7ab8f85b_fk_people_pe FOREIGN KEY (ignored_by_id) REFERENCES public.people_person(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_seentype
    ADD CONSTRAINT transactions_seentyp_interface_id_a8f3cdbc_fk_inventory FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_usualform
    ADD CONSTRAINT transactions_usualfo_contract_version_id_09e7c3a1_fk_contracts FOREIGN KEY (contract_version_id) REFERENCES public.contracts_contractversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.transactions_usualform
    ADD CONSTRAINT transactions_usualfo_interface_id_db3bf8cc_fk_inventory FOREIGN KEY (interface_id) REFERENCES public.inventory_interface(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.written
    ADD CONSTRAINT written_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES public.inventory_instance(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.written
    ADD CONSTRAINT written_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.inventory_instance(id) ON DELETE CASCADE;
