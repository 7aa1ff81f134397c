"""How votes come out: agreed, refused, or what is still missing, in words. The database counts the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Where the votes stand."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat that may vote on this change: its role, and how it voted (``approve``, ``reject``, ``abstain``, or "")."""

    role: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes counted; ``missing`` says what an approval lacks."""

    verdict: Verdict
    votes_for: int
    votes_against: int
    abstained: int
    waiting: int
    quorum: int
    missing: tuple[str, ...] = ()

    @property
    def cast(self) -> int:
        """How many voted."""
        return self.votes_for + self.votes_against + self.abstained


def tally(seats: Sequence[Seat], quorum: int, required_roles: Iterable[str]) -> Tally:
    """Count. ``seats`` are those that have a vote: an author's is not among them.

    Agreed: the quorum voted, more for than against, and every required role for. Refused: the quorum voted and not
    more for than against; everybody voted; or all of a required role voted, and none for.
    """
    choices = [seat.choice for seat in seats]
    votes_for, against, abstained = (choices.count(choice) for choice in ("approve", "reject", "abstain"))
    waiting = choices.count("")
    cast = len(seats) - waiting
    roles = [role for role in dict.fromkeys(required_roles) if not _has(seats, role, "approve")]
    missing = _missing(cast, quorum, votes_for, against, roles, seats)
    verdict = Verdict.OPEN if missing else Verdict.AGREED
    if missing and cast and _is_refused(seats, cast >= quorum, votes_for <= against, roles):
        verdict = Verdict.REFUSED
    return Tally(verdict, votes_for, against, abstained, waiting, quorum, missing)


def _missing(
    cast: int, quorum: int, votes_for: int, against: int, roles: Sequence[str], seats: Sequence[Seat]
) -> tuple[str, ...]:
    found = []
    if cast < quorum:
        found.append(f"{quorum - cast} more of {quorum} votes" if cast else f"{quorum} votes")
    elif votes_for <= against:
        found.append(f"more votes for ({votes_for}) than against ({against})")
    if quorum > len(seats):
        found.append(f"members who may vote: {len(seats)} can, and the quorum is {quorum}")
    for role in roles:
        known = any(seat.role == role for seat in seats)
        found.append(f"an approval from {role}" if known else f"a member as {role} who did not write it")
    return tuple(found)


def _is_refused(seats: Sequence[Seat], has_quorum: bool, not_more_for: bool, roles: Sequence[str]) -> bool:
    if has_quorum and not_more_for:
        return True
    if all(seat.choice for seat in seats):
        return True
    return any(_has(seats, role) and not _has(seats, role, "") for role in roles)


def _has(seats: Sequence[Seat], role: str, choice: str | None = None) -> bool:
    return any(seat.role == role and choice in {None, seat.choice} for seat in seats)
