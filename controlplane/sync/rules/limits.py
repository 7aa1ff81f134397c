"""What a job allows a run before it stops itself, and how fast it may read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """A job's limits. Shares are between 0 and 1; ``None`` is no limit."""

    records_per_second: float | None = None
    rejected_share: float | None = None
    deleted_share: float | None = None
    deleted_free: int = 0

    def too_many_rejected(self, read: int, rejected: int) -> bool:
        """Whether more records were rejected than the share allows of what was read."""
        return self.rejected_share is not None and read > 0 and rejected > self.rejected_share * read

    def deletions_allowed(self, known: int) -> int | None:
        """How many of ``known`` records a run may delete by itself; ``None``: all of them.

        ``deleted_free`` may always go: of three records, one is a third.
        """
        if self.deleted_share is None:
            return None
        return max(self.deleted_free, int(self.deleted_share * known))

    def pause_after(self, records: int, seconds: float) -> float:
        """Seconds to wait after reading ``records`` in ``seconds``, to keep the rate."""
        if not self.records_per_second:
            return 0.0
        return max(0.0, records / self.records_per_second - seconds)


def share(part: int, whole: int) -> str:
    """``part`` of ``whole`` in per cent, with as many decimals as say something: 61 %, 0.49 %."""
    if whole <= 0:
        return "0 %"
    percent = part / whole * 100
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.2g} %"  # noqa: PLR2004 - two digits
