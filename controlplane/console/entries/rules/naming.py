"""What people call a thing, which is the same in every section."""

from __future__ import annotations

from typing import Final

from controlplane.console.entries.rules.judging import Rule
from controlplane.governance.rules.changed import Level

NAMED: Final = (
    Rule("name", "name", Level.SAFE, "It is only called otherwise."),
    Rule("purpose", "purpose", Level.SAFE, "Words for people."),
)
