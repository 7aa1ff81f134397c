"""What happens after an attempt: a decision table from outcome, number of tries and what the destination asked for.

The default schedule gives a failing target 76 hours: quick tries first (most faults pass within a
minute), then every few hours over a week-end. Chance is drawn by the caller, so that this stays pure.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from controlplane.transactions.rules.states import Outcome

#: Seconds before try 2, 3, …: 5 s, 30 s, 2 min, 10 min, 1 h, 1 h, 2 h, 4 h, 8 h, then 12 h five times: 76 h in all.
DEFAULT_DELAYS: tuple[float, ...] = (5, 30, 120, 600, 3600, 3600, 7200, 14400, 28800, *(43200,) * 5)

#: Steps of up to so many seconds are spread over their own length, from half of one to one and a half: what failed
#: together comes back over the whole of it and not as one, and on average the schedule stays as long as it is. From
#: nothing on would be fuller jitter, but a try at once meets the fault that has just been met.
SPREAD_WHOLE = 600.0
#: Longer steps are never shortened, so that 76 h are 76 h whatever is drawn: up to this share of them comes on top.
JITTER = 0.2
#: Where a destination itself says when to come back, the schedule makes it no later than this many seconds.
LONGEST_ADDED = 600.0

GOOD = frozenset({Outcome.SUCCEEDED, Outcome.FOUND, Outcome.CACHED})
#: A refused credential is nobody's decision about this event: what waits goes out once it is replaced, and the breaker
#: keeps the destination from being asked by everything meanwhile.
RETRIED = frozenset(
    {
        Outcome.TRANSIENT,
        Outcome.RATE_LIMITED,
        Outcome.UNKNOWN,
        Outcome.AUTH_FAILED,
        Outcome.SECRET_UNAVAILABLE,
        Outcome.GONE,
    }
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
    """``delay`` in seconds until the next try, for a retry or an unknown outcome; what waits is woken instead.

    ``tries`` is how many of the schedule's it has had, where those that were made do not all count.
    """

    verdict: Verdict
    delay: float = 0.0
    tries: int | None = None


def decide(
    outcome: Outcome,
    tries: int,
    *,
    delays: Sequence[float] = DEFAULT_DELAYS,
    retry_after: float | None = None,
    jitter: float = 0.5,
    age: float | None = None,
) -> Decision:
    """The decision after try number ``tries`` (1 is the first); ``jitter`` is drawn from [0, 1), 0.5 in the middle.

    ``age`` is for how many seconds it has been queued, where that is known.
    """
    if outcome in GOOD:
        return Decision(Verdict.DONE)
    if outcome is Outcome.STALE:
        return Decision(Verdict.SKIP)
    if outcome is Outcome.WAITS:
        return Decision(Verdict.WAIT)
    if outcome is Outcome.RATE_LIMITED and retry_after is not None:
        return _slowed(
            tries if age is None else min(tries, 1 + _steps_within(age, delays)), delays, retry_after, jitter
        )
    if outcome not in RETRIED or tries > len(delays):
        return Decision(Verdict.DEAD)
    delay = _spread(delays[tries - 1], jitter)
    if retry_after is not None:
        delay = max(delay, _believed(retry_after))
    return Decision(Verdict.UNKNOWN if outcome is Outcome.UNKNOWN else Verdict.RETRY, delay)


def _slowed(tries: int, delays: Sequence[float], retry_after: float, jitter: float) -> Decision:
    """It comes back when it was asked to, and a little spread.

    So more tries fit into the schedule's time than it has steps, and none of them uses up more of it than its time:
    a destination that says "in a second" for an hour would else have used up all of it within that hour.
    """
    if tries > len(delays):
        return Decision(Verdict.DEAD)
    asked = _believed(retry_after) * (1 + JITTER * jitter)
    return Decision(Verdict.RETRY, max(asked, min(_spread(delays[tries - 1], jitter), LONGEST_ADDED)), tries)


def _steps_within(age: float, delays: Sequence[float]) -> int:
    """How many steps of the schedule are over after so many seconds, were each as short as it can be."""
    return sum(end <= age for end in accumulate(_spread(step, 0.0) for step in delays))


def _believed(retry_after: float) -> float:
    return min(max(0.0, retry_after), MAX_RETRY_AFTER)


def _spread(step: float, jitter: float) -> float:
    return step * (0.5 + jitter) if step <= SPREAD_WHOLE else step * (1 + JITTER * jitter)
