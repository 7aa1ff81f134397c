"""What the database itself refuses of policies and waivers (invariants 5 and 9)."""

GUARDS = """
create function governance_policy_versions_stay() returns trigger language plpgsql as $$
begin
  raise exception 'A version of a policy is never changed or removed; make the next one.' using errcode = 'restrict_violation';
end $$;
create trigger governance_policy_versions_stay before update or delete on governance_policyversion
  for each row execute function governance_policy_versions_stay();
create trigger governance_policy_versions_never_emptied before truncate on governance_policyversion
  for each statement execute function governance_policy_versions_stay();

create function governance_waiver_moves() returns trigger language plpgsql as $$
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
create trigger governance_waiver_moves before insert or update on governance_waiver
  for each row execute function governance_waiver_moves();
"""
NO_GUARDS = """
drop trigger governance_waiver_moves on governance_waiver;
drop function governance_waiver_moves();
drop trigger governance_policy_versions_never_emptied on governance_policyversion;
drop trigger governance_policy_versions_stay on governance_policyversion;
drop function governance_policy_versions_stay();
"""
