"""What became of the records that a run passed on: the settled watermark, and the exceptions by name.

A page is settled when nothing of it waits in the inbox and none of its transactions can still move. The
settled cursor goes past a page only when it and all pages before it are: in the order in which they
were read, whatever order they arrived in.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from controlplane.foundation.ids import moment, uuid7_floor
from controlplane.foundation.logs import logger
from controlplane.sync.models import SyncJob, SyncPage, SyncRun
from controlplane.sync.rules.states import ACTIVE, Moves, Phase, RunState
from controlplane.transactions.rules.states import SETTLED_TRANSACTION, TransactionState

log = logger(__name__)

CLOCKS_DIFFER_BY = timedelta(hours=1)
NO_EVENT = UUID(int=2**128 - 1)

#: How many runs one pass looks at; the rest come with the next.
MOST_RUNS = 50

OPEN = [int(state) for state in TransactionState if state not in SETTLED_TRANSACTION]
BAD = [int(state) for state in (TransactionState.QUARANTINED, TransactionState.DEAD, TransactionState.CANCELLED)]

# One statement, one snapshot: an event that processing moves from the inbox to a transaction meanwhile is seen
# in one of the two. Transactions of an event are made after it, so an hour covers any clock that is off.
_FIRST_OPEN = """
select p.number from sync_page p
where p.run_id = %(run)s and p.number > %(settled)s and p.first_event is not null and (
  exists (select from inbox i where i.transaction_id between p.first_event and p.last_event
          and (i.sync->>'run')::bigint = %(run)s)
  or exists (select from transaction t where t.sync_run_id = %(run)s and t.state = any(%(open)s)
             and t.id >= %(since)s::uuid and t.event_id between p.first_event and p.last_event))
order by p.number limit 1
"""

_BECAME_EXCEPTIONS = """
insert into sync_exception (run_id, page, key, label, cause, detail, transaction_id)
select %(run)s, coalesce((select p.number from sync_page p where p.run_id = %(run)s
                          and t.event_id between p.first_event and p.last_event order by p.number limit 1), 0),
  t.external_id, '', left(case when t.error_class <> '' then t.error_class
    when t.state = %(cancelled)s then 'cancelled' else 'unknown' end, 160), t.reason, t.id
from transaction t where t.sync_run_id = %(run)s and t.state = any(%(bad)s) and t.id >= %(since)s::uuid
on conflict (run_id, transaction_id) do nothing
"""

_DIED = "select count(distinct key) from sync_exception where run_id = %(run)s and transaction_id is not null"

# The longer a run has been waiting, the less often it is looked at: after 5 seconds at first, 5 minutes at most.
_AGAIN = """
update sync_run set settle_due = statement_timestamp() + least(interval '5 min', greatest(interval '5 s',
  (statement_timestamp() - coalesce(finished_at, read_at, statement_timestamp())) / 10))
where id = %(run)s
"""

_STILL_OPEN = """
select (select count(*) from transaction t where t.sync_run_id = %(run)s and t.state = any(%(open)s))
  + (select count(*) from sync_page p join inbox i on i.transaction_id between p.first_event and p.last_event
     and (i.sync->>'run')::bigint = %(run)s where p.run_id = %(run)s and p.number > %(settled)s)
"""


def settle_due() -> int:
    """Look at the runs whose time has come; returns how many were looked at."""
    looked = 0
    while looked < MOST_RUNS and _settle_next():
        looked += 1
    return looked


def _settle_next() -> bool:
    with transaction.atomic():
        due = SyncRun.objects.filter(settle_due__lte=Now()).order_by("settle_due")
        run = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
        if run is None:
            return False
        _settle(run)
        return True


@transaction.atomic
def settle_run(run_id: int) -> None:
    """Look at one run now."""
    run = SyncRun.objects.select_for_update(of=("self",), no_key=True).filter(pk=run_id).first()
    if run is not None and run.settled_at is None:
        _settle(run)


def still_open(run: SyncRun) -> int:
    """How many of the run's records are still on their way."""
    with connection.cursor() as cursor:
        cursor.execute(_STILL_OPEN, {"run": run.pk, "open": OPEN, "settled": run.settled_page})
        return int(cursor.fetchone()[0])


def _settle(run: SyncRun) -> None:
    first_open, died = _look(run)
    settled = run.pages if first_open is None else first_open - 1
    SyncRun.objects.filter(pk=run.pk).update(settled_page=settled, died=died)
    if first_open is not None:
        with connection.cursor() as cursor:
            cursor.execute(_AGAIN, {"run": run.pk})
    elif run.state in ACTIVE:
        SyncRun.objects.filter(pk=run.pk).update(settle_due=None)  # its next page sets it again
    else:
        _all_arrived(run)
    if run.pages and run.moves != Moves.NEVER:
        move_settled_cursor(run.job_id)


def _look(run: SyncRun) -> tuple[int | None, int]:
    values: dict[str, Any] = {
        "run": run.pk,
        "settled": run.settled_page,
        "open": OPEN,
        "bad": BAD,
        "cancelled": int(TransactionState.CANCELLED),
        "since": _oldest_unsettled(run),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_OPEN, values)
        row = cursor.fetchone()
        cursor.execute(_BECAME_EXCEPTIONS, values)
        cursor.execute(_DIED, values)
        return row[0] if row else None, int(cursor.fetchone()[0])


def _oldest_unsettled(run: SyncRun) -> UUID:
    pages = SyncPage.objects.filter(run=run, number__gt=run.settled_page, first_event__isnull=False)
    first = pages.order_by("number").values_list("first_event", flat=True).first()
    return uuid7_floor(moment(first) - CLOCKS_DIFFER_BY) if first else NO_EVENT


def _all_arrived(run: SyncRun) -> None:
    runs = SyncRun.objects.filter(pk=run.pk)
    runs.update(settled_at=Now(), settle_due=None)
    if runs.filter(state=RunState.SETTLING).update(state=RunState.DONE, finished_at=Now()):
        log.info("sync.ended", run=run.pk, state="done", error_class="")


def move_settled_cursor(job_id: int) -> None:
    """Put the job's settled cursor behind the last page up to which everything has arrived.

    Found from the rows anew each time: runs settle in any order, and a later one must not carry the
    cursor past what an earlier one still has on its way.
    """
    moving = SyncRun.objects.filter(job=job_id, pages__gt=0).exclude(moves=Moves.NEVER)
    waiting = moving.filter(settled_at=None, moves=Moves.EACH_PAGE).order_by("pk").first()
    page = _settled_page_of(waiting) if waiting else None
    if page is None:
        whole = moving.filter(settled_at__isnull=False).exclude(moves=Moves.AT_THE_END, read_at=None)
        last = (whole.filter(pk__lt=waiting.pk) if waiting else whole).order_by("-pk").first()
        page = _last_page_of(last) if last else None
    if page is not None:
        SyncJob.objects.filter(pk=job_id).update(settled_cursor=page.cursor)


def _settled_page_of(run: SyncRun) -> SyncPage | None:
    reading = SyncPage.objects.filter(run=run, phase=Phase.READING, number__lte=run.settled_page)
    return reading.order_by("-number").first()


def _last_page_of(run: SyncRun) -> SyncPage | None:
    return SyncPage.objects.filter(run=run, phase=Phase.READING).order_by("-number").first()
