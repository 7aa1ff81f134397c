"""What a change of this kind is about."""

from __future__ import annotations

from typing import Final

#: The kind's name, and that of its subject: a contract by its slug.
NAME: Final = "contract"
