"""A value of the list is refused."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.json_schema._enums import moved
from controlplane.contracts.rules.rule import Judgement, Rule, narrows


def judge(fact: Fact) -> Judgement | None:
    """What was sent with it is refused."""
    if fact.old is None or fact.new is None or not (gone := moved(fact).gone):
        return None
    return narrows(f"No longer let in: {wording.values(gone)}.")


RULE = Rule("enum-value-removed", What.ENUM, judge, __doc__)
