"""Every state there is, and every move between them (DESIGN section 4).

The numbers are stored; they never change meaning. A move that is not in the tables below does not
happen: the pipeline's statements name the states they move from, and the state-machine test
(``tests/transactions/test_state_machine.py``) walks the same tables.
"""

from __future__ import annotations

from django.db.models import IntegerChoices


class TransactionState(IntegerChoices):
    """Where a transaction is. ``RECEIVED`` is durable but not yet processed: an inbox row."""

    RECEIVED = 0, "Received"
    QUARANTINED = 1, "Quarantined"
    RUNNING = 2, "Running"
    WAITING = 3, "Waiting"
    SUCCEEDED = 4, "Succeeded"
    PARTIAL = 5, "Partial"
    DEAD = 6, "Dead letter"
    CANCELLED = 7, "Cancelled"
    IGNORED = 8, "Ignored"


class StepState(IntegerChoices):
    """Where a step run is.

    ``WAITING``: its needs are not met yet; or, once it was queued, what it waits for has not come (an identity).
    ``PENDING``: in the queue, now or at its due time.
    ``RUNNING``: a worker holds its lease; this state is read off the lease and never written.
    ``UNKNOWN``: sent, no answer; in the queue to be looked up. ``SKIPPED``: its ``when`` was false, a
    need of it ended badly, or it was stale.
    """

    PENDING = 0, "Pending"
    WAITING = 1, "Waiting"
    RUNNING = 2, "Running"
    SUCCEEDED = 3, "Succeeded"
    UNKNOWN = 4, "Outcome unknown"
    DEAD = 5, "Dead letter"
    SKIPPED = 6, "Skipped"
    CANCELLED = 7, "Cancelled"
    COMPENSATED = 8, "Compensated"


class Outcome(IntegerChoices):
    """How one attempt ended."""

    SUCCEEDED = 0, "Succeeded"
    FOUND = 1, "Already there"
    TRANSIENT = 2, "Failed for now"
    RATE_LIMITED = 3, "Slowed down"
    UNKNOWN = 4, "Outcome unknown"
    REJECTED = 5, "Rejected"
    AUTH_FAILED = 6, "Credential refused"
    CONTRACT_BROKEN = 7, "Answer broke the contract"
    REFUSED = 8, "Not sent"
    NOT_SUPPORTED = 9, "Not supported"
    TAKEN_OVER = 10, "Lease lost, taken over"
    STALE = 11, "Newer version already there"
    MAPPING_FAILED = 12, "Mapping failed"
    SECRET_UNAVAILABLE = 13, "Secret unavailable"
    GONE = 14, "Takes no more"
    WAITS = 15, "Waits for an identity"
    EXPIRED = 16, "Time ran out"
    NOT_FOUND = 17, "No such record"
    CACHED = 18, "Known from before"
    ABSENT = 19, "Known to be missing"
    OWNERSHIP = 20, "Not its source's to write"


class Lane(IntegerChoices):
    """Traffic that does not hinder each other."""

    CRITICAL = 0, "Critical"
    NORMAL = 1, "Normal"
    BULK = 2, "Bulk"


class StepKind(IntegerChoices):
    """What a step does. Pure ones run inline and are only traced; the others are queued."""

    MAP = 0, "Map"
    LOOKUP = 1, "Look up"
    DELIVER = 2, "Deliver"
    PUBLISH = 3, "Publish"
    IDENTITY = 4, "Wait for an identity"


#: Steps that ask and write nothing.
QUESTIONS = frozenset({StepKind.LOOKUP, StepKind.IDENTITY})


