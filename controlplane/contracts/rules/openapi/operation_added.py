"""An operation is added."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(_fact: Fact) -> Judgement | None:
    """Nobody calls it yet."""
    return harmless("New.")


RULE = Rule("operation-added", What.OPERATION_ADDED, judge, __doc__)
