"""An estate, who owns and who supports it, and somebody of another team."""

from __future__ import annotations

import pytest

from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from tests.transactions.factories import Estate, an_account, estate


@pytest.fixture
def here() -> Estate:
    return estate(erp_connector="webhook")


@pytest.fixture
def mara(here: Estate) -> Account:
    """She owns the integrations of the estate's team."""
    return an_account("Mara Lindqvist", Role.OWNER, here.team)


@pytest.fixture
def elif_(here: Estate) -> Account:
    """She supports the same team."""
    return an_account("Elif Kaya", Role.SUPPORT, here.team)


@pytest.fixture
def stranger() -> Account:
    """He owns the integrations of another team."""
    return an_account("Tom Berg", Role.OWNER, Team.objects.create(slug="elsewhere", name="Elsewhere"))
