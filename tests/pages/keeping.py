"""A cache from which nothing goes by itself: what a test keeps in it is there however slow the machine is."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.locmem import LocMemCache


class Keeping(LocMemCache):
    """Keeps what it is given until it is told otherwise."""

    def set(self, key: Any, value: Any, timeout: Any = None, version: int | None = None) -> None:
        """Keep it."""
        super().set(key, value, timeout=None, version=version)
