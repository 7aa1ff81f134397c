"""An error is not described any more, nor what comes on the way to an answer."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.openapi._statuses import is_redirect, is_success
from controlplane.contracts.rules.rule import Judgement, Rule, narrows
from controlplane.governance.rules.changed import Level


def judge(fact: Fact) -> Judgement | None:
    """Callers are not hurt by a failure that does not come. Who answers a webhook with it may not be understood."""
    if is_success(fact.name) or is_redirect(fact.name) or fact.name == "default":
        return None
    return narrows(f"{fact.name} is not described any more.", level=Level.RISKY)


RULE = Rule("error-response-removed", What.RESPONSE_REMOVED, judge, __doc__)
