"""The waterfall: where one transaction stopped, and what took how long. Geometry only, the page is HTML."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from controlplane.console.components.amounts import duration
from controlplane.console.components.reading import member

#: A label right of a bar that ends beyond this per cent would leave the lane; it is put left of the last bar.
LABEL_FLIPS_AT = 62
#: Left of one that begins before this per cent there is no room either; the label stands on the bars.
LABEL_STANDS_BEFORE = 26


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One bar of a lane, in per cent of the whole."""

    at: float
    length: float
    look: str
    critical: bool
    faint: bool


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """One lane: the span it shows, its bars, and where its note goes."""

    span: Any
    bars: tuple[DrawnBar, ...]
    note_at: float
    note_place: str
    skipped: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the ruler."""

    at: float
    text: str


def draw(spans: Iterable[Any], total: float | None = None) -> tuple[list[DrawnSpan], list[Tick], float]:
    """The lanes, the ruler's ticks and the distance between two ticks in per cent.

    A span has ``bars`` in seconds from the beginning (``at``, ``length``; ``look`` "", "wait" or
    "err"; ``critical``; ``faint``). ``total`` is how long it all took; worked out when not given.
    """
    kept = list(spans)
    ends = [member(bar, "at", 0) + member(bar, "length", 0) for span in kept for bar in member(span, "bars") or ()]
    whole = max(total or 0, *ends, 0.001) if ends else (total or 1.0)
    ticks, step = ruler(whole)
    return [_drawn(span, whole) for span in kept], ticks, step


def ruler(whole: float) -> tuple[list[Tick], float]:
    """Four to seven marks at round distances: 1, 2 or 5 times a power of ten, or round minutes."""
    step = _round_step(whole / 6)
    count = math.floor(whole / step) + 1
    ticks = [Tick(place * step / whole * 100, _tick_words(place * step)) for place in range(count)]
    if ticks and ticks[-1].at > 95:  # noqa: PLR2004 - the words of a mark this late would leave the lane
        ticks.pop()
    return ticks, step / whole * 100


def _drawn(span: Any, whole: float) -> DrawnSpan:
    bars = tuple(_bar(bar, whole) for bar in member(span, "bars") or ())
    last: DrawnBar | None = bars[-1] if bars else None
    end = last.at + last.length if last else 0.0
    if last is None or end <= LABEL_FLIPS_AT:
        return DrawnSpan(span, bars, end, "", skipped=not bars)
    if last.at >= LABEL_STANDS_BEFORE:
        return DrawnSpan(span, bars, last.at, "l", skipped=False)
    return DrawnSpan(span, bars, bars[0].at, "in", skipped=False)


def _bar(bar: Any, whole: float) -> DrawnBar:
    return DrawnBar(
        at=round(member(bar, "at", 0) / whole * 100, 2),
        length=round(member(bar, "length", 0) / whole * 100, 2),
        look=member(bar, "look", "") or "",
        critical=bool(member(bar, "critical", False)),
        faint=bool(member(bar, "faint", False)),
    )


_NICE = (1, 2, 5, 10)
_MINUTES = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


def _round_step(least: float) -> float:
    if least > _MINUTES[0] / 2:
        return next((step for step in _MINUTES if step >= least), math.ceil(least / 86400) * 86400)
    power = 10.0 ** math.floor(math.log10(least))
    return next(nice * power for nice in _NICE if nice * power >= least * 0.999)


def _tick_words(seconds: float) -> str:
    if seconds >= _MINUTES[0]:
        return duration(seconds)
    return f"{seconds * 1000:g} ms" if 0 < seconds < 0.1 else f"{seconds:g} s"  # noqa: PLR2004 - reads better below
