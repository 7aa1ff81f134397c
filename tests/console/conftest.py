"""What the console's tests share: people of each kind, signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template import engines
from django.test import Client
from pytest_django import Settings

from controlplane.people import services
from controlplane.people.models import Account
from controlplane.people.roles import Role

SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    """Slow hashes are for attackers; tests need only that a hash is made and compared."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def signed_in() -> SignedIn:
    """A client signed in as somebody with these roles in the whole company."""

    def make(*roles: Role, name: str = "Elif Kaya") -> Client:
        email = f"{name.split(maxsplit=1)[0].lower()}@example.test"
        account: Account = services.create_account(
            email, name, "correct horse battery", [(role, None) for role in roles]
        )
        client = Client()
        client.force_login(account)
        return client

    return make


@pytest.fixture
def render() -> Callable[..., str]:
    """A template from its text, without the spaces between tags."""

    def rendered(text: str, **context: object) -> str:
        html = engines["django"].from_string(text).render(context)
        return " ".join(html.split()).replace("> <", "><")

    return rendered
