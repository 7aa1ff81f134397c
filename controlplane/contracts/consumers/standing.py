"""One declaration, held while it is changed; and who does not change it just now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import Q

from controlplane.contracts.consumers.asking import asking_of
from controlplane.contracts.models import Confirmation, Contract, Dependency
from controlplane.foundation.errors import Conflict, NotAllowed, NotFound
from controlplane.governance.models import ChangeRequest
from controlplane.governance.selectors import author_ids
from controlplane.inventory.models import Integration
from controlplane.people.access import Access

_RELATED: Final = ("contract__team", "integration__team", "team", "declared_by", "confirmed_by", "withdrawn_by")


def dependency_of(contract: Contract, key: int) -> Dependency:
    """One declared consumer of a contract, withdrawn or not; :class:`NotFound`."""
    found = Dependency.objects.select_related(*_RELATED).filter(contract=contract, pk=key).first()
    if found is None:
        raise NotFound(f"{contract.name} has no such consumer.")
    return found


def dependency_for_update(key: int) -> tuple[Dependency, list[ChangeRequest]]:
    """The declaration, and the changes whose consumers are asked, all locked: the changes first, as everywhere."""
    contract = Contract.objects.filter(dependencies=key).first()
    if contract is None:
        raise NotFound("There is no such consumer.")
    changes = asking_of(contract)
    declared = Dependency.objects.select_related(*_RELATED).select_for_update(of=("self",)).get(pk=key)
    if declared.withdrawn_at is not None:
        raise Conflict(f"{declared} is withdrawn already. Declare it anew if it came back. Nothing was changed.")
    return declared, changes


def require_not_own(
    access: Access,
    changes: Sequence[ChangeRequest],
    *,
    integration: Integration | None = None,
    dependency: Dependency | None = None,
) -> None:
    """Nobody talks a consumer out of the way of a change that they wrote."""
    about = Q(integration=integration) if integration is not None else Q(dependency=dependency)
    for change in changes:
        asked = Confirmation.objects.filter(about, change=change, revision=change.current_id)
        if UUID(access.person_id) in author_ids(change) and asked.exists():
            raise NotAllowed(
                f"You wrote {change}, which this consumer is asked about: somebody else of its team says what it uses. "
                "Nothing was changed."
            )
