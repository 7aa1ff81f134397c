"""How long a run waits after the source could not be read, and when it gives up.

Shorter than a delivery's schedule: a run that gave up loses nothing, the next slot goes on from the
same cursor.
"""

from __future__ import annotations

from controlplane.transactions.rules.retry import JITTER, MAX_RETRY_AFTER

#: Seconds before try 2, 3, …: 10 s, 30 s, 2 min, 5 min, 15 min, 30 min, 1 h: two hours in all.
DELAYS: tuple[float, ...] = (10, 30, 120, 300, 900, 1800, 3600)

#: A run whose worker died this often on the same page is not given to another worker.
MOST_TAKEOVERS = 5


def wait(failures: int, *, retry_after: float | None = None, jitter: float = 0.0) -> float | None:
    """Seconds until the next try after ``failures`` failures in a row; ``None``: give up.

    What the system itself asked for is kept, up to a day. ``jitter`` is drawn from [0, 1).
    """
    if failures > len(DELAYS):
        return None
    delay = DELAYS[failures - 1] * (1 + JITTER * jitter)
    return max(delay, min(retry_after, MAX_RETRY_AFTER)) if retry_after is not None else delay
