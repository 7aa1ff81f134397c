"""How a destination's rate is kept by all workers together: a slot in time for each call.

The generic cell rate algorithm (ITU-T I.371) with no burst: ``destination_state.tat`` is when the next call may
begin, by the database's clock. A claim takes as many slots as begin within the horizon, and each call waits for
its own. Calls are never early and only a little late; for that the pace leaves some headroom under the rate.
"""

from __future__ import annotations

#: Seconds ahead that slots are given out.
HORIZON = 1.0
#: Share of the rate that is kept free: a call that is late moves nearer to the next one's window.
HEADROOM = 0.05
#: Seconds that a call may be late for its slot; later, it takes a new one.
TOLERANCE = 0.02


def pace(rate_per_second: float) -> float:
    """Slots a second under a rate."""
    return rate_per_second * (1 - HEADROOM)
