"""Searching and reading transactions over the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.people.roles import Role
from controlplane.transactions.rules.states import TransactionState
from tests.transactions.factories import Estate, estate
from tests.transactions.rest.asking import Programs
from tests.transactions.traffic import a_transaction
from tests.transactions.views.reading import told

pytestmark = pytest.mark.django_db


def test_a_customers_failed_transactions_are_found_by_the_language_of_the_page(here: Estate, program: Programs) -> None:
    story = told(here, fails_at="invoice")
    told(here, 3)
    found = program(Role.SUPPORT).get("transactions", q="status:failed after:1h", counts=True).json()
    assert [row["id"] for row in found["rows"]] == [str(story.transaction.id)]
    assert found["counts"] == {"total": 1, "total_is_least": False, "unprocessed": 0}
    assert found["next"] is None
    row = found["rows"][0]
    assert (row["state"], row["amount_minor"], row["currency"]) == ("dead", 394000, "EUR")
    assert row["received_at"] == f"{story.transaction.received_at:%Y-%m-%dT%H:%M:%S.%f}Z"


def test_an_unknown_field_is_marked_with_what_was_meant(here: Estate, program: Programs) -> None:
    answer = program(Role.SUPPORT).get("transactions", q="after:1h statsu:failed")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert (problem["type"], problem["field"]) == ("urn:interlock:problem:bad-query", "q")
    assert problem["faults"] == [
        {
            "start": 9,
            "end": 16,
            "message": "There is no field “statsu”; did you mean status:?",
            "suggestion": "status:",
        }
    ]


def test_pages_follow_each_other_without_gap_or_repetition(here: Estate, program: Programs) -> None:
    now = clock.now()
    made = [a_transaction(here, at=now - timedelta(seconds=second)) for second in range(1, 121)]
    asking, seen = program(Role.SUPPORT), []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = asking.get("transactions", q="after:1h", **cursor).json()
        seen += [row["id"] for row in page["rows"]]
        cursor = {"cursor": page["next"]}
    assert seen == [str(one.id) for one in made]
    assert cursor == {"cursor": None}
    wrong = asking.get("transactions", cursor="somewhere")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "cursor")


def test_a_longer_page_costs_no_more_statements(here: Estate, program: Programs) -> None:
    asking, now = program(Role.SUPPORT), clock.now()

    def statements() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert asking.get("transactions", q="after:1h").status_code == 200
        return len(counted)

    a_transaction(here, at=now - timedelta(seconds=100))
    statements()  # the first writes down that the token was used
    few = statements()
    for second in range(1, 40):
        a_transaction(here, at=now - timedelta(seconds=second))
    assert statements() == few


def test_a_personal_value_is_searched_by_post_and_refused_in_an_address(here: Estate, program: Programs) -> None:
    story = told(here)
    asking = program(Role.SUPPORT)
    refused = asking.get("transactions", q="office@brandt-mt.example")
    assert refused.status_code == 422
    assert "/api/v1/transactions/search" in refused.json()["detail"]
    found = asking.post("transactions/search", {"q": "after:1h", "facets": True}).json()
    assert [row["id"] for row in found["rows"]] == [str(story.transaction.id)]
    status = next(one for one in found["facets"] if one["field"] == "status")
    assert [(choice["value"], choice["count"]) for choice in status["choices"]] == [("ok", 1)]
    assert asking.post("transactions/search", {"q": "office@brandt-mt.example"}).status_code == 200
    assert asking.get("transactions/facets", q="after:1h").json()["facets"] == found["facets"]


def test_one_transaction_has_its_steps_their_tries_and_what_to_do(here: Estate, program: Programs) -> None:
    story = told(here, fails_at="invoice", tries=2)
    shown = program(Role.SUPPORT).get(f"transactions/{story.transaction.id}").json()
    assert (shown["state"], shown["settled"], shown["team"], shown["flow"]) == (
        "dead",
        True,
        "billing",
        "Invoice to ledger v1",
    )
    assert shown["integration"] == {"slug": "billing-invoices", "name": "Billing: invoice to ledger"}
    steps = {step["name"]: step for step in shown["steps"]["steps"]}
    assert {name: step["state"] for name, step in steps.items()} == {
        "party": "succeeded",
        "invoice": "dead",
        "notify": "skipped",
    }
    assert [one["number"] for one in steps["invoice"]["tries"]] == [1, 2]
    assert shown["cause"] is not None
    assert "billing" in shown["integration"]["slug"]


def test_older_tries_are_read_by_the_cursor(here: Estate, program: Programs) -> None:
    story = told(here, 600, fails_at="invoice", tries=60)
    asking, address = program(Role.SUPPORT), f"transactions/{story.transaction.id}/steps/invoice/attempts"
    newest = asking.get(address).json()
    assert ([one["number"] for one in newest["attempts"]], newest["next"]) == (list(range(11, 61)), "11")
    older = asking.get(address, cursor=newest["next"]).json()
    assert ([one["number"] for one in older["attempts"]], older["next"]) == (list(range(1, 11)), None)
    assert asking.get(f"transactions/{story.transaction.id}/steps/none/attempts").status_code == 404


def test_bodies_take_the_right_and_personal_values_are_masked_by_role(here: Estate, program: Programs) -> None:
    story = told(here)
    address = f"transactions/{story.transaction.id}/bodies"
    whole = program(Role.OWNER, name="Olga Berg").get(address).json()
    assert whole["seen"] == "all"
    assert whole["canonical"]["document"]["data"]["customer"]["name"] == "Brandt Messtechnik GmbH"
    masked = program(Role.SUPPORT, name="Sam Ortega").get(address)
    assert masked.json()["seen"] == "masked"
    assert "Brandt" not in masked.content.decode()
    assert "office@brandt-mt.example" not in masked.content.decode()
    refused = program(Role.BOARD, name="Bea Board").get(address)
    assert (refused.status_code, refused.json()["title"]) == (403, "You may not do this")
    sent = program(Role.OWNER, name="Otto Berg").get(f"transactions/{story.transaction.id}/steps/invoice/bodies").json()
    assert sent["sent"]["document"]["number"] == "INV-0001"
    assert sent["answered"]["document"] == {"id": 8841, "name": "made by the ERP"}


def test_a_foreign_transaction_looks_like_a_missing_one(here: Estate, program: Programs) -> None:
    story = told(here)
    stranger = program(Role.OWNER, estate("sales").team, name="Otto Fremd")
    for address in ("", "/bodies", "/journey", "/steps/invoice/attempts", "/steps/invoice/bodies"):
        foreign = stranger.get(f"transactions/{story.transaction.id}{address}")
        missing = stranger.get(f"transactions/{uuid4()}{address}")
        assert (foreign.status_code, missing.status_code) == (404, 404)
        told_of = [{**one.json(), "instance": ""} for one in (foreign, missing)]
        assert told_of[0] == told_of[1]
    assert stranger.get("transactions", q="after:1h").json()["rows"] == []


def test_the_journey_has_what_is_of_the_same_customer(here: Estate, program: Programs) -> None:
    first, second = told(here, 9, keys={"customer": "C-1042"}), told(here, 5, keys={"customer": "C-1042"})
    line = program(Role.SUPPORT).get(f"transactions/{second.transaction.id}/journey", within="24h").json()
    assert [entry["transaction"]["id"] for entry in line["entries"]] == [
        str(second.transaction.id),
        str(first.transaction.id),
    ]
    assert line["key"] == {"field": "customer", "kind": "Customer", "value": "C-1042"}
    wrong = program(Role.SUPPORT, name="Sam Ortega").get(f"transactions/{second.transaction.id}/journey", within="9y")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "within")


def test_what_is_not_in_quarantine_cannot_be_released(here: Estate, program: Programs) -> None:
    story = told(here)
    answer = program(Role.SUPPORT).post(f"transactions/{story.transaction.id}/release", {"reason": "again"})
    assert (answer.status_code, answer.json()["detail"]) == (409, "It is not in quarantine; nothing was changed.")


def test_a_quarantined_event_is_judged_again(here: Estate, program: Programs) -> None:
    story = told(here)
    row = story.transaction
    type(row).objects.filter(pk=row.pk).update(state=TransactionState.QUARANTINED)
    type(row).objects.filter(event_id=row.event_id).exclude(pk=row.pk).delete()
    asking = program(Role.SUPPORT)
    answer = asking.post(f"transactions/{row.id}/release", {"reason": "The contract is mended."})
    assert (answer.status_code, answer.json()["count"]) == (202, 1)
    assert asking.get(f"transactions/{row.id}").json()["state"] == "received"
    kept = AuditRecord.objects.get(action="transaction.released")
    assert (kept.via, kept.actor_label) == ("api", "Elif Kaya, by token “nightly”")
    assert kept.actor_account == str(asking.token.pk if asking.token else "")
