"""The database itself refuses to change the audit, whoever asks.

Its owner can still disable the triggers: that is what the hashes are for (``manage.py audit_verify``).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

REFUSE = """
create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'audit records are append-only: % on % is refused', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$;

create trigger audit_append_only before update or delete on audit_auditrecord
    for each row execute function audit_refuse();
create trigger audit_no_truncate before truncate on audit_auditrecord
    for each statement execute function audit_refuse();
create trigger audit_check_append_only before update or delete on audit_chaincheck
    for each row execute function audit_refuse();
create trigger audit_check_no_truncate before truncate on audit_chaincheck
    for each statement execute function audit_refuse();
create trigger audit_head_kept before delete on audit_chainhead
    for each row execute function audit_refuse();
create trigger audit_head_no_truncate before truncate on audit_chainhead
    for each statement execute function audit_refuse();

create function audit_head_forward() returns trigger language plpgsql as $$
begin
    if new.id <> old.id or new.last_id <> old.last_id + 1 then
        raise exception 'the head of the audit moves one record forward at a time, not from % to %',
            old.last_id, new.last_id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger audit_head_forward before update on audit_chainhead
    for each row execute function audit_head_forward();
"""

ALLOW = """
drop trigger audit_head_forward on audit_chainhead;
drop function audit_head_forward();
drop trigger audit_head_no_truncate on audit_chainhead;
drop trigger audit_head_kept on audit_chainhead;
drop trigger audit_check_no_truncate on audit_chaincheck;
drop trigger audit_check_append_only on audit_chaincheck;
drop trigger audit_no_truncate on audit_auditrecord;
drop trigger audit_append_only on audit_auditrecord;
drop function audit_refuse();
"""


class Migration(migrations.Migration):
    """Triggers that refuse UPDATE, DELETE and TRUNCATE."""

    dependencies: ClassVar = [("audit", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(REFUSE, ALLOW)]
