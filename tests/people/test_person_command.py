"""``manage.py person …``."""

from __future__ import annotations

import io
import re
import sys

import pytest
from django.core.management import CommandError, call_command

from controlplane.audit.models import AuditRecord
from controlplane.people.models import Account, Membership, Team
from controlplane.people.roles import Role
from tests.people.conftest import PASSWORD, Make

pytestmark = pytest.mark.django_db


def _person(*words: str) -> str:
    said = io.StringIO()
    call_command("person", *words, stdout=said)
    return said.getvalue()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))


@pytest.mark.usefixtures("typed", "billing")
def test_add_makes_a_person_who_can_sign_in_with_the_given_roles() -> None:
    said = _person(
        "add", "elif@example.test", "Elif Kaya", "--role", "support:billing", "--role", "board", "--password-stdin"
    )

    assert said == "Elif Kaya can sign in as elif@example.test.\n"
    assert Account.objects.get().check_password(PASSWORD)
    assert _person("list") == "elif@example.test  Elif Kaya  Support, Billing; Board member, the whole company\n"
    assert {entry.via for entry in AuditRecord.objects.filter(action="role.granted")} == {"command"}


def test_a_generated_password_is_printed_once_and_works() -> None:
    said = _person("add", "elif@example.test", "Elif Kaya", "--generate-password")

    found = re.match(r"Password, shown only now: (\S{24})\n", said)
    assert found
    assert Account.objects.get().check_password(found[1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "elif", "Elif", "--generate-password"], "'elif' is not an e-mail address"),
        (
            ["add", "a@example.test", "Elif", "--role", "boss", "--generate-password"],
            "'boss' is no role; there are: supp",
        ),
        (
            ["add", "a@example.test", "Elif", "--role", "owner:x", "--generate-password"],
            "There is no team 'x'; there are:",
        ),
        (["role", "a@example.test", "--role", "board"], "There is no account 'a@example.test'"),
        (["close", "a@example.test", "--reason", "left"], "There is no account"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_nothing_is_kept(words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        _person(*words)
    assert Account.objects.count() == 0


@pytest.mark.usefixtures("billing")
def test_roles_are_given_and_taken_away(make: Make) -> None:
    make("elif@example.test", (Role.BOARD, None))

    assert _person("role", "elif@example.test", "--role", "owner:billing").endswith(
        "Board member, the whole company; Integration owner, Billing\n"
    )
    assert _person("unrole", "ELIF@example.test", "--role", "board").endswith("Integration owner, Billing\n")
    assert Membership.objects.get().role == Role.OWNER


@pytest.mark.usefixtures("typed")
def test_password_and_close(make: Make) -> None:
    account = make()
    account.set_password("something else entirely")
    account.save()

    assert _person("password", "elif@example.test", "--password-stdin").startswith("The password of elif@example.test")
    assert Account.objects.get().check_password(PASSWORD)
    assert _person("close", "elif@example.test", "--reason", "left") == "elif@example.test can no longer sign in.\n"
    assert _person("list") == "elif@example.test (closed)  Elif Kaya  no role\n"
    assert AuditRecord.objects.get(action="account.deactivated").reason == "left"


def test_a_team_is_added() -> None:
    assert _person("team", "billing", "Billing") == "Team billing exists.\n"
    assert Team.objects.get().name == "Billing"


def test_passwords_typed_differently_change_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make()
    typed = iter([PASSWORD, "another long one"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))

    with pytest.raises(CommandError, match="The two passwords differ; nothing was changed"):
        _person("password", "elif@example.test")
