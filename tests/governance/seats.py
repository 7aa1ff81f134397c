"""A board for tests whose subject is something else."""

from __future__ import annotations

from collections.abc import Sequence

from controlplane.governance.models import Board, BoardMember
from controlplane.people.access import Access
from controlplane.people.models import Account


def a_board(*seated: Access | Account, quorum: int = 1, kinds: Sequence[str] = ("replay",)) -> Board:
    """A board that decides on replays, with a seat for each of these."""
    board, _ = Board.objects.get_or_create(
        slug="replays", defaults={"name": "Replays", "kinds": list(kinds), "quorum": quorum}
    )
    for one in seated:
        BoardMember.objects.get_or_create(board=board, person_id=one.person_id)
    return board
