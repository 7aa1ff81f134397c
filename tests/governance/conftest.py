"""What the tests of governance share."""

from __future__ import annotations

import pytest

from tests.governance import names
from tests.governance.board import Company


@pytest.fixture(autouse=True)
def _kinds() -> None:
    names.register()
    names.CHECKS.clear()
    names.CLOSED.clear()
    names.PROPOSED.clear()
    names.HINDERS.clear()


@pytest.fixture
def company(transactional_db: None) -> Company:
    """A team and its board."""
    return Company()
