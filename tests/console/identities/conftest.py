"""One customer whom the systems know as two, with traffic of either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from controlplane.foundation import clock
from controlplane.inventory.models import Identity
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.upkeep import make_partitions
from tests.transactions.factories import Estate, a_team, an_account, estate
from tests.transactions.traffic import a_transaction, an_identity


@dataclass
class Two:
    """Brandt as the payment system knows it, and as the ERP does; each with a transaction."""

    estate: Estate
    paying: Identity
    booked: Identity
    owner: Account
    support: Account

    def page(self, identity: Identity, more: str = "") -> str:
        """Its address."""
        return f"/data/identities/{identity.pk}/{more}"


@pytest.fixture
def two(db: None) -> Two:
    """Both."""
    make_partitions()
    made, now = estate(), clock.now()
    paying = an_identity("customer", now, {made.source: ["cus_old", "cus_R7v2"]})
    booked = an_identity("customer", now, {made.erp: ["8841"]})
    for minutes, value in ((5, "cus_R7v2"), (6, "cus_old"), (7, "8841")):
        a_transaction(made, at=now - timedelta(minutes=minutes), keys={"customer": value}, headline=f"About {value}")
    return Two(
        made,
        paying,
        booked,
        an_account("Olga Owner", Role.OWNER, made.team),
        an_account("Sam Support", Role.SUPPORT, made.team),
    )


@pytest.fixture
def owner(client: Client, two: Two) -> Client:
    """Who may merge."""
    client.force_login(two.owner)
    return client


@pytest.fixture
def support(two: Two) -> Client:
    """Who may look."""
    client = Client()
    client.force_login(two.support)
    return client


@pytest.fixture
def stranger(two: Two) -> Client:
    """Support of another team, whose traffic names neither."""
    client = Client()
    client.force_login(an_account("Ines Elsewhere", Role.SUPPORT, a_team("elsewhere")))
    return client
