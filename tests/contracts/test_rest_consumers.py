"""Consumers of contracts in the API: declared and withdrawn by their teams, asked about changes, and answered for."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.contracts.models import Confirmation, Contract, Dependency
from controlplane.governance.models import Board, BoardMember
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.contracts.given import a_contract, an_order
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import a_team, an_account

pytestmark = pytest.mark.django_db

HERE = "contracts/order/consumers"
WAREHOUSE: dict[str, Any] = {
    "name": "Warehouse",
    "team": "finance",
    "fields_used": ["/id", "/total"],
    "newest": 1,
    "cadence_minutes": 1440,
    "contact": "dwh@finance.example",
}


@pytest.fixture
def order() -> Contract:
    return a_contract(versions=[an_order()])


@pytest.fixture
def finance(order: Contract) -> Program:
    """A token of who owns what the finance team has."""
    team = a_team("finance")
    return a_program(an_account("Fred Finance", Role.OWNER, team), Role.OWNER, team)


@pytest.fixture
def jonas() -> Account:
    """He is on the board, which decides alone."""
    account = an_account("Jonas Weber", Role.BOARD)
    board = Board.objects.create(slug="contracts", name="Contract board", kinds=["contract"], quorum=1)
    BoardMember.objects.create(board=board, person=account.person)
    return account


def said(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def put(program: Program, path: str, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {program.secret}"}
    return program.client.put(f"/api/v1/{path}", body, "application/json", headers=headers)


def test_one_is_declared_listed_revised_and_withdrawn(finance: Program) -> None:
    made = said(finance.post(HERE, WAREHOUSE), 201)
    assert made | {"id": 0, "declared_at": "", "confirmed_at": ""} == {
        "id": 0,
        "name": "Warehouse",
        "integration": None,
        "team": "finance",
        "use": "unobservable",
        "reads": True,
        "writes": False,
        "fields_used": ["/id", "/total"],
        "oldest": None,
        "newest": 1,
        "cadence_minutes": 1440,
        "contact": "dwh@finance.example",
        "note": "",
        "declared_by": "Fred Finance",
        "declared_at": "",
        "confirmed_by": "Fred Finance",
        "confirmed_at": "",
        "uses": [],
        "last_seen_at": None,
        "per_day": None,
        "looked_back_days": 30,
    }
    assert said(finance.get(HERE))["consumers"] == [made]
    revised = said(put(finance, f"{HERE}/{made['id']}", {"writes": True, "note": "Both ways."}))
    assert (revised["writes"], revised["fields_used"], revised["newest"], revised["note"]) == (
        True,
        [],
        None,
        "Both ways.",
    )
    gone = said(finance.post(f"{HERE}/{made['id']}/withdraw", {"words": "It moved."}))
    assert gone == {"consumers": []}
    assert Dependency.objects.get().withdrawn_why == "It moved."
    said(put(finance, f"{HERE}/{made['id']}", {}), 409)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 422, "Name an integration"),
        ({"integration": "nowhere"}, 422, "There is no integration 'nowhere'."),
        ({"name": "x", "team": "nobody"}, 422, "There is no team 'nobody'."),
        (WAREHOUSE | {"fields_used": ["total"]}, 422, "A JSON Pointer begins with a slash"),
        (WAREHOUSE | {"newest": 9}, 422, "Order has no version 9."),
        (WAREHOUSE | {"reads": False}, 422, "A consumer reads, or writes, or both."),
        (WAREHOUSE | {"team": "sales"}, 403, "of Sales says what it uses"),
        (WAREHOUSE | {"colour": "red"}, 422, "There is no such field"),
        (WAREHOUSE | {"cadence_minutes": 0}, 422, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_declared_is_refused(finance: Program, body: dict[str, Any], status: int, words: str) -> None:
    answer = finance.post(HERE, body)
    assert (answer.status_code, words in answer.content.decode()) == (status, True), answer.content


def test_what_is_not_there_is_missing(finance: Program) -> None:
    said(finance.get("contracts/gone/consumers"), 404)
    said(finance.get("contracts/gone/confirmations"), 404)
    said(put(finance, f"{HERE}/4711", {}), 404)
    said(finance.post(f"{HERE}/4711/withdraw", {"words": "x"}), 404)
    answered = {"said": "confirmed", "content_hash": "0" * 64}
    said(finance.post("contracts/order/confirmations/4711/answers", answered), 404)


def test_everybody_reads_and_only_its_team_changes_it(finance: Program, order: Contract) -> None:
    made = said(finance.post(HERE, WAREHOUSE), 201)
    stranger = a_program(an_account("Olga Orlova", Role.OWNER, order.team), Role.OWNER, order.team)
    assert len(said(stranger.get(HERE))["consumers"]) == 1
    said(put(stranger, f"{HERE}/{made['id']}", {}), 403)
    said(stranger.post(f"{HERE}/{made['id']}/withdraw", {"words": "x"}), 403)
    Contract.objects.create(slug="other", name="Other", team=order.team)
    said(put(finance, f"contracts/other/consumers/{made['id']}", {}), 404)


def test_a_change_asks_it_and_it_answers(finance: Program, order: Contract, jonas: Account) -> None:
    said(finance.post(HERE, WAREHOUSE), 201)
    owner = a_program(an_account("Mara Lindqvist", Role.OWNER, order.team), Role.OWNER, order.team)
    proposal = {
        "kind": "contract",
        "subject_kind": "contract",
        "subject_id": "order",
        "title": "Totals are text",
        "why": "Cents get lost.",
        "content": {"schema": an_order(total={"type": "string"}), "breaks": "There is no other way."},
    }
    change = said(owner.post("changes", proposal), 201)
    (one,) = said(finance.get("contracts/order/confirmations"))["confirmations"]
    assert (one["change"], one["consumer"], one["state"]) == (change["change"]["reference"], "Warehouse", "waiting")
    assert one["content_hash"] == change["shown"]["content_hash"]
    assert [finding["path"] for finding in one["findings"]] == ["total"]

    address = f"contracts/order/confirmations/{one['id']}/answers"
    answered = {"content_hash": one["content_hash"]}
    said(owner.post(address, {"said": "confirmed", **answered}), 403)
    said(finance.post(address, {"said": "refused", **answered}), 422)
    said(finance.post(address, {"said": "perhaps", **answered}), 422)
    said(finance.post(address, {"said": "confirmed", "content_hash": "0" * 64}), 409)
    refused = said(finance.post(address, {"said": "refused", "words": "Not before May.", **answered}), 201)
    assert (refused["state"], refused["answers"][0]["words"]) == ("refused", "Not before May.")
    board = a_program(jonas, Role.BOARD)
    overridden = said(board.post(address, {"said": "overridden", "words": "May is too late.", **answered}), 201)
    assert [one["said"] for one in overridden["answers"]] == ["refused", "overridden"]
    assert overridden["answers"][1]["person"] == "Jonas Weber"
    assert Confirmation.objects.get().state == "overridden"
    said(finance.post(address.replace("order", "other"), {"said": "confirmed", **answered}), 404)


def test_the_same_key_declares_once(finance: Program) -> None:
    first = said(finance.post(HERE, WAREHOUSE, key="k-1"), 201)
    assert said(finance.post(HERE, WAREHOUSE, key="k-1"), 201) == first
    assert Dependency.objects.count() == 1
