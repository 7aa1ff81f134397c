"""Releases: all that a version set aside, or single events, let out together; followed and stopped."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from controlplane.contracts import selectors as contracts
from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access
from controlplane.people.rest.operations import Asked, Call, Shape, operation
from controlplane.people.rest.views import ApiView
from controlplane.transactions.models import Release
from controlplane.transactions.releases.request import MOST, release_all, request_release
from controlplane.transactions.releases.stop import stop_release
from controlplane.transactions.rest import asking, moments
from controlplane.transactions.selectors import releases

AREA = "Releases"
#: Rows of one page.
RELEASES = 50


class NewRelease(asking.Reason):
    """Which events: those that a version set aside, or these."""

    contract = serializers.SlugField(required=False, help_text="with `version`: all that it set aside")
    version = serializers.IntegerField(required=False, min_value=1, max_value=999_999_999)
    transactions = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST, help_text="or just these"
    )


class WhichEvents(Asked):
    """Where a page begins."""

    cursor = serializers.UUIDField(required=False, help_text="`next` of the page before")


class ReleaseShape(Shape):
    """How far a release is; the parts add up to `total`."""

    id = serializers.IntegerField()
    state = serializers.CharField(help_text="running, done or stopped")
    reason = serializers.CharField()
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    contract = serializers.CharField(allow_null=True, help_text="whose version had set them aside")
    version = serializers.IntegerField(allow_null=True)
    total = serializers.IntegerField()
    passed = serializers.IntegerField(help_text="let through")
    aside = serializers.IntegerField(help_text="set aside again")
    left_out = serializers.IntegerField(help_text="not released")
    waiting = serializers.IntegerField(help_text="still to be judged, or being judged")


class ReleasePage(Shape):
    """A page of them."""

    releases = ReleaseShape(many=True)
    next = serializers.CharField(allow_null=True)


class EventShape(Shape):
    """One event of a release."""

    transaction = serializers.UUIDField(source="transaction_id")
    outcome = serializers.CharField(source="words")
    state = serializers.CharField(source="became", help_text="of the transaction that came of it")
    result = serializers.CharField(help_text="why it was set aside again, or not released")
    edited = serializers.BooleanField()
    finished_at = serializers.DateTimeField(allow_null=True)


class EventPage(Shape):
    """A page of its events."""

    events = EventShape(many=True)
    next = serializers.CharField(allow_null=True)


class Releases(ApiView):
    """All releases."""

    area: ClassVar[str] = AREA

    @operation(ReleasePage, asks=asking.Page)
    def get(self, call: Call) -> dict[str, Any]:
        """Releases of one's teams, newest first, 50 a page."""
        rows = Release.objects.visible_to(call.access).select_related("requested_by", "version__contract")
        if (below := moments.whole(call.asked.get("cursor"))) is not None:
            rows = rows.filter(pk__lt=below)
        found = list(rows.order_by("-pk")[:RELEASES])
        return {
            "releases": [_shown(one) for one in found],
            "next": str(found[-1].pk) if len(found) == RELEASES else None,
        }

    @operation(ReleaseShape, takes=NewRelease, status=202, writes=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Judge events in quarantine again, frozen at this moment: 10,000 at most, the oldest first.

        They go back to the inbox a part at a time, each under its own id, and are judged by today's contract.
        """
        return told(call.access, _requested(call).pk)


class OneRelease(ApiView):
    """One release."""

    area: ClassVar[str] = AREA

    @operation(ReleaseShape)
    def get(self, call: Call, release_id: int) -> dict[str, Any]:
        """How far a release is."""
        return told(call.access, release_id)


class ReleaseEvents(ApiView):
    """Its events."""

    area: ClassVar[str] = AREA

    @operation(EventPage, asks=WhichEvents)
    def get(self, call: Call, release_id: int) -> dict[str, Any]:
        """What became of each, in the order in which they came, 100 a page."""
        release = releases.release_for(call.access, release_id)
        found = releases.items(call.access, release, after=call.asked.get("cursor"))
        more = str(found[-1].transaction_id) if len(found) == releases.PAGE else None
        return {"events": found, "next": more}


class ReleaseStop(ApiView):
    """Stopping."""

    area: ClassVar[str] = AREA

    @operation(ReleaseShape, writes=True)
    def post(self, call: Call, release_id: int) -> dict[str, Any]:
        """Keep back what waits; what is in the inbox is judged by itself."""
        return told(call.access, stop_release(call.access, release_id).pk)


def _requested(call: Call) -> Release:
    slug, number, single = call.given.get("contract"), call.given.get("version"), call.given["transactions"]
    if single and slug is None and number is None:
        return request_release(call.access, single, call.given["reason"])
    if single or slug is None or number is None:
        raise Invalid("Name a contract and its version, or transactions.", field="contract")
    version = contracts.version_numbered(contracts.contract_called(slug), number)
    return release_all(call.access, version, call.given["reason"])


def told(access: Access, release_id: int) -> dict[str, Any]:
    """A release as :class:`ReleaseShape` has it."""
    return _shown(releases.release_for(access, release_id))


def _shown(release: Release) -> dict[str, Any]:
    progress = releases.progress(release)
    said = ("state", "reason", "requested_at", "finished_at", "total")
    counted = ("passed", "aside", "left_out", "waiting")
    return {
        "id": release.pk,
        "requested_by": release.requested_by.name,
        "contract": release.version.contract.slug if release.version else None,
        "version": release.version.number if release.version else None,
        **{name: getattr(release, name) for name in said},
        **{name: getattr(progress, name) for name in counted},
    }
