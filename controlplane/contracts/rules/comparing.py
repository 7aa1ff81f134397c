"""Two schemas, or two descriptions of an interface, compared and judged."""

from __future__ import annotations

from typing import Any

from controlplane.contracts.diff.dialects import Dialect, dialect_of
from controlplane.contracts.diff.nodes import Document
from controlplane.contracts.diff.openapi import documents
from controlplane.contracts.diff.schemas import facts_of
from controlplane.contracts.rules.judging import Finding, judged


def compare_schemas(old: Any, new: Any) -> list[Finding]:
    """What follows from ``old`` becoming ``new``; each is of the dialect that it names, else of 2020-12.

    Raises ``Invalid`` for a dialect that is not known.
    """
    default = Dialect.DRAFT_2020_12
    before, after = (Document(one, dialect_of(one, default)) for one in (old, new))
    return judged(facts_of(before.node(old, "#"), after.node(new, "#")))


def compare_openapi(old: Any, new: Any) -> list[Finding]:
    """What follows from one OpenAPI description becoming another; each of 3.0 or 3.1.

    Those who call write requests and read responses; those whom webhooks and callbacks call, the other way round.
    Raises ``Invalid`` for what is no such description, Swagger 2.0 among it.
    """
    return judged(documents.facts_of(old, new))
