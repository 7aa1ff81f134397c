"""The client, generated once a process from the code under test; and an estate that it asks about."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.wsgi import get_wsgi_application

from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.standalone.choices import PROJECT
from tests.people.rest.asking import a_program
from tests.transactions.factories import Estate, an_account
from tests.transactions.rest.asking import fresh_estate, one_connection
from tests.typed_client.generate import write

EXAMPLE = "example.py"


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the client, and beside it the program of ``docs/api.md``."""
    folder = tmp_path_factory.mktemp("client")
    write(folder)
    (example,) = re.findall(r"```python\n(.*?)```", (PROJECT / "docs/api.md").read_text(), re.DOTALL)
    (folder / EXAMPLE).write_text(example)
    return folder


@pytest.fixture
def program(generated: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What somebody wrote with it."""
    monkeypatch.syspath_prepend(generated)
    return importlib.import_module("tests.typed_client.program")


@pytest.fixture
def here(db: None) -> Iterator[Estate]:
    """An estate whose configuration no earlier test has read."""
    with fresh_estate() as made:
        yield made


@pytest.fixture
def elif_kaya(here: Estate) -> Account:
    """She takes care of this estate."""
    return an_account("Elif Kaya", Role.OWNER, here.team)


@pytest.fixture
def token(here: Estate, elif_kaya: Account) -> str:
    """What her program proves itself by."""
    return a_program(elif_kaya, Role.OWNER, here.team).secret


Clients = Callable[[str], Any]


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Requests share the test's transaction: none of them closes its connection, as in Django's own client."""
    with one_connection():
        yield


@pytest.fixture
def client_of(program: Any, _one_connection: None) -> Clients:
    """A client with that token, on this process's own application."""
    application = httpx.WSGITransport(get_wsgi_application())

    def made(secret: str) -> Any:
        return program.AuthenticatedClient(
            "http://127.0.0.1", secret, raise_on_unexpected_status=True, httpx_args={"transport": application}
        )

    return made


@pytest.fixture
def client(client_of: Clients, token: str) -> Any:
    """Hers."""
    return client_of(token)
