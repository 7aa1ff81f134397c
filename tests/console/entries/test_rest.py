"""Entries over the API: proposed, voted on, applied and taken back by programs, as every other change."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.audit.models import SYSTEM
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.governance.changes.check import run_waiting_checks
from controlplane.people.access import Access
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from controlplane.transactions.models import Endpoint
from tests.console.entries.deciding import Deciding, deciding, said
from tests.console.estate.conftest import small
from tests.people.rest.asking import Program, a_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Deciding:
    """A small estate, whose entries a board decides on."""
    apply_estate(small(), actor=SYSTEM)
    return deciding(Team.objects.get(slug="finance"))


def program_of(access: Access, role: Role, team: Team | None = None) -> Program:
    """A program with a token of this person."""
    return a_program(Account.objects.get(pk=access.account_id), role, team)


def proposal(**more: Any) -> dict[str, Any]:
    """The endpoint closed, as a program proposes it."""
    entry = said("endpoint", "billing", active=False)
    about = {"kind": "endpoint", "subject_kind": "endpoint", "subject_id": "billing"}
    return about | {"title": "Close it", "why": "Nobody sends.", "content": {"entry": entry}} | more


def test_an_entry_goes_all_the_way_by_programs(here: Deciding) -> None:
    owner = program_of(here.owner, Role.OWNER, Team.objects.get(slug="finance"))
    made = owner.post("changes", proposal(), key="one")
    assert made.status_code == 201
    change = made.json()
    assert [(one["level"], one["what"]) for one in change["shown"]["diff"]] == [("breaking", "active")]
    assert change["shown"]["impact"]["sentence"].startswith("1 integration has to do with it")
    address, line = f"changes/{change['change']['id']}", change["change"]
    ballot = {"choice": "approve", "version": line["version"], "content_hash": line["content_hash"]}
    for member in here.members:
        assert program_of(member, Role.BOARD).post(f"{address}/votes", ballot).status_code == 201
    run_waiting_checks()
    applied = owner.post(f"{address}/apply")
    assert (applied.status_code, applied.json()["change"]["state"]) == (200, "applied")
    assert not Endpoint.objects.get().active
    back = owner.post(f"{address}/rollback", {"why": "They do send."})
    assert (back.status_code, "active" in back.json()["shown"]["content"]["entry"]) == (201, False)


def test_the_kinds_are_listed(here: Deciding) -> None:
    listed = program_of(here.owner, Role.OWNER, Team.objects.get(slug="finance")).get("change-kinds").json()
    found = {one["name"] for one in listed["kinds"]}
    assert {"integration", "endpoint", "flow", "mapping", "normalisation", "destination", "instance"} <= found


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"content": {}}, 422),
        ({"content": {"entry": "x"}}, 422),
        ({"content": {"entry": {"scheme": 5}}}, 422),
        ({"content": {"entry": {"integration": {"a": 1}}}}, 422),
        ({"content": {"entry": {"name": "\u0000", "integration": "nul\u0000"}}}, 422),
        ({"subject_id": "a b"}, 422),
        ({"subject_kind": "flow"}, 422),
        ({"subject_kind": "nothing"}, 422),
    ],
)
def test_what_is_no_entry_is_a_clear_refusal(here: Deciding, more: dict[str, Any], status: int) -> None:
    owner = program_of(here.owner, Role.OWNER, Team.objects.get(slug="finance"))
    answer = owner.post("changes", proposal(**more))
    assert answer.status_code == status, answer.content
    assert Endpoint.objects.get().active


def test_every_mistake_of_an_entry_is_told(here: Deciding) -> None:
    owner = program_of(here.owner, Role.OWNER, Team.objects.get(slug="finance"))
    entry = said("endpoint", "billing", scheme="none", max_body=-1)
    answer = owner.post("changes", proposal(content={"entry": entry})).json()
    assert [one["message"].partition(":")[0] for one in answer["problems"]] == [
        "endpoints.billing.scheme",
        "endpoints.billing.max_body",
    ]
