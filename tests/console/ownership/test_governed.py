"""Where a board decides who owns which data: pages propose, documents are refused, what is approved is applied."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.audit.models import Actor, Subject
from controlplane.console.estate.apply import apply as apply_document
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.changes.vote import vote
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Choice
from controlplane.inventory.models import EntityKind, EntityVersion, Ownership
from controlplane.inventory.ownership.decide import decide
from controlplane.inventory.ownership.governed import OWNERSHIP
from controlplane.inventory.ownership.terms import Terms
from controlplane.people.access import Access
from controlplane.people.roles import Role
from tests.console.estate.conftest import small
from tests.transactions.factories import an_access, an_account, system

pytestmark = pytest.mark.django_db

HERE = "/data/ownership/"


def text(answer: Any) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


@pytest.fixture
def jonas() -> Access:
    """The only member of a board that decides on ownership."""
    for slug in ("odoo", "crm"):
        system(slug, slug.title(), "Sy", 10)
    board = Board.objects.create(slug="data", name="Data board", kinds=["ownership"], quorum=1)
    access = an_access(Role.BOARD, None, name="Jonas Weber")
    BoardMember.objects.create(board=board, person_id=UUID(access.person_id))
    return access


@pytest.fixture
def operator(client: Client, jonas: Access) -> Client:
    client.force_login(an_account("Oskar Lind", Role.OPERATOR))
    return client


def approved(jonas: Access, change: ChangeRequest) -> ChangeRequest:
    """The board agrees, and it is applied."""
    run_checks(change.revision)
    now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
    vote(jonas, change.pk, Choice.APPROVE, "Fine.", revision=now.number, content_hash=now.content_hash)
    return apply(an_access(Role.OPERATOR, None, name=f"Applies {change.pk}"), change.pk)


def test_a_cell_is_proposed_and_nothing_is_changed_until_the_board_agrees(operator: Client, jonas: Access) -> None:
    form = text(operator.get(HERE, {"at": "customer.email", "cell": "odoo"}))
    assert "Data board decides who owns which data" in form
    assert "Propose" in form
    told = {"at": "customer.email", "cell": "odoo", "right": "record", "reason": "Odoo knows it first."}
    page = text(operator.post(f"{HERE}cell/", told, follow=True))
    change = ChangeRequest.objects.get()
    assert f"{change.reference} is proposed to Data board" in page
    assert not Ownership.objects.exists()
    assert change.revision.diff[0]["what"] == "record"
    approved(jonas, change)
    row = Ownership.objects.get()
    assert (str(row), row.record and row.record.slug) == ("customer.email", "odoo")


def test_what_was_applied_is_taken_back_by_a_change_too(operator: Client, jonas: Access) -> None:
    told = {"at": "customer.email", "cell": "odoo", "right": "record", "reason": "Odoo knows it first."}
    operator.post(f"{HERE}cell/", told)
    change = approved(jonas, ChangeRequest.objects.get())
    back = rollback(an_access(Role.OPERATOR, None, name="Takes back"), change.pk, why="It did not.")
    approved(jonas, back)
    assert not Ownership.objects.exists()


def test_what_others_writes_meet_and_what_an_entity_is_are_proposed_as_well(operator: Client, jonas: Access) -> None:
    operator.post(f"{HERE}enforcement/", {"at": "customer", "on_breach": "block", "reason": "Sure."})
    approved(jonas, ChangeRequest.objects.get())
    assert EntityKind.objects.get(slug="customer").on_breach == "block"
    told = {"schema": '{"properties": {"nick": {}}}', "operations": ["create"], "reason": "Simpler.", "stands_on": "1"}
    operator.post("/data/entities/customer/revise/", told)
    change = ChangeRequest.objects.latest("pk")
    assert EntityVersion.objects.filter(entity__slug="customer").count() == 1
    assert {one["level"] for one in change.revision.diff} >= {"breaking", "safe"}
    approved(jonas, change)
    assert EntityVersion.objects.filter(entity__slug="customer").count() == 2


def test_nobody_goes_around_the_board(jonas: Access) -> None:
    with pytest.raises(Conflict, match="Data board decides who owns which data"):
        decide(an_access(Role.OPERATOR), EntityKind.objects.get(slug="customer"), None, Terms("odoo"), "Mine.")
    document = small() | {"ownership": {"customer": {"record": "billing"}}}
    with pytest.raises(Invalid, match="Data board decides who owns which data"):
        apply_document(document, actor=Actor(label="operator"))
    assert not Ownership.objects.exists()


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"record": "nowhere"}, "record"),
        ({"colour": "red"}, "colour"),
        ({"record": 7}, "record"),
        ({"writers": ["odoo", 7]}, "writers"),
        ({"steward": "nobody@example.com"}, "steward"),
        ({"on_breach": "explode"}, "on_breach"),
    ],
)
def test_what_cannot_be_decided_cannot_be_proposed(jonas: Access, content: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        OWNERSHIP.validate(Subject("ownership", "customer.email"), content)
    assert refused.value.field == field


def test_what_is_not_there_any_more_is_missing(jonas: Access) -> None:
    for missing in ("nothing", "customer.colour"):
        with pytest.raises(NotFound):
            OWNERSHIP.describe(Subject("ownership", missing))
