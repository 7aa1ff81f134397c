"""With one property, another may be left out."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers that count on both may find one."""
    gone = [name for name in fact.old if name not in fact.new]
    if not gone or set(fact.new) - set(fact.old):
        return None
    return widens(f"With {fact.name}, these may be left out: {wording.values(gone)}.")


RULE = Rule("dependent-required-removed", What.DEPENDENT_REQUIRED, judge, __doc__)
