"""The shapes of replays and destinations in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from controlplane.transactions.rest.moments import Moment, NextField

Shape = serializers.Serializer[Any]

EFFECTS = ("idempotent", "keyed", "unsafe")
REPEATS = ("overwrites", "keyed", "looked_up", "again", "asked", "unsafe")


class PlannedTarget(Shape):
    """What will happen at one destination."""

    destination = serializers.CharField()
    title = serializers.CharField(help_text="the step in words")
    count = serializers.IntegerField()
    repeats = serializers.ChoiceField(choices=REPEATS)
    meaning = serializers.CharField(help_text="what repeating does there")
    holds = serializers.CharField(help_text="what they would wait for; empty for nothing")


class LeftOut(Shape):
    """What will not be sent, and why."""

    reason = serializers.CharField()
    count = serializers.IntegerField()


class PlannedShape(Shape):
    """One delivery of the selection."""

    step_run_id = serializers.UUIDField()
    transaction_id = serializers.UUIDField()
    title = serializers.CharField()
    destination = serializers.CharField()
    effect = serializers.ChoiceField(choices=EFFECTS)
    repeats = serializers.ChoiceField(choices=REPEATS)
    allowed = serializers.BooleanField()
    why_not = serializers.CharField()
    holds = serializers.CharField()
    older_flow = serializers.CharField(help_text="its version, where another one is live")
    attempts = serializers.IntegerField()
    revision = serializers.IntegerField()


class PlanShape(Shape):
    """A dry run: nothing was changed."""

    at = Moment()
    total = serializers.IntegerField()
    allowed = serializers.IntegerField()
    left_out = serializers.IntegerField()
    approval = serializers.CharField(help_text="why a board has to agree; empty when nobody has to")
    targets = PlannedTarget(many=True)
    reasons = LeftOut(many=True)
    items = PlannedShape(many=True)


class ProgressShape(Shape):
    """How far it is; the parts add up to the total."""

    total = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    left_out = serializers.IntegerField()
    waiting = serializers.IntegerField()


class ReplayShape(Shape):
    """One replay."""

    id = serializers.IntegerField(source="replay.pk")
    state = serializers.ChoiceField(
        choices=["planned", "running", "done", "stopped", "declined"], source="replay.state"
    )
    team = serializers.CharField(source="replay.team.slug")
    requested_by = serializers.CharField(source="replay.requested_by.name")
    requested_at = Moment(source="replay.requested_at")
    reason = serializers.CharField(source="replay.reason")
    query = serializers.CharField(
        source="replay.query", help_text="the search that found it, personal values hidden; empty: chosen otherwise"
    )
    needs_approval = serializers.BooleanField(source="replay.needs_approval")
    approved_by = serializers.CharField(source="replay.approved_by", allow_null=True)
    declined_by = serializers.CharField(source="replay.declined_by", allow_null=True)
    decided_at = Moment(source="replay.decided_at", allow_null=True)
    decision = serializers.CharField(source="replay.decision")
    finished_at = Moment(source="replay.finished_at", allow_null=True)
    progress = ProgressShape()
    results = serializers.CharField(help_text="address of every item's result as CSV")


class ReplayPage(Shape):
    """Replays, newest first, 50 a page."""

    replays = ReplayShape(many=True)
    next = NextField()


class ItemShape(Shape):
    """One item; of another team's only that there is one."""

    ordinal = serializers.IntegerField()
    visible = serializers.BooleanField(help_text="false: it is of another team")
    transaction_id = serializers.UUIDField(allow_null=True)
    key = serializers.CharField()
    title = serializers.CharField()
    step = serializers.CharField()
    amount = serializers.CharField()
    outcome = serializers.CharField(source="words")
    result = serializers.CharField(help_text="the record's id there, or what came back")
    finished_at = Moment(allow_null=True)


class ItemPage(Shape):
    """Items in the order in which they were chosen, 100 a page."""

    items = ItemShape(many=True)
    next = NextField()


class DestinationShape(Shape):
    """A destination, as it is now."""

    slug = serializers.CharField(source="destination.slug")
    name = serializers.CharField(source="destination.name")
    system = serializers.CharField(source="system.name")
    environment = serializers.CharField(source="destination.instance.environment.slug")
    active = serializers.BooleanField(source="destination.active")
    state = serializers.CharField(
        source="words", help_text="Well, Failing now and then, Probed, Resting, Paused, Retired"
    )
    paused = serializers.BooleanField()
    paused_until = Moment(allow_null=True, help_text="null while paused: until somebody resumes it")
    pause_reason = serializers.CharField()
    resting_until = Moment(allow_null=True, help_text="its breaker is open until then")
    max_in_flight = serializers.IntegerField()
    rate_per_second = serializers.FloatField(allow_null=True)
    in_flight = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="counted to 10,001")
    parked = serializers.IntegerField(help_text="of them, behind an earlier event of the same key")
    retrying = serializers.IntegerField()
    oldest = Moment(allow_null=True, help_text="since when the longest waiting is due")


class DestinationList(Shape):
    """All destinations, by name."""

    destinations = DestinationShape(many=True)
