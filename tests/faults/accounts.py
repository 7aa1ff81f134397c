"""The account of every request that the target has seen (invariant 4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from controlplane.transactions.rules.states import Outcome
from tests.faults.plants import ask
from tests.faults.target import Target
from tests.standalone.installed import Installation

#: After these, somebody has to ask again: what was sent before may have been done.
EXPLAINS = {Outcome.TAKEN_OVER, Outcome.UNKNOWN, Outcome.TRANSIENT}


@dataclass
class Account:
    """``extra`` requests beyond the first of each key, and the attempts that explain such."""

    requests: int = 0
    extra: int = 0
    explained_by: Counter[str] = field(default_factory=Counter)
    unexplained: dict[str, int] = field(default_factory=dict)


def account_of(plant: Installation, target: Target) -> Account:
    """Compare what the target has counted with what the attempts say."""
    calls: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    account = Account(sum(target.keys.values()))
    for step_run_id, revision, number, sent in ask(plant, "select step_run_id, revision, outcome, calls from attempt"):
        key, outcome = f"{step_run_id}:{revision}", Outcome(number)
        calls[key] += sent
        if outcome in EXPLAINS:
            reasons[key] += 1
            account.explained_by[outcome.name.lower().replace("_", " ")] += 1
    account.extra = sum(count - 1 for count in target.keys.values())
    account.unexplained = {
        key: count for key, count in target.keys.items() if count > calls[key] or count - 1 > reasons[key]
    }
    return account
