"""The four named ways in which an app below reaches one above (DESIGN section 1).

Filled in ``AppConfig.ready``; a name is given once, and giving it twice is a defect that says so.

- ``subjects``: what a change, policy, alert or audit record can be about.
- ``evidence``: facts for impact and policies.
- ``panels``: what an app above adds to a page of an app below.
- ``targets``: what a flow's step can do, by step kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Names and what stands for them, in the order of registration."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, T] = {}

    def register(self, key: str, entry: T) -> T:
        """Add ``entry`` under ``key``; the same entry again is harmless (``ready`` may run twice)."""
        found = self._entries.setdefault(key, entry)
        if found is not entry and found != entry:
            raise LookupError(f"{self.name}: {key!r} is registered already, as {found!r}")
        return entry

    def get(self, key: str) -> T:
        """The entry of ``key``; ``LookupError`` names those that exist."""
        try:
            return self._entries[key]
        except KeyError:
            known = ", ".join(sorted(self._entries)) or "none"
            raise LookupError(f"{self.name}: there is no {key!r}; there are: {known}") from None

    def __contains__(self, key: str) -> bool:
        """Whether ``key`` is registered."""
        return key in self._entries

    def values(self) -> Iterator[T]:
        """Every entry, in the order of registration."""
        return iter(self._entries.values())

    def items(self) -> Iterator[tuple[str, T]]:
        """Every name and entry, in the order of registration."""
        return iter(self._entries.items())


subjects: Registry[Any] = Registry("subjects")
evidence: Registry[Any] = Registry("evidence")
panels: Registry[Any] = Registry("panels")
targets: Registry[Any] = Registry("targets")
