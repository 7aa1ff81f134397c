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
from controlplane.transactions.models import Replay, ReplayState
from controlplane.transactions.pipeline.statements import LOCK_HEADS, PROMOTE
from controlplane.transactions.replay.governed import change_of, hold
from controlplane.transactions.settle import settle

#: What a worker holds, or held when it vanished, has begun: it ends by itself. A step run that never succeeded has
#: its dead letter, also when that was dropped; any other one had succeeded before.
_WITHDRAW = """
with waiting as (
  select q.step_run_id from step_queue q join transactions_replayitem i on i.step_run_id = q.step_run_id
  where i.replay_id = %(replay)s and i.state = 1 and q.lease_token is null
  order by q.step_run_id for update of q skip locked),
withdrawn as (
  delete from step_queue q using waiting w where q.step_run_id = w.step_run_id
  returning q.step_run_id, q.ordering_key),
marked as (
  update transactions_replayitem i set state = 4, result = 'Stopped before it was sent.', finished_at = now()
  from withdrawn w where i.replay_id = %(replay)s and i.step_run_id = w.step_run_id)
update step_run s set finished_at = now(), state = case when exists (
    select from dead_letter d where d.step_run_id = s.id and d.resolution <> 'succeeded') then 5 else 3 end
from withdrawn w where s.id = w.step_run_id returning s.transaction_id, w.ordering_key
"""

#: One that nobody has agreed to yet: nothing of it is in the queue.
_TAKE_BACK = """
update transactions_replayitem set state = 4, result = 'Taken back before anybody agreed to it.', finished_at = now()
where replay_id = %s and state = 0
"""


@transaction.atomic
def stop_replay(access: Access, replay_id: int) -> Replay:
    """Withdraw what has not begun. Raises :class:`Conflict` when it has ended already."""
    replay = hold(Replay.objects.get_visible_or_404(access, pk=replay_id))
    access.require(Action.REPLAY, replay.team_id)
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


def _withdraw(replay_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, {"replay": replay_id})
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
