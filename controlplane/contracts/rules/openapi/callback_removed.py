"""An operation does not call back any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, widens


def judge(_fact: Fact) -> Judgement | None:
    """Whoever waits for it waits in vain."""
    return widens("Not called back any more.")


RULE = Rule("callback-removed", What.CALLBACK_REMOVED, judge, __doc__)
