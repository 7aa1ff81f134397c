"""What the tests of faults share: the receiver of those that start workers on the test's database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.witness import Witness


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch) -> Iterator[Witness]:
    """The receiver; the workers inherit what they need to know."""
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", "not-used")
    monkeypatch.setenv("BILLING_ERP_PASSWORD", "not-used")
    with Witness() as one:
        yield one
