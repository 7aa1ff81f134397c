"""A property comes back that was only written."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Whoever shows what is read shows it: risky where it is a secret."""
    return None if fact.new else widens("May come back now; it was only written.", level=Level.RISKY)


RULE = Rule("write-only-dropped", What.WRITE_ONLY, judge, __doc__)
