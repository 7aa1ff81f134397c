"""How late a call may be for its slot."""

from __future__ import annotations

import pytest

from controlplane.transactions.rules.rate import pace, tolerance


@pytest.mark.parametrize(
    ("rate", "seconds"), [(0.001, 80.0), (0.1, 0.8), (1, 0.08), (2.5, 0.032), (20, 0.03), (10_000, 0.03)]
)
def test_the_slower_the_rate_the_later_a_call_may_be(rate: float, seconds: float) -> None:
    assert tolerance(1 / pace(rate)) == pytest.approx(seconds)


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.026, 0.1, 0.5, 1])
def test_two_calls_are_never_nearer_than_a_slow_rate_says(rate: float) -> None:
    assert 1 / pace(rate) - tolerance(1 / pace(rate)) > 1 / rate


@pytest.mark.parametrize("rate", [1, 2, 3, 5, 20, 40, 250, 10_000])
def test_no_second_has_more_calls_than_the_rate(rate: int) -> None:
    assert rate / pace(rate) - tolerance(1 / pace(rate)) > 1
