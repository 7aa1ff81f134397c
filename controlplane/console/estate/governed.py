"""What a board decides does not come in by a document: each kind of change says which entries are its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from controlplane.console.estate.changes import Applied
from controlplane.console.estate.problems import Problems
from controlplane.governance.kinds import Governs, kind_called, kinds
from controlplane.governance.selectors import decided_kinds

#: The document was before no board.
UNDECIDED: Final = ""


class Governed:
    """What boards decide of what there is now: made before a document is applied, because that changes whose it is.

    ``decided_by`` is the kind of the change that is being applied: what it was decided for is not asked again.
    """

    def __init__(self, decided_by: str) -> None:
        decided = {decided_by, *(kind_called(decided_by).covers if decided_by else ())}
        asked = dict(kinds())
        names = decided_kinds(asked) - decided
        found = {name: kind.governs() for name, kind in asked.items() if name in names}
        self._kinds: dict[str, Governs] = {name: governs for name, governs in found.items() if governs is not None}

    def refuse(self, document: Mapping[str, Any], applied: Applied, problems: Problems) -> None:
        """Note every entry that would go past the board that decides it."""
        changed = [where for where, change in applied.entries.items() if change.how != "same"] if self._kinds else []
        for where in changed:
            section, _, slug = where.partition(".")
            for name, governs in self._kinds.items():
                if (decides := governs(where, document[section][slug] or {})) is not None:
                    at = f"{where}.{decides.field}" if decides.field else where
                    problems.add(
                        f"{at}: the board {decides.board!r} decides this ({name}), so no document does. Propose it: "
                        f"{decides.propose}",
                        at,
                    )
