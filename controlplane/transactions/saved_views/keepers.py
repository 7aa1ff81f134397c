"""Who may change or remove a saved view."""

from __future__ import annotations

from controlplane.people.access import Access, Action
from controlplane.transactions.models import SavedView


def may_change(access: Access, view: SavedView) -> bool:
    """Whoever made it, and of a team's also those who configure its integrations."""
    return str(view.person_id) == access.person_id or (
        view.team_id is not None and access.may(Action.CONFIGURE, view.team_id)
    )
