"""What the database refuses about changes, whoever asks (invariant 9).

Every trigger that decides by the state of a change takes that change's row lock first: a vote, a revision and an
application that come at once are put in an order, and each sees what the one before it left.
"""

GUARDS = """
create function governance_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: it is kept as it was written', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$;

create function governance_is_author(asked_change bigint, asked_person uuid) returns boolean language sql stable as $$
    select exists (
        select from governance_revisionauthor where change_id = asked_change and person_id = asked_person
    )
$$;

-- What an approval of the current revision lacks; empty when there is nothing.
create function governance_lacks(asked_change bigint) returns text language plpgsql stable as $$
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

create function governance_lock(asked_change bigint) returns governance_changerequest language plpgsql as $$
declare
    change governance_changerequest;
begin
    select * into change from governance_changerequest where id = asked_change for update;
    return change;
end $$;

create function governance_revision_added() returns trigger language plpgsql as $$
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

create function governance_revision_current() returns trigger language plpgsql as $$
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

create function governance_author_added() returns trigger language plpgsql as $$
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

create function governance_vote_cast() returns trigger language plpgsql as $$
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

create function governance_condition_kept() returns trigger language plpgsql as $$
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

create function governance_change_begins() returns trigger language plpgsql as $$
begin
    if new.state <> 'draft' or new.current_id is not null then
        raise exception 'a change begins as a draft without a revision' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create function governance_change_moves() returns trigger language plpgsql as $$
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

create function governance_may_apply(change governance_changerequest) returns void language plpgsql as $$
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

-- The votes on the current revision, with its hash, of people who wrote nothing of the change.
create function governance_valid_votes(asked_change bigint) returns setof governance_vote language sql stable as $$
    select vote.*
      from governance_vote vote
      join governance_changerequest change on change.id = vote.change_id and change.current_id = vote.revision_id
      join governance_revision revision
        on revision.id = vote.revision_id and revision.content_hash = vote.content_hash
     where change.id = asked_change
       and not governance_is_author(change.id, vote.person_id)
       and not governance_is_author(change.id, coalesce(vote.on_behalf_of_id, vote.person_id))
$$;

create trigger governance_change_begins before insert on governance_changerequest
    for each row execute function governance_change_begins();
create trigger governance_change_moves before update on governance_changerequest
    for each row execute function governance_change_moves();
create trigger governance_revision_added before insert on governance_revision
    for each row execute function governance_revision_added();
create trigger governance_revision_current after insert on governance_revision
    for each row execute function governance_revision_current();
create trigger governance_author_added before insert on governance_revisionauthor
    for each row execute function governance_author_added();
create trigger governance_vote_cast before insert on governance_vote
    for each row execute function governance_vote_cast();
create trigger governance_condition_kept before update on governance_condition
    for each row execute function governance_condition_kept();
"""

#: Nothing of these is changed or taken away; of the others nothing is taken away.
KEPT = ("revision", "revisionauthor", "vote", "decision", "comment")
STAYS = ("changerequest", "condition")

APPEND_ONLY = "".join(
    f"create trigger governance_{table}_kept before update or delete on governance_{table}"
    " for each row execute function governance_refuse();\n"
    for table in KEPT
) + "".join(
    f"create trigger governance_{table}_stays before delete on governance_{table}"
    " for each row execute function governance_refuse();\n"
    for table in STAYS
)

WHOLE = "".join(
    f"create trigger governance_{table}_whole before truncate on governance_{table}"
    " for each statement execute function governance_refuse();\n"
    for table in (*KEPT, *STAYS)
)

MAKE = GUARDS + APPEND_ONLY + WHOLE

# With the tables go their triggers, and with these what depends on nothing else.
DROP = """
drop function governance_refuse() cascade;
drop function governance_revision_added() cascade;
drop function governance_revision_current() cascade;
drop function governance_author_added() cascade;
drop function governance_vote_cast() cascade;
drop function governance_condition_kept() cascade;
drop function governance_change_begins() cascade;
drop function governance_change_moves() cascade;
drop function governance_may_apply(governance_changerequest);
drop function governance_lock(bigint);
drop function governance_lacks(bigint);
drop function governance_valid_votes(bigint);
drop function governance_is_author(bigint, uuid);
"""
