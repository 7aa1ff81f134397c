"""Change a saved view: its name, its search, or both. Whose it is stays."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.people.access import Access, Action
from controlplane.transactions.models import SavedView
from controlplane.transactions.saved_views.keepers import may_change
from controlplane.transactions.saved_views.wording import name_of, query_of
from controlplane.transactions.search.personal import hidden


@transaction.atomic
def change(access: Access, view: SavedView, name: str, text: str, now: datetime) -> SavedView:
    """The view as it is now; raises :class:`Invalid` (``BadQuery`` among it) and :class:`NotAllowed`."""
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    if not may_change(access, view):
        message = (
            f"{view.person} made this view of {view.team}; they, or who configures its integrations, may change it. "
            "Save yours under another name; nothing was changed."
        )
        raise NotAllowed(message)
    view.name, view.query = name_of(name), query_of(access, text, view.team, now)
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "query", "saved_at"], force_update=True)
    except IntegrityError:
        raise Invalid("Another view has this name. Choose one of its own; nothing was changed.", field="name") from None
    if view.team is not None:
        audit.record(
            "saved_view.saved",
            actor=access.actor,
            via=Via.PAGE,
            subject=Subject("saved_view", str(view.pk)),
            details={"name": view.name, "team": view.team.slug, "query": hidden(view.query)},
        )
    return view
