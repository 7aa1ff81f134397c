"""Whether two identities may be one, and what was learnt beside what."""

from __future__ import annotations

import pytest

from controlplane.inventory.rules.identities import (
    Disagreement,
    Held,
    disagreements,
    with_what_was_learnt_beside,
)

CRM, ERP = 1, 2


def held(number: int, instance: int, value: str, *, live: bool = True, beside: int | None = None) -> Held:
    return Held(number, instance, 10 * instance, value, live, beside)


def test_two_that_no_system_knows_both_of_may_be_one() -> None:
    assert disagreements([held(1, CRM, "C-1")], [held(2, ERP, "77")]) == []


def test_a_system_that_has_a_live_id_for_either_says_that_they_are_two() -> None:
    stays = [held(1, CRM, "C-2"), held(2, CRM, "C-1"), held(3, ERP, "77")]
    found = disagreements(stays, [held(4, CRM, "C-9")])
    assert found == [Disagreement(CRM, ("C-1", "C-2"), ("C-9",))]


def test_what_a_system_called_one_of_them_in_the_past_says_nothing() -> None:
    assert disagreements([held(1, CRM, "C-1")], [held(2, CRM, "C-2", live=False)]) == []


@pytest.mark.parametrize(
    ("of_record", "says"),
    [(None, [CRM, ERP]), ({10}, [CRM]), ({20}, [ERP]), ({10, 20}, [CRM, ERP]), (set(), [])],
)
def test_once_somebody_said_which_systems_are_of_record_only_those_have_a_say(
    of_record: set[int] | None, says: list[int]
) -> None:
    stays, goes = [held(1, CRM, "C-1"), held(2, ERP, "7")], [held(3, CRM, "C-2"), held(4, ERP, "8")]
    assert [one.instance_id for one in disagreements(stays, goes, of_record)] == says


def test_what_was_learnt_beside_something_goes_with_it_and_what_was_learnt_beside_that() -> None:
    there = [held(1, CRM, "a"), held(2, ERP, "b", beside=1), held(3, ERP, "c", beside=2), held(4, ERP, "d")]
    assert with_what_was_learnt_beside({1}, there, since=0) == {1, 2, 3}
    assert with_what_was_learnt_beside({4}, there, since=0) == {4}


def test_what_is_not_there_any_more_does_not_go_but_what_was_learnt_beside_it_does() -> None:
    assert with_what_was_learnt_beside({9}, [held(2, ERP, "b", beside=9)], since=0) == {2}


def test_two_that_were_learnt_beside_one_another_are_no_endless_walk() -> None:
    there = [held(1, CRM, "a", beside=2), held(2, ERP, "b", beside=1)]
    assert with_what_was_learnt_beside({1}, there, since=0) == {1, 2}


def test_what_was_there_before_stays_although_it_was_once_learnt_beside_something() -> None:
    """A person had split the two: only the one that was merged goes back."""
    there = [held(1, CRM, "a"), held(2, ERP, "b", beside=1), held(3, ERP, "c", beside=1)]
    assert with_what_was_learnt_beside({1}, there, since=2) == {1, 3}
