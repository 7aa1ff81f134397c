"""A property is only read: what is sent under it is ignored or refused."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Whoever writes it gets nothing done."""
    return narrows("Only read; what is sent is ignored or refused.", level=Level.RISKY) if fact.new else None


RULE = Rule("read-only-set", What.READ_ONLY, judge, __doc__)
