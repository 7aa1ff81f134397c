"""By what a page that follows changes sees that they are not as they were (``console.live``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connection

_CHANGES = """
select c.id::text, concat_ws('.', c.state, c.current_id, v.votes, k.run, m.met, s.said)
from unnest(%s::bigint[]) w(id) join governance_changerequest c on c.id = w.id
cross join lateral (select count(*) votes from governance_vote where revision_id = c.current_id) v
cross join lateral (
  select concat(count(ran_at), max(ran_at)) run from governance_check where revision_id = c.current_id) k
cross join lateral (select count(met_at) met from governance_condition where revision_id = c.current_id) m
cross join lateral (select count(*) said from governance_comment where change_id = c.id) s
"""
_ALL = """
select concat_ws('.', (select max(id) from governance_vote), (select max(id) from governance_revision),
  (select max(closed_at) from governance_changerequest), (select max(decided_at) from governance_changerequest))
"""


def changes(keys: Collection[str]) -> Mapping[str, str]:
    """Of single changes: their state, version, votes, checks, conditions and comments."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [[int(key) for key in keys if key.isdecimal()]])
        return dict(cursor.fetchall())


def all_changes(keys: Collection[str]) -> Mapping[str, str]:
    """Of all of them together: the newest vote, version and end."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        (version,) = cursor.fetchone()
    return dict.fromkeys(keys, str(version))
