"""What contracts ask of the traffic, and who answers: called once, when the app is ready."""

from __future__ import annotations

from controlplane.contracts.lifecycle import evidence
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.transactions.agreements import deaths, downgrading, effects, impact, payloads, shadow, take_up
from controlplane.transactions.selectors import agreements
from controlplane.transactions.shadow.proposed import proposals
from controlplane.transactions.shadow.run import EVIDENCE

_NAME = "transactions"


def register() -> None:
    """Answer every question of ``contracts.lifecycle.evidence``."""
    evidence.observers.register(_NAME, impact.observed)
    evidence.customers.register(_NAME, impact.customers)
    evidence.payloads.register(_NAME, payloads.newest)
    evidence.shadows.register(EVIDENCE, shadow.of_contract)
    evidence.failures.register(_NAME, effects.failures)
    evidence.deaths.register(_NAME, deaths.deaths)
    evidence.users.register(_NAME, agreements.users)
    evidence.taking_up.register(_NAME, take_up.take_up)
    evidence.downgrading.register(_NAME, downgrading.downgraded)
    proposals.register(NAME, shadow.proposed)
