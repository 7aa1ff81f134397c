"""A whole installation with one sender's endpoint and one target, and questions to its database."""

from __future__ import annotations

import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from controlplane.transactions.rules.states import TransactionState
from tests.faults.sender import Sender
from tests.faults.services import services
from tests.faults.target import Target
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LEASE_SECONDS = 8


@contextmanager
def planted(target: Target) -> Iterator[Installation]:
    """Started, with ``estate.yaml`` applied; gone afterwards."""
    with planted_with("estate.yaml", TARGET=target.url) as installation:
        yield installation


@contextmanager
def planted_with(document: str, **names: str) -> Iterator[Installation]:
    """Started, with the estate of that file, in which ``$NAMES`` are filled in; gone afterwards."""
    settings = {
        "INTERLOCK_LEASE_SECONDS": str(LEASE_SECONDS),
        "INTERLOCK_PRIVATE_NETWORKS": "127.0.0.0/8",
        "INTERLOCK_LOG_LEVEL": "WARNING",
        "FAULTS_SECRET": SECRET,
    }
    with services() as named, Installation.of_its_own(**settings, **named) as installation:
        installation.start()
        estate = string.Template((Path(__file__).parent / document).read_text()).substitute(names)
        (installation.var / "estate.yaml").write_text(estate)
        applied = installation.run("manage.py", "estate", "apply", str(installation.var / "estate.yaml"))
        assert applied.returncode == 0, applied.stderr
        yield installation


def ask(plant: Installation, question: str) -> list[tuple[Any, ...]]:
    """The rows that answer a question in SQL."""
    address = plant.more.get("DATABASE_URL") or plant.places.database_url
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(question).fetchall()


def drained(plant: Installation) -> bool:
    """Whether nothing waits in the inbox or the queue."""
    try:
        return ask(plant, "select (select count(*) from inbox), (select count(*) from step_queue)") == [(0, 0)]
    except psycopg.OperationalError:  # it has just been killed
        return False


def nothing_was_lost(plant: Installation, target: Target, sender: Sender) -> None:
    """Every 2xx is one transaction that has succeeded and has reached the target; a repeat was told the first id."""
    assert sender.given_up == []
    numbers = range(sender.after + 1, sender.after + sender.sent + 1)
    assert set(sender.acknowledged) == set(numbers)
    assert sender.repeated == {number: sender.acknowledged[number] for number in sender.repeated}
    states = {str(row[0]): TransactionState(row[1]) for row in ask(plant, "select event_id, state from transaction")}
    mine = [states.get(identifier) for identifier in sender.acknowledged.values()]
    assert mine == [TransactionState.SUCCEEDED] * sender.sent
    assert len(set(sender.acknowledged.values())) == sender.sent
    assert set(numbers) <= set(target.numbers)
    # Nothing came of an event twice, and nothing of what was never acknowledged.
    assert len(states) == ask(plant, "select count(*) from transaction")[0][0] == len(target.numbers)


def come_back(plant: Installation, name: str, before: int) -> None:
    """Wait until the supervisor has brought a part back and it answers."""
    until(lambda: plant.parts()[name]["pid"] not in {None, before}, within=60)
    until(lambda: plant.parts()[name]["state"] == "ready", within=60)
