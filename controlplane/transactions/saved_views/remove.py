"""Remove a saved view: what it found stays where it is."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import NotAllowed
from controlplane.people.access import Access
from controlplane.transactions.models import SavedView
from controlplane.transactions.saved_views.keepers import may_change


@transaction.atomic
def remove(access: Access, view: SavedView) -> None:
    """Raises :class:`NotAllowed` for a team's view that somebody else made."""
    if not may_change(access, view):
        message = (
            f"{view.person} made this view of {view.team}; they, or who configures its integrations, may remove it."
        )
        raise NotAllowed(message)
    if view.team is not None:
        audit.record(
            "saved_view.removed",
            actor=access.actor,
            via=Via.PAGE,
            subject=Subject("saved_view", str(view.pk)),
            details={"name": view.name, "team": view.team.slug},
        )
    view.delete()
