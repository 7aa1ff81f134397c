"""The SQL of learning identities. Only ``UNKNOWN`` runs where there is nothing new."""

from __future__ import annotations

# Each name is asked for by itself (``limit 1``, ``offset 0``), by index: of a join PostgreSQL 15 makes one that reads
# the whole table while that is not large.

#: The places of those that are not known yet: a pair is known when one identity has both names.
UNKNOWN = """
select w.ord from unnest(%b::smallint[], %b::bigint[], %b::text[], %b::bigint[], %b::text[])
  with ordinality w(kind_id, issuer_id, key, target_id, value, ord)
where (
  select true from inventory_identityalias a
  where a.kind_id = w.kind_id and a.instance_id = w.issuer_id and a.value = w.key and upper_inf(a.valid)
    and (w.target_id is null or a.identity_id = (
      select b.identity_id from inventory_identityalias b
      where b.kind_id = w.kind_id and b.instance_id = w.target_id and b.value = w.value and upper_inf(b.valid)))
  limit 1) is null
order by w.ord
"""

#: Who learns and who begins to wait for one identity go one after the other: otherwise each could miss what the
#: other has not committed yet. Taken in one order everywhere.
LOCK_NAMES = "select pg_advisory_xact_lock(w.key) from unnest(%b::bigint[]) w(key)"

#: A share of the rows that whoever merges takes for himself, in the same order.
LOCK_IDENTITIES = """
select i.id from inventory_identity i where i.id = any(array(
  select a.identity_id from unnest(%b::smallint[], %b::bigint[], %b::text[]) w(kind_id, instance_id, value)
  cross join lateral (select identity_id from inventory_identityalias a where a.kind_id = w.kind_id
    and a.instance_id = w.instance_id and a.value = w.value and upper_inf(a.valid) offset 0) a))
order by i.id for key share
"""

#: The live names of the identities that have these names: kind, instance, value.
NAMES = """
select distinct b.kind_id, b.instance_id, b.value
from unnest(%b::smallint[], %b::bigint[], %b::text[]) w(kind_id, instance_id, value)
cross join lateral (select identity_id from inventory_identityalias a where a.kind_id = w.kind_id
  and a.instance_id = w.instance_id and a.value = w.value and upper_inf(a.valid) offset 0) a
cross join lateral (select kind_id, instance_id, value from inventory_identityalias b
  where b.identity_id = a.identity_id and upper_inf(b.valid) offset 0) b
"""

IDENTITY_OF = """
select identity_id, id from inventory_identityalias
where kind_id = %s and instance_id = %s and value = %s and upper_inf(valid)
"""

#: A person split the one off the other, or undid their merge, and nobody has merged them since; what was merged into
#: either counts for it.
KEPT_APART = """
with recursive m(root, id) as (
  select i.id, i.id from inventory_identity i where i.id = any(%b::uuid[])
  union all
  select m.root, i.id from m join inventory_identity i on i.merged_into_id = m.id)
select 1 from m gave join inventory_identitychange c on c.given_by_id = gave.id and c.kind in ('split', 'undo')
join m got on got.id = c.given_to_id and got.root <> gave.root limit 1
"""

NEW_IDENTITY = "insert into inventory_identity (id, kind_id, created_at) values (%s, %s, now())"

NEW_IDENTITIES = """
insert into inventory_identity (id, kind_id, created_at)
select w.id, w.kind_id, now() from unnest(%b::uuid[], %b::smallint[]) w(id, kind_id)
"""

ADD_NAMES = """
insert into inventory_identityalias (identity_id, kind_id, instance_id, value, valid, beside, learnt_by_id)
select w.identity_id, w.kind_id, w.instance_id, w.value, tstzrange(now(), null), w.beside, w.learnt_by
from unnest(%b::uuid[], %b::smallint[], %b::bigint[], %b::text[], %b::bigint[], %b::bigint[])
  w(identity_id, kind_id, instance_id, value, beside, learnt_by)
on conflict do nothing returning identity_id, id
"""

ADD_NAME = """
insert into inventory_identityalias (identity_id, kind_id, instance_id, value, valid, beside, learnt_by_id)
values (%s, %s, %s, %s, tstzrange(now(), null), %s, %s) on conflict do nothing returning id
"""

#: The name goes to another identity, or is told anew: until now it meant this one. What was learnt in the same
#: transaction was so for a microsecond: an empty range would forget when.
END_NAME = """
update inventory_identityalias
set valid = tstzrange(lower(valid), greatest(lower(valid) + interval '1 microsecond', now()))
where id = %s and upper_inf(valid)
"""
