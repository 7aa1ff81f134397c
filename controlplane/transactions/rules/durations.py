"""Durations in buckets: exact counts, and percentiles as near as the buckets are. Pure."""

from __future__ import annotations

from collections.abc import Sequence

#: Upper bounds in seconds; what took longer has a bucket of its own behind them.
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)


def percentile(counts: Sequence[int], share: float) -> float | None:
    """The duration that ``share`` of them did not exceed, by a straight line within its bucket; None without any.

    Of the last bucket no more is known than where it begins.
    """
    total = sum(counts)
    if not total:
        return None
    wanted, before = share * total, 0
    for place, count in enumerate(counts):
        if before + count >= wanted and count:
            low = BOUNDS[place - 1] if place else 0.0
            high = BOUNDS[place] if place < len(BOUNDS) else low
            return low + (high - low) * (wanted - before) / count
        before += count
    return BOUNDS[-1]
