"""An estate whose contract a board of its own decides on, and somebody of another team who consumes it."""

from __future__ import annotations

import pytest

from controlplane.people.access import Access
from controlplane.people.roles import Role
from tests.transactions.agreements.asking import deciding_alone
from tests.transactions.agreements.board import Deciding
from tests.transactions.factories import Estate, a_team, an_access, estate


@pytest.fixture
def made() -> Estate:
    return estate()


@pytest.fixture
def here(made: Estate) -> Deciding:
    return deciding_alone(made)


@pytest.fixture
def finance() -> Access:
    return an_access(Role.OWNER, a_team("finance"), name="Fred Finance")
