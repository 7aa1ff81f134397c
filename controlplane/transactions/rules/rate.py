"""How a destination's rate is kept by all workers together: a slot in time for each call.

The generic cell rate algorithm (ITU-T I.371) with no burst: ``destination_state.tat`` is when the next call may
begin, by the database's clock. A claim takes as many slots as begin within the horizon, and each call waits for
its own. Calls are never early and only a little late; for that the pace leaves some headroom under the rate. The slower
the rate, the more is left between two slots, and the later a call may be: hardly a slot is lost then.
"""

from __future__ import annotations

#: Seconds ahead that slots are given out.
HORIZON = 1.0
#: Share of the rate that is kept free: a call that is late moves nearer to the next one's window. It covers that, and
#: the connections of the first calls after a rest, which are opened after their slots have begun; 80 ms together.
HEADROOM = 0.08
#: Seconds that a call may be late for its slot at any rate; no second gets more calls than its rate by that. It counts
#: from the earliest that the slot may have begun: how long the database's answer was under way is in it.
TOLERANCE = 0.03


def pace(rate_per_second: float) -> float:
    """Slots a second under a rate."""
    return rate_per_second * (1 - HEADROOM)


def tolerance(interval: float) -> float:
    """Seconds that a call may be late for its slot, where one begins every ``interval`` seconds.

    Later, it takes a new one. Two calls stay as far apart as the rate says, or no second has more than the rate.
    """
    return max(TOLERANCE, HEADROOM * (1 - HEADROOM) * interval)
