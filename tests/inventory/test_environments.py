"""Which environments there are, and the one that a person looks at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import Settings

from controlplane.foundation.errors import BadInput
from controlplane.inventory.environments import (
    Environments,
    begins_in,
    environments_of,
    integrations_of,
    look_at,
)
from controlplane.inventory.models import Environment, Integration
from controlplane.people.access import Access
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.transactions.factories import Estate, an_account, estate, in_environment

pytestmark = pytest.mark.django_db


@pytest.fixture
def elif_kaya() -> Account:
    return an_account("Elif Kaya", Role.SUPPORT)


@pytest.fixture
def production() -> Estate:
    return estate()


@pytest.fixture
def staging(production: Estate) -> Estate:
    made = estate("staged", team=production.team)
    in_environment(made, "staging")
    return made


def looks(account: Account, slug: str) -> Environments:
    look_at(account, slug)
    return environments_of(Account.objects.get(pk=account.pk))


def test_where_there_is_one_environment_there_is_nothing_to_choose(elif_kaya: Account, production: Estate) -> None:
    Environment.objects.create(slug="empty", name="Nothing is in it")
    found = environments_of(elif_kaya)
    assert [one.name for one in found.used] == ["Production"]
    assert not found.several
    assert found.within is None
    assert looks(elif_kaya, "production").within is None


def test_one_begins_with_the_environment_that_the_installation_is_named_after(
    elif_kaya: Account, staging: Estate, settings: Settings
) -> None:
    found = environments_of(elif_kaya)
    assert [one.slug for one in found.used] == ["production", "staging"]
    assert found.within is not None
    assert found.within.name == "Production"
    settings.ENVIRONMENT = "staging"
    assert environments_of(elif_kaya).within == found.used[1]
    settings.ENVIRONMENT = "emea"
    assert environments_of(elif_kaya).within is None


def test_what_a_person_chose_is_kept_with_the_account(elif_kaya: Account, staging: Estate) -> None:
    chosen = looks(elif_kaya, "staging").within
    assert chosen is not None
    assert (chosen.slug, chosen.pk) == ("staging", staging.integration.environment_id)
    assert looks(elif_kaya, "all").within is None
    back = looks(elif_kaya, "production").within
    assert back is not None
    assert back.slug == "production"


def test_one_that_is_gone_leaves_what_the_installation_begins_with(elif_kaya: Account, staging: Estate) -> None:
    look_at(elif_kaya, "staging")
    Environment.objects.filter(slug="staging").update(slug="pre-production")
    found = environments_of(elif_kaya)
    assert found.within is not None
    assert found.within.slug == "production"


@pytest.mark.parametrize("slug", ["", "stagign", "ALL", "x" * 200, "\x00"])
def test_what_is_no_environment_is_refused_and_nothing_changes(elif_kaya: Account, staging: Estate, slug: str) -> None:
    look_at(elif_kaya, "staging")
    with pytest.raises(BadInput, match="there are: production, staging, or all") as refused:
        look_at(elif_kaya, slug)
    assert refused.value.field == "environment"
    assert Account.objects.get(pk=elif_kaya.pk).environment == "staging"


def test_nobody_signed_in_looks_nowhere(staging: Estate) -> None:
    assert environments_of(AnonymousUser()) == Environments()


def test_the_integrations_are_those_of_where_one_looks(elif_kaya: Account, production: Estate, staging: Estate) -> None:
    here = Access(within=looks(elif_kaya, "staging").within)
    assert list(integrations_of(here)) == [staging.integration]
    assert set(integrations_of(here.everywhere)) == {production.integration, staging.integration}
    assert Integration.objects.count() == 2


def test_what_is_new_begins_where_one_looks_or_in_the_installations_own(
    elif_kaya: Account, staging: Estate, settings: Settings
) -> None:
    here = Access(within=looks(elif_kaya, "staging").within)
    assert begins_in(here) == "staging"
    everywhere = replace(here, within=None)
    assert begins_in(everywhere) == "production"
    settings.ENVIRONMENT = "staging"
    assert begins_in(everywhere) == "staging"
    settings.ENVIRONMENT = "emea"
    assert begins_in(everywhere) == "production"
