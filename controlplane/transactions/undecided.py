"""What nobody decided on in time: dead letters that nobody sent, and events that nobody let out of quarantine.

What they would have needed goes with its week from then on (``transactions.unfinished``).
"""

from __future__ import annotations

from typing import Final

from django.db.backends.utils import CursorWrapper

from controlplane.foundation import clock
from controlplane.transactions.rules.retention import KEEP_LETTERS, SHOWN_CLOSED
from controlplane.transactions.rules.states import TransactionState

#: A letter that nobody sent in time: its body goes now, so nothing can be sent of it any more. One that is being sent
#: just now is left to what comes of it.
_EXPIRE_LETTERS: Final = """
update dead_letter set resolved_at = %(now)s, resolution = %(words)s
where step_run_id = any(array(select step_run_id from dead_letter
  where resolved_at is null and died_at <= %(died)s and not exists (
    select from step_queue q where q.step_run_id = dead_letter.step_run_id)
  order by step_run_id limit %(most)s for update skip locked))
"""

_FORGET_LETTERS: Final = """
delete from dead_letter
where step_run_id = any(array(select step_run_id from dead_letter
  where died_at <= %(died)s and resolved_at <= %(closed)s order by step_run_id limit %(most)s for update skip locked))
"""

_EXPIRE_QUARANTINED: Final = """
update transaction set state = %(cancelled)s, reason = %(words)s, finished_at = %(now)s
where id = any(array(select id from transaction
  where state = %(quarantined)s and id < uuid7_floor(%(died)s) order by id limit %(most)s for update skip locked))
"""

EXPIRED: Final = f"expired: nobody sent it within {KEEP_LETTERS.days} days"
NOT_RELEASED: Final = f"It stood in quarantine for {KEEP_LETTERS.days} days, and nobody let it out."


def expire_letters(cursor: CursorWrapper, most: int) -> int:
    """Close up to ``most`` letters that have waited for longer than their bodies are kept; returns how many."""
    return _changed(cursor, _EXPIRE_LETTERS, most, words=EXPIRED)


def expire_quarantined(cursor: CursorWrapper, most: int) -> int:
    """Cancel up to ``most`` events that nobody has let out for as long; returns how many."""
    states = {"cancelled": int(TransactionState.CANCELLED), "quarantined": int(TransactionState.QUARANTINED)}
    return _changed(cursor, _EXPIRE_QUARANTINED, most, words=NOT_RELEASED, **states)


def forget_letters(cursor: CursorWrapper, most: int) -> int:
    """Delete up to ``most`` letters that are closed and past their time; what was decided about them stays."""
    return _changed(cursor, _FORGET_LETTERS, most)


def _changed(cursor: CursorWrapper, statement: str, most: int, **more: str | int) -> int:
    now = clock.now()
    times = {"now": now, "died": now - KEEP_LETTERS, "closed": now - SHOWN_CLOSED}
    cursor.execute(statement, {**times, "most": most, **more})
    return int(cursor.rowcount)
