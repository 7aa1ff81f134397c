"""A call needs more scopes."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Tokens that were given without them are refused."""
    if fact.new is None:
        return None
    return changes(f"{fact.name} with {', '.join(fact.new)} as well.", "Give every client the scopes first.")


RULE = Rule("security-scope-added", What.SECURITY_SCOPES, judge, __doc__)
