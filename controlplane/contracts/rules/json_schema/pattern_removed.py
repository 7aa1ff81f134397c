"""Any text may come where it had to match a pattern."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """Readers that take the text apart meet others."""
    if fact.old is None or fact.new is not None:
        return None
    return widens(f"It need not match {wording.value(fact.old)} any more.")


RULE = Rule("pattern-removed", What.PATTERN, judge, __doc__)
