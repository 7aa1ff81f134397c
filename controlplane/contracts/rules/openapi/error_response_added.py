"""An error is described, or what comes on the way to an answer."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules.openapi._statuses import is_redirect, is_success
from controlplane.contracts.rules.rule import Judgement, Rule, harmless


def judge(fact: Fact) -> Judgement | None:
    """Any call may fail in any way.

    A client takes a status that it does not know for the first of its hundred (RFC 9110, section 15).
    """
    if is_success(fact.name) or is_redirect(fact.name) or fact.name == "default":
        return None
    return harmless(f"{fact.name} is described now.")


RULE = Rule("error-response-added", What.RESPONSE_ADDED, judge, __doc__)
