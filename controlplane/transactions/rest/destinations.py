"""Destinations: how each is, and the acts that hold it, let it go on and limit it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404

from controlplane.audit.models import Via
from controlplane.people.rest.operations import Call, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.destinations.limit import limit
from controlplane.transactions.destinations.pause import pause
from controlplane.transactions.destinations.resume import resume
from controlplane.transactions.models import Destination
from controlplane.transactions.rest import asking, replay_shapes
from controlplane.transactions.selectors.destinations import Standing, destinations_of, standings

AREA = "Destinations"


class Destinations(ApiView):
    """All destinations."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.DestinationList)
    def get(self, call: Call) -> dict[str, Any]:
        """Every destination by name: how it is, and what waits for it."""
        return {"destinations": standings(destinations_of(call.access))}


class OneDestination(ApiView):
    """One destination."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.DestinationShape)
    def get(self, call: Call, slug: str) -> Standing:  # noqa: ARG002 - the catalogue is open to everybody
        """How a destination is, and what waits for it."""
        return _standing(_found(slug))


class DestinationPause(ApiView):
    """Holding it."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.DestinationShape, takes=asking.NewPause, writes=True)
    def post(self, call: Call, slug: str) -> Standing:
        """Send nothing more there, until a time or until somebody resumes it; everything for it is kept."""
        found = _found(slug)
        pause(call.access, found, call.given["reason"], until=call.given["until"], via=Via.API)
        return _standing(found)


class DestinationResume(ApiView):
    """Letting it go on."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.DestinationShape, takes=asking.Reason, writes=True)
    def post(self, call: Call, slug: str) -> Standing:
        """End a pause; where the breaker is open, its rest as well."""
        found = _found(slug)
        resume(call.access, found, call.given["reason"], via=Via.API)
        return _standing(found)


class DestinationLimit(ApiView):
    """Limiting it."""

    area: ClassVar[str] = AREA

    @operation(replay_shapes.DestinationShape, takes=asking.NewLimit, writes=True)
    def post(self, call: Call, slug: str) -> Standing:
        """Say how much it gets: calls at once, and calls a second, for all workers together."""
        found, given = _found(slug), call.given
        limits = {name: given[name] for name in ("max_in_flight", "rate_per_second")}
        limit(call.access, found, given["reason"], **limits, via=Via.API)
        return _standing(found)


def _found(slug: str) -> Destination:
    return get_object_or_404(Destination.objects.select_related("instance__system", "instance__environment"), slug=slug)


def _standing(found: Destination) -> Standing:
    return standings([found])[0]
