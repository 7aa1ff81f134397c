"""Destinations of one's integrations that take nothing: their breaker is open, or they answered that they are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, Func, JSONField, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.urls import reverse

from controlplane.contracts.models import VersionState
from controlplane.people.access import ALL, Access, Action
from controlplane.people.notices import Notice, Rows, Source
from controlplane.transactions.models import DestinationState, FlowVersion
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.pauses import FOR_GOOD, GONE


def _rows(access: Access, now: datetime) -> Sequence[Rows]:  # noqa: ARG001 - as every source
    gone = Q(paused_until__gte=FOR_GOOD, pause_reason=GONE)
    troubled = DestinationState.objects.filter(gone | ~Q(breaker=BreakerState.CLOSED), destination__active=True)
    since = Coalesce("troubled_since", "breaker_until", "claimed_at")
    mine = troubled.filter(_writes_there(access)).annotate(cause=Cast("pk", TextField()), at=since)
    return [mine.values("cause", "at")]


def _writes_there(access: Access) -> Exists:
    """A published flow of an integration that this person looks after has a step that goes there."""
    step = Func(JSONObject(destination=OuterRef("destination__slug")), function="jsonb_build_array")
    flows = FlowVersion.objects.filter(state=VersionState.PUBLISHED, steps__contains=Cast(step, JSONField()))
    teams = access.teams_that(Action.CONFIGURE)
    return Exists(flows if teams is ALL else flows.filter(flow__integration__team_id__in=teams))


def _told(access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:  # noqa: ARG001 - the catalogue is everybody's
    return {str(state.pk): _notice(state) for state in _known(causes)}


def _notice(state: DestinationState) -> Notice:
    name, url = state.destination.name, reverse("transactions:destination", args=[state.destination.slug])
    if state.paused_until >= FOR_GOOD:
        return Notice("pause", f"{name} is paused", state.pause_reason, url)
    return Notice(
        "bad", f"{name} fails and is only probed", "What is for it is kept and goes out once it answers.", url
    )


def _known(causes: Sequence[str]) -> QuerySet[DestinationState]:
    return DestinationState.objects.filter(pk__in=[int(cause) for cause in causes]).select_related("destination")


SOURCE = Source(
    "Destinations of my integrations that take nothing",
    lambda access: access.may_somewhere(Action.CONFIGURE),
    _rows,
    _told,
)
