"""A call has to prove who it is from; it had not."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.rule import Judgement, Rule, changes


def judge(fact: Fact) -> Judgement | None:
    """Calls without are refused."""
    return changes(f"Asked for: {' or '.join(fact.new)}; nothing was.", "Give every caller credentials first.")


RULE = Rule("security-asked", What.SECURITY_ASKED, judge, __doc__)
