"""The figures of the overview: its sentence, its numbers and its charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any

from controlplane.console.components.amounts import duration, per_cent
from controlplane.console.integrations.figures import even
from controlplane.console.integrations.health import FAILING
from controlplane.console.overview.period import Period
from controlplane.console.overview.processes import NO_TRAFFIC, NOT_COUNTED, Process
from controlplane.transactions.selectors.traffic import Traffic, together

UNWELL = frozenset({"bad", "warn", "pause"})
#: Processes that the sentence is explained by; the table has all.
EXPLAINED = 3
_ALL_WELL = {
    True: f"Of each, {FAILING:.0f} in 100 or more arrived, and nothing of it stands still.",
    False: f"Of each, {FAILING:.0f} in 100 or more arrived.",
}


def verdict(shown: Sequence[Process], period: Period) -> tuple[str, str]:
    """The sentence at the top, and what explains it."""
    known = [one for one in shown if one.kind != "off"]
    if not known:
        words = "has come to its end" if _counted(shown) else "is counted yet"
        return f"Nothing {words} in {period.name}.", "So nothing can be said of how well."
    unwell = [one for one in known if one.kind in UNWELL]
    well = len(known) - len(unwell)
    verb, end = (("is", "are"), "well") if period.is_current else (("was", "were"), "kept")
    sentence = f"{well} of {len(known)} business processes {verb[well != 1]} {end}."
    why = " ".join(f"{one.title}: {one.words}." for one in unwell[:EXPLAINED])
    return sentence, why or _ALL_WELL[period.is_current]


def _counted(shown: Sequence[Process]) -> bool:
    return any(one.traffic.counted_at for one in shown)


def stats(shown: Sequence[Process], period: Period) -> list[Mapping[str, Any]]:
    """Of all processes together; what waits now says nothing of a month that is over."""
    total, before = together(one.traffic for one in shown), together(one.before for one in shown)
    share = total.share
    unknown = NO_TRAFFIC if _counted(shown) else NOT_COUNTED
    return [
        {
            "term": "Arrived",
            "value": per_cent(share) or unknown,
            "note": "" if share is None else f"{total.failed:,} of {total.judged:,} did not",
        },
        {
            "term": "Received",
            "value": f"{total.received:,}" if _counted(shown) else unknown,
            "note": f"{before.received:,} in {period.before.first:%B}" if before.received else "",
        },
        {
            "term": "p95, end to end",
            "value": duration(total.p95) or unknown,
            "note": f"half within {duration(total.percentile(0.5))}" if any(total.took) else "",
        },
        *([_waiting(shown)] if period.is_current else []),
    ]


def _waiting(shown: Sequence[Process]) -> Mapping[str, Any]:
    dead = sum(one.dead for one in shown)
    note = f"dead {'letter' if dead == 1 else 'letters'} now" if dead else "nothing now"
    return {"term": "Waiting for a person", "value": f"{dead:,}", "note": note}


def failures(process: Process, period: Period) -> dict[str, Any]:
    """What failed on each day, for the row of a process."""
    values = [process.days[day].failed if day in process.days else 0 for day in period.days]
    return {"values": values, "label": f"Failures per day, {process.traffic.failed:,} in {period.name}"}


def volume(process: Process, period: Period) -> Mapping[str, Any]:
    """What came on each day, and what of it failed."""
    days = _days(process, period)
    step = 100 / len(days)
    top = even(max(traffic.received for _, traffic in days))

    def bars(name: str) -> list[tuple[float, int]]:
        return [(place * step + step * 0.12, getattr(traffic, name)) for place, (_, traffic) in enumerate(days)]

    return {
        "title": f"Received and failed, {process.title}",
        "sub": "per day",
        "series": [
            {"kind": "bars", "tone": "ok", "label": "received", "points": bars("received"), "width": step * 0.76},
            {"kind": "bars", "tone": "bad", "label": "failed", "points": bars("failed"), "width": step * 0.76},
        ],
        "top": top,
        "y": [(0, f"{top:,}"), (50, f"{top // 2:,}"), (100, "0")],
        "x": _axis(days),
        "notes": [],
        "summary": (
            f"{process.traffic.received:,} received in {period.name}, {process.traffic.failed:,} of them failed."
        ),
        "table": {
            "columns": ["Day", "Received", "Arrived", "Failed"],
            "rows": [
                (f"{day:%a %-d %b}", f"{one.received:,}", f"{one.succeeded + one.partial:,}", f"{one.failed:,}")
                for day, one in days
                if day <= period.today
            ],
        },
        "height": 150,
    }


#: Line, share, tone and whether it is dashed.
_LINES = (("p50", 0.5, "off", False), ("p95", 0.95, "run", False), ("p99", 0.99, "run", True))


def latency(process: Process, period: Period) -> Mapping[str, Any]:
    """How long what arrived on each day took, from receipt to end."""
    days = _days(process, period)
    step = 100 / len(days)
    lines = {
        name: [
            (place * step + step / 2, seconds)
            for place, (_, traffic) in enumerate(days)
            if (seconds := traffic.percentile(share)) is not None
        ]
        for name, share, _, _ in _LINES
    }
    top = _seconds(max((seconds for points in lines.values() for _, seconds in points), default=0.0))
    p95, p50 = duration(process.traffic.p95), duration(process.traffic.percentile(0.5))
    return {
        "title": f"End-to-end latency, {process.title}",
        "sub": "per day",
        "series": [
            {"kind": "line", "tone": tone, "label": name, "points": lines[name], "dashed": dashed}
            for name, _, tone, dashed in _LINES
        ],
        "top": top,
        "y": [(0, duration(top)), (50, duration(top / 2)), (100, "0")],
        "x": _axis(days),
        "notes": [],
        "summary": f"Half within {p50}, 95 in 100 within {p95}." if p95 else f"Nothing arrived in {period.name}.",
        "table": {
            "columns": ["Day", *(name for name, *_ in _LINES)],
            "rows": [
                (f"{day:%a %-d %b}", *(duration(one.percentile(share)) or "none" for _, share, *_ in _LINES))
                for day, one in days
                if day <= period.today
            ],
        },
        "height": 150,
        "margin": 58,
    }


def _days(process: Process, period: Period) -> list[tuple[date, Traffic]]:
    return [(day, process.days.get(day) or Traffic()) for day in period.days]


def _axis(days: Sequence[tuple[date, Traffic]]) -> list[tuple[float, str]]:
    """Every seventh day by its name."""
    return [(place / len(days) * 100, f"{days[place][0]:%-d %b}") for place in range(0, len(days), 7)]


def _seconds(highest: float) -> float:
    """A round length at the top of an axis of durations, not below the highest."""
    for length in (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600):
        if highest <= length:
            return float(length)
    return ceil(highest / 3600) * 3600.0
