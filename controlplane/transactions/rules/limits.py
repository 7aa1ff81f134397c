"""What the limits of a destination may be, wherever they are set."""

from __future__ import annotations

MOST_IN_FLIGHT = 1000
SLOWEST, FASTEST = 0.001, 10_000.0


def in_flight_refusal(calls: int) -> str:
    """What a number of calls at once has to be, in words; empty where it is that."""
    return "" if 1 <= calls <= MOST_IN_FLIGHT else f"between 1 and {MOST_IN_FLIGHT:,} calls at once"


def rate_refusal(rate_per_second: float) -> str:
    """The same for calls a second."""
    if SLOWEST <= rate_per_second <= FASTEST:
        return ""
    return f"between {SLOWEST} and {FASTEST:,.0f} calls a second"
