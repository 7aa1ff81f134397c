"""Two schemas compared and judged."""

from __future__ import annotations

from typing import Any

from controlplane.contracts.diff.dialects import Dialect, dialect_of
from controlplane.contracts.diff.nodes import Document
from controlplane.contracts.diff.schemas import facts_of
from controlplane.contracts.rules.judging import Finding, judged


def compare_schemas(old: Any, new: Any) -> list[Finding]:
    """What follows from ``old`` becoming ``new``; each is of the dialect that it names, else of 2020-12.

    Raises ``Invalid`` for a dialect that is not known.
    """
    default = Dialect.DRAFT_2020_12
    before, after = (Document(one, dialect_of(one, default)) for one in (old, new))
    return judged(facts_of(before.node(old, "#"), after.node(new, "#")))
