"""SQL in pieces that carry their parameters: the only way values get into a statement here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL and the parameters of its ``%s``, in order."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def negated(self) -> Fragment:
        """True wherever this is false *or unknown*: what a person means by a minus."""
        return Fragment(f"({self.sql}) is not true", self.parameters)


def joined(fragments: Iterable[Fragment], separator: str) -> Fragment:
    """All fragments with ``separator`` between; the separator is ours, never a person's."""
    kept = list(fragments)
    return Fragment(
        separator.join(fragment.sql for fragment in kept),
        tuple(parameter for fragment in kept for parameter in fragment.parameters),
    )


def all_of(fragments: Iterable[Fragment]) -> Fragment:
    """The fragments joined by AND; true when there are none."""
    kept = list(fragments)
    return joined((Fragment(f"({one.sql})", one.parameters) for one in kept), " and ") if kept else Fragment("true")


def any_of(fragments: Iterable[Fragment]) -> Fragment:
    """The fragments joined by OR; false when there are none."""
    kept = list(fragments)
    return joined((Fragment(f"({one.sql})", one.parameters) for one in kept), " or ") if kept else Fragment("false")


def like(text: str) -> str:
    """``text`` as a literal inside a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
