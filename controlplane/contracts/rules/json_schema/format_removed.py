"""A text loses its format."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Readers that take it for a date, say, meet other texts."""
    if fact.old is None or fact.new is not None:
        return None
    return widens(f"It need not be {wording.value(fact.old)} any more.", level=Level.RISKY)


RULE = Rule("format-removed", What.FORMAT, judge, __doc__)
