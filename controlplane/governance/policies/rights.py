"""Who may write policies and decide on waivers."""

from __future__ import annotations

from controlplane.foundation.errors import NotAllowed
from controlplane.people.access import Access, Action


def may_govern(access: Access) -> bool:
    """Whether somebody may write policies: a board, or who configures everything."""
    return access.may_everywhere(Action.GOVERN) or access.may_everywhere(Action.CONFIGURE)


def require_govern(access: Access) -> None:
    """Raise :class:`NotAllowed`, in words for the person, unless they may write policies."""
    if not may_govern(access):
        access.require_everywhere(Action.GOVERN)


def may_decide(access: Access, team_id: int | None) -> bool:
    """Whether somebody may decide on waivers for what belongs to this team, where another asked for them."""
    return may_govern(access) or access.may(Action.GOVERN, team_id)


def require_decide(access: Access, team_id: int | None) -> None:
    """Raise :class:`NotAllowed` unless they may."""
    if not may_decide(access, team_id):
        access.require(Action.GOVERN, team_id)


def require_another(access: Access, person_id: object) -> None:
    """Raise :class:`NotAllowed` for the person who asked: nobody decides on their own (invariant 9)."""
    if access.person_id == str(person_id):
        raise NotAllowed("You asked for it, so somebody else decides. Nothing was changed.")
