"""Values have another type: some that were let in are refused, and others come."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.json_schema._types import moved
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Neither those who write nor those who read can stay as they are."""
    gone, come = moved(fact)
    if not gone or not come:
        return None
    return changes(
        f"It is {wording.types(fact.new)} now; it was {wording.types(fact.old)}.",
        "Add a property of the new type beside it, and retire this one later.",
    )


RULE = Rule("type-changed", What.TYPE, judge, __doc__)
