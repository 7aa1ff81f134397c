"""Doors of endpoints, and a database that can go away."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from controlplane.credentials import providers
from controlplane.foundation import database
from tests.transactions import carrying
from tests.transactions.factories import estate
from tests.transactions.ingress.door import Door, close_door, open_door

Opens = Callable[..., Door]


@pytest.fixture(autouse=True)
def keys_of_senders(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The senders' key is in the environment, and no test is given what another one cached."""
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", carrying.SECRET)
    providers.forget()
    yield
    providers.forget()


@pytest.fixture
def opens(transactional_db: None) -> Iterator[Opens]:
    """Makes an estate, by the arguments of ``estate``, and opens the door of its endpoint."""
    with contextlib.ExitStack() as stack:

        def make(**overrides: Any) -> Door:
            made = estate(**overrides)
            endpoint = made.endpoint
            door, thread = open_door(
                slug=endpoint.slug, scheme=endpoint.scheme, scheme_settings=endpoint.scheme_settings
            )
            stack.callback(close_door, door, thread)
            return door

        yield make


@pytest.fixture
def door(opens: Opens) -> Door:
    """The door of an endpoint like most: Stripe's signature, the event's id by an expression."""
    return opens(event_id="event.id")


@pytest.fixture
def database_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Callable[[], None]]]:
    """Call it and new connections are refused and the open ones are cut; call what it gives to end that."""
    rightly = database.parameters

    def go() -> Callable[[], None]:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        monkeypatch.setattr(database, "parameters", lambda: {**rightly(), "host": "127.0.0.1", "port": port})
        cut_connections(rightly())
        return lambda: monkeypatch.setattr(database, "parameters", rightly)

    yield go
    monkeypatch.setattr(database, "parameters", rightly)


def cut_connections(parameters: dict[str, Any]) -> None:
    """End every connection to the test's database but this one and Django's, as a restart would."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (own,) = cursor.fetchone()
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid not in (pg_backend_pid(), %s)",
            [own],
        )
