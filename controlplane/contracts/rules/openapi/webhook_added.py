"""There is one more webhook."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(_fact: Fact) -> Judgement | None:
    """Whoever is sent every kind meets one that it does not know."""
    return widens("New.", "Send it only to those who have asked for it.", Level.RISKY)


RULE = Rule("webhook-added", What.WEBHOOK_ADDED, judge, __doc__)
