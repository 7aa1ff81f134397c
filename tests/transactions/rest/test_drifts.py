"""Drift over the API: listed, proposed and ignored by whom it may be."""

from __future__ import annotations

from uuid import UUID

import pytest

from controlplane.contracts.lifecycle.subject import NAME
from controlplane.governance.models import Board, BoardMember, ChangeRequest
from controlplane.people.roles import Role
from tests.transactions.factories import Estate, an_access
from tests.transactions.looking import a_drift
from tests.transactions.rest.asking import Programs

pytestmark = pytest.mark.django_db


def a_board() -> None:
    board = Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=1)
    BoardMember.objects.create(board=board, person_id=UUID(an_access(Role.BOARD, name="First").person_id))


def test_they_are_listed_with_what_was_and_what_is(here: Estate, program: Programs) -> None:
    a_drift(here, state="gone")
    one = a_drift(here, pointer="/total", kind="type", sign="string", examples=["0193a000-0000-7000-8000-000000000001"])
    asking = program(Role.SUPPORT)
    assert [row["pointer"] for row in asking.get("drifts").json()["drifts"]] == ["/total", "/vat_id"]
    (row,) = asking.get("drifts?state=open&contract=billing-invoice").json()["drifts"]
    assert (row["id"], row["contract"], row["version"]) == (one.pk, "billing-invoice", 1)
    assert (row["now"], row["of"], row["was"], row["out_of"]) == (8, 10, 0, 1_200)
    assert row["words"] == "It is string in 8 of 10 now, and was of another kind."
    assert asking.get("drifts?contract=another").json() == {"drifts": [], "next": None}
    assert asking.get("drifts?state=odd").status_code == 422
    assert asking.get(f"drifts/{one.pk}").json() == row
    assert asking.get("drifts/0").status_code == 404


def test_a_proposal_is_drawn_up_and_kept_as_a_draft(here: Estate, program: Programs) -> None:
    one, asking = a_drift(here), program(Role.OWNER)
    answer = asking.post(f"drifts/{one.pk}/propose", {})
    assert answer.status_code == 409  # nobody decides on contracts yet
    a_board()
    answer = asking.post(f"drifts/{one.pk}/propose", {})
    assert answer.status_code == 201
    change = ChangeRequest.objects.get()
    title = "Let in /vat_id of invoice.paid as it comes"
    assert answer.json() == {"change": change.pk, "state": "draft", "title": title}
    assert change.revision.content["schema"]["properties"]["vat_id"] == {"type": "string"}
    assert here.contract.versions.count() == 1
    assert asking.get(f"drifts/{one.pk}").json()["change"] == change.pk
    put = asking.post(f"drifts/{a_drift(here, pointer='/code').pk}/propose", {"draft": False})
    assert put.json()["state"] == "proposed"


def test_who_may_not_configure_neither_proposes_nor_ignores(here: Estate, program: Programs) -> None:
    a_board()
    one, asking = a_drift(here), program(Role.SUPPORT)
    assert asking.post(f"drifts/{one.pk}/propose", {}).status_code == 403
    assert asking.post(f"drifts/{one.pk}/ignore", {"reason": "No."}).status_code == 403


def test_one_is_ignored_once_and_says_why(here: Estate, program: Programs) -> None:
    one, asking = a_drift(here), program(Role.OWNER)
    assert asking.post(f"drifts/{one.pk}/ignore", {"reason": "Of no use."}).json()["count"] == 1
    assert asking.post(f"drifts/{one.pk}/ignore", {"reason": "Of no use."}).status_code == 409
    row = asking.get(f"drifts/{one.pk}").json()
    assert (row["state"], row["reason"]) == ("ignored", "Of no use.")
