"""A proposed version of a contract, tried on what came in: which requests would be other ones, or none."""

from __future__ import annotations

from controlplane.audit.models import Subject
from controlplane.contracts.models import Contract
from controlplane.contracts.selectors import contract_called
from controlplane.governance.kinds import Content, Found
from controlplane.transactions.pipeline.catalogue import Snapshot, read_snapshot
from controlplane.transactions.selectors.agreements import judged_by, works_by
from controlplane.transactions.shadow.events import Which
from controlplane.transactions.shadow.proposed import with_contract
from controlplane.transactions.shadow.run import found, run


def proposed(today: Snapshot, subject: Subject, content: Content) -> Snapshot:
    """What comes in is judged by the content that is proposed."""
    return with_contract(today, contract_called(subject.id), content)


def of_contract(contract: Contract, content: Content) -> Found:
    """By the events that the contract judges, as the ones that work by it received them."""
    today = read_snapshot()
    which = Which(list(works_by(contract)), judged_by(contract).types)
    return found(run(which, today, with_contract(today, contract, content)))
