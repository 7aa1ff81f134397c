"""Exactly one alternative has to fit, where any could (``oneOf``)."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, narrows
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """What fits two is refused; whether anything does cannot be proved here."""
    return narrows("What fits two alternatives is refused.", level=Level.RISKY) if fact.new == "oneOf" else None


RULE = Rule("union-made-exclusive", What.UNION, judge, __doc__)
