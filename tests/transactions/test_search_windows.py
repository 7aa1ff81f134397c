"""A time that is still to come: a time of the clock is yesterday's, a date is a fault."""

from __future__ import annotations

from datetime import timedelta

import pytest

from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.search.grammar import BadQuery
from tests.transactions.factories import Estate, an_access
from tests.transactions.searching import VIENNA, found
from tests.transactions.traffic import NOW, a_transaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything() -> Access:
    return an_access(Role.OPERATOR)


@pytest.mark.parametrize("text", ["after:2026-11-23T15:01", "after:2099-01-01", "on:2026-11-24"])
def test_a_time_to_come_is_a_fault_and_never_no_results(here: Estate, everything: Access, text: str) -> None:
    with pytest.raises(BadQuery) as caught:
        found(f"status:dead {text}", everything)
    (fault,) = caught.value.faults
    word = text.partition(":")[2]
    assert fault.message == f"“{word}” is still to come: nothing was received since then."
    assert f"status:dead {text}"[fault.span.start : fault.span.end] == word


def test_a_time_of_the_clock_that_is_to_come_today_is_yesterday_s(here: Estate, everything: Access) -> None:
    at = NOW - timedelta(hours=14)
    late = a_transaction(here, at=at)
    assert found(f"after:{at.astimezone(VIENNA) - timedelta(minutes=1):%H:%M}", everything) == [late.id]
    assert found("after:23:59", everything) == [late.id]
    assert found("after:10:00 before:23:59", everything) == []
