"""People, their accounts and roles: each change checked, kept and put on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import RequestFactory

from controlplane.audit.models import Actor, AuditRecord, Via
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.people import services
from controlplane.people.models import Account, Membership, Person, Team
from controlplane.people.roles import Role
from tests.people.conftest import PASSWORD, Make

pytestmark = pytest.mark.django_db
OLGA = services.By(Actor("p-1", "a-1", "Olga Operator"), Via.COMMAND)


def _actions() -> list[str]:
    return list(AuditRecord.objects.order_by("id").values_list("action", flat=True))


def test_a_person_with_an_account_can_sign_in_by_their_address_in_any_capitals() -> None:
    account = services.create_person_with_account(
        name="  Elif   Kaya ", email=" Elif@Example.TEST ", password=PASSWORD, by=OLGA
    )

    assert (account.email, account.person.name, account.person.initials) == ("elif@example.test", "Elif Kaya", "EK")
    request = RequestFactory().post("/signin/")
    assert authenticate(request, username="ELIF@example.test", password=PASSWORD) == account
    kept = AuditRecord.objects.get()
    assert (kept.action, kept.subject_id, kept.actor_label) == (
        "person.created",
        str(account.person_id),
        "Olga Operator",
    )
    assert kept.via == "command"
    assert PASSWORD not in str(kept.details)


@pytest.mark.parametrize(
    ("name", "email", "password", "field", "said"),
    [
        ("", "a@example.test", PASSWORD, "name", "needs a name"),
        ("   ", "a@example.test", PASSWORD, "name", "needs a name"),
        ("x" * 121, "a@example.test", PASSWORD, "name", "longer than 120"),
        ("Elif", "elif", PASSWORD, "email", "'elif' is not an e-mail address"),
        ("Elif", "", PASSWORD, "email", "is not an e-mail address"),
        ("Elif", "x" * 250 + "@example.test", PASSWORD, "email", "is not an e-mail address"),
        ("Elif", "a@example.test", "short", "password", "at least 12 characters"),
        ("Elif", "a@example.test", "password1234", "password", "too common"),
        ("Elif", "someonelong@example.test", "someonelong@example.test", "password", "too similar"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field_and_leaves_nothing(
    name: str, email: str, password: str, field: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        services.create_person_with_account(name=name, email=email, password=password)

    assert refused.value.field == field
    assert (Person.objects.count(), Account.objects.count(), AuditRecord.objects.count()) == (0, 0, 0)


def test_an_address_is_given_once_whatever_its_capitals(make: Make) -> None:
    make("elif@example.test")
    with pytest.raises(Conflict, match=r"There is an account elif@example\.test already; nothing was changed"):
        make("ELIF@example.test")
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_address_at_once_one_is_told() -> None:
    def add(name: str) -> str:
        try:
            services.create_person_with_account(name=name, email="elif@example.test", password=PASSWORD)
        except Conflict as refused:
            return refused.detail
        finally:
            connection.close()
        return "added"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(add, ["Elif Kaya", "Elif K."]))
    assert said == ["There is an account elif@example.test already; nothing was changed.", "added"]
    assert (Person.objects.count(), Account.objects.count()) == (1, 1)


def test_an_account_comes_with_its_roles_or_not_at_all(billing: Team) -> None:
    services.create_account("ok@example.test", "Mara", PASSWORD, [(Role.OWNER, billing), (Role.BOARD, None)], by=OLGA)
    with pytest.raises(Invalid, match="Auditor is a role in the whole company"):
        services.create_account("no@example.test", "Nora", PASSWORD, [(Role.AUDITOR, billing)], by=OLGA)

    assert [str(one) for one in Membership.objects.order_by("id")] == [
        "Mara: Integration owner, Billing",
        "Mara: Board member, the whole company",
    ]
    assert _actions() == ["team.created", "person.created", "role.granted", "role.granted"]


def test_giving_a_role_twice_changes_nothing(make: Make, billing: Team) -> None:
    person = make("elif@example.test", (Role.SUPPORT, billing)).person
    services.add_to_team(person, billing, Role.SUPPORT)

    assert Membership.objects.count() == 1
    assert _actions().count("role.granted") == 1


def test_changing_a_role_keeps_what_it_was_on_record(make: Make, billing: Team) -> None:
    person = make("elif@example.test", (Role.SUPPORT, billing)).person
    services.change_role(Membership.objects.get(), Role.OWNER, by=OLGA)

    assert Membership.objects.get().role == Role.OWNER
    kept = AuditRecord.objects.get(action="role.changed")
    assert kept.details == {"role": "owner", "team": "billing", "before": "support"}
    assert kept.subject_id == str(person.pk)


def test_a_change_to_a_role_that_they_have_or_that_does_not_fit_is_refused(make: Make, billing: Team) -> None:
    make("elif@example.test", (Role.SUPPORT, billing), (Role.OWNER, billing))
    support = Membership.objects.get(role=Role.SUPPORT)

    with pytest.raises(Conflict, match="They are Integration owner there already"):
        services.change_role(support, Role.OWNER)
    with pytest.raises(Invalid, match="leave the team away"):
        services.change_role(support, Role.OPERATOR)
    assert Membership.objects.get(pk=support.pk).role == Role.SUPPORT


def test_a_role_taken_away_is_on_record(make: Make, billing: Team) -> None:
    make("elif@example.test", (Role.SUPPORT, billing))
    services.remove_from_team(Membership.objects.get(), by=OLGA)

    assert Membership.objects.count() == 0
    assert AuditRecord.objects.get(action="role.withdrawn").details == {"role": "support", "team": "billing"}


def test_closing_an_account_needs_a_reason_on_record_and_happens_once(make: Make) -> None:
    account = make()
    services.deactivate(account, reason="left the company", by=OLGA)
    services.deactivate(account, reason="again", by=OLGA)

    assert not Account.objects.get().is_active
    assert [entry.reason for entry in AuditRecord.objects.filter(action="account.deactivated")] == ["left the company"]


def test_a_new_password_replaces_the_old_one(make: Make) -> None:
    account = make()
    services.set_password(account, "another long one", by=OLGA)

    assert Account.objects.get().check_password("another long one")
    assert _actions()[-1] == "account.password_set"
    with pytest.raises(Invalid, match="at least 12"):
        services.set_password(account, "short")


def test_a_team_is_made_once_with_a_slug_that_is_one() -> None:
    services.create_team("billing", "Billing")
    with pytest.raises(Conflict, match="There is a team 'billing' already"):
        services.create_team("billing", "Other")
    with pytest.raises(Invalid, match="valid “slug”"):
        services.create_team("Bill ing", "Other")
