"""What happens after an attempt: a decision table from outcome and number of tries.

The default schedule gives a failing target 76 hours: quick tries first (most faults pass within a
minute), then every few hours over a week-end. Jitter is added by the caller, so that this stays pure.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from controlplane.transactions.rules.states import Outcome

#: Seconds before try 2, 3, …: 5 s, 30 s, 2 min, 10 min, 1 h, 1 h, 2 h, 4 h, 8 h, then 12 h five times: 76 h in all.
DEFAULT_DELAYS: tuple[float, ...] = (5, 30, 120, 600, 3600, 3600, 7200, 14400, 28800, *(43200,) * 5)

#: Full jitter on top, as a share of the delay: failures that began together do not return together.
JITTER = 0.2

GOOD = frozenset({Outcome.SUCCEEDED, Outcome.FOUND, Outcome.CACHED})
RETRIED = frozenset(
    {Outcome.TRANSIENT, Outcome.RATE_LIMITED, Outcome.UNKNOWN, Outcome.SECRET_UNAVAILABLE, Outcome.GONE}
)
MAX_RETRY_AFTER = 86_400.0


class Verdict(enum.Enum):
    """What becomes of a step run after an attempt."""

    DONE = "done"
    SKIP = "skip"
    RETRY = "retry"
    UNKNOWN = "unknown"
    DEAD = "dead"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Decision:
    """``delay`` in seconds until the next try, for a retry or an unknown outcome; what waits is woken instead."""

    verdict: Verdict
    delay: float = 0.0


def decide(
    outcome: Outcome,
    tries: int,
    *,
    delays: Sequence[float] = DEFAULT_DELAYS,
    retry_after: float | None = None,
    jitter: float = 0.0,
) -> Decision:
    """The decision after try number ``tries`` (1 is the first); ``jitter`` is drawn from [0, 1)."""
    if outcome in GOOD:
        return Decision(Verdict.DONE)
    if outcome is Outcome.STALE:
        return Decision(Verdict.SKIP)
    if outcome is Outcome.WAITS:
        return Decision(Verdict.WAIT)
    if outcome not in RETRIED or tries > len(delays):
        return Decision(Verdict.DEAD)
    delay = delays[tries - 1] * (1 + JITTER * jitter)
    if retry_after is not None:
        delay = max(delay, min(max(0.0, retry_after), MAX_RETRY_AFTER))
    return Decision(Verdict.UNKNOWN if outcome is Outcome.UNKNOWN else Verdict.RETRY, delay)
