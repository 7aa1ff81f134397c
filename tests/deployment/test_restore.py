"""The way back from a backup to a point in time, walked as docs/deployment.md describes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from controlplane.standalone.choices import PROJECT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.xdist_group("restore")]

OURS = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "INTERLOCK_VAR", "DJANGO_SETTINGS_MODULE")


def test_every_event_until_the_moment_comes_back_and_none_after_it() -> None:
    """Events are accepted all the while; the server is killed and its data are removed before the restore."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    command = [sys.executable, "-m", "controlplane.standalone.rehearsal"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    story = json.loads(done.stdout.splitlines()[-1])
    assert story["proved"] is True
    assert (story["missing"], story["too_many"]) == (0, 0)
    assert story["before_backup"] == story["after_the_moment"] == 200
    assert story["restored"] == story["before_backup"] + story["until_the_moment"]
