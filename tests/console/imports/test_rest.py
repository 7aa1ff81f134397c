"""Imports and discoveries over the API."""

from __future__ import annotations

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.inventory.models import Operation, System
from controlplane.people.roles import Role
from tests.console.imports.documents import ORDERS, SHIPPING_3
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import Estate, an_account, estate

pytestmark = pytest.mark.django_db

CATALOGUE = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: shop, title: Shop}\nspec: {owner: a}\n"


@pytest.fixture
def here() -> Estate:
    return estate()


@pytest.fixture
def program(here: Estate) -> Program:
    return a_program(an_account("Oskar Lind", Role.OPERATOR), Role.OPERATOR)


def test_a_document_is_planned_then_imported_and_once(here: Estate, program: Program) -> None:
    said = {"document": ORDERS, "file": "orders.yaml", "instance": here.source.slug, "interface": "orders"}
    planned = program.post("imports/openapi", said | {"dry_run": True}).json()
    assert {name: planned[name] for name in ("format", "dry_run", "created", "changed", "gone", "same", "notes")} == {
        "format": "OpenAPI 3.0.3",
        "dry_run": True,
        "created": 6,
        "changed": 0,
        "gone": 0,
        "same": 0,
        "notes": [],
    }
    assert planned["changes"][1] == {
        "entry": "operations.orders.GET /orders",
        "change": "created",
        "title": "listOrders",
        "fields_changed": [],
    }
    assert not Operation.objects.exists()
    assert program.post("imports/openapi", said, key="a").json()["created"] == 6
    assert program.post("imports/openapi", said).json()["same"] == 6
    record = AuditRecord.objects.get(action="inventory.imported")
    assert (record.via, record.subject_id) == ("api", here.source.slug)


def test_asyncapi_and_backstage_are_taken_as_well(here: Estate, program: Program) -> None:
    said = {"document": SHIPPING_3, "instance": here.source.slug}
    assert program.post("imports/asyncapi", said).json()["created"] == 2
    catalogue = program.post("imports/backstage", {"document": CATALOGUE, "environment": here.environment.slug}).json()
    assert (catalogue["created"], catalogue["notes"]) == (
        1,
        ["The group 'a', owner of 'shop', is no team here: nothing is set."],
    )
    assert System.objects.get(slug="shop").name == "Shop"


def test_all_that_is_wrong_is_told(here: Estate, program: Program) -> None:
    wrong = program.post(
        "imports/openapi",
        {"document": "openapi: 3.1.0\npaths: {a: {}}\n", "file": "a.yaml", "instance": here.source.slug},
    )
    assert (wrong.status_code, wrong.json()["detail"].splitlines()) == (
        422,
        [
            "a.yaml:1:1: info.title is missing: the interface is called by it.",
            "a.yaml:2:9: a path begins with a slash, not 'a'.",
        ],
    )
    nowhere = program.post("imports/openapi", {"document": ORDERS, "instance": "nowhere"})
    assert (nowhere.status_code, nowhere.json()["field"]) == (422, "instance")


def test_it_takes_the_right_to_configure(here: Estate) -> None:
    support = a_program(an_account("Elif Kaya", Role.SUPPORT), Role.SUPPORT)
    said = {"document": ORDERS, "instance": here.source.slug}
    assert support.post("imports/openapi", said).status_code == 403
    assert support.post("imports/backstage", {"document": CATALOGUE}).status_code == 403
    assert support.get("discoveries").json() == {"discoveries": []}
