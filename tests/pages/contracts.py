"""Contracts of the company that is looked at: one in many versions, one of them decided by a board, and many others.

The one has consumers, and a change of it asks them.
"""

from __future__ import annotations

import copy
from typing import Any

from controlplane.audit.models import Subject
from controlplane.contracts.consumers.declare import Uses, declare
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Confirmation, Contract, ContractVersion, Format, VersionState
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.models import Board, ChangeRequest
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account, Person
from controlplane.transactions.models import Release, ReleaseItem, ReleaseItemState, Transaction
from controlplane.transactions.rules.states import TransactionState
from tests.transactions.factories import Estate, content_hash


def of_contracts(here: Estate, mara: Account, many: int, event: object) -> dict[str, object]:
    """Versions and other contracts, consumers, and a version that is proposed; what stands at their addresses."""
    owner = access_for(mara)
    contracts(here, mara.person, many)
    return consumers(here, owner, many) | proposed(here, owner, event)


def contracts(here: Estate, author: Person, many: int) -> None:
    """``many`` versions more of the estate's contract, each with a field more, and ``many`` other contracts."""
    schema: dict[str, Any] = copy.deepcopy(dict(here.contract_version.schema))
    decided = ChangeRequest.objects.order_by("pk").first()
    for number in range(2, many + 2):
        schema["properties"][f"field_{number}"] = {"type": "string", "description": f"The field of version {number}."}
        schema["required"] = [*schema["required"], f"field_{number}"]
        ContractVersion.objects.create(
            contract=here.contract,
            number=number,
            schema=copy.deepcopy(schema),
            keys=here.contract_version.keys,
            personal=["/customer_email"],
            secret=["/customer"],
            examples=[{"name": "Paid in full", "value": {"id": f"in_{number}"}}],
            state=VersionState.PUBLISHED,
            content_hash=content_hash(schema),
            author=author,
            change=decided,
        )
        other = Contract.objects.create(
            slug=f"agreed-{number}", name=f"Agreed {number}", team=here.team, format=Format.OPENAPI
        )
        document = {"openapi": "3.1.0", "info": {"title": other.name, "version": "1"}, "paths": {}}
        ContractVersion.objects.create(
            contract=other, number=1, schema=document, content_hash=content_hash(document), author=author
        )


def proposed(here: Estate, owner: Access, event: object) -> dict[str, object]:
    """A version that is proposed and was tried on what came in; and an event of it to look at."""
    schema: dict[str, Any] = copy.deepcopy(dict(here.contract_version.schema))
    schema["properties"]["currency"] = {"type": "string", "pattern": "^[A-Z]{3}$"}
    content = {"schema": schema, "breaks": "The ledger refuses others."}
    about = Subject(NAME, here.contract.slug)
    change = propose(owner, NAME, about, content, title="Currencies in capitals", why="The ledger asks for it.")
    run_checks(change.revision)
    return {"tx/shadow/<int:change>": change.pk, "tx/shadow/<int:change>/<uuid:identifier>": event}


def consumers(here: Estate, owner: Access, many: int) -> dict[str, object]:
    """``many`` consumers of the estate's contract, each asked about a change of it; what stands at their addresses."""
    Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=1)
    for number in range(many):
        uses = Uses(writes=True, fields=["/customer"], note=f"Every night, {number}.")
        made = declare(owner, here.contract, uses, name=f"Warehouse {number}", team=here.team)
    schema = copy.deepcopy(dict(here.contract_version.schema))
    schema["properties"]["customer"] = {"type": "integer"}
    content = {"schema": schema, "breaks": "Odoo numbers them."}
    propose(owner, NAME, Subject(NAME, here.contract.slug), content, title="Customers have numbers", why="Odoo asks.")
    asked = Confirmation.objects.filter(dependency=made).get()
    return {
        "data/contracts/<slug:slug>/consumers/<int:pk>": made.pk,
        "data/contracts/confirmations/<int:pk>": asked.pk,
    }


def released(here: Estate, by: Person, many: int) -> Release:
    """A release that let some of its events through."""
    asked = {"team": here.team, "requested_by": by, "reason": "Taken back.", "total": many}
    release = Release.objects.create(**asked, version=here.contract_version)
    ids = Transaction.objects.filter(state=TransactionState.SUCCEEDED).order_by("pk").values_list("pk", flat=True)
    ReleaseItem.objects.bulk_create(
        ReleaseItem(release=release, transaction_id=pk, state=ReleaseItemState.PASSED) for pk in ids[:many]
    )
    return release
