"""What a check found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands. What could not be looked at is never "ok" (DESIGN, invariant 11)."""

    OK = "ok"
    WARN = "warning"
    BAD = "bad"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is, and what to do about it when that is not right."""

    state: State
    what: str
    mend: str = ""


Check = Callable[[], Finding]


def ok(what: str) -> Finding:
    """All is well."""
    return Finding(State.OK, what)


def warn(what: str, mend: str) -> Finding:
    """It works, but not for long or not for everybody."""
    return Finding(State.WARN, what, mend)


def bad(what: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(State.BAD, what, mend)


def not_checked(what: str, mend: str = "") -> Finding:
    """Nobody knows, and why."""
    return Finding(State.NOT_CHECKED, what, mend)
