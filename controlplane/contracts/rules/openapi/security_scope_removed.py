"""A call needs fewer scopes."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """Tokens that have them get in as before."""
    if fact.old is None:
        return None
    return harmless(f"{fact.name} without {', '.join(fact.old)} is enough.")


RULE = Rule("security-scope-removed", What.SECURITY_SCOPES, judge, __doc__)
