"""The typed client that ``make client`` generates: strict types, every area of the API, refusals as values."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from pytest_django.live_server_helper import LiveServer

from controlplane.audit.models import AuditRecord
from controlplane.transactions.models import DeadLetter, Replay, SavedView
from controlplane.transactions.selectors import finding, question
from tests.transactions.factories import Estate
from tests.transactions.views.reading import told
from tests.typed_client.conftest import EXAMPLE, Clients
from tests.typed_client.generate import PACKAGE, wheel

HERE = Path(__file__).parent


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """What a program says that goes well."""
    told = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


@pytest.mark.timeout(300)
def test_it_and_what_is_written_with_it_hold_under_strict_types(generated: Path) -> None:
    strict: list[str | Path] = ["-m", "mypy", "--strict", "--config-file", "", "--cache-dir", generated / "cache"]
    said = run(sys.executable, *strict, PACKAGE, EXAMPLE, HERE / "program.py", folder=generated)
    assert said.startswith("Success: no issues found")


def test_a_wheel_is_made_of_it(generated: Path) -> None:
    made = wheel(generated)
    assert made.name == "interlock_client-1-py3-none-any.whl"
    names = run(sys.executable, "-m", "zipfile", "-l", made, folder=generated)
    assert f"{PACKAGE}/py.typed" in names
    assert f"{PACKAGE}/api/transactions/transactions_get.py" in names


def test_it_says_who_asks(program: Any, client: Any) -> None:
    name, allowed = program.who_am_i(client)
    assert name == "Elif Kaya, by token “nightly”"
    assert {"see_transactions", "replay"} <= set(allowed)


def test_a_search_is_followed_to_its_end(
    here: Estate, program: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (question, finding):
        monkeypatch.setattr(module, "PAGE", 2)
    dead = [told(here, minutes, fails_at="invoice").transaction.id for minutes in (9, 8, 7, 6, 5)]
    told(here, 4)
    assert list(program.ids(client, "status:dead")) == dead[::-1]
    assert program.how_many(client, "status:dead") == 5


def test_one_transaction_is_read_with_its_steps_and_bodies(here: Estate, program: Any, client: Any) -> None:
    identifier = told(here, fails_at="invoice").transaction.id
    assert program.steps(client, identifier)["invoice"] == "dead"
    assert program.received(client, identifier)["id"]


def test_dead_letters_are_planned_and_replayed_once(here: Estate, program: Any, client: Any) -> None:
    runs = {told(here, minutes, fails_at="invoice").runs["invoice"].id for minutes in (9, 5)}
    ((cause, letters),) = program.dead_letters(client).items()
    assert (cause, set(letters)) == (DeadLetter.objects.values_list("fingerprint", flat=True)[0], runs)
    assert program.note(client, letters[0], "The ledger was down.")
    plan = program.plan(client, cause)
    assert (plan.total, plan.allowed, Replay.objects.count()) == (2, 2, 0)
    key = str(uuid4())
    (first, was_there), (again, is_there) = (program.replay(client, cause, "It is back.", key) for _ in range(2))
    assert (first.id, was_there, is_there, Replay.objects.count()) == (again.id, False, True, 1)
    total, table = program.results(client, first.id)
    assert (total, len(list(csv.DictReader(table.splitlines())))) == (2, 2)


async def _asked_without_blocking(program: Any, secret: str) -> list[str]:
    application: Any = get_asgi_application()  # Django's types and httpx's name the same in other words
    transport = httpx.ASGITransport(application)
    async with program.AuthenticatedClient("http://127.0.0.1", secret, httpx_args={"transport": transport}) as client:
        found: list[str] = await program.destinations(client)
        return found


def test_destinations_are_listed_without_blocking(
    here: Estate, program: Any, token: str, _one_connection: None
) -> None:
    found = async_to_sync(_asked_without_blocking)(program, token)  # on this thread, and so on its connection
    assert {"billing-erp", "billing-notify"} <= set(found)


def test_a_destination_is_held_and_let_go_on(here: Estate, program: Any, client: Any) -> None:
    assert program.hold(client, here.to_erp.slug, "Month end.") == (True, False)
    acts = AuditRecord.objects.filter(subject_kind="destination").order_by("id").values_list("action", "via")
    assert list(acts) == [("destination.paused", "api"), ("destination.resumed", "api")]


def test_a_view_is_saved_changed_and_removed(here: Estate, program: Any, client: Any) -> None:
    assert program.rename_and_remove(client, "Failed", "status:dead") == [["Failed"], ["Failed 2"], []]
    assert SavedView.objects.count() == 0


def test_a_search_that_cannot_be_read_is_refused_with_what_was_meant(here: Estate, program: Any, client: Any) -> None:
    with pytest.raises(program.Refused) as refused:
        list(program.ids(client, "statsu:dead"))
    problem = refused.value.problem
    assert (problem.status, problem.type_) == (422, "urn:interlock:problem:bad-query")
    (fault,) = problem.faults
    assert (fault.start, fault.suggestion) == (0, "status:")


def test_what_is_not_there_is_refused(here: Estate, program: Any, client: Any) -> None:
    with pytest.raises(program.Refused) as refused:
        program.steps(client, uuid4())
    assert refused.value.problem.status == 404
    with pytest.raises(program.Refused) as refused:
        program.plan(client, uuid4())
    assert (refused.value.problem.status, refused.value.problem.type_) == (422, "urn:interlock:problem:invalid")


def test_a_wrong_token_is_told_so(here: Estate, program: Any, client_of: Clients) -> None:
    with pytest.raises(program.Refused, match="token") as refused:
        program.who_am_i(client_of("ilk_wrong"))
    assert (refused.value.problem.status, refused.value.problem.type_) == (401, "urn:interlock:problem:not-signed-in")


def test_the_program_of_the_docs_runs(here: Estate, token: str, generated: Path, live_server: LiveServer) -> None:
    told(here, fails_at="invoice")
    environment = {"INTERLOCK_URL": live_server.url, "INTERLOCK_TOKEN": token}
    said = run(sys.executable, generated / EXAMPLE, folder=generated, **environment)
    cause = DeadLetter.objects.get().fingerprint
    replay = Replay.objects.get()
    assert said.splitlines()[-1] == f"{cause}: 1 to be replayed, as replay {replay.pk}"
