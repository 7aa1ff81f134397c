"""An operation has another id."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Nothing changes on the wire; generated clients name their methods by it, and links lead to it."""
    message = (
        f"Its id is {wording.value(fact.new)}; it was {wording.value(fact.old)}. Generated clients call it by that."
    )
    return unproved(message, "Keep the id, or tell those who generate their clients.")


RULE = Rule("operation-id-changed", What.OPERATION_ID, judge, __doc__)
