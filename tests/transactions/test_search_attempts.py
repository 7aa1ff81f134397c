"""What was tried more often, or less, than so many times."""

from __future__ import annotations

from uuid import UUID

import pytest

from controlplane.people.roles import Role
from tests.transactions.factories import Estate, an_access
from tests.transactions.searching import found, planned
from tests.transactions.traffic import RECEIVED_AT, a_transaction, paid_invoice

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("attempts:>0", {"thrice"}),
        ("attempts:>=1", {"thrice"}),
        ("attempts:>2", {"thrice"}),
        ("attempts:>3", set()),
        ("attempts:>=3", {"thrice"}),
        ("attempts:>=4", set()),
        ("attempts:<3", {"never"}),
        ("attempts:<4", {"thrice", "never"}),
        ("attempts:<=3", {"thrice", "never"}),
        ("attempts:<=2", {"never"}),
        ("attempts:<=0", {"never"}),
        ("attempts:>=0", {"thrice", "never"}),
        ("attempts:<0", set()),
        ("attempts:3", {"thrice"}),
        ("attempts:1..3", {"thrice"}),
        ("-attempts:>=1", {"never"}),
    ],
)
def test_it_is_the_most_tried_step_that_counts(here: Estate, text: str, expected: set[str]) -> None:
    names: dict[UUID, str] = {
        paid_invoice(here, fails_at="invoice", tries=3).transaction.id: "thrice",
        a_transaction(here, at=RECEIVED_AT).id: "never",
    }
    assert {names[one] for one in found(text, an_access(Role.OPERATOR))} == expected


@pytest.mark.parametrize("compared", [">3", ">=1", "<2", "<=1"])
def test_tries_are_looked_for_and_not_counted_up(compared: str) -> None:
    assert ["max(" in one.sql for one in planned(f"attempts:{compared}", an_access(Role.OPERATOR)).conditions] == [
        False
    ]
