"""What of a past week is still needed: work that is not finished, and dead letters that a person may still send.

A pause may last longer than bodies are kept, and a letter is younger than the event that it is about. Their rows stay
when their week goes, each under its own id in the same week, so that everybody finds them where they always were.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from controlplane.foundation import clock, partitions
from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.rules.retention import KEEP_LETTERS, SHOWN_CLOSED
from controlplane.transactions.rules.states import TransactionState

#: States that something is still to come of.
_OPEN: Final = [
    int(state)
    for state in (
        TransactionState.RECEIVED,
        TransactionState.QUARANTINED,
        TransactionState.RUNNING,
        TransactionState.WAITING,
    )
]

#: Everybody's work goes on while it is found out what is needed. These are only seen by who lets a week go.
_TABLES: Final = """
create temporary table needed_transaction (id uuid primary key, event_id uuid, canonical_id uuid) on commit drop;
create temporary table needed_payload (id uuid primary key) on commit drop
"""

#: Those that are not known to be needed yet.
_ADD_TRANSACTIONS: Final = """
insert into needed_transaction select t.id, t.event_id, t.canonical_id from transaction t join (
  select transaction_id id from step_queue where transaction_id between %(first)s and %(last)s
  union select transaction_id from dead_letter where transaction_id between %(first)s and %(last)s
    and resolution <> 'succeeded' and (resolved_at is null or died_at > %(letters)s or resolved_at > %(closed)s)
  union select id from transaction where id between %(first)s and %(last)s and state = any(%(open)s)
  except select id from needed_transaction) n using (id)
"""

#: Of an edited body the ones before it as well: the chain is shown with the letter.
_ADD_PAYLOADS: Final = """
insert into needed_payload
with recursive held as (
  select event_id id from needed_transaction
  union select canonical_id from needed_transaction
  union select unnest(array[s.request_id, s.response_id])
    from step_run s join needed_transaction n on n.id = s.transaction_id
  union select d.payload_id from dead_letter d join needed_transaction n on n.id = d.transaction_id
  union select r.body_id from transactions_releaseitem r join needed_transaction n on n.event_id = r.transaction_id
  union select unnest(array[transaction_id, body_id]) from inbox),
chain as (
  select id from held where id is not null
  union select p.revision_of from chain c join payload p on p.id = c.id where p.revision_of is not null)
select id from chain
on conflict do nothing
"""

_BY_TRANSACTION: Final = 'select w.* from "{week}" w join needed_transaction n on n.id = w.transaction_id'
_BY_PAYLOAD: Final = 'select w.* from "{week}" w join needed_payload n on n.id = w.{column}'

#: The rows of a week that are needed, by the table that the week is of.
_KEPT: Final = {
    "transaction": 'select w.* from "{week}" w join needed_transaction n using (id)',
    "transaction_key": _BY_TRANSACTION,
    "step_run": _BY_TRANSACTION,
    "trace": _BY_TRANSACTION,
    "attempt": 'select w.* from "{week}" w where w.step_run_id in ('
    "select s.id from step_run s join needed_transaction n on n.id = s.transaction_id)",
    "payload_subject": _BY_PAYLOAD.replace("{column}", "payload_id"),
}
_OF_A_BODY: Final = _BY_PAYLOAD.replace("{column}", "id")

#: Their weeks are the transactions' own.
_BY_WEEK: Final = ("transaction", "transaction_key")
#: What comes of a transaction comes after it, in this week or a later one, but for what clocks differ by.
_AFTERWARDS: Final = ("step_run", "trace", "attempt")
_CLOCKS: Final = timedelta(days=1)
_FIRST: Final = UUID(int=0)
_LAST: Final = UUID(int=2**128 - 1)

#: Rows of these are changed, so that whoever writes to any week waits for one that is held.
_CHANGED: Final = ("transaction", "step_run")
#: For so long at most a statement keeps others waiting: a small part of a lease. Nobody writes to past weeks of bodies.
PATIENCE: Final = "2s"


def look_through(cursor: CursorWrapper, table: str, week: str) -> int | None:
    """Find what is needed of a week, while everybody works on; for :func:`let_go` in the same transaction.

    Returns how many rows of it are; None when it has no others, and may be left alone.
    """
    cursor.execute(_TABLES)
    _find_needed(cursor, table, week)
    cursor.execute("analyze needed_transaction, needed_payload")
    count = _number(cursor, f"select count(*) from ({_kept(table, week)}) k")
    others = _number(cursor, f'select count(*) from (select from "{week}" limit {count + 1}) k') > count
    return count if others or not count else None


def let_go(cursor: CursorWrapper, table: str, week: str, found: int) -> int:
    """Let a week of ``table`` go but for what is needed of it, in the transaction that has ``found`` so many rows.

    Returns how many rows stay. Raises ``DatabaseError`` when somebody works in it for longer than the caller's
    ``lock_timeout``, or others would have to wait for longer than they should.
    """
    # What becomes needed from now on waits, or is needed already …
    partitions.hold(cursor, week, of=table if table in _CHANGED else "")
    if table in _BY_WEEK or table in _AFTERWARDS:
        cursor.execute(f"set local statement_timeout = '{PATIENCE}'")
    _find_needed(cursor, table, week)  # … or has become so meanwhile
    kept = _kept(table, week)
    if found or _number(cursor, f"select count(*) from (select from ({kept}) k limit 1) k"):
        return partitions.shorten(cursor, table, week, kept)
    partitions.drop(cursor, week)
    return 0


def _kept(table: str, week: str) -> str:
    return _KEPT.get(table, _OF_A_BODY).format(week=week)


def _find_needed(cursor: CursorWrapper, table: str, week: str) -> None:
    """Add what is not known yet; of work only what a week can have something of, which is little in an old one."""
    now, begins = clock.now(), partitions.first_day(week)
    ends = begins + partitions.WEEK
    first, last = _FIRST, _LAST
    if table in _BY_WEEK:
        first, last = uuid7_floor(begins), uuid7_floor(ends)
    elif table in _AFTERWARDS:
        last = uuid7_floor(ends + _CLOCKS)
    asked: dict[str, list[int] | datetime | UUID] = {
        "open": _OPEN,
        "letters": now - KEEP_LETTERS,
        "closed": now - SHOWN_CLOSED,
        "first": first,
        "last": last,
    }
    cursor.execute(_ADD_TRANSACTIONS, asked)
    if table not in _BY_WEEK and table not in _AFTERWARDS:
        cursor.execute(_ADD_PAYLOADS)


def _number(cursor: CursorWrapper, question: str) -> int:
    cursor.execute(question)
    row: tuple[int] = cursor.fetchone()
    return row[0]
