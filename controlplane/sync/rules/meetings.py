"""Which runs read the same system at the same time, and when one of them would have it to itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, product
from operator import itemgetter

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
    keys, walk = list(lanes), _Walk(list(lanes.values()))
    found = [
        Meeting(keys[one], keys[other], shared, walk.times(one, other))
        for (one, other), shared in sorted(walk.first.items(), key=itemgetter(0))
    ]
    return sorted(found, key=lambda meeting: meeting.span.begin)


class _Walk:
    """One walk through the time of all lanes, which are known by their place.

    To compare each run with each other takes minutes where many jobs run every minute.
    """

    def __init__(self, lanes: Sequence[Sequence[Span]]) -> None:
        #: What two lanes that meet share at first; of several runs at that moment, those that stand first in the lanes.
        self.first: dict[tuple[int, int], Span] = {}
        self._going: dict[int, dict[int, Span]] = {}
        self._found: list[dict[int, int]] = [defaultdict(int) for _ in lanes]
        self._unmet = [set(range(len(lanes))) - {lane} for lane in range(len(lanes))]
        for now, changes in groupby(sorted(_changes(lanes)), key=itemgetter(0)):
            begun = set()
            for _, begins, lane, place in changes:
                if begins:
                    begun.add(lane)
                    self._begin(lane, place, lanes[lane][place])
                else:
                    self._end(lane, place)
            self._meet(begun, now)

    def times(self, one: int, other: int) -> int:
        """How many runs of the one meet how many of the other, pair by pair."""
        return self._found[one][other] + self._found[other][one]

    def _begin(self, lane: int, place: int, span: Span) -> None:
        found = self._found[lane]
        for other, theirs in self._going.items():
            found[other] += len(theirs)
        self._going.setdefault(lane, {})[place] = span

    def _end(self, lane: int, place: int) -> None:
        its = self._going[lane]
        del its[place]
        if not its:
            del self._going[lane]

    def _meet(self, begun: Collection[int], now: datetime) -> None:
        for lane in begun:
            for other in self._unmet[lane] & self._going.keys():
                self._unmet[lane].discard(other)
                self._unmet[other].discard(lane)
                pair = (min(lane, other), max(lane, other))
                self.first[pair] = self._shared(*pair, now)

    def _shared(self, one: int, other: int, now: datetime) -> Span:
        both = product(sorted(self._going[one].items()), sorted(self._going[other].items()))
        until = next(min(a.until, b.until) for (_, a), (_, b) in both if now in {a.begin, b.begin})
        return Span(now, until)


def _changes(lanes: Sequence[Sequence[Span]]) -> Iterator[tuple[datetime, bool, int, int]]:
    """When a run ends or begins, in which lane and at which place in it. What ends sorts before what begins."""
    for lane, spans in enumerate(lanes):
        for place, span in enumerate(spans):
            yield span.begin, True, lane, place
            yield span.until, False, lane, place


def free_near(span: Span, taken: Iterable[Span], earliest: datetime) -> datetime | None:
    """The nearest time after ``earliest`` at which ``span`` would meet none of ``taken``; None within three hours."""
    around, length = Span(span.begin - FARTHEST, span.until + FARTHEST), span.end - span.begin
    others = [other for other in taken if other.meets(around)]
    for away in range(1, FARTHEST // STEP + 1):
        for begin in (span.begin - away * STEP, span.begin + away * STEP):
            if begin > earliest and not any(Span(begin, begin + length).meets(other) for other in others):
                return begin
    return None
