"""Publishing a version: it never changes again, and what works by the contract takes it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.contracts.lifecycle.content import FIELDS, digest
from controlplane.contracts.lifecycle.evidence import taking_up
from controlplane.contracts.models import Contract, ContractVersion, VersionState
from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access


@transaction.atomic
def publish(
    contract: Contract, content: Mapping[str, Any], access: Access, reason: str, *, change: ChangeRequest, author: UUID
) -> ContractVersion:
    """The next version, of what was approved."""
    # Two that publish at once would take the same number.
    locked = Contract.objects.select_for_update().get(pk=contract.pk)
    last = locked.versions.order_by("-number").first()
    made = ContractVersion.objects.create(
        contract=locked,
        number=last.number + 1 if last else 1,
        content_hash=digest(content),
        state=VersionState.PUBLISHED,
        author_id=author,
        change=change,
        **{name: content[name] for name in FIELDS},
    )
    for take_up in taking_up.values():
        take_up(made, access, reason)
    audit.record(
        "contract.published",
        actor=access.actor,
        via=Via.SYSTEM,
        subject=Subject("contract", locked.slug),
        reason=reason,
        details={"version": made.number, "content_hash": made.content_hash, "change": change.pk},
    )
    return made
