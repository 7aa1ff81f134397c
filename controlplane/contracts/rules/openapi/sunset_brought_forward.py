"""Something ends earlier than announced, or on a day that cannot be read."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.openapi._sunsets import is_later
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Those who planned by the announcement have less time."""
    if fact.old is None or fact.new is None or is_later(fact.new, fact.old):
        return None
    message = f"Announced to end: {wording.value(fact.new)}; it was {wording.value(fact.old)}."
    return unproved(message, "Keep the day that was announced, or ask each of those who call.")


RULE = Rule("sunset-brought-forward", What.SUNSET, judge, __doc__)
