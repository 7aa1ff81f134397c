"""Whether something that happens changes the version by which pages follow it."""

from __future__ import annotations

from collections.abc import Callable

from controlplane.transactions.selectors.versions import Versions


def changes(kind: Callable[[list[str]], Versions], key: object, act: Callable[[], object]) -> bool:
    """Whether ``act`` changes the version; asking twice never does."""
    before = kind([str(key)])
    assert kind([str(key)]) == before
    act()
    return kind([str(key)]) != before
