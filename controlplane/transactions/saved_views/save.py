"""Save a search under a name: a new one, or in place of what had that name."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.people.access import Access, Action
from controlplane.people.models import Team
from controlplane.transactions.models import SavedView
from controlplane.transactions.saved_views.keepers import may_change
from controlplane.transactions.saved_views.wording import name_of, query_of
from controlplane.transactions.search.personal import hidden

#: Of one person, and of one team.
MOST = 50


@transaction.atomic
def save(access: Access, name: str, text: str, team: Team | None, now: datetime) -> SavedView:
    """The saved view; raises :class:`Invalid` for what cannot be one (``BadQuery`` among it) and :class:`NotAllowed`.

    That a team's view came to be or changed is in the audit.
    """
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    if team is not None:
        access.require(Action.SEE_TRANSACTIONS, team.pk)
    words, query = name_of(name), query_of(access, text, team, now)
    siblings = SavedView.objects.of(access).filter(team=team).select_for_update()
    found = siblings.filter(name__iexact=words).first()
    if found is not None and not may_change(access, found):
        message = f"{team} has a view “{found.name}” of somebody else's. Choose another name; nothing was saved."
        raise NotAllowed(message)
    if found is None:
        if siblings.count() >= MOST:
            raise Invalid(f"There are {MOST} views already. Remove one first; nothing was saved.", field="name")
        found = SavedView(person_id=access.person_id, team=team)
    found.name, found.query = words, query
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:  # the same name from another window, at the same moment
        raise Invalid("A view of that name has just been saved. Save again to replace it.", field="name") from None
    if team is not None:
        audit.record(
            "saved_view.saved",
            actor=access.actor,
            via=Via.PAGE,
            subject=Subject("saved_view", str(found.pk)),
            details={"name": words, "team": team.slug, "query": hidden(query)},
        )
    return found
