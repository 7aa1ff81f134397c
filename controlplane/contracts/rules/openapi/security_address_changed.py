"""Tokens, or what is known of them, are at another address."""

from __future__ import annotations

from controlplane.contracts.diff.facts import Fact, What
from controlplane.contracts.rules import wording
from controlplane.contracts.rules.rule import Judgement, Rule, unproved


def judge(fact: Fact) -> Judgement | None:
    """Clients have it in their settings, and often on a list of what they may reach."""
    message = f"{fact.name} is {wording.value(fact.new)}; it was {wording.value(fact.old)}."
    return unproved(message, "Answer at the old address as well.")


RULE = Rule("security-address-changed", What.SCHEME_ADDRESS, judge, __doc__)
