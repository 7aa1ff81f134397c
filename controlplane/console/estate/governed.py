"""What a board decides does not come in by a document: kinds of change say which entries are theirs.

A kind in the ``subjects`` registry may have ``governs``::

    def governs(section: str, slug: str, change: Change) -> Decides | None: ...

It is asked of every entry that a document would make or change, and answers with who decides that instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from controlplane.console.estate.changes import Applied, Change
from controlplane.console.estate.problems import Problems
from controlplane.foundation.registries import subjects


@dataclass(frozen=True, slots=True)
class Decides:
    """Which board decides, and how it is asked: ``propose`` is an address or a command. ``field`` is what is meant."""

    board: str
    propose: str
    field: str = ""


Governs: TypeAlias = Callable[[str, str, Change], Decides | None]


def refuse_governed(applied: Applied, problems: Problems) -> None:
    """Note every entry that would go past the board that decides it."""
    kinds = list(_kinds())
    for where, change in applied.entries.items() if kinds else ():
        section, _, slug = where.partition(".")
        for kind, governs in kinds if change.how != "same" else ():
            if (decides := governs(section, slug, change)) is not None:
                at = f"{where}.{decides.field}" if decides.field else where
                problems.add(
                    f"{at}: the board {decides.board!r} decides this ({kind}), so no document does. Propose it: "
                    f"{decides.propose}",
                    at,
                )


def _kinds() -> Iterator[tuple[str, Governs]]:
    for name, kind in subjects.items():
        if (governs := getattr(kind, "governs", None)) is not None:
            yield name, governs
