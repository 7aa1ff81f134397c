"""A proposed version of a contract, tried on what came in: which requests would be other ones, or none."""

from __future__ import annotations

from controlplane.contracts.models import Contract
from controlplane.governance.kinds import Content, Found
from controlplane.transactions.pipeline.catalogue import read_snapshot
from controlplane.transactions.selectors.agreements import judged_by, works_by
from controlplane.transactions.shadow.events import Which
from controlplane.transactions.shadow.proposed import with_contract
from controlplane.transactions.shadow.run import found, run


def of_contract(contract: Contract, content: Content) -> Found:
    """By the events that the contract judges, as the ones that work by it received them."""
    today = read_snapshot()
    which = Which(list(works_by(contract)), judged_by(contract).types)
    return found(run(which, today, with_contract(today, contract, content)))
