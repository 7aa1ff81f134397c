"""What every start does before the servers run: the schema, the coming weeks, the first operator."""

from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import RequestFactory

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock, partitions
from controlplane.people.models import Account, Membership
from controlplane.people.roles import Role
from controlplane.standalone.first_run import EMAIL, first_sign_in


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in a folder of its own."""
    monkeypatch.setenv("INTERLOCK_VAR", str(tmp_path))
    return tmp_path


@pytest.mark.django_db
def test_the_first_operator_can_sign_in_with_what_was_kept_for_its_owner_only(var: Path) -> None:
    made = first_sign_in()
    assert made is not None
    email, password = made
    file = var / "first-sign-in"
    assert file.read_text() == f"{email}\n{password}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    account = authenticate(RequestFactory().post("/signin/"), username=email, password=password)
    assert isinstance(account, Account)
    membership = Membership.objects.get(person=account.person)
    assert (membership.role, membership.team) == (Role.OPERATOR, None)
    assert set(AuditRecord.objects.values_list("actor_label", flat=True)) == {"first start"}


@pytest.mark.django_db
def test_there_is_one_first_operator_only(var: Path) -> None:
    first_sign_in()
    (var / "first-sign-in").unlink()
    assert first_sign_in() is None
    assert not (var / "first-sign-in").exists()
    assert Account.objects.get().email == EMAIL


@pytest.mark.django_db
def test_a_password_that_was_kept_by_an_interrupted_start_is_replaced(var: Path) -> None:
    (var / "first-sign-in").write_text("old\n")
    made = first_sign_in()
    assert made is not None
    assert (var / "first-sign-in").read_text().split() == list(made)


@pytest.mark.django_db
def test_preparing_makes_missing_weeks_and_can_be_repeated(var: Path) -> None:
    table = next(iter(partitions.PARTITIONED))
    week = partitions.name_of(table, partitions.week_of(clock.now()))
    with connection.cursor() as cursor:
        cursor.execute(f'drop table "{week}"')
    said = StringIO()
    call_command("prepare", stdout=said)
    assert week in partitions.weeks_of(table)
    assert "Partitions made: 1." in said.getvalue()
    call_command("prepare", stdout=said)
    assert "Partitions made: 0." in said.getvalue()


def test_a_database_that_stays_away_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        message = "connection refused"
        raise OperationalError(message)

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    monkeypatch.setattr("controlplane.standalone.management.commands.prepare.DATABASE_WITHIN_SECONDS", 0)
    with pytest.raises(
        CommandError, match=r"The database cannot be reached: connection refused\. `make doctor` says more\."
    ):
        call_command("prepare")