TRANSACTION_MOVES: dict[TransactionState, frozenset[TransactionState]] = {
    TransactionState.RECEIVED: frozenset(
        {
            TransactionState.QUARANTINED,
            TransactionState.RUNNING,
            TransactionState.WAITING,
            TransactionState.SUCCEEDED,
            TransactionState.PARTIAL,
            TransactionState.DEAD,
            TransactionState.IGNORED,
            TransactionState.CANCELLED,
        }
    ),
    TransactionState.QUARANTINED: frozenset({TransactionState.RECEIVED, TransactionState.CANCELLED}),
    TransactionState.RUNNING: frozenset(
        {
            TransactionState.WAITING,
            TransactionState.SUCCEEDED,
            TransactionState.PARTIAL,
            TransactionState.DEAD,
            TransactionState.IGNORED,
            TransactionState.CANCELLED,
        }
    ),
    TransactionState.WAITING: frozenset(
        {
            TransactionState.RUNNING,
            TransactionState.SUCCEEDED,  # what it waited for was its last step
            TransactionState.PARTIAL,
            TransactionState.DEAD,
            TransactionState.CANCELLED,
        }
    ),
    TransactionState.SUCCEEDED: frozenset({TransactionState.RUNNING}),  # a replay repeats a step on purpose
    TransactionState.PARTIAL: frozenset({TransactionState.RUNNING, TransactionState.CANCELLED}),
    TransactionState.DEAD: frozenset({TransactionState.RUNNING, TransactionState.CANCELLED}),
    TransactionState.CANCELLED: frozenset(),
    TransactionState.IGNORED: frozenset(),
}

STEP_MOVES: dict[StepState, frozenset[StepState]] = {
    StepState.WAITING: frozenset(
        {
            StepState.PENDING,
            StepState.RUNNING,
            StepState.SUCCEEDED,  # the identity came, or its fall-back was used
            StepState.SKIPPED,
            StepState.CANCELLED,
            StepState.DEAD,
        }
    ),
    StepState.PENDING: frozenset(
        {
            StepState.PENDING,
            StepState.WAITING,
            StepState.RUNNING,
            StepState.SUCCEEDED,
            StepState.UNKNOWN,
            StepState.DEAD,
            StepState.SKIPPED,
            StepState.CANCELLED,
        }
    ),
    StepState.RUNNING: frozenset(
        {
            StepState.PENDING,
            StepState.WAITING,
            StepState.SUCCEEDED,
            StepState.UNKNOWN,
            StepState.DEAD,
            StepState.SKIPPED,
        }
    ),
    StepState.UNKNOWN: frozenset(
        {
            StepState.PENDING,
            StepState.UNKNOWN,
            StepState.SUCCEEDED,
            StepState.DEAD,
            StepState.SKIPPED,
            StepState.CANCELLED,
        }
    ),
    StepState.SUCCEEDED: frozenset({StepState.PENDING, StepState.COMPENSATED}),
    StepState.DEAD: frozenset({StepState.PENDING, StepState.CANCELLED}),
    StepState.SKIPPED: frozenset({StepState.WAITING, StepState.PENDING}),
    StepState.CANCELLED: frozenset(),
    StepState.COMPENSATED: frozenset(),
}

#: States in which nothing more happens by itself.
SETTLED_TRANSACTION = frozenset(
    {
        TransactionState.QUARANTINED,
        TransactionState.SUCCEEDED,
        TransactionState.PARTIAL,
        TransactionState.DEAD,
        TransactionState.CANCELLED,
        TransactionState.IGNORED,
    }
)
SETTLED_STEP = frozenset(
    {StepState.SUCCEEDED, StepState.DEAD, StepState.SKIPPED, StepState.CANCELLED, StepState.COMPENSATED}
)
GOOD_STEP = frozenset({StepState.SUCCEEDED, StepState.COMPENSATED})
QUEUED_STEP = frozenset({StepState.PENDING, StepState.UNKNOWN})


def may_move_transaction(old: TransactionState, new: TransactionState) -> bool:
    """Whether a transaction may go from ``old`` to ``new``; staying is no move."""
    return old == new or new in TRANSACTION_MOVES[old]


def may_move_step(old: StepState, new: StepState) -> bool:
    """Whether a step run may go from ``old`` to ``new``; staying is no move."""
    return old == new or new in STEP_MOVES[old]
