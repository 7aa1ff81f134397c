"""Whose integrations write to a destination, and so who may hold it up."""

from __future__ import annotations

from controlplane.contracts.models import VersionState
from controlplane.foundation.errors import NotAllowed
from controlplane.people.access import Access, Action
from controlplane.people.models import Team
from controlplane.transactions.models import Destination, FlowVersion


def writing_teams(destination: Destination) -> frozenset[int]:
    """The teams whose live flows have a step that writes there."""
    live = FlowVersion.objects.filter(state=VersionState.PUBLISHED, steps__contains=[{"destination": destination.slug}])
    return frozenset(live.values_list("flow__integration__team_id", flat=True))


def why_not(access: Access, teams: frozenset[int]) -> str:
    """Why the person may not hold up what these teams write, and who could; empty when they may."""
    if access.may_everywhere(Action.CONFIGURE) or (teams and all(access.may(Action.CONFIGURE, one) for one in teams)):
        return ""
    if len(teams) < 2 or not any(access.may(Action.CONFIGURE, one) for one in teams):  # noqa: PLR2004 - several
        return f"Your roles do not let you {Action.CONFIGURE.value} here; an integration owner or an operator may."
    names = ", ".join(Team.objects.filter(pk__in=teams).order_by("name").values_list("name", flat=True))
    return f"Several teams write there ({names}): an operator, or somebody who owns integrations of all of them, may."


def require(access: Access, destination: Destination) -> None:
    """:class:`NotAllowed`, with the reason, for whom :func:`why_not` refuses."""
    if refusal := why_not(access, writing_teams(destination)):
        raise NotAllowed(refusal)
