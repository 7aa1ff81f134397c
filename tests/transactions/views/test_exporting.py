"""Exports over HTTP: asked for on the list, followed and fetched by the person who asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import AsyncRequestFactory, Client

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.foundation.errors import Unavailable
from controlplane.foundation.streaming import csv_file
from controlplane.people.models import Membership
from controlplane.people.roles import Role
from controlplane.transactions.export import request, write
from controlplane.transactions.models import Export, ExportState
from controlplane.transactions.search import run
from tests.transactions.factories import Estate, an_account
from tests.transactions.traffic import a_transaction
from tests.transactions.views.reading import SignIn, links, text_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _var(tmp_path: Path, settings: Any) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "AT_ONCE", -1)


def test_the_list_offers_what_it_shows_as_csv_and_as_json(here: Estate, signed_in: SignIn) -> None:
    story = told(here)
    told(here, fails_at="invoice")
    client = signed_in(Role.SUPPORT, here.team)
    page = client.get("/tx/", {"q": "status:ok"})
    form = re.search(r'<form method="post" action="/tx/export/">.*?</form>', page.content.decode(), re.DOTALL)
    assert form is not None
    assert '<input type="hidden" name="q" value="status:ok">' in form[0]
    assert "up to 10,000 rows at once, up to 250,000 in the background" in form[0]
    answer = client.post("/tx/export/", {"q": "status:ok"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="transactions-\d{8}-\d{6}\.csv"', answer.headers["content-disposition"])
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["Transaction", str(story.transaction.id)]
    assert re.findall(r'name="format" value="(\w+)"', form[0]) == ["csv", "json"]
    answer = client.post("/tx/export/", {"q": "status:ok", "format": "json"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"].endswith('.json"')
    assert [row["transaction"] for row in json.loads(answer.getvalue())] == [str(story.transaction.id)]
    refused = client.post("/tx/export/", {"q": "status:ok", "format": "xlsx"})
    assert refused.status_code == 422
    assert "An export is CSV or JSON. Nothing was exported." in text_of(refused)


def test_a_kept_search_is_exported_without_its_value_in_an_address(here: Estate, signed_in: SignIn) -> None:
    a_transaction(here, at=clock.now(), keys={"customer": "ada@example.com"})
    client = signed_in(Role.SUPPORT, here.team)
    moved = client.post("/tx/", {"q": "customer:ada@example.com"}).headers["location"]
    page = client.get(moved).content.decode()
    kept = re.search(r'name="kept" value="([\w-]{20})"', page)
    assert kept is not None
    assert len(client.post("/tx/export/", {"kept": kept[1]}).getvalue().splitlines()) == 2
    assert client.post("/tx/export/", {"kept": "x" * 20}).status_code == 404


@pytest.mark.parametrize("sent", [{"q": "custmer:1"}, {"q": "system:nowhere"}])
def test_what_cannot_be_read_is_shown_on_the_list(here: Estate, signed_in: SignIn, sent: dict[str, str]) -> None:
    answer = signed_in(Role.SUPPORT, here.team).post("/tx/export/", sent)
    assert (answer.status_code, answer.headers["location"].partition("=")[0]) == (302, "/tx/?q")


def test_what_is_longer_than_a_search_may_be_is_shown_on_the_list(here: Estate, signed_in: SignIn) -> None:
    assert here
    answer = signed_in(Role.SUPPORT, here.team).post("/tx/export/", {"q": "a" * 2_000_000})
    assert (answer.status_code, len(answer.headers["location"]) < 3_000) == (302, True)


def test_who_may_not_see_transactions_exports_none(here: Estate, signed_in: SignIn, client: Client) -> None:
    assert client.post("/tx/export/").headers["location"].startswith("/signin/")
    told(here)
    assert signed_in().post("/tx/export/", {"q": ""}).status_code == 403
    assert client.get("/tx/export/").status_code == 405


@pytest.mark.usefixtures("in_the_background")
def test_a_large_one_is_followed_and_fetched_by_its_asker_only(here: Estate, signed_in: SignIn) -> None:
    told(here)
    client = signed_in(Role.SUPPORT, here.team)
    assert client.post("/tx/export/", {"q": "status:ok"}).headers["location"] == "/tx/exports/"
    page = client.get("/tx/exports/")
    assert "status:ok Waiting for a worker 0 rows" in text_of(page)
    assert re.search(r'id="exports"[^>]*hx-trigger="interlock:hint"', page.content.decode())
    assert client.get("/tx/exports/", headers={"HX-Request": "true", "HX-Target": "exports"}).content.startswith(
        b'<section class="panel flush"'
    )
    assert write.write_next()
    ready = client.get("/tx/exports/")
    assert "status:ok Ready 1 rows" in text_of(ready)
    assert "hx-trigger" not in ready.content.decode().partition('id="exports"')[2].partition("<table")[0]
    export = Export.objects.get()
    (address,) = [link for link in links(ready) if link == f"/tx/exports/{export.pk}/"]
    answer = client.get(address)
    assert answer.getvalue() == write.path_of(export).read_bytes()
    assert (AuditRecord.objects.latest("id").action, AuditRecord.objects.latest("id").details) == (
        "export.downloaded",
        {"rows": 1},
    )
    operator = Client()
    operator.force_login(an_account("Olga Operator", Role.OPERATOR))
    assert operator.get(address).status_code == 404
    assert "No exports" in text_of(operator.get("/tx/exports/"))


@pytest.mark.usefixtures("in_the_background")
def test_a_file_that_is_over_or_elsewhere_is_not_there(here: Estate, signed_in: SignIn) -> None:
    assert here
    client = signed_in(Role.SUPPORT, here.team)
    client.post("/tx/export/", {"q": "ada@example.com"})
    assert write.write_next()
    export = Export.objects.get()
    assert "a••••@example.com" in text_of(client.get("/tx/exports/"))
    write.path_of(export).unlink()
    gone = client.get(f"/tx/exports/{export.pk}/")
    assert gone.status_code == 404
    assert "The file is not on this machine." in text_of(gone)
    Export.objects.update(finished_at=clock.now() - write.KEPT)
    assert client.get(f"/tx/exports/{export.pk}/").status_code == 404
    Export.objects.update(state=ExportState.FAILED, reason="It was given up.")
    assert "Failed" in text_of(client.get("/tx/exports/"))


@pytest.mark.usefixtures("in_the_background")
def test_what_is_missing_is_said_beside_the_file(here: Estate, signed_in: SignIn) -> None:
    assert here
    client = signed_in(Role.SUPPORT, here.team)
    client.post("/tx/export/")
    Export.objects.update(state=ExportState.DONE, complete=False, rows=250_000, finished_at=clock.now())
    words = text_of(client.get("/tx/exports/"))
    assert "It ends at the limit of 250,000 rows; the oldest matches are missing." in words
    assert "Ready, not all of it 250,000 rows" in words


async def test_a_server_that_speaks_asgi_sends_it_piece_by_piece() -> None:
    begun: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        for piece in (b"one", b"two", b"three"):
            begun.append(piece)
            yield piece

    answer = csv_file(AsyncRequestFactory().get("/"), pieces(), "x.csv")
    assert (answer.is_async, begun) == (True, [b"one"])
    sent = [(piece, list(begun)) async for piece in answer]
    assert sent == [
        (b"one", [b"one"]),
        (b"two", [b"one", b"two"]),
        (b"three", [b"one", b"two", b"three"]),
    ]


@pytest.mark.usefixtures("in_the_background")
def test_a_file_is_handed_out_to_nobody_whose_roles_have_changed_since(here: Estate, signed_in: SignIn) -> None:
    told(here)
    client = signed_in(Role.SUPPORT, here.team)
    client.post("/tx/export/", {"q": "status:ok"})
    assert write.write_next()
    address = f"/tx/exports/{Export.objects.get().pk}/"
    assert client.get(address).status_code == 200
    Membership.objects.all().delete()
    refused = client.get(address)
    assert refused.status_code == 403
    assert "Your roles have changed since it was written" in text_of(refused)


def test_a_download_that_ran_out_of_time_breaks_off(
    here: Estate, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(here)
    client = signed_in(Role.SUPPORT, here.team)
    answer = client.post("/tx/export/", {"q": "status:ok", "format": "json"})
    begun = iter(answer)
    assert next(begun) == b"[\n"

    def too_slow(*_asked: object, **_how: object) -> list[dict[str, Any]]:
        raise run.OutOfTime

    monkeypatch.setattr(run, "ask", too_slow)
    with pytest.raises(Unavailable, match="the file is not complete"):
        list(begun)
