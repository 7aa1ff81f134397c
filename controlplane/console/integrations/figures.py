"""The figures of one integration's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil, log10
from typing import Any

from controlplane.console.components.amounts import duration, per_cent
from controlplane.console.integrations.health import Health
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.transactions.flows.findings import Matrix, Starts, starts_of
from controlplane.transactions.models import FlowVersion
from controlplane.transactions.rules.durations import BOUNDS
from controlplane.transactions.rules.flow import read_steps
from controlplane.transactions.rules.ownership import Finding
from controlplane.transactions.selectors.destinations import Standing
from controlplane.transactions.selectors.traffic import Traffic

NOT_KNOWN = "no traffic"
#: Rows that the spread of latency has at least.
LEAST_ROWS = 5
#: How strong a cell is that is not empty, at least.
FAINTEST = 12


def stats(shown: Health) -> list[Mapping[str, Any]]:
    """How many came, how well and how fast, over 24 hours; and what waits now."""
    traffic, share = shown.traffic, shown.traffic.share
    waiting = sum(standing.waiting for standing in shown.standings)
    return [
        {
            "term": "Arrived, 24 h",
            "value": per_cent(share) or NOT_KNOWN,
            "note": f"{traffic.failed:,} of {traffic.judged:,} did not" if share is not None else "",
        },
        {"term": "Received, 24 h", "value": f"{traffic.received:,}", "note": _under_way(traffic)},
        {
            "term": "p95, end to end",
            "value": duration(traffic.p95) or NOT_KNOWN,
            "note": f"half within {duration(traffic.percentile(0.5))}" if traffic.judged and any(traffic.took) else "",
        },
        {"term": "In dead letters", "value": f"{shown.dead:,}", "note": "wait for a person" if shown.dead else ""},
        {"term": "Queue", "value": f"{waiting:,}", "note": "for all its destinations"},
    ]


def neighbours(shown: Health) -> list[tuple[Standing, list[tuple[str, str]]]]:
    """Each destination with the steps that go there: their titles, and the flow and version they stand in."""
    steps: dict[str, list[tuple[str, str]]] = {}
    for version in shown.flows:
        for step in version.steps:
            title = step.get("title") or step["name"]
            steps.setdefault(step.get("destination", ""), []).append((title, f"{version.flow.name} v{version.number}"))
    return [(standing, steps.get(standing.destination.slug, [])) for standing in shown.standings]


def findings(shown: Health) -> list[tuple[FlowVersion, list[Finding]]]:
    """What its live flows write without owning it, and do against the lifecycle of their entities, as of now."""
    if not shown.flows:
        return []
    starts, now = starts_of([version.flow for version in shown.flows]), Matrix.read()
    found = [(version, _findings(version, starts[version.flow_id], now)) for version in shown.flows]
    return [(version, those) for version, those in found if those]


def _findings(version: FlowVersion, starts: Starts, now: Matrix) -> list[Finding]:
    """One that cannot be read delivers nothing."""
    try:
        return now.findings(read_steps(version.steps), starts)
    except Invalid:
        return []


def _under_way(traffic: Traffic) -> str:
    return f"{traffic.under_way:,} under way" if traffic.under_way else ""


def throughput(hours: Sequence[tuple[datetime, Traffic]]) -> Mapping[str, Any]:
    """What came in each hour of a day, and what of it failed."""
    zone = clock.zone()
    step = 100 / max(len(hours), 1)
    highest = max((traffic.received for _, traffic in hours), default=0)
    top = even(highest)
    arrived = [(place * step + step * 0.1, traffic.received) for place, (_, traffic) in enumerate(hours)]
    failed = [(place * step + step * 0.1, traffic.failed) for place, (_, traffic) in enumerate(hours)]
    total, bad = sum(traffic.received for _, traffic in hours), sum(traffic.failed for _, traffic in hours)
    return {
        "title": "Throughput",
        "sub": "per hour, last 24 h",
        "series": [
            {"kind": "bars", "tone": "ok", "label": "received", "points": arrived, "width": step * 0.8},
            {"kind": "bars", "tone": "bad", "label": "failed", "points": failed, "width": step * 0.8},
        ],
        "top": top,
        "y": [(0, f"{top:,}"), (50, f"{top // 2:,}"), (100, "0")],
        "x": [(place * step, f"{hours[place][0].astimezone(zone):%H:%M}") for place in range(0, len(hours), 6)],
        "notes": [],
        "summary": f"{total:,} received in 24 hours, {bad:,} of them failed.",
        "table": {
            "columns": ["Hour", "Received", "Arrived", "Failed", "p95"],
            "rows": [
                (
                    f"{hour.astimezone(zone):%a %H:%M}",
                    f"{traffic.received:,}",
                    f"{traffic.succeeded + traffic.partial:,}",
                    f"{traffic.failed:,}",
                    duration(traffic.percentile(0.95)) or "none",
                )
                for hour, traffic in reversed(hours)
            ],
        },
        "height": 120,
    }


def latency(hours: Sequence[tuple[datetime, Traffic]]) -> Mapping[str, Any]:
    """How long it took, hour by hour: a row for each span of durations, stronger where more of them ended."""
    zone, step = clock.zone(), 100 / max(len(hours), 1)
    used = [place for place in range(len(BOUNDS) + 1) if any(traffic.took[place] for _, traffic in hours)] or [0]
    low = min(used[0], len(BOUNDS) - LEAST_ROWS + 1)
    rows = max(used[-1] - low + 1, LEAST_ROWS)
    most = max((count for _, traffic in hours for count in traffic.took), default=0) or 1
    cells = [
        (place * step, row + 1, max(FAINTEST, round(count / most * 100)) if count else 0)
        for place, (_, traffic) in enumerate(hours)
        for row, count in enumerate(traffic.took[low : low + rows])
    ]
    return {
        "title": "Latency spread",
        "sub": "last 24 h, stronger: more of them",
        "series": [{"kind": "cells", "points": cells, "width": step * 0.93, "height": 93 / rows}],
        "top": rows,
        "y": [((rows - row) / rows * 100, _up_to(low + row)) for row in range(0, rows + 1, 2)],
        "x": [(place * step, f"{hours[place][0].astimezone(zone):%H:%M}") for place in range(0, len(hours), 6)],
        "notes": [],
        "summary": _spread(hours),
        "table": {
            "columns": ["Hour", "Half within", "95 in 100 within"],
            "rows": [
                (
                    f"{hour.astimezone(zone):%a %H:%M}",
                    *(duration(traffic.percentile(share)) or "none" for share in (0.5, 0.95)),
                )
                for hour, traffic in reversed(hours)
            ],
        },
        "height": 120,
        "margin": 50,
    }


def _up_to(bound: int) -> str:
    """What stands at the lower edge of a row: the longest duration of the row below it."""
    return duration(BOUNDS[bound - 1]) if 0 < bound <= len(BOUNDS) else "0" if not bound else "more"


def _spread(hours: Sequence[tuple[datetime, Traffic]]) -> str:
    together = Traffic()
    for _, traffic in hours:
        together.add(traffic)
    half, most = together.percentile(0.5), together.percentile(0.95)
    if half is None:
        return "Nothing came to its end in 24 hours."
    return f"Half ended within {duration(half)}, 95 in 100 within {duration(most)}."


def touched(shown: Health) -> list[Mapping[str, Any]]:
    """Each destination as the drawing has it: how it is, and where its line ends, in per cent of the height."""
    count = len(shown.standings)
    return [
        {
            "standing": one,
            "at": round((place + 0.5) / count * 100, 2),
            "edge": {"ok": "ok", "bad": "bad", "warn": "bad"}.get(one.kind, ""),
        }
        for place, one in enumerate(shown.standings)
    ]


def even(highest: int) -> int:
    """An even number at the top of an axis, a little above the highest."""
    if highest <= 4:  # noqa: PLR2004 - so small that each is seen
        return 4
    unit = int(10 ** int(log10(highest)))
    return ceil(highest / unit / 2) * 2 * unit if highest > unit else unit
