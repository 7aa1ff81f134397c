"""Which causes and letters something was done to, as the audit keeps it: it outlives the letters."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

#: As many stand in a record by their ids; of more, the digest of all: of a list of ids it says whether it is the one.
MOST = 100


def named(what: str, ids: Iterable[UUID]) -> dict[str, list[str] | str]:
    """``letters_ids``, sorted, for ``what`` "letters"; of more than ``MOST``, ``letters_sha256`` of them as lines."""
    written = sorted({str(one) for one in ids})
    if len(written) > MOST:
        return {f"{what}_sha256": hashlib.sha256("\n".join(written).encode()).hexdigest()}
    return {f"{what}_ids": written} if written else {}
