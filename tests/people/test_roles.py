"""The decision table: what each role may, written out a second time so that a change of either is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from controlplane.people.roles import ALLOWED, COMPANY_WIDE, Action, Role

A = Action
TABLE = [
    #  action                support owner  board  exec   operator auditor
    (A.SEE_TRANSACTIONS, True, True, True, True, True, True),
    (A.SEE_PAYLOADS, True, True, False, False, True, True),
    (A.SEE_PERSONAL, False, True, False, False, False, True),
    (A.REPLAY, True, True, False, False, True, False),
    (A.EDIT_DEAD_LETTERS, False, True, False, False, True, False),
    (A.CONFIGURE, False, True, False, False, True, False),
    (A.RUN_SYNC, False, True, False, False, True, False),
    (A.MERGE_IDENTITIES, False, True, False, False, True, False),
    (A.SEE_AUDIT, False, False, False, False, True, True),
    (A.OPERATE, False, False, False, False, True, False),
    (A.GOVERN, False, False, True, False, True, False),
]
ROLES = (Role.SUPPORT, Role.OWNER, Role.BOARD, Role.EXECUTIVE, Role.OPERATOR, Role.AUDITOR)


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [(role, action, allowed) for action, *row in TABLE for role, allowed in zip(ROLES, row, strict=True)],
)
def test_a_role_may(role: Role, action: Action, *, allowed: bool) -> None:
    assert (action in ALLOWED[role]) is allowed


def test_the_table_has_every_role_and_every_action() -> None:
    assert set(ROLES) == set(Role) == set(ALLOWED)
    assert {action for action, *_ in TABLE} == set(Action)


def test_an_auditor_changes_nothing() -> None:
    changing = {
        A.REPLAY,
        A.EDIT_DEAD_LETTERS,
        A.CONFIGURE,
        A.RUN_SYNC,
        A.MERGE_IDENTITIES,
        A.OPERATE,
        A.GOVERN,
    }
    assert not ALLOWED[Role.AUDITOR] & changing


def test_operator_and_auditor_are_roles_of_the_whole_company() -> None:
    assert {Role.OPERATOR, Role.AUDITOR} == COMPANY_WIDE


def test_the_table_in_the_documentation_is_this_one() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "access.md").read_text()
    written = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    table = {row[0]: row[1:] for row in written if len(row) == 1 + len(ROLES)}

    assert table.pop("may") == [role.value for role in ROLES]
    assert table.pop("---") == ["---"] * len(ROLES)
    assert table == {action.value: ["yes" if action in ALLOWED[role] else "" for role in ROLES] for action in Action}
