"""A text gets a format; some validators refuse what has another."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, narrows
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """JSON Schema leaves it to the validator whether a format refuses anything."""
    if fact.old is not None or fact.new is None:
        return None
    return narrows(f"It is {wording.value(fact.new)} now; any was let in.", level=Level.RISKY)


RULE = Rule("format-added", What.FORMAT, judge, __doc__)
