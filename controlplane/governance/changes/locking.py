"""The lock that puts everything that happens to one change in an order."""

from __future__ import annotations

from controlplane.foundation.errors import Conflict, NotAllowed
from controlplane.governance.kinds import Kind
from controlplane.governance.models import ChangeRequest, ChangeState
from controlplane.people.access import Access


def locked(access: Access, change_id: int) -> ChangeRequest:
    """The change, held until the transaction ends; 404 for a missing one and for one of others."""
    rows = ChangeRequest.objects.select_for_update(of=("self",)).select_related("current", "board", "team")
    found: ChangeRequest = rows.get_visible_or_404(access, pk=change_id)
    return found


def require_state(change: ChangeRequest, *allowed: ChangeState) -> None:
    """:class:`Conflict` unless the change is in one of these states."""
    if change.state not in allowed:
        stands = change.get_state_display().lower()
        raise Conflict(f"{change} is {stands}, so this cannot be done any more. Nothing was changed.")


def require_owner(access: Access, change: ChangeRequest, kind: Kind) -> None:
    """:class:`NotAllowed` unless this person may propose such a change in its team, or opened it."""
    if not access.person_id:
        raise NotAllowed("A change is proposed, changed and applied by a person. Nothing was changed.")
    if access.person_id != str(change.opened_by_id):
        access.require(kind.needs, change.team_id)
