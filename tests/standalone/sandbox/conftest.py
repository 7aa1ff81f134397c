"""A sandbox of a test's own: its systems at a free port, its folders below the test's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controlplane.standalone.places import places
from controlplane.standalone.sandbox import load, marks
from controlplane.standalone.sandbox.marks import Marks
from tests.load.harness import free_port
from tests.standalone.sandbox.played import Played


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[Played]:
    """Systems at a free port, and folders of this test's own."""
    port = free_port()
    monkeypatch.setattr(marks, "systems", lambda: f"http://127.0.0.1:{port}")
    monkeypatch.setattr(load, "systems", lambda: f"http://127.0.0.1:{port}")
    settings.PRIVATE_NETWORKS = ["127.0.0.0/8"]
    settings.SECRETS_FOLDER = tmp_path / "secrets"
    made = Played(port)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def sandbox(tmp_path: Path) -> Marks:
    """A place for one."""
    return Marks(places(tmp_path))
