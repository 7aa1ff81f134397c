"""A call may succeed with one more status."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.openapi._statuses import is_success
from controlplane.contracts.rules.rule import Judgement, Rule, widens
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Whoever tells statuses apart does not know it; a client has to take it for a 200 (RFC 9110, section 15)."""
    if not is_success(fact.name):
        return None
    remedy = "Answer with it only where the call asks for something new."
    return widens(f"{fact.name} may come: success in a way that was not described.", remedy, Level.RISKY)


RULE = Rule("success-response-added", What.RESPONSE_ADDED, judge, __doc__)
