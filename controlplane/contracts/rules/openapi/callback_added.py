"""An operation calls back once more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(_fact: Fact) -> Judgement | None:
    """Whoever is called may not know it."""
    return widens("New.", "Call back only those who have asked for it.", Level.RISKY)


RULE = Rule("callback-added", What.CALLBACK_ADDED, judge, __doc__)
