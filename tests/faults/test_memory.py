"""At full load for half an hour, ingress and worker take no more memory in the end than soon after the start."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from statistics import linear_regression, median

import psutil
import pytest

from tests.faults.plants import SECRET, drained, nothing_was_lost, planted
from tests.faults.sender import Sender
from tests.faults.shares import share_of
from tests.faults.target import Target
from tests.standalone.installed import Installation
from tests.standalone.processes import resident_bytes
from tests.standalone.waiting import until

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]

#: Events a second that are offered, more than there is room for: so that nobody is ever idle. What has not arrived at
#: the target yet is no more than so many, or the inbox would be what grows.
RATE, UNDER_WAY = 2000, 10_000
WARM_UP, SECONDS, EVERY = share_of(300), share_of(1800), 2.0
PARTS = ("web", "worker")
#: By how much the trend over the whole time may rise, as a share of what is taken: less than samples scatter.
FLAT = 0.05


def taken(plant: Installation, part: str) -> int:
    """Bytes (PSS) of a part and all that it has started."""
    process = psutil.Process(plant.parts()[part]["pid"])
    return resident_bytes([process.pid, *(child.pid for child in process.children(recursive=True))])


def rise(samples: Sequence[tuple[float, int]]) -> float:
    """By how much the trend of these (seconds, bytes) rises from first to last, as a share of the middle one."""
    moments, sizes = zip(*samples, strict=True)
    slope = linear_regression(moments, sizes).slope
    return float(slope * (moments[-1] - moments[0]) / median(sizes))


def test_ingress_and_worker_take_no_more_memory_with_time() -> None:
    samples: dict[str, list[tuple[float, int]]] = {part: [] for part in PARTS}
    with Target() as target, planted(target) as plant:
        pids = {part: plant.parts()[part]["pid"] for part in PARTS}
        with Sender(plant.url("/in/faults"), SECRET, rate=RATE, most=UNDER_WAY) as sender:
            began = time.monotonic()
            while (elapsed := time.monotonic() - began) < SECONDS:
                sender.most = len(target.numbers) + UNDER_WAY
                for part in PARTS if elapsed > WARM_UP else ():
                    samples[part].append((elapsed, taken(plant, part)))
                time.sleep(EVERY)
        until(lambda: drained(plant), within=1200)
        nothing_was_lost(plant, target, sender)
        # The same processes all the time: one that was started anew would look flat.
        assert {part: plant.parts()[part]["pid"] for part in PARTS} == pids
    for part in PARTS:
        sizes = [size / 1e6 for _, size in samples[part]]
        sys.stderr.write(
            f"\n{part}: {sizes[0]:.0f} MB at first, {median(sizes):.0f} in the middle, {max(sizes):.0f} at most,"
            f" {sizes[-1]:.0f} in the end; trend {rise(samples[part]):+.1%}"
        )
    sys.stderr.write(f"\n{sender.sent} events in {SECONDS} s\n")
    assert {part: round(rise(samples[part]), 3) for part in PARTS if rise(samples[part]) > FLAT} == {}
