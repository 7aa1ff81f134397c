"""Changes over the API: the same verbs as the pages, the same refusals, once with a key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from controlplane.governance.changes.check import run_waiting_checks
from controlplane.governance.models import BoardMember, ChangeRequest, Condition, Vote
from controlplane.people.access import Access
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from tests.governance import names
from tests.governance.board import Company
from tests.people.rest.asking import Program, a_program
from tests.transactions.factories import an_access

PROPOSAL = {
    "kind": names.KIND,
    "subject_kind": "team",
    "subject_id": "billing",
    "title": "Call it Invoicing",
    "why": "Nobody finds us.",
    "content": {"name": "Invoicing"},
}


def program_of(access: Access, role: Role, team: Team | None = None) -> Program:
    """A program with a token of this person."""
    return a_program(Account.objects.get(pk=access.account_id), role, team)


@pytest.fixture
def mara(company: Company) -> Program:
    return program_of(company.mara, Role.OWNER, company.team)


@pytest.fixture
def jonas(company: Company) -> Program:
    return program_of(company.jonas, Role.BOARD)


def ballot(change: dict[str, Any], choice: str = "approve", **more: object) -> dict[str, object]:
    line = change["change"]
    return {"choice": choice, "version": line["version"], "content_hash": line["content_hash"], "words": "Fine."} | more


def test_a_change_goes_all_the_way_by_programs(company: Company, mara: Program, jonas: Program) -> None:
    priya = program_of(company.priya, Role.BOARD)
    made = mara.post("changes", PROPOSAL, key="one")
    assert made.status_code == 201
    change = made.json()
    assert mara.post("changes", PROPOSAL, key="one").json()["change"]["id"] == change["change"]["id"]
    assert ChangeRequest.objects.count() == 1
    assert [one["level"] for one in change["shown"]["diff"]] == ["risky", "safe"]
    assert change["shown"]["impact"]["sentence"] == "One report names this team."
    address = f"changes/{change['change']['id']}"
    asked = ballot(change, conditions=[{"text": "Tell the auditors."}])
    assert jonas.post(f"{address}/votes", asked).status_code == 201
    assert priya.post(f"{address}/votes", ballot(change)).json()["change"]["state"] == "approved"
    run_waiting_checks()
    refused = mara.post(f"{address}/apply")
    assert (refused.status_code, "Tell the auditors." in refused.json()["detail"]) == (409, True)
    condition = Condition.objects.get().pk
    assert mara.post(f"{address}/conditions/{condition}", {"evidence": "done"}).status_code == 403
    assert priya.post(f"{address}/conditions/{condition}", {"evidence": "Mail."}).status_code == 200
    assert mara.post(f"{address}/apply").json()["change"]["state"] == "applied"
    assert Team.objects.get(pk=company.team.pk).name == "Invoicing"
    log = mara.get("decisions").json()["decisions"]
    assert [(one["outcome"], one["effect"]) for one in log] == [("condition", "Applied.")]
    back = mara.post(f"{address}/rollback", {"why": "Reports broke.", "answers_for": ["INC-207"]})
    assert (back.status_code, back.json()["rolls_back"]) == (201, change["change"]["id"])


def test_nobody_votes_on_their_own_change_by_a_token_of_theirs(company: Company, mara: Program) -> None:
    BoardMember.objects.create(board=company.board, person_id=UUID(company.mara.person_id), role="security")
    change = mara.post("changes", PROPOSAL).json()
    refused = mara.post(f"changes/{change['change']['id']}/votes", ballot(change))
    assert refused.status_code == 403
    assert "whatever account, token or seat you use" in refused.json()["detail"]
    assert change["why_no_vote"].startswith("You wrote a revision")
    assert Vote.objects.count() == 0


def test_a_vote_on_an_older_version_is_refused(company: Company, mara: Program, jonas: Program) -> None:
    change = mara.post("changes", PROPOSAL).json()
    address = f"changes/{change['change']['id']}"
    revised = mara.post(f"{address}/revisions", {"after": 1, "content": {"name": "Dunning"}})
    assert (revised.status_code, revised.json()["change"]["version"]) == (201, 2)
    refused = jonas.post(f"{address}/votes", ballot(change))
    assert (refused.status_code, "Version 2 arrived" in refused.json()["detail"]) == (409, True)
    assert mara.get(address, version="1").json()["shown"]["content"] == {"name": "Invoicing"}
    assert mara.get(address, version="7").status_code == 404
    assert mara.post(f"{address}/revisions", {"after": 1, "content": {"name": "x"}}).status_code == 409


def test_lists_boards_kinds_and_comments(company: Company, mara: Program, jonas: Program) -> None:
    change = mara.post("changes", PROPOSAL | {"draft": True}).json()
    address = f"changes/{change['change']['id']}"
    assert change["change"]["state"] == "draft"
    assert mara.post(f"{address}/submit").json()["change"]["state"] == "proposed"
    assert mara.post(f"{address}/checks").status_code == 200
    assert [one["id"] for one in jonas.get("changes", waiting="true").json()["changes"]] == [change["change"]["id"]]
    assert mara.get("changes", waiting="true").json()["changes"] == []
    assert len(mara.get("changes", show="open", kind=names.KIND).json()["changes"]) == 1
    assert jonas.post(f"{address}/comments", {"words": "Who asked?"}).json()["comments"][0]["words"] == "Who asked?"
    assert len(mara.get(f"{address}/comments").json()["comments"]) == 1
    kinds = {one["name"]: one for one in mara.get("change-kinds").json()["kinds"]}
    assert (kinds[names.KIND]["board"], kinds[names.KIND]["may_propose"]) == ("integration", True)
    assert mara.get("boards/integration").json()["quorum"] == 2
    assert [one["slug"] for one in mara.get("boards").json()["boards"]] == ["integration"]
    assert mara.get("boards/nowhere").status_code == 404
    assert (
        mara.post(f"{address}/withdraw", {"words": "We found a better name."}).json()["change"]["state"] == "withdrawn"
    )


def test_a_change_of_others_is_a_missing_one(company: Company) -> None:
    change = company.proposed(kind="team_name_at_once")
    stranger_team = Team.objects.create(slug="sales", name="Sales")
    stranger = program_of(an_access(Role.OWNER, stranger_team), Role.OWNER, stranger_team)
    assert stranger.get(f"changes/{change.pk}").status_code == 404
    assert stranger.post(f"changes/{change.pk}/comments", {"words": "x"}).status_code == 404
    assert stranger.get("changes").json()["changes"] == []


def test_an_emergency_by_a_program_is_reviewed_by_another(company: Company, mara: Program, jonas: Program) -> None:
    change = mara.post("changes", PROPOSAL | {"emergency_hours": 4}).json()
    address = f"changes/{change['change']['id']}"
    assert jonas.post(f"{address}/votes", ballot(change)).json()["change"]["state"] == "approved"
    run_waiting_checks()
    assert mara.post(f"{address}/apply").status_code == 200
    assert mara.post(f"{address}/review", {"words": "It was right."}).status_code == 403
    assert jonas.post(f"{address}/review", {"words": "It was right."}).status_code == 200


def test_a_place_is_commented_on_and_settled_by_programs(company: Company, mara: Program, jonas: Program) -> None:
    change = company.proposed(documents=[{"vat": 1}, {"vat": 2}])
    address = f"changes/{change.pk}/comments"
    said = jonas.post(address, {"words": "Why two?", "at": "/vat", "version": 1}).json()["comments"][0]
    assert {name: said[name] for name in ("version", "place", "pointer", "quoted", "resolved", "settled_by")} == {
        "version": 1,
        "place": "L2",
        "pointer": "/vat",
        "quoted": '"vat": 2',
        "resolved": False,
        "settled_by": None,
    }
    refused = jonas.post(address, {"words": "And this?", "at": "L99"})
    assert (refused.status_code, refused.json()["field"]) == (422, "at")
    settled = mara.post(f"{address}/{said['id']}/resolve", {}).json()["comments"][0]
    assert (settled["resolved"], settled["settled_by"]) == (True, "Mara Lindqvist")
    assert jonas.post(f"{address}/{said['id']}/reopen", {}).json()["comments"][0]["resolved"] is False
    assert jonas.post(f"{address}/999/resolve", {}).status_code == 404


@pytest.mark.parametrize("content", [{"name": "In\x00voicing"}, {"name": "x", "more": [{"\x00": 1}]}])
def test_a_proposal_with_a_character_that_cannot_be_kept_is_refused(
    company: Company, mara: Program, content: dict[str, Any]
) -> None:
    refused = mara.post("changes", PROPOSAL | {"content": content})
    assert (refused.status_code, refused.json()["field"], refused.json()["detail"]) == (
        422,
        "content",
        "The content has a character that cannot be kept: a zero, or half of a pair.",
    )
    assert ChangeRequest.objects.count() == 0
