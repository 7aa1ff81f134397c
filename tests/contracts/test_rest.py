"""Contracts in the API: the catalogue for everybody who is signed in, and the check of a document."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from controlplane.contracts.models import Compatibility, Contract, ContractVersion, Format, VersionState
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.contracts.given import a_contract, a_version, an_order
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import a_team, an_account

pytestmark = pytest.mark.django_db

ORDER = an_order()
NARROWER = an_order(status={"enum": ["open"]})


@pytest.fixture
def reader() -> Account:
    """Somebody of a team that owns none of this, with no right but to look."""
    return an_account("Elif Kaya", Role.SUPPORT, a_team("support"))


@pytest.fixture
def program(reader: Account) -> Program:
    return a_program(reader, Role.SUPPORT, a_team("support"))


@pytest.fixture
def order(reader: Account) -> Contract:
    contract = a_contract(compatibility=Compatibility.BACKWARD)
    a_version(contract, ORDER, author=reader.person, keys=[{"kind": "order", "value": "record.id"}])
    a_version(contract, NARROWER, personal=["/email"], examples=[{"name": "One", "value": {"id": "O-1"}}])
    return contract


def said(answer: Any, status: int = 200) -> Any:
    """What the answer says."""
    assert answer.status_code == status, answer.content
    return answer.json()


def test_contracts_are_listed_by_team_format_and_words(program: Program, order: Contract) -> None:
    a_contract("prices", team=a_team("pricing"), format_=Format.AVRO)
    rows = said(program.get("contracts"))
    assert [row["slug"] for row in rows["contracts"]] == ["order", "prices"]
    assert rows["next"] is None
    assert rows["contracts"][0] == {
        "slug": "order",
        "name": "Order",
        "team": "sales",
        "format": "json-schema",
        "judged": True,
        "compatibility": "backward",
        "newest": 2,
    }
    for asked in ({"team": "pricing"}, {"format": "avro"}, {"q": "PRIC"}, {"cursor": "order"}):
        assert [row["slug"] for row in said(program.get("contracts", **asked))["contracts"]] == ["prices"]
    assert said(program.get("contracts/prices"))["newest"] is None
    assert said(program.get("contracts", format="wsdl"), 422)["errors"][0]["field"] == "format"


def test_lists_come_a_page_at_a_time(program: Program, order: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.contracts.rest.views.PAGE", 1)
    a_contract("prices")
    first = said(program.get("contracts"))
    assert ([row["slug"] for row in first["contracts"]], first["next"]) == (["order"], "order")
    first = said(program.get("contracts/order/versions"))
    assert ([row["number"] for row in first["versions"]], first["next"]) == ([2], "2")
    last = said(program.get("contracts/order/versions", cursor="2"))
    assert ([row["number"] for row in last["versions"]], last["next"]) == ([1], None)


def test_a_version_is_found_by_its_number_and_by_its_hash(program: Program, order: Contract) -> None:
    first, second = order.versions.order_by("number")
    row = {
        "contract": "order",
        "number": 2,
        "state": "published",
        "content_hash": second.content_hash,
        "enforcement": "quarantine",
        "author": None,
        "change": None,
        "goes_on": None,
        "canary": None,
    }
    whole = said(program.get("contracts/order/versions/2"))
    assert whole.pop("created_at").endswith("Z")
    assert whole == row | {
        "document": NARROWER,
        "keys": [],
        "personal": ["/email"],
        "secret": [],
        "examples": [{"name": "One", "value": {"id": "O-1"}}],
        "downgrade": [],
    }
    assert said(program.get("contracts/order/versions/1"))["author"] == "Elif Kaya"
    (found,) = said(program.get(f"contracts/by-hash/{first.content_hash}"))["versions"]
    assert (found["contract"], found["number"]) == ("order", 1)
    a_version(a_contract("order-copy"), ORDER)
    both = said(program.get(f"contracts/by-hash/{first.content_hash}"))["versions"]
    assert [one["contract"] for one in both] == ["order-copy", "order"]


@pytest.mark.parametrize(
    "address",
    [
        "contracts/gone",
        "contracts/gone/versions",
        "contracts/order/versions/9",
        "contracts/order/versions/99999999999999999999",
        "contracts/order/versions/1/differences/9",
        f"contracts/by-hash/{'0' * 64}",
        "contracts/by-hash/abc",
    ],
)
def test_what_there_is_not_is_not_found(program: Program, order: Contract, address: str) -> None:
    assert said(program.get(address), 404)["type"] == "urn:interlock:problem:not-found"


def test_two_versions_are_compared(program: Program, order: Contract) -> None:
    report = said(program.get("contracts/order/versions/1/differences/2"))
    (finding,) = report.pop("findings")
    assert report == {
        "format": "json-schema",
        "compatibility": "backward",
        "keeps": False,
        "versions": [1],
        "writers": "breaking",
        "readers": "safe",
        "counts": {"breaking": 1, "risky": 0, "safe": 0},
    }
    assert finding == {
        "rule": "enum-value-removed",
        "path": "status",
        "level": "breaking",
        "writers": "breaking",
        "readers": "safe",
        "message": 'No longer let in: "paid".',
        "remedy": "Let in both for as long as anybody sends the old, and refuse it in a later version.",
        "against": [1],
    }
    assert said(program.get("contracts/order/versions/2/differences/1"))["keeps"] is True


def test_a_document_is_checked_and_nothing_is_kept(program: Program, order: Contract) -> None:
    report = said(program.post("contracts/order/check", {"document": an_order(status={"enum": ["paid"]})}))
    assert (report["keeps"], report["versions"], report["counts"]["breaking"]) == (False, [2], 1)
    report = said(program.post("contracts/order/check", {"document": NARROWER, "mode": "full-transitive"}))
    assert (report["keeps"], report["compatibility"], report["versions"]) == (False, "full-transitive", [2, 1])
    assert ContractVersion.objects.count() == 2


def test_the_text_of_a_file_is_read_with_line_and_column(program: Program, order: Contract) -> None:
    assert said(program.post("contracts/order/check", {"document": "type: object"}))["format"] == "json-schema"
    refused = said(program.post("contracts/order/check", {"document": '{\n "a" 1}'}), 422)
    assert refused["problems"] == [
        {"message": "document:2:6: this is not JSON: Expecting ':' delimiter.", "line": 2, "column": 6}
    ]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"type": "objekt"}, "This is no JSON Schema"),
        ({"$schema": "urn:mine"}, "The dialect 'urn:mine' is not known"),
        (4, "A JSON Schema is an object, or true or false; this is neither."),
        (None, "document: This field may not be null."),
        ('{"a": 1, "a": 2}', "document: 'a' stands twice in one object."),
        ({"asyncapi": "3.0.0"}, "This is written in AsyncAPI, and what it would be compared with in JSON Schema."),
    ],
)
def test_what_cannot_be_judged_is_refused(program: Program, order: Contract, document: Any, words: str) -> None:
    assert said(program.post("contracts/order/check", {"document": document}), 422)["detail"].startswith(words)


def test_the_number_of_checks_is_limited_like_all_else(program: Program, order: Contract, settings: Settings) -> None:
    settings.API_RATE = 1
    said(program.post("contracts/order/check", {"document": ORDER}))
    assert said(program.post("contracts/order/check", {"document": ORDER}), 429)["status"] == 429


def test_who_is_not_signed_in_is_told_nothing(order: Contract) -> None:
    assert said(Program("ilk_nobody").get("contracts/order"), 401)["status"] == 401


def test_a_draft_is_in_the_catalogue_and_binds_nobody(program: Program, order: Contract) -> None:
    a_version(order, ORDER, state=VersionState.DRAFT)
    assert said(program.get("contracts/order/versions"))["versions"][0]["state"] == "draft"
    assert said(program.get("contracts/order"))["newest"] == 2
