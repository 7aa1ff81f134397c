"""The shapes of dead letters in the API: causes, letters, one letter and the draft of its body."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from controlplane.transactions.rest.moments import Moment, NextField
from controlplane.transactions.rest.shapes import BodyShape

Shape = serializers.Serializer[Any]


class CauseRow(Shape):
    """Open dead letters of one cause: the same step of the same integration failing in the same way."""

    fingerprint = serializers.UUIDField()
    reason = serializers.CharField()
    error = serializers.CharField(source="error_class")
    integration = serializers.CharField(source="integration.slug", default="")
    destination = serializers.CharField(source="destination.slug", default="")
    first = Moment(help_text="since when one has been waiting")
    last = Moment()
    count = serializers.IntegerField()
    money = serializers.CharField(help_text="behind them, a sum for each currency")
    assignees = serializers.ListField(child=serializers.CharField())
    required = serializers.BooleanField()  # type: ignore[assignment]  # no attribute
    new = serializers.IntegerField(help_text="since it was put aside, or else acknowledged")
    snoozed_until = Moment(source="cause.snoozed_until", default=None, allow_null=True)
    acknowledged_at = Moment(source="cause.acknowledged_at", default=None, allow_null=True)


class CauseCounts(Shape):
    """How many causes each list shows."""

    waiting = serializers.IntegerField()
    mine = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    snoozed = serializers.IntegerField()


class CauseList(Shape):
    """The 100 causes with the most letters."""

    causes = CauseRow(many=True)
    counts = CauseCounts()
    stirred = serializers.IntegerField(help_text="causes that are put aside and have got new letters since")


class DeedShape(Shape):
    """One thing that somebody did or said."""

    at = Moment()
    what = serializers.CharField(help_text="and who did it")
    detail = serializers.CharField()


class CauseShape(Shape):
    """One cause from near."""

    fingerprint = serializers.UUIDField()
    reason = serializers.CharField()
    error = serializers.CharField(source="error_class")
    step = serializers.CharField()
    integration = serializers.CharField(source="integration.slug")
    team = serializers.CharField(source="integration.team.slug")
    destination = serializers.CharField(source="destination.slug", default="")
    count = serializers.IntegerField(help_text="open letters")
    money = serializers.CharField()
    first = Moment(allow_null=True)
    last = Moment(allow_null=True)
    new = serializers.IntegerField()
    assignee = serializers.CharField(help_text="who has it in hand; empty for nobody")
    acknowledged_by = serializers.CharField(source="cause.acknowledged_by", allow_null=True)
    acknowledged_at = Moment(source="cause.acknowledged_at", allow_null=True)
    snoozed_until = Moment(source="cause.snoozed_until", allow_null=True)
    history = DeedShape(many=True, help_text="the newest 50")


class LetterRow(Shape):
    """One open dead letter."""

    step_run_id = serializers.UUIDField()
    transaction_id = serializers.UUIDField()
    key = serializers.CharField(help_text="the record's id at its source")
    step = serializers.CharField()
    reason = serializers.CharField()
    amount = serializers.CharField()
    received_at = Moment(allow_null=True)
    died_at = Moment()
    assignee = serializers.CharField(allow_null=True)
    edits = serializers.IntegerField()


class LetterPage(Shape):
    """Open letters of one cause, newest first, 50 a page."""

    letters = LetterRow(many=True)
    next = NextField()


class ChangeShape(Shape):
    """One difference between two bodies."""

    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    path = serializers.CharField(help_text="a JSON Pointer")
    before = serializers.JSONField()
    after = serializers.JSONField()


class ChangeList(Shape):
    """What an edit comes to."""

    changes = ChangeShape(many=True)


class RevisionShape(Shape):
    """One edit of the body."""

    at = Moment()
    author = serializers.CharField()
    reason = serializers.CharField()
    changes = ChangeShape(many=True)


class LetterShape(Shape):
    """One dead letter."""

    step_run_id = serializers.UUIDField(source="letter.step_run_id")
    transaction_id = serializers.UUIDField(source="letter.transaction_id")
    cause = serializers.UUIDField(source="letter.fingerprint")
    integration = serializers.CharField(source="letter.integration.slug")
    destination = serializers.CharField(source="letter.destination.slug", default="")
    title = serializers.CharField(help_text="the step in words")
    error = serializers.CharField(source="letter.error_class")
    reason = serializers.CharField()
    required = serializers.BooleanField(source="letter.required")  # type: ignore[assignment]  # no attribute
    died_at = Moment(source="letter.died_at")
    resolved_at = Moment(source="letter.resolved_at", allow_null=True)
    resolution = serializers.CharField(source="letter.resolution", help_text="how it ended; empty while it waits")
    superseded_by = serializers.UUIDField(allow_null=True, help_text="the transaction that brought the newer version")
    assignee = serializers.CharField(help_text="of the letter itself; its cause may have one, too")
    body = BodyShape(help_text="what it would send")
    revisions = RevisionShape(many=True)
    history = DeedShape(many=True)


class DraftShape(Shape):
    """What can be edited: hidden values stand in their shape, and can stay where they are."""

    body = serializers.DictField()
    revision = serializers.IntegerField()
    basis = serializers.CharField(help_text="which body it is; goes back with the edit")
    contract = serializers.CharField(help_text="that the edit has to fit; empty for none")


class AssigneeShape(Shape):
    """Somebody who can be given it."""

    word = serializers.CharField(help_text="what `to` takes")
    name = serializers.CharField()


class AssigneeList(Shape):
    """All who may see it, and the team that it is of."""

    assignees = AssigneeShape(many=True)
