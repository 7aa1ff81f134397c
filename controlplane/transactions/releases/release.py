"""Release a quarantined event: judge it again, by today's contract and mapping.

The event goes back to the inbox under its own id, with the body as it was received or last edited, and its transaction
is made anew; nothing is sent by the release itself.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action
from controlplane.transactions.models import Release, Transaction
from controlplane.transactions.releases.edit import last_judged
from controlplane.transactions.releases.request import request_release
from controlplane.transactions.rules.states import TransactionState


@transaction.atomic
def release(access: Access, transaction_id: UUID, reason: str) -> Release:
    """Put it back. :class:`Conflict` when it is not in quarantine, or its payload is gone."""
    if not reason.strip():
        raise Invalid("Say why it is released: the reason is kept.", field="reason")
    row = Transaction.objects.get_visible_or_404(access, pk=transaction_id)
    team_id = Integration.objects.values_list("team_id", flat=True).get(pk=row.integration_id)
    access.require(Action.REPLAY, team_id)
    if row.state != TransactionState.QUARANTINED or row.id != row.event_id:
        raise Conflict("It is not in quarantine; nothing was changed.")
    if Transaction.objects.filter(event_id=row.event_id).exclude(pk=row.pk).exists():
        raise Conflict("Other transactions came of the same request and would come again; nothing was changed.")
    body = last_judged(row)
    edited = {row.id: body} if body != row.id else None
    made = request_release(access, [row.id], reason, bodies=edited)
    audit.record(
        "transaction.released",
        actor=access.actor,
        subject=Subject("transaction", str(transaction_id)),
        reason=reason.strip(),
    )
    return made
