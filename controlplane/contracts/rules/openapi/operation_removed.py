"""An operation is gone."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Whoever calls it gets nothing any more, announced or not: that it was deprecated proves nobody's going."""
    announced = " It was deprecated." if fact.name else " It was not deprecated before."
    ends = f" Its announced end: {wording.value(fact.old)}." if fact.old else ""
    return changes(f"Gone.{announced}{ends}", "Remove it when no call has come for long enough.")


RULE = Rule("operation-removed", What.OPERATION_REMOVED, judge, __doc__)
