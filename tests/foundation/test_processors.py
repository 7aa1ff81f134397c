"""How many processors there are is what a process may use, not what its machine has."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from controlplane.foundation import processors as module
from controlplane.foundation.processors import processors
from controlplane.transactions.pipeline import twin


@pytest.fixture(autouse=True)
def _four(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine of four processors, and no quota."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(module, "GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(module, "MINE", tmp_path / "mine")


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n")


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("max 100000", 4),
        ("100000 100000", 1),
        ("50000 100000", 1),
        ("140000 100000", 1),
        ("160000 100000", 2),
        ("200000 100000", 2),
        ("900000 100000", 4),
        ("nonsense", 4),
        ("100000 0", 4),
    ],
)
def test_a_containers_quota_is_counted_in_whole_processors(tmp_path: Path, quota: str, expected: int) -> None:
    put(tmp_path / "cgroup" / "cpu.max", quota)
    assert processors() == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", 4), ("100000", 1), ("200000", 2), ("", 4)])
def test_so_is_one_of_the_older_kind(tmp_path: Path, quota: str, expected: int) -> None:
    put(tmp_path / "cgroup" / "cpu" / "cpu.cfs_quota_us", quota)
    put(tmp_path / "cgroup" / "cpu" / "cpu.cfs_period_us", "100000")
    put(tmp_path / "mine", "9:cpu,cpuacct:/docker/of-the-host")
    assert processors() == expected


def test_of_several_groups_the_narrowest_counts(tmp_path: Path) -> None:
    put(tmp_path / "mine", "0::/system.slice/interlock.service")
    put(tmp_path / "cgroup" / "system.slice" / "cpu.max", "300000 100000")
    assert processors() == 3
    put(tmp_path / "cgroup" / "system.slice" / "interlock.service" / "cpu.max", "100000 100000")
    assert processors() == 1


def test_where_no_quota_can_be_read_there_is_none() -> None:
    assert processors() == 4


def test_a_worker_with_one_processor_of_many_has_no_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert twin.worthwhile() is True
    put(tmp_path / "cgroup" / "cpu.max", "100000 100000")
    assert twin.worthwhile() is False
