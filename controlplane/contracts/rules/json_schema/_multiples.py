"""Multiples, exactly: 0.1 is a tenth."""

from __future__ import annotations

from fractions import Fraction
from typing import Any


def divides(one: Any, other: Any) -> bool:
    """Whether every multiple of ``other`` is one of ``one``."""
    try:
        return Fraction(str(other)) % Fraction(str(one)) == 0
    except (ValueError, ZeroDivisionError):
        return False
