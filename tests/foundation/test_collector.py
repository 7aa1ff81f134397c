"""What a process has loaded is not walked through again and again."""

from __future__ import annotations

import subprocess
import sys

SETTLED = """
import gc
from controlplane.foundation.collector import settle
before = len(gc.get_objects())
settle()
print(before > 1000, len(gc.get_objects()) < 100, gc.get_freeze_count() > 1000, gc.get_threshold()[0])
"""


def test_what_was_loaded_is_put_aside_and_young_objects_are_looked_at_less_often() -> None:
    """In a process of its own: this one has tests to run."""
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["True", "True", "True", "20000"]
