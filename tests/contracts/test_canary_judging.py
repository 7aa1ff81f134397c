"""Which keys a canary takes, and when it halts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.contracts.canary import asked
from controlplane.contracts.canary.judging import ENOUGH, Tally, takes, why_halt
from controlplane.foundation.errors import Invalid

KEYS = [{"kind": "customer", "value": "record.customer"}]


@given(salt=st.integers(0, 10**9), key=st.text(), share=st.integers(1, 99))
def test_a_key_goes_the_same_way_each_time(salt: int, key: str, share: int) -> None:
    assert takes(salt, key, share) is takes(salt, key, share)
    assert not takes(salt, key, 0)
    assert takes(salt, key, 100)


@given(salt=st.integers(0, 10**9), key=st.text(), share=st.integers(1, 98))
def test_a_larger_share_takes_every_key_of_a_smaller_one(salt: int, key: str, share: int) -> None:
    assert takes(salt, key, share + 1) or not takes(salt, key, share)


@pytest.mark.parametrize("share", [1, 10, 50, 90])
def test_about_as_many_keys_are_taken_as_were_asked_for(share: int) -> None:
    taken = sum(takes(7, f"customer {number}", share) for number in range(20_000))
    assert abs(taken - 200 * share) < 300


@pytest.mark.parametrize(
    ("mine", "others", "points", "halts"),
    [
        (Tally(ENOUGH - 1, ENOUGH - 1), Tally(1000, 0), 0, False),
        (Tally(ENOUGH, ENOUGH), Tally(1000, 0), 2, True),
        (Tally(100, 3), Tally(1000, 10), 2, False),
        (Tally(100, 4), Tally(1000, 10), 2, True),
        (Tally(100, 50), Tally(1000, 500), 0, False),
        (Tally(1000, 0), Tally(1000, 900), 0, False),
        (Tally(100, 1), Tally(0, 0), 0, True),
        (Tally(0, 0), Tally(0, 0), 0, False),
    ],
)
def test_it_halts_when_more_end_badly_than_of_the_others(mine: Tally, others: Tally, points: int, halts: bool) -> None:
    assert bool(why_halt(mine, others, points)) is halts


def test_why_it_halted_is_said_in_numbers() -> None:
    assert why_halt(Tally(100, 4), Tally(1000, 10), 2) == (
        "4 of 100 events ended badly (4 %), and 10 of 1,000 of the others (1 %): more than 2 points apart."
    )


def test_what_is_left_out_is_filled_in() -> None:
    found = asked.read({"share": 10}, KEYS, stands=True)
    assert found == {"share": 10, "hours": 24, "points": 2, "key": ""}
    assert asked.said({"canary": found}) == (
        "for 10 % of records and 24 hours first; it halts itself when of a hundred events more than 2 more end badly "
        "than of the others"
    )
    assert asked.read({}, KEYS, stands=True) == asked.read(None, KEYS, stands=True) == {}
    assert asked.said({}) == ""


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ([], "it is an object"),
        ("10", "it is an object"),
        ({"hours": 3}, "share is a whole number from 1 to 99"),
        ({"share": 0}, "share is a whole number from 1 to 99"),
        ({"share": 100}, "share is a whole number from 1 to 99"),
        ({"share": True}, "share is a whole number from 1 to 99"),
        ({"share": 10.5}, "share is a whole number from 1 to 99"),
        ({"share": 10, "hours": 10**9}, "hours is a whole number from 1 to 720"),
        ({"share": 10, "points": -1}, "points is a whole number from 0 to 100"),
        ({"share": 10, "key": "order"}, "'order' is no business key of the version; there are: customer"),
        ({"share": 10, "key": 7}, "7 is no business key of the version"),
        ({"share": 10, "until": "ever"}, "there is no 'until'"),
    ],
)
def test_what_cannot_be_is_refused_with_what_could(given_: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        asked.read(given_, KEYS, stands=True)
    assert refused.value.field == "canary"


def test_the_first_version_has_no_other_beside_it() -> None:
    with pytest.raises(Invalid, match="the first version of a contract has no other beside it"):
        asked.read({"share": 10}, KEYS, stands=False)
