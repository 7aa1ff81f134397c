"""Publishing a version: it never changes again, and what works by the contract takes it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.contracts.canary.asked import CANARY
from controlplane.contracts.canary.begin import begin, refuse_beside
from controlplane.contracts.lifecycle.content import FIELDS, content_of, digest
from controlplane.contracts.lifecycle.evidence import taking_up
from controlplane.contracts.models import Contract, ContractVersion, VersionState
from controlplane.contracts.selectors import newest_published
from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access


@transaction.atomic
def publish(
    contract: Contract, content: Mapping[str, Any], access: Access, reason: str, *, change: ChangeRequest, author: UUID
) -> ContractVersion:
    """The next version, of what was approved; a draft that says just that becomes it. To some first, where asked."""
    # Two that publish at once would take the same number.
    locked = Contract.objects.select_for_update().get(pk=contract.pk)
    refuse_beside(locked)
    standing, to_some = newest_published(locked), content.get(CANARY)
    last = locked.versions.order_by("-number").first()
    made = last if last is not None and _is_draft_of(last, content) else _next(locked, last, content, author)
    made.state = VersionState.CANARY if to_some else VersionState.PUBLISHED
    made.content_hash, made.change = digest(content), change
    made.save()
    if to_some and standing is not None:
        begin(made, standing, to_some, change)
    else:
        for take_up in taking_up.values():
            take_up(made)
    audit.record(
        "contract.canary_began" if to_some else "contract.published",
        actor=access.actor,
        via=Via.SYSTEM,
        subject=Subject("contract", locked.slug),
        reason=reason,
        details={"version": made.number, "content_hash": made.content_hash, "change": change.pk}
        | ({CANARY: dict(to_some)} if to_some else {}),
    )
    return made


def _is_draft_of(version: ContractVersion, content: Mapping[str, Any]) -> bool:
    said = {name: content[name] for name in FIELDS}
    return version.state == VersionState.DRAFT and content_of(version) == said


def _next(
    contract: Contract, last: ContractVersion | None, content: Mapping[str, Any], author: UUID
) -> ContractVersion:
    said = {name: content[name] for name in FIELDS}
    number = last.number + 1 if last else 1
    return ContractVersion(contract=contract, number=number, author_id=author, **said)
