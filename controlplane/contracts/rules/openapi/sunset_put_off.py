"""Something ends later than announced."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.openapi._sunsets import is_later
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """There is more time."""
    if fact.old is None or fact.new is None or not is_later(fact.new, fact.old):
        return None
    return harmless(f"Announced to end: {wording.value(fact.new)}; it was {wording.value(fact.old)}.")


RULE = Rule("sunset-put-off", What.SUNSET, judge, __doc__)
