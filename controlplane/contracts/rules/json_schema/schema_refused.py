"""Nothing is let in where something was."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import of_others
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """A schema of ``false``."""
    return narrows("Nothing is let in here any more.") if not of_others(fact) and fact.new else None


RULE = Rule("schema-refused", What.REFUSED, judge, __doc__)
