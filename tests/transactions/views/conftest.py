"""An estate and somebody who looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.views.reading import SignIn


@pytest.fixture
def here(db: None) -> Iterator[Estate]:
    """An estate whose configuration no earlier test has read."""
    catalogue.forget()
    yield estate(erp_connector="webhook")
    catalogue.forget()


@pytest.fixture
def signed_in(client: Client, db: None) -> SignIn:
    """A browser of somebody with that role."""

    def sign_in(role: Role | None = None, team: Team | None = None, name: str = "Elif Kaya") -> Client:
        client.force_login(an_account(name, role, team))
        return client

    return sign_in
