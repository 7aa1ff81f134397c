"""What was enough to prove who a call is from is not any more."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Whoever proves it that way is refused."""
    if fact.old is None:
        return None
    return changes(f"{fact.old} is not enough any more.", "Let in both until every caller has the new credentials.")


RULE = Rule("security-alternative-removed", What.SECURITY_ALTERNATIVE, judge, __doc__)
