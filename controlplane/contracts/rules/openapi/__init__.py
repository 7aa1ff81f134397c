"""The rules of OpenAPI descriptions, one a file; ``RULES`` has them all, by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from controlplane.contracts.rules.gathering import rules_in
from controlplane.contracts.rules.rule import Rule

RULES: Final[Mapping[str, Rule]] = rules_in(__name__, __path__)
