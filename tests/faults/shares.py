"""How much of a soak is run: ``SOAK_SHARE=0.1 make soak`` takes a tenth of the time of the longest ones."""

from __future__ import annotations

import os

SHARE = float(os.environ.get("SOAK_SHARE", "1"))


def share_of(amount: int) -> int:
    """So much of it."""
    return max(1, round(amount * SHARE))
