"""A webhook is not sent any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(_fact: Fact) -> Judgement | None:
    """Whoever waits for it waits in vain."""
    return widens("Not sent any more.")


RULE = Rule("webhook-removed", What.WEBHOOK_REMOVED, judge, __doc__)
