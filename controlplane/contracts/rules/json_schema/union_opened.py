"""Several alternatives may fit at once (``anyOf``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Readers that take the first may take the wrong one."""
    return widens("Several alternatives may fit at once.", level=Level.RISKY) if fact.new == "anyOf" else None


RULE = Rule("union-opened", What.UNION, judge, __doc__)
