"""Release a quarantined event: judge it again, by today's contract and mapping.

The event goes back to the inbox under its own id, with the body as it was received, and its transaction
is made anew; nothing is sent by the release itself.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action
from controlplane.transactions.models import Transaction
from controlplane.transactions.rules.states import TransactionState

_BACK_TO_THE_INBOX = """
with gone as (
  delete from transaction where id = %(id)s and state = 1
  returning id, endpoint_id, retention, lane),
traced as (delete from trace t using gone where t.transaction_id = gone.id),
keyed as (delete from transaction_key k using gone where k.transaction_id = gone.id)
insert into inbox (transaction_id, endpoint_id, sync, retention, lane)
select g.id, g.endpoint_id, p.headers -> 'interlock-sync', g.retention, g.lane
from gone g join payload p on p.id = g.id and p.retention = g.retention
"""


@transaction.atomic
def release(access: Access, transaction_id: UUID, reason: str) -> None:
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
    with connection.cursor() as cursor:
        cursor.execute(_BACK_TO_THE_INBOX, {"id": transaction_id})
        if cursor.rowcount != 1:
            raise Conflict("Its payload is not kept any more, so it cannot be judged again; nothing was changed.")
    audit.record(
        "transaction.released",
        actor=access.actor,
        subject=Subject("transaction", str(transaction_id)),
        reason=reason.strip(),
    )
    ring_on_commit("process")
