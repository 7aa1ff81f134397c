"""``manage.py board``: boards, seats and deputies from the command line."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.governance.models import Board
from controlplane.people.roles import Role
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db


def board(*words: str) -> str:
    out = StringIO()
    call_command("board", *words, stdout=out)
    return out.getvalue()


def test_a_board_is_made_given_members_and_deputies_and_listed() -> None:
    priya, greta = an_account("Priya Raman", Role.BOARD), an_account("Greta Holm", Role.EXECUTIVE)
    next_year = clock.now().date() + timedelta(days=365)
    board("add", "security", "Security board", "--kinds", "team_name", "--quorum", "3", "--required-roles", "chair")
    board("seat", "security", priya.email, "--role", "chair")
    board("deputy", "security", priya.email, greta.email, "--until", str(next_year))
    assert board("list") == ("security  Security board: team_name; quorum 3\n  Priya Raman, chair, deputy Greta Holm\n")
    board("change", "security", "--quorum", "1", "--kinds", "*")
    board("deputy", "security", priya.email)
    assert board("list") == "security  Security board: *; quorum 1\n  Priya Raman, chair\n"
    board("unseat", "security", priya.email)
    assert board("list") == "security  Security board: *; quorum 1\n"
    assert "team_name  Team name\n" in board("kinds")
    assert list(AuditRecord.objects.order_by("id").values_list("action", flat=True)) == [
        "board.made",
        "board.seated",
        "board.delegated",
        "board.changed",
        "board.delegated",
        "board.unseated",
    ]


WRONG = {
    ("add", "x", "X", "--kinds", "colour"): "There is no kind of change 'colour'",
    ("add", "not a slug", "X", "--kinds", "*"): "valid “slug”",
    ("add", "x", "X", "--kinds", "*", "--quorum", "0"): "takes one vote at least",
    ("add", "there", "X", "--kinds", "*"): "There is a board 'there' already",
    ("change", "there"): "Say what is to be another",
    ("change", "nowhere", "--quorum", "1"): "There is no board 'nowhere'; there are: there",
    ("seat", "there", "nobody@people.example"): "There is no account",
    ("unseat", "there", "ana-costa@people.example"): "Ana Costa has no seat",
    ("deputy", "there", "ana-costa@people.example"): "Ana Costa has no seat",
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_is_said_in_one_line(words: tuple[str, ...]) -> None:
    an_account("Ana Costa")
    board("add", "there", "There", "--kinds", "*")
    with pytest.raises(CommandError, match=WRONG[words]):
        board(*words)
    assert Board.objects.count() == 1
