"""Something is let in where nothing was."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.json_schema._members import of_others
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(fact: Fact) -> Judgement | None:
    """A schema that was ``false``."""
    return widens("Something may come where nothing could.") if not of_others(fact) and not fact.new else None


RULE = Rule("schema-allowed", What.REFUSED, judge, __doc__)
