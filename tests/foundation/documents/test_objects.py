"""What readers of JSON pass over in silence: names that stand twice, and characters that cannot be kept."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.foundation.documents.objects import holds_unkept, repeated


class Name(str):
    """Counts how often it is compared."""

    __slots__ = ()
    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Name.compared += 1
        return str(self) == other


def test_many_names_in_one_object_cost_one_pass() -> None:
    """Looking each one up among all others took minutes for one request of the API."""
    names = [Name(number) for number in range(20_000)]

    assert repeated([*names, Name(19_999)]) == "19999"
    assert repeated(names) is None
    assert Name.compared < 100


def test_it_is_the_first_that_is_said_again() -> None:
    assert repeated(["a", "b", "c", "c", "b", "a"]) == "c"
    assert repeated([]) is None


@pytest.mark.parametrize("document", ["\x00", {"a": [1, {"b\x00": None}]}, {"a": ("\ud800",)}])
def test_a_zero_or_half_of_a_pair_is_found_wherever_it_stands(document: Any) -> None:
    assert holds_unkept(document)
    assert not holds_unkept({"a": [1, None, True, {"b": "😀 \\u0000"}]})
