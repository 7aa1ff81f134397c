"""Saved views: searches with a name, of the token's person and of their teams."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404

from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access, Action
from controlplane.people.models import Team
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.models import SavedView
from controlplane.transactions.rest import asking, moments, shapes, view_shapes
from controlplane.transactions.saved_views.change import change
from controlplane.transactions.saved_views.keepers import may_change
from controlplane.transactions.saved_views.remove import remove
from controlplane.transactions.saved_views.save import save

AREA = "Saved views"
#: Of one page of the list.
PAGE = 100


class SavedViews(ApiView):
    """All saved views."""

    area: ClassVar[str] = AREA

    @operation(view_shapes.SavedViewPage, asks=asking.Page)
    def get(self, call: Call) -> dict[str, Any]:
        """One's own views and those of one's teams, the oldest first, 100 a page."""
        after = moments.whole(call.asked.get("cursor")) or 0
        found = list(_reachable(call.access).filter(pk__gt=after).order_by("pk")[: PAGE + 1])
        shown = [_shown(call.access, one) for one in found[:PAGE]]
        return {"views": shown, "next": str(found[PAGE - 1].pk) if len(found) > PAGE else None}

    @operation(view_shapes.SavedViewShape, takes=asking.NewSavedView, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Save a search under a name, for oneself or for a team; what had that name there is replaced."""
        given = call.given
        saved = save(call.access, given["name"], given["q"], _team(given["team"]), clock.now())
        return _shown(call.access, _found(call.access, saved.pk))


class OneSavedView(ApiView):
    """One saved view."""

    area: ClassVar[str] = AREA

    @operation(view_shapes.SavedViewShape)
    def get(self, call: Call, view_id: int) -> dict[str, Any]:
        """One saved view, with its search."""
        return _shown(call.access, _found(call.access, view_id))

    @operation(view_shapes.SavedViewShape, takes=asking.ChangedSavedView, writes=True)
    def put(self, call: Call, view_id: int) -> dict[str, Any]:
        """Change a view's name and search; whose it is stays."""
        view = _found(call.access, view_id)
        return _shown(call.access, change(call.access, view, call.given["name"], call.given["q"], clock.now()))

    @operation(shapes.Done, writes=True)
    def delete(self, call: Call, view_id: int) -> dict[str, Any]:
        """Remove a view; what it found stays where it is."""
        view = _found(call.access, view_id)
        name = view.name
        remove(call.access, view)
        return {"count": 1, "detail": f"“{name}” is removed; what it found is where it was."}


def _reachable(access: Access) -> Any:
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    return SavedView.objects.of(access).select_related("team", "person")


def _found(access: Access, view_id: int) -> SavedView:
    """The view of an address; one of somebody else's looks like one that does not exist."""
    found: SavedView | None = _reachable(access).filter(pk=view_id).first()
    if found is None:
        raise Http404
    return found


def _team(slug: str | None) -> Team | None:
    if slug is None:
        return None
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        raise Invalid("There is no team of that name. Leave it out to keep the view for yourself.", field="team")
    return team


def _shown(access: Access, view: SavedView) -> dict[str, Any]:
    return {
        "id": view.pk,
        "name": view.name,
        "q": view.query,
        "team": view.team.slug if view.team else None,
        "made_by": view.person.name,
        "saved_at": view.saved_at,
        "may_change": may_change(access, view),
    }
