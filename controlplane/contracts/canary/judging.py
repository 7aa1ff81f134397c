"""When a canary halts, and which keys it takes: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zlib import crc32

#: Events that it has to have judged before anything is said of it, be it good or bad.
ENOUGH: Final = 20
_PARTS: Final = 100


@dataclass(frozen=True, slots=True)
class Tally:
    """How many events were judged, and how many of them ended badly: were set aside, or had a delivery that died."""

    seen: int
    bad: int

    @property
    def share(self) -> float:
        """Of a hundred."""
        return self.bad * _PARTS / self.seen if self.seen else 0.0


def takes(salt: int, key: str, share: int) -> bool:
    """Whether this key is among the ``share`` of a hundred; ``salt`` takes others for each canary."""
    return crc32(f"{salt}:{key}".encode("utf-8", "surrogatepass")) % _PARTS < share


def why_halt(mine: Tally, others: Tally, points: int) -> str:
    """Why it has to stop, in words; empty as long as it may go on.

    It stops when of a hundred events more than ``points`` more end badly than of those that are judged as before.
    """
    if mine.seen < ENOUGH or mine.share - others.share <= points:
        return ""
    return (
        f"{mine.bad:,} of {mine.seen:,} events ended badly ({mine.share:.0f} %), and {others.bad:,} of "
        f"{others.seen:,} of the others ({others.share:.0f} %): more than {points} points apart."
    )
