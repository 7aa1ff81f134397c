"""What began failing with an applied change: what its rollback answers for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from controlplane.console.entries.reach import uses_of
from controlplane.console.entries.sorts import SORTS
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access
from controlplane.transactions.agreements.effects import newest_of_causes
from controlplane.transactions.models import Transaction
from controlplane.transactions.rules.states import TransactionState

MOST: Final = 20
#: Sections whose events are set aside where they cannot be mapped.
_MAPS: Final = frozenset({"mappings", "normalisations"})


def failures(change: ChangeRequest, access: Access) -> Sequence[str]:
    """Transactions that failed by causes that are no older than the change, newest first; those the person may see.

    A cause that began with it is no proof; it is where to look first.
    """
    sort = SORTS.get(change.kind)
    if sort is None or change.applied_at is None:
        return []
    revision = change.revision
    keys = list(uses_of(sort, change.subject_id, revision.content.get("entry"), (revision.base or {}).get("entry")))
    found = newest_of_causes(keys, change.applied_at, clock.now(), access)
    if sort.section in _MAPS:
        aside = Transaction.objects.visible_to(access).filter(
            integration__in=keys,
            state=TransactionState.QUARANTINED,
            error_class="mapping",
            id__gte=uuid7_floor(change.applied_at),
        )
        found |= {str(key) for key in aside.order_by("-id").values_list("id", flat=True)[:MOST]}
    # Ids grow with time.
    return sorted(found, reverse=True)[:MOST]
