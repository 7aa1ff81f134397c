"""The rules of a board are decided by the board itself, when an operator proposes other ones."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.audit.models import Subject
from controlplane.foundation.errors import Invalid, NotAllowed, NotFound
from controlplane.governance.boards.rules_kind import KIND
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.models import Board, ChangeRequest
from controlplane.people.access import Access
from controlplane.people.roles import Role
from tests.governance.board import Company
from tests.transactions.factories import an_access


@pytest.fixture
def oskar(company: Company) -> Access:
    company.board.kinds = ["*"]
    company.board.save()
    return an_access(Role.OPERATOR, name="Oskar Lind")


def proposed(access: Access, content: dict[str, Any], slug: str = "integration") -> ChangeRequest:
    return propose(access, KIND, Subject("board", slug), content, title="Other rules", why="We grew.")


def test_other_rules_are_agreed_to_applied_and_taken_back(company: Company, oskar: Access) -> None:
    change = proposed(oskar, {"quorum": 3, "required_roles": []})
    assert [(one["what"], one["level"], one["before"], one["after"]) for one in change.revision.diff] == [
        ("Roles whose vote for is needed", "risky", "security", "none"),
        ("Votes for a decision", "safe", "2", "3"),
    ]
    assert change.revision.impact["sentence"] == "Integration board has 3 members, and 0 changes wait for it."
    for member in (company.priya, company.jonas):
        company.votes(member, change)
    apply(oskar, change.pk)
    board = Board.objects.get()
    assert (board.quorum, board.required_roles) == (3, [])
    back = rollback(oskar, change.pk, why="Too slow.")
    assert back.revision.content == {"quorum": 2, "required_roles": ["security"]}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Say what is to be another"),
    "unknown": ({"colour": 1}, "A board has no 'colour'"),
    "no number": ({"quorum": "two"}, "Votes for a decision: a whole number from 1 to 50"),
    "too few": ({"emergency_quorum": 0}, "Votes in an emergency: a whole number from 1 to 50"),
    "no list": ({"required_roles": "chair"}, "a list of words"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_rule_is_refused(company: Company, oskar: Access, name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(Invalid, match=words):
        proposed(oskar, content)


def test_only_operators_propose_them_for_boards_that_there_are(company: Company, oskar: Access) -> None:
    with pytest.raises(NotAllowed):
        proposed(company.jonas, {"quorum": 1})
    with pytest.raises(NotFound, match="There is no board 'nowhere'"):
        proposed(oskar, {"quorum": 1}, "nowhere")
