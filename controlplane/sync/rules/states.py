"""Every state of a run, and every move between them.

::

    planned ──▶ running ──▶ settling ──▶ done
                 │  ▲ └───▶ waiting            (back-off, window, rate: goes on by itself at its due time)
                 │  └────── paused             (a person holds it: goes on when a person says so)
                 ├──▶ cancelling ──▶ cancelled
                 ├──▶ failed                   (the source said something that no retry mends)
                 └──▶ stopped                  (a limit of the job was reached: a person decides)

``settling``: everything is read, and transactions of it are still on their way. It does not hold up the
job's next run. The stored words never change meaning.
"""

from __future__ import annotations

from django.db.models import TextChoices


class RunState(TextChoices):
    """Where a run is."""

    PLANNED = "planned", "Planned"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    PAUSED = "paused", "Paused"
    CANCELLING = "cancelling", "Cancelling"
    SETTLING = "settling", "Read, still arriving"
    CANCELLED = "cancelled", "Cancelled"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    STOPPED = "stopped", "Stopped itself"


class RunKind(TextChoices):
    """Why a run exists."""

    SCHEDULED = "scheduled", "Scheduled"
    MANUAL = "manual", "Started by hand"
    BACKFILL = "backfill", "Backfill"
    DRY = "dry", "Dry run"


class Moves(TextChoices):
    """When a run takes the job's cursor with it."""

    EACH_PAGE = "page", "with each page"
    AT_THE_END = "end", "when everything is read"
    NEVER = "never", "never"


class Phase(TextChoices):
    """What a run is busy with."""

    READING = "reading", "Reading"
    READ = "read", "Everything is read"
    SWEEPING = "sweeping", "Looking for deleted records"


#: At most one run of a job is in one of these; a partial unique index says the same.
ACTIVE = (RunState.PLANNED, RunState.RUNNING, RunState.WAITING, RunState.PAUSED, RunState.CANCELLING)
#: A worker may take these when their due time has come.
CLAIMABLE = (RunState.PLANNED, RunState.RUNNING, RunState.WAITING, RunState.CANCELLING)
#: Nothing more happens by itself; the run has an end time.
ENDED = (RunState.CANCELLED, RunState.DONE, RunState.FAILED, RunState.STOPPED)

MOVES: dict[RunState, frozenset[RunState]] = {
    RunState.PLANNED: frozenset({RunState.RUNNING, RunState.PAUSED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset(
        {
            RunState.WAITING,
            RunState.PAUSED,
            RunState.CANCELLING,
            RunState.SETTLING,
            RunState.DONE,
            RunState.FAILED,
            RunState.STOPPED,
        }
    ),
    RunState.WAITING: frozenset({RunState.RUNNING, RunState.PAUSED, RunState.CANCELLED}),
    RunState.PAUSED: frozenset({RunState.PLANNED, RunState.CANCELLED}),
    RunState.CANCELLING: frozenset({RunState.CANCELLED}),
    RunState.SETTLING: frozenset({RunState.DONE}),
    RunState.CANCELLED: frozenset(),
    RunState.DONE: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.STOPPED: frozenset({RunState.PLANNED}),  # a person released the brake
}


def may_move(old: RunState, new: RunState) -> bool:
    """Whether a run may go from ``old`` to ``new``; staying is no move."""
    return old == new or new in MOVES[old]


def moves_from(new: RunState) -> tuple[RunState, ...]:
    """The states from which ``new`` can be reached."""
    return tuple(old for old, following in MOVES.items() if new in following)
