"""Name the deputy of a seat: who votes in its place, for a time or until further notice."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import planned
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.governance.models import BoardMember
from controlplane.people.access import Access, Action
from controlplane.people.models import Person


@transaction.atomic
def delegate(
    access: Access, seat: BoardMember, deputy: Person | None, until: datetime | None = None, *, via: Via = Via.PAGE
) -> BoardMember:
    """Set or (with None) take back the deputy. By the member, or by who operates the platform.

    A deputy votes once, and not on a change that they or the member wrote: the database refuses it.
    """
    if access.person_id != str(seat.person_id) and not access.may_everywhere(Action.OPERATE):
        raise NotAllowed("A member names their own deputy, and a platform operator does for others.")
    kept = BoardMember.objects.select_for_update(of=("self",)).select_related("board", "person").get(pk=seat.pk)
    if deputy is not None and deputy.pk == kept.person_id:
        raise Invalid("Nobody is their own deputy.", field="deputy")
    if until is not None:
        planned.ahead(until, field="until", over="That time is over; leave it empty for until further notice.")
    kept.deputy, kept.deputy_until = deputy, until if deputy is not None else None
    kept.save(update_fields=["deputy", "deputy_until"])
    audit.record(
        "board.delegated",
        actor=access.actor,
        via=via,
        subject=Subject("board", kept.board.slug),
        details={
            "member": str(kept.person_id),
            "deputy": str(deputy.pk) if deputy else None,
            "until": until.isoformat() if until and deputy else None,
        },
    )
    return kept
