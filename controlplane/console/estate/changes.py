"""What applying an estate document did, or would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from controlplane.governance.policies.judging import Judgement


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that another value is given."""

    name: str
    before: Any
    after: Any


def differences(before: Any, after: Any, *names: str) -> list[Difference]:
    """What differs between two versions of something; nothing where it is the first."""
    if before is None:
        return []
    pairs = [Difference(name, getattr(before, name), getattr(after, name)) for name in names]
    return [pair for pair in pairs if pair.before != pair.after]


@dataclass(slots=True)
class Change:
    """What becomes of one entry: ``created``, ``changed`` or ``same``; what differs, and ``more`` to say of it."""

    how: str = "same"
    differences: list[Difference] = field(default_factory=list)
    more: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Applied:
    """What applying did: ``created``, ``changed`` and ``same`` hold where each row stands, ``entries`` each entry.

    ``flagged`` is what flows of the document write without owning it, or do against the lifecycle of their entities;
    ``findings`` are what policies say of entries that were made or changed, where they do not simply pass.
    """

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    entries: dict[str, Change] = field(default_factory=dict)
    flagged: list[str] = field(default_factory=list)
    findings: list[Judgement] = field(default_factory=list)

    def note(
        self, entry: str, where: str, how: str, more: str, differences: Sequence[Difference], says: str = ""
    ) -> None:
        """What became of something ``where`` in an ``entry``; the entry itself is noted before what is in it."""
        getattr(self, how).append(where + more)
        known = self.entries.setdefault(entry, Change(how))
        if known.how == "same" and how != "same":
            known.how = "changed"
        inside = where[len(entry) + 1 :]
        if inside and how == "created":
            says = f"{inside}: new"
        known.more += [says] if says else []
        prefix = f"{inside}." if inside else ""
        known.differences += [replace(one, name=prefix + one.name) for one in differences]
