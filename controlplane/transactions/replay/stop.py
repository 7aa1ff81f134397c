"""Stop a replay: what waits in the queue goes back to what it was, what is being sent ends by itself."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict
from controlplane.governance.changes.withdraw import withdraw
from controlplane.people.access import Access, Action
from controlplane.transactions.models import Replay, ReplayItemState, ReplayState, Transaction
from controlplane.transactions.pipeline.statements import LOCK_HEADS, PROMOTE
from controlplane.transactions.pipeline.stopping_statements import withdraw_those
from controlplane.transactions.replay.governed import change_of, hold
from controlplane.transactions.settle import settle

#: What a worker holds, or held when it vanished, has begun: it ends by itself, or is given back and withdrawn then.
_WAITING = """
select q.step_run_id from step_queue q join transactions_replayitem i on i.step_run_id = q.step_run_id
where i.replay_id = %(replay)s and i.state = 1 and q.lease_token is null
order by q.step_run_id for update of q skip locked
"""

_KEYS = """
select distinct q.ordering_key from step_queue q join transactions_replayitem i on i.step_run_id = q.step_run_id
where i.replay_id = %s and i.state = 1 and q.ordering_key is not null
"""

#: One that nobody has agreed to yet: nothing of it is in the queue.
_TAKE_BACK = """
update transactions_replayitem set state = 4, result = 'Taken back before anybody agreed to it.', finished_at = now()
where replay_id = %s and state = 0
"""


def may_stop(access: Access, replay: Replay) -> bool:
    """Whether this person may replay in the replay's team, or in that of one of the deliveries that it sends again.

    Who may send something again may also keep it from being sent. Deliveries that were left out give no right, and
    what waits for a board is taken back in the replay's own team: nothing of it is sent yet.
    """
    if access.may(Action.REPLAY, replay.team_id):
        return True
    if replay.state == ReplayState.PLANNED:
        return False
    sent = replay.items.exclude(state=ReplayItemState.SKIPPED).values("transaction_id")
    return Transaction.objects.visible_to(access, Action.REPLAY).filter(pk__in=sent).exists()


@transaction.atomic
def stop_replay(access: Access, replay_id: int) -> Replay:
    """Withdraw what has not begun, of all teams. Raises :class:`Conflict` when it has ended already."""
    found = Replay.objects.get_visible_or_404(access, pk=replay_id)
    if not may_stop(access, found):
        access.require(Action.REPLAY, found.team_id)
    _lock_heads(replay_id)
    replay = hold(found)
    if replay.state not in {ReplayState.RUNNING, ReplayState.PLANNED}:
        raise Conflict(f"Replay {replay_id} has ended already; nothing was stopped.")
    planned = replay.state == ReplayState.PLANNED
    withdrawn = _take_back(replay_id) if planned else _withdraw(replay_id)
    replay.state, replay.finished_at = ReplayState.STOPPED, clock.now()
    replay.save(update_fields=["state", "finished_at"])
    if planned and (change := change_of(replay)) is not None and change.is_open:
        withdraw(access, change.pk, "The replay was taken back.")
    audit.record(
        "replay.stopped",
        actor=access.actor,
        subject=Subject("replay", str(replay_id)),
        details={"withdrawn": withdrawn},
    )
    ring_on_commit("deliver")
    return replay


def _lock_heads(replay_id: int) -> None:
    """Of the orders that its deliveries wait in. Before the replay: who finishes a head waits for that afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [replay_id])
        if keys := [key for (key,) in cursor.fetchall()]:
            cursor.execute(LOCK_HEADS, [keys])


def _withdraw(replay_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(withdraw_those(_WAITING), {"replay": replay_id})
        rows: list[tuple[UUID, int | None]] = cursor.fetchall()
    settle([transaction_id for transaction_id, _ in rows])
    keys = sorted({key for _, key in rows if key is not None})
    if keys:  # what stood behind them in their order is first now
        with connection.cursor() as cursor:
            cursor.execute(LOCK_HEADS, [keys])
            cursor.execute(PROMOTE, [keys])
    return len(rows)


def _take_back(replay_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, [replay_id])
        return int(cursor.rowcount)
