"""How many processors this process may use: a container's limit is a share of time, which affinity does not show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

GROUPS = Path("/sys/fs/cgroup")
MINE = Path("/proc/self/cgroup")


def processors() -> int:
    """Whole processors, at least one: those that it may run on, or the number nearest to what its quota is worth.

    Where no quota can be read, there is none.
    """
    return max(1, min(len(os.sched_getaffinity(0)), *(round(worth) for worth in _quotas())))


def _quotas() -> Iterator[float]:
    """What each quota is worth under which this process runs: its own group's, and those above it."""
    yield float(os.cpu_count() or 1)
    for group in _groups():
        if (found := _unified(group) or _classic(group)) is not None:
            yield found


def _groups() -> Iterator[Path]:
    """Folders of the groups, innermost first. Inside a container the outermost is often the only one that is there."""
    try:
        lines = MINE.read_text().splitlines()
    except OSError:
        lines = []
    for line in (*lines, "0::/"):
        _, _, rest = line.partition(":")
        controllers, _, name = rest.partition(":")
        if not controllers or "cpu" in controllers.split(","):
            own = PurePosixPath(name.lstrip("/"))
            yield from (GROUPS / ("cpu" if controllers else "") / one for one in (own, *own.parents))


def _unified(group: Path) -> float | None:
    """Version 2: ``max 100000``, or quota and period in microseconds."""
    try:
        quota, period = (group / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _classic(group: Path) -> float | None:
    """Version 1: two files; a quota of -1 is none."""
    try:
        quota, period = (int((group / f"cpu.cfs_{word}_us").read_text()) for word in ("quota", "period"))
        return None if quota < 0 else quota / period
    except (OSError, ValueError, ZeroDivisionError):
        return None
