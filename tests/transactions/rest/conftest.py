"""An estate, and programs that ask about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import Estate, an_account
from tests.transactions.rest.asking import Programs, fresh_estate


@pytest.fixture
def here(db: None) -> Iterator[Estate]:
    """An estate whose configuration no earlier test has read."""
    with fresh_estate() as made:
        yield made


@pytest.fixture
def program(here: Estate) -> Programs:
    """A program of somebody with that role in the estate's team, or in another, under a token of that role."""

    def made(role: Role, team: Team | None = None, name: str = "Elif Kaya") -> Program:
        where = team or here.team
        account = an_account(name, role, where)
        return a_program(account, role, where)

    return made
