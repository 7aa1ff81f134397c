"""Templates of paths: ``/orders/{id}``."""

from __future__ import annotations

import re
from typing import Final

_NAMED: Final = re.compile(r"\{([^{}]*)\}")


def names_in(template: str) -> tuple[str, ...]:
    """The parameters of a path, in the order in which they stand in it."""
    return tuple(_NAMED.findall(template))


def shape_of(template: str) -> str:
    """Equal for two templates that are one path: the names of their parameters say nothing."""
    return _NAMED.sub("{}", template)
