"""Waiting for what another process will do: by asking, with a deadline, never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.02


def until(condition: Callable[[], T], *, within: float = 10.0) -> T:
    """The first true answer of ``condition``; AssertionError after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {condition}"
        time.sleep(POLL_SECONDS)
    return answer
