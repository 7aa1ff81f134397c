"""Examples of a proposed version, made into messages of the one before as the pipeline will make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controlplane.foundation.errors import Invalid
from controlplane.transactions.pipeline import former
from controlplane.transactions.rules.flow import read_lines
from controlplane.transactions.rules.mapping import MappingFailed


def downgraded(message: Mapping[str, Any], lines: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
    """The message of the version before."""
    try:
        return former.downgraded(message, read_lines(lines))
    except MappingFailed as error:
        raise Invalid(f"downgrade: {error.target}: {error.reason}", field="downgrade") from error
