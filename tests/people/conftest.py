"""What the people's tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings

from controlplane.people import services
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role

PASSWORD = "correct horse battery"

Make = Callable[..., Account]


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    """Slow hashes are for attackers; tests need only that a hash is made and compared."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def billing() -> Team:
    """A team."""
    return services.create_team("billing", "Billing")


@pytest.fixture
def sales() -> Team:
    """Another team."""
    return services.create_team("sales", "Sales")


@pytest.fixture
def make() -> Make:
    """An account with roles: ``make("elif@example.test", (Role.SUPPORT, team))``."""

    def made(email: str = "elif@example.test", *roles: tuple[Role, Team | None], name: str = "Elif Kaya") -> Account:
        return services.create_account(email, name, PASSWORD, roles)

    return made
