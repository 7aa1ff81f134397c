"""The interface proves in another way that a webhook or a callback is from it."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(_fact: Fact) -> Judgement | None:
    """Whoever checks it may refuse the call."""
    return unproved("What those who are called can check has changed.", "Ask each of them what it checks.")


RULE = Rule("webhook-security-changed", What.SECURITY_OF_WEBHOOK, judge, __doc__)
