"""Pauses of a destination: how long one that it asks for lasts, and one that only a person ends."""

from __future__ import annotations

from datetime import UTC, datetime

#: Until a person resumes it; the statements that write a far due time say the same year.
FOR_GOOD = datetime(9000, 1, 1, tzinfo=UTC)
#: The reason of one that nobody asked for: it has to be told from those of persons.
GONE = "It answered 410 Gone and takes no more events. Resume it when that is settled; until then everything is kept."
#: Seconds of a pause that a destination asks for: when it does not say how long, at least, at most.
USUAL, LEAST, LONGEST = 10.0, 1.0, 3600.0


def seconds_of(retry_after: float | None) -> float:
    """How long to pause for what was asked; ``None``: it did not say."""
    return min(max(LEAST, USUAL if retry_after is None else retry_after), LONGEST)
