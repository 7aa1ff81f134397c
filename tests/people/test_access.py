"""What somebody may is worked out from their memberships, once, and then is a value."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from controlplane.foundation.errors import NotAllowed
from controlplane.people import services
from controlplane.people.access import ALL, NOBODY, access_for, access_of
from controlplane.people.models import Membership, Team
from controlplane.people.roles import Action, Role
from tests.people.conftest import Make

pytestmark = pytest.mark.django_db


def test_a_role_in_a_team_reaches_that_team_only(make: Make, billing: Team, sales: Team) -> None:
    access = access_for(make("elif@example.test", (Role.SUPPORT, billing)))

    assert access.teams_that(Action.REPLAY) == frozenset({billing.pk})
    assert access.may(Action.REPLAY, billing.pk)
    assert not access.may(Action.REPLAY, sales.pk)
    assert not access.may(Action.REPLAY, None)
    assert not access.may(Action.CONFIGURE, billing.pk)
    assert access.may_somewhere(Action.REPLAY)
    assert not access.may_everywhere(Action.REPLAY)


def test_a_role_in_the_whole_company_reaches_every_team_and_what_has_none(make: Make, sales: Team) -> None:
    access = access_for(make("olga@example.test", (Role.OPERATOR, None)))

    assert access.teams_that(Action.OPERATE) is ALL
    assert access.may(Action.OPERATE, sales.pk)
    assert access.may(Action.OPERATE, None)
    assert access.may_everywhere(Action.OPERATE)


def test_roles_add_up_action_by_action(make: Make, billing: Team, sales: Team) -> None:
    access = access_for(make("ruth@example.test", (Role.OWNER, billing), (Role.SUPPORT, sales), (Role.BOARD, None)))

    assert access.teams_that(Action.CONFIGURE) == frozenset({billing.pk})
    assert access.teams_that(Action.REPLAY) == frozenset({billing.pk, sales.pk})
    assert access.teams_that(Action.SEE_TRANSACTIONS) is ALL
    assert access.teams_that(Action.SEE_AUDIT) == frozenset()
    assert access.roles == ("Integration owner, Billing", "Support, Sales", "Board member")


def test_a_role_in_several_teams_is_named_once(make: Make, billing: Team, sales: Team) -> None:
    access = access_for(make("ruth@example.test", (Role.OWNER, billing), (Role.OWNER, sales)))

    assert access.roles == ("Integration owner, Billing and Sales",)


def test_without_a_role_nothing_is_allowed_and_with_no_account_less(make: Make) -> None:
    access = access_for(make())

    assert access.name == "Elif Kaya"
    assert all(access.teams_that(action) == frozenset() for action in Action)
    assert access_for(AnonymousUser()) is NOBODY
    assert NOBODY.actor.person == ""


def test_a_closed_account_may_nothing(make: Make, billing: Team) -> None:
    account = make("elif@example.test", (Role.OWNER, billing))
    services.deactivate(account, reason="left the company")

    assert access_for(account) is NOBODY


def test_an_act_that_is_not_allowed_is_refused_with_the_roles_that_may(make: Make, billing: Team) -> None:
    access = access_for(make("bo@example.test", (Role.BOARD, billing)))

    with pytest.raises(NotAllowed) as refused:
        access.require(Action.REPLAY, billing.pk)
    assert refused.value.detail == (
        "Your roles do not let you replay here; “Support” or “Integration owner” or “Platform operator” may. "
        "Nothing was changed. An operator can give you the role: manage.py person role."
    )
    with pytest.raises(NotAllowed, match="read the audit"):
        access.require_everywhere(Action.SEE_AUDIT)
    access.require(Action.SEE_TRANSACTIONS, billing.pk)


def test_a_request_asks_the_database_once(make: Make, billing: Team, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    request.user = make("elif@example.test", (Role.SUPPORT, billing))

    with django_assert_num_queries(1):
        first = access_of(request)
        assert first.may(Action.REPLAY, billing.pk)
    with django_assert_num_queries(0):
        assert access_of(request) is first


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_the_database_refuses_a_company_wide_role_in_a_team(role: Role, make: Make, billing: Team) -> None:
    person = make().person
    with pytest.raises(IntegrityError, match="people_company_wide_roles"), transaction.atomic():
        Membership.objects.create(person=person, team=billing, role=role)


def test_the_database_refuses_the_same_role_twice_also_in_the_whole_company(make: Make) -> None:
    person = make("elif@example.test", (Role.BOARD, None)).person
    with pytest.raises(IntegrityError, match="people_each_role_once"), transaction.atomic():
        Membership.objects.create(person=person, team=None, role=Role.BOARD)
