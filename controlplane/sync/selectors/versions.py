"""By what a page that follows jobs or runs sees that they have changed; see ``transactions.selectors.versions``."""

from __future__ import annotations

from collections.abc import Collection

from controlplane.transactions.selectors.versions import Versions, rows

#: Runs of a job that its page shows as going on, or as just ended.
_NEWEST_RUNS = 20

_RUNS = "select r.id::text, md5(r::text) from sync_run r where r.id = any(%s::bigint[])"
_JOBS = f"""
select j.id::text, md5(concat_ws(' ', j, r.runs))
from sync_job j
cross join lateral (
  select string_agg(n::text, ' ' order by n.id) runs
  from (select * from sync_run where job_id = j.id order by id desc limit {_NEWEST_RUNS}) n) r
where j.id = any(%s::bigint[])
"""
_SCHEDULES = """
select md5(concat_ws(' ', (select string_agg(j::text, ' ' order by j.id) from sync_job j),
  (select max(id) from sync_run),
  (select string_agg(concat_ws('.', r.id, r.state, r.pages), ' ' order by r.id)
   from sync_run r where settled_at is null)))
"""


def runs(keys: Collection[str]) -> Versions:
    """Of runs, by id."""
    return dict(rows(_RUNS, list(keys)))


def jobs(keys: Collection[str]) -> Versions:
    """Of jobs, by id: the job itself, and its newest runs."""
    return dict(rows(_JOBS, list(keys)))


def schedules(keys: Collection[str]) -> Versions:
    """Of all jobs, and of the runs that go on or are not settled yet."""
    return dict.fromkeys(keys, rows(_SCHEDULES)[0][0])
