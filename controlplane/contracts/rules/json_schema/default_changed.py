"""What is left out means something else."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, narrows
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """The schema lets in what it did; whoever leaves it out gets another thing."""
    message = f"Left out, it means {wording.value(fact.new)}; it was {wording.value(fact.old)}."
    return narrows(message, "Ask those who leave it out.", Level.RISKY)


RULE = Rule("default-changed", What.DEFAULT, judge, __doc__)
