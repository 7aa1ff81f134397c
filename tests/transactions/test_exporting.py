"""Exports: the rows of the page and no others, masked as there, harmless in a spreadsheet, kept for a day."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.foundation.errors import NotAllowed, TooMany
from controlplane.foundation.spreadsheet import cell, lines
from controlplane.people.access import NOBODY, Access, access_for
from controlplane.people.models import Account, Membership
from controlplane.people.roles import Role
from controlplane.transactions.export import pages, request, write
from controlplane.transactions.models import Export, ExportFormat, ExportState
from controlplane.transactions.rules import money
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.listing import rows_of
from tests.transactions.factories import LONG_AGO, Estate, an_access, an_account, estate
from tests.transactions.traffic import (
    NOW,
    RECEIVED_AT,
    a_transaction,
    id_at,
    paid_invoice,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(here: Estate) -> Account:
    return an_account("Elif Kaya", Role.SUPPORT, here.team)


@pytest.fixture
def support(account: Account) -> Access:
    return access_for(account)


@pytest.fixture(autouse=True)
def _var(tmp_path: Path, settings: Any) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is too much to be sent at once."""
    monkeypatch.setattr(request, "AT_ONCE", -1)


def read(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def sent(access: Access, query: str = "") -> list[dict[str, str]]:
    asked = request.ask(access, query, NOW)
    assert isinstance(asked, Iterator)
    return read("".join(asked))


def queued(access: Access, query: str = "") -> Export:
    asked = request.ask(access, query, NOW)
    assert isinstance(asked, Export)
    return asked


def written(export: Export) -> list[dict[str, str]]:
    assert write.write_next()
    export.refresh_from_db()
    return read(write.path_of(export).read_text())


def test_a_row_has_what_the_list_shows_and_the_times_in_both_zones(
    here: Estate, support: Access, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    story = paid_invoice(here, fails_at="invoice", reason="No such party: ada@example.com")
    (row,) = sent(support)
    assert row == {
        "Transaction": str(story.transaction.id),
        "Status": "dead",
        "Title": "Invoice to ledger",
        "Integration": "Billing: invoice to ledger",
        "Key": "in_1001",
        "What happened": "No such party: a••••@example.com",
        "Event type": "invoice.paid.v1",
        "Error": "rejected.tax_id_invalid",
        "Received (UTC)": RECEIVED_AT.isoformat(timespec="milliseconds"),
        "Received (local)": RECEIVED_AT.astimezone(ZoneInfo("Europe/Vienna")).isoformat(timespec="milliseconds"),
        "Ended (UTC)": (RECEIVED_AT + timedelta(seconds=1.6)).isoformat(timespec="milliseconds"),
        "Seconds": "1.600",
        "Amount": "3940.00",
        "Currency": "EUR",
        "Trace": str(story.transaction.correlation_id),
    }
    assert row["Received (local)"].endswith("+01:00")


def test_a_program_reads_the_same_as_json(
    here: Estate, support: Access, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ROWS", 1)
    settings.TIME_ZONE = "Europe/Vienna"
    story = paid_invoice(here, fails_at="invoice", reason="No such party: ada@example.com")
    later = a_transaction(here, at=RECEIVED_AT + timedelta(minutes=1), headline="=1+1", state=TransactionState.RUNNING)
    asked = request.ask(support, "", NOW, ExportFormat.JSON)
    assert isinstance(asked, Iterator)
    newest, row = json.loads("".join(asked))
    assert row == {
        "transaction": str(story.transaction.id),
        "status": "dead",
        "title": "Invoice to ledger",
        "integration": "Billing: invoice to ledger",
        "key": "in_1001",
        "what_happened": "No such party: a••••@example.com",
        "event_type": "invoice.paid.v1",
        "error": "rejected.tax_id_invalid",
        "received_utc": RECEIVED_AT.isoformat(timespec="milliseconds"),
        "received_local": RECEIVED_AT.astimezone(ZoneInfo("Europe/Vienna")).isoformat(timespec="milliseconds"),
        "ended_utc": (RECEIVED_AT + timedelta(seconds=1.6)).isoformat(timespec="milliseconds"),
        "seconds": 1.6,
        "amount": "3940.00",
        "currency": "EUR",
        "trace": str(story.transaction.correlation_id),
    }
    assert (newest["transaction"], newest["what_happened"]) == (str(later.id), "=1+1")
    assert (newest["ended_utc"], newest["amount"], newest["currency"]) == (None, None, None)


def test_json_of_nothing_is_an_empty_list(here: Estate, support: Access) -> None:
    assert here
    asked = request.ask(support, "status:dead", NOW, ExportFormat.JSON)
    assert isinstance(asked, Iterator)
    assert json.loads("".join(asked)) == []


def test_an_amount_below_zero_stays_a_number(here: Estate, support: Access) -> None:
    a_transaction(here, at=RECEIVED_AT, amount_minor=-500, currency="EUR")
    (row,) = sent(support)
    assert row["Amount"] == "-5.00"


@pytest.mark.usefixtures("in_the_background")
def test_json_is_written_by_a_worker_as_well(here: Estate, support: Access) -> None:
    one = a_transaction(here, at=RECEIVED_AT)
    export = request.ask(support, "status:ok", NOW, ExportFormat.JSON)
    assert isinstance(export, Export)
    assert write.write_next()
    assert [row["transaction"] for row in json.loads(write.path_of(export).read_text())] == [str(one.id)]
    assert write.path_of(export).name == f"{export.pk}.json"
    assert [record.details.get("format") for record in AuditRecord.objects.order_by("id")] == ["json", "json"]


def test_only_what_the_asker_may_see_is_exported(here: Estate, support: Access) -> None:
    mine = a_transaction(here, at=RECEIVED_AT)
    a_transaction(estate("sales"), at=RECEIVED_AT)
    assert [row["Transaction"] for row in sent(support)] == [str(mine.id)]
    assert len(sent(an_access(Role.OPERATOR))) == 2
    with pytest.raises(NotAllowed):
        request.ask(NOBODY, "", NOW)


def test_what_arrives_after_the_click_is_not_in_it(here: Estate, support: Access) -> None:
    before = a_transaction(here, at=NOW)
    a_transaction(here, at=NOW + timedelta(seconds=1))
    assert [row["Transaction"] for row in sent(support)] == [str(before.id)]


def test_it_is_read_in_pages_that_follow_each_other(
    here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ROWS", 2)
    ids = [str(a_transaction(here, at=RECEIVED_AT + timedelta(seconds=n)).id) for n in range(5)][::-1]
    assert [row["Transaction"] for row in sent(support)] == ids
    found = list(pages.pieces(support, "", NOW, 3, ZoneInfo("UTC")))
    assert [piece.rows for piece in found] == [0, 2, 1, 0]
    with CaptureQueriesContext(connection) as asked:
        begun = pages.pieces(support, "", NOW, 5, ZoneInfo("UTC"))
        next(begun), next(begun)
    assert len([one for one in asked if "from transaction t where" in one["sql"]]) <= 2


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "=cmd|' /C calc'!A0"]
)
def test_no_cell_is_a_formula(here: Estate, support: Access, formula: str) -> None:
    a_transaction(here, at=RECEIVED_AT, external_id=formula, headline=formula, state=TransactionState.PARTIAL)
    (row,) = sent(support)
    assert (row["Key"], row["What happened"]) == (f"'{formula}", f"'{formula}")


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_whatever_is_in_a_cell_can_be_read_back(texts: list[str]) -> None:
    kept = [cell(text.replace("\0", "")) for text in texts]
    if any(kept):
        assert next(csv.reader(io.StringIO(lines([kept]), newline=""))) == kept
    assert all(text[:1] not in "=+-@＝＋－＠\t\r\n" for text in kept if text)


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [(394000, "EUR", "3940.00"), (-5, "EUR", "-0.05"), (5000, "JPY", "5000"), (1, "KWD", "0.001"), (None, "EUR", "")],
)
def test_amounts_are_plain_numbers(minor: int | None, currency: str, words: str) -> None:
    assert money.plain(minor, currency) == words


def test_who_exported_which_search_and_how_many_rows_is_recorded(here: Estate, support: Access) -> None:
    a_transaction(here, at=RECEIVED_AT, keys={"customer": "ada@example.com"})
    assert len(sent(support, "customer:ada@example.com")) == 1
    record = AuditRecord.objects.latest("id")
    assert (record.action, record.actor_person) == ("search.exported", support.person_id)
    assert record.details == {"query": "customer:a••••@example.com", "format": "csv", "rows": 1}


@pytest.mark.usefixtures("in_the_background")
def test_a_large_one_is_written_by_a_worker_and_recorded(here: Estate, support: Access) -> None:
    ids = [str(a_transaction(here, at=RECEIVED_AT + timedelta(seconds=n)).id) for n in range(3)][::-1]
    export = queued(support, "status:ok")
    export.refresh_from_db()
    assert (export.state, str(export.requested_by_id), export.query) == (
        ExportState.WAITING,
        support.person_id,
        "status:ok",
    )
    assert [row["Transaction"] for row in written(export)] == ids
    path = write.path_of(export)
    assert (export.state, export.rows, export.complete, export.size) == (
        ExportState.DONE,
        3,
        True,
        path.stat().st_size,
    )
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [record.action for record in AuditRecord.objects.order_by("id")] == ["export.requested", "export.written"]
    assert AuditRecord.objects.latest("id").details == {
        "query": "status:ok",
        "format": "csv",
        "rows": 3,
        "complete": True,
    }
    assert not write.write_next()


@pytest.mark.usefixtures("in_the_background")
def test_one_that_ends_at_the_limit_says_so(here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "MOST_ROWS", 2)
    for _ in range(3):
        a_transaction(here, at=RECEIVED_AT)
    export = queued(support)
    assert len(written(export)) == 2
    assert (export.state, export.complete) == (ExportState.DONE, False)


@pytest.mark.usefixtures("in_the_background")
def test_a_search_that_cannot_go_on_says_what_is_missing(
    here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    from controlplane.transactions.search import run

    a_transaction(here, at=RECEIVED_AT)
    export = queued(support, "text:slow")

    def too_slow(*_asked: object, **_how: object) -> list[dict[str, Any]]:
        raise run.OutOfTime

    monkeypatch.setattr(run, "ask", too_slow)
    assert written(export) == []
    assert (export.state, export.complete) == (ExportState.DONE, False)
    assert export.reason.startswith("The search took too long; what is older than 23 Nov 2026")


@pytest.mark.usefixtures("in_the_background")
def test_a_person_whose_roles_change_meanwhile_gets_no_file(
    here: Estate, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_transaction(here, at=RECEIVED_AT)
    export = queued(access_for(account))

    def and_then(*arguments: Any) -> Any:
        Membership.objects.filter(person=account.person).delete()
        return rows_of(*arguments)

    monkeypatch.setattr("controlplane.transactions.export.pages.rows_of", and_then)
    assert write.write_next()
    export.refresh_from_db()
    assert (export.state, export.reason) == (
        ExportState.FAILED,
        "The roles of the person who asked for it changed meanwhile. Ask again.",
    )
    assert list(write.folder().iterdir()) == []
    assert AuditRecord.objects.latest("id").action == "export.failed"


@pytest.mark.usefixtures("in_the_background")
def test_a_file_is_for_the_roles_that_it_was_begun_with(
    here: Estate, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_transaction(here, at=RECEIVED_AT)
    begun = access_for(account)
    export = queued(begun)
    end = write._end

    def they_change_before(*arguments: Any, **more: Any) -> None:
        Membership.objects.filter(person=account.person).delete()
        end(*arguments, **more)

    monkeypatch.setattr(write, "_end", they_change_before)
    assert write.write_next()
    export.refresh_from_db()
    assert (export.state, export.reach) == (ExportState.DONE, begun.fingerprint)
    assert access_for(account).fingerprint != begun.fingerprint


@pytest.mark.usefixtures("in_the_background")
def test_a_worker_that_vanished_is_succeeded_and_its_late_write_refused(
    here: Estate, support: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_transaction(here, at=RECEIVED_AT)
    export = queued(support)
    beat = write._beat

    def stolen(row: Export, token: Any, rows: int) -> None:
        Export.objects.filter(pk=row.pk).update(lease_token=uuid4(), due_at=LONG_AGO)
        beat(row, token, rows)

    with monkeypatch.context() as patched:
        patched.setattr(write, "_beat", stolen)
        assert write.write_next()
    export.refresh_from_db()
    assert (export.state, list(write.folder().iterdir())) == (ExportState.RUNNING, [])
    assert len(written(export)) == 1
    assert (export.state, export.tries) == (ExportState.DONE, 2)


@pytest.mark.usefixtures("in_the_background")
def test_one_that_ends_its_workers_is_given_up(here: Estate, support: Access) -> None:
    assert here
    export = queued(support)
    Export.objects.filter(pk=export.pk).update(tries=write.MAX_TRIES)
    assert write.write_next()
    export.refresh_from_db()
    assert (export.state, export.reason) == (
        ExportState.FAILED,
        "3 workers vanished while they wrote it; it was given up.",
    )


@pytest.mark.usefixtures("in_the_background")
def test_a_person_has_so_many_exports_at_a_time(here: Estate, support: Access) -> None:
    assert here
    for _ in range(request.AT_A_TIME):
        queued(support)
    with pytest.raises(TooMany):
        request.ask(support, "", NOW)
    assert isinstance(request.ask(an_access(Role.OPERATOR), "", NOW), Export)


@pytest.mark.usefixtures("in_the_background")
def test_after_a_day_row_and_file_are_gone(here: Estate, support: Access) -> None:
    assert here
    old, new = queued(support), queued(support)
    written(old), written(new)
    (write.folder() / f"{id_at(NOW)}.csv").write_text("nobody knows it")
    Export.objects.filter(pk=old.pk).update(finished_at=clock.now() - write.KEPT - timedelta(seconds=1))
    Export.objects.filter(pk=new.pk).update(asked_at=clock.now())
    assert write.forget_exports() == 1
    assert [path.name for path in write.folder().iterdir()] == [f"{new.pk}.csv"]
    assert [one.pk for one in Export.objects.all()] == [new.pk]
