"""A property is only written: it does not come back any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Whoever reads it does not find it."""
    return widens("Only written; it does not come back any more.", level=Level.RISKY) if fact.new else None


RULE = Rule("write-only-set", What.WRITE_ONLY, judge, __doc__)
