"""Reading changes, boards and votes."""

from controlplane.governance.selectors.deciding import (
    EVERY_KIND,
    author_ids,
    board_for,
    change_for,
    current_votes,
    decided_kinds,
    deciding_board,
    seats_of,
    seats_open_to,
    tally_of,
)

__all__ = [
    "EVERY_KIND",
    "author_ids",
    "board_for",
    "change_for",
    "current_votes",
    "decided_kinds",
    "deciding_board",
    "seats_of",
    "seats_open_to",
    "tally_of",
]
