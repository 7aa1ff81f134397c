"""What the doctor says of senders who are told to come back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from controlplane.standalone.doctor import intake
from controlplane.standalone.doctor.finding import State

MIB = 1024**2
FREE = "MiB are free on the database's volume."

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """As if the test's database were named by DATABASE_URL; a hundred events may wait, 200 MiB stay free."""
    monkeypatch.setenv("DATABASE_URL", "set")
    settings.INBOX_LIMIT, settings.DISK_RESERVE = 100, 200 * MIB


def wait(count: int) -> None:
    """So many events wait in the normal lane."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into inbox (transaction_id, retention) select gen_random_uuid(), 2 from generate_series(1, %s)",
            [count],
        )


@pytest.mark.parametrize(
    ("waiting", "free", "state", "said"),
    [
        (0, None, State.OK, "0 events wait; nobody is turned away"),
        (25, None, State.OK, "25 events wait; nobody is turned away"),
        (26, None, State.WARN, "26 events wait; from 50 on the first senders are told to come back."),
        (
            50,
            None,
            State.WARN,
            "Senders of integrations of low criticality are told to come back: 50 events wait in the normal lane.",
        ),
        (
            0,
            300,
            State.WARN,
            f"All senders but those of critical integrations are told to come back: 300 {FREE}",
        ),
        (0, 100, State.BAD, f"All senders are told to come back: 100 {FREE}"),
    ],
)
def test_who_is_turned_away_or_soon_will_be(
    monkeypatch: pytest.MonkeyPatch, waiting: int, free: int | None, state: State, said: str
) -> None:
    monkeypatch.setattr(intake, "free_bytes", lambda: None if free is None else free * MIB)
    wait(waiting)
    finding = intake.pressure()
    assert (finding.state, finding.what) == (state, said)
    assert bool(finding.mend) == (state is not State.OK)


def test_without_an_inbox_nothing_is_guessed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("drop table inbox")
    assert intake.pressure().state is State.NOT_CHECKED
