"""Which runs read the same system at the same time, and when one of them would have it to itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

#: What begins within the same minute meets, however short it is.
LEAST = timedelta(minutes=1)
#: Another time is looked for in steps of this, as far away as that.
STEP, FARTHEST = timedelta(minutes=15), timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Span:
    """A run's time, half-open: what it took, or is expected to take."""

    begin: datetime
    end: datetime

    def meets(self, other: Span) -> bool:
        """Whether both go on at some moment."""
        return self.begin < other.until and other.begin < self.until

    @property
    def until(self) -> datetime:
        """Its end, a minute after it began at the earliest."""
        return max(self.end, self.begin + LEAST)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two lanes, by their keys, the time both go on at first, and how often that happens."""

    first: int
    second: int
    span: Span
    times: int


def meetings(lanes: Mapping[int, Sequence[Span]]) -> list[Meeting]:
    """Every pair of lanes that meet, in the order in which they do first."""
    found = []
    for (one, its), (other, others) in combinations(lanes.items(), 2):
        both = [(a, b) for a in its for b in others if a.meets(b)]
        if both:
            a, b = min(both, key=lambda pair: max(pair[0].begin, pair[1].begin))
            shared = Span(max(a.begin, b.begin), min(a.until, b.until))
            found.append(Meeting(one, other, shared, len(both)))
    return sorted(found, key=lambda meeting: meeting.span.begin)


def free_near(span: Span, taken: Iterable[Span], earliest: datetime) -> datetime | None:
    """The nearest time after ``earliest`` at which ``span`` would meet none of ``taken``; None within three hours."""
    others, length = list(taken), span.end - span.begin
    for away in range(1, FARTHEST // STEP + 1):
        for begin in (span.begin - away * STEP, span.begin + away * STEP):
            if begin > earliest and not any(Span(begin, begin + length).meets(other) for other in others):
                return begin
    return None
