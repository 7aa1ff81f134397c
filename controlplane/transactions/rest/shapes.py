"""The shapes of transactions in the API: lists, facets, one with its steps, its bodies, its journey."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from controlplane.transactions.rest.moments import Moment, NextField

Shape = serializers.Serializer[Any]


class TransactionRow(Shape):
    """One transaction in a list."""

    id = serializers.UUIDField()
    state = serializers.CharField(
        help_text="received, quarantined, running, waiting, paused, succeeded, partial, dead, cancelled or ignored"
    )
    title = serializers.CharField()
    key = serializers.CharField(help_text="the record's id at its source")
    why = serializers.CharField(help_text="what happened, in one line")
    integration = serializers.CharField()
    environment = serializers.CharField()
    event_type = serializers.CharField()
    error = serializers.CharField(help_text="class of the error, with the vendor's word: rejected.tax_id_invalid")
    received_at = Moment(source="at")
    ended_at = Moment(source="ended", allow_null=True)
    seconds = serializers.FloatField(help_text="from receipt to end, or until now")
    amount_minor = serializers.IntegerField(
        source="minor", allow_null=True, help_text="in the currency's smallest unit"
    )
    currency = serializers.CharField()
    correlation_id = serializers.UUIDField(allow_null=True, help_text="the W3C trace id")


class Span(Shape):
    """A stretch of time."""

    low = Moment()
    high = Moment()


class KnownAs(Shape):
    """One id of the customer."""

    value = serializers.CharField()
    instance = serializers.CharField()
    system = serializers.CharField(source="system.name")
    live = serializers.BooleanField(help_text="false: it once was")


class CustomerCard(Shape):
    """Whom the search names, and every id that the systems have for them."""

    kind = serializers.CharField()
    value = serializers.CharField()
    known_as = KnownAs(many=True)
    more = serializers.IntegerField()


class FacetChoice(Shape):
    """A value, and how many of the counted matches have it."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # no attribute
    count = serializers.IntegerField(allow_null=True)
    chosen = serializers.BooleanField()


class FacetShape(Shape):
    """One field that a search could be narrowed down by."""

    field = serializers.CharField()
    title = serializers.CharField()
    choices = FacetChoice(many=True)
    of = serializers.IntegerField(allow_null=True, help_text="matches that were counted; null: it took too long")
    complete = serializers.BooleanField(help_text="there are no more matches than those")
    more = serializers.IntegerField(help_text="values that are not listed")


class FacetList(Shape):
    """All fields."""

    facets = FacetShape(many=True)


class CountsShape(Shape):
    """How much there is."""

    total = serializers.IntegerField(allow_null=True, help_text="null: counting took too long")
    total_is_least = serializers.BooleanField(help_text="there are more than that")
    unprocessed = serializers.IntegerField(help_text="received events that are not processed yet")


class TransactionPage(Shape):
    """What was found, newest first, and how far back was searched; how much there is, where that was asked for."""

    rows = TransactionRow(many=True)
    next = NextField(source="older")
    counts = CountsShape(allow_null=True, help_text="null unless asked for")
    window = Span(allow_null=True, help_text="the time that was searched; null: all that is kept")
    searched_to = Moment(allow_null=True, help_text="the time was up here: what is older was not searched")
    customer = CustomerCard(source="card", allow_null=True)
    facets = FacetShape(many=True)


class KeyShape(Shape):
    """A business key: the field that finds it, its kind in words, its value."""

    field = serializers.CharField()
    kind = serializers.CharField()
    value = serializers.CharField()


class AttemptShape(Shape):
    """One try."""

    number = serializers.IntegerField()
    at = Moment()
    seconds = serializers.FloatField()
    outcome = serializers.CharField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status, where there was one")
    detail = serializers.CharField()
    worker = serializers.CharField()


class AttemptPage(Shape):
    """The newest tries before the cursor, in order."""

    attempts = AttemptShape(many=True)
    next = NextField()


class StepShape(Shape):
    """One step; ``step_run_id`` is null for one that has not begun."""

    name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField(
        help_text="pending, waiting, running, succeeded, unknown, dead, skipped, cancelled, compensated or not-started"
    )
    required = serializers.BooleanField()  # type: ignore[assignment]  # no attribute
    step_run_id = serializers.UUIDField(allow_null=True)
    destination = serializers.CharField(help_text="its slug; empty for one that calls nobody")
    error = serializers.CharField()
    reason = serializers.CharField()
    external_id = serializers.CharField(help_text="the record's id there")
    attempts = serializers.IntegerField(help_text="how often it was tried")
    revision = serializers.IntegerField(help_text="how often its body was edited")
    queued_at = Moment(allow_null=True)
    finished_at = Moment(allow_null=True)
    due_at = Moment(allow_null=True, help_text="when it is tried next")
    tries = AttemptShape(many=True, help_text="the first and the newest 50")


class StepPart(Shape):
    """A part of the steps: 100 at most."""

    total = serializers.IntegerField(help_text="that run by themselves")
    part = serializers.IntegerField()
    parts = serializers.IntegerField()
    steps = StepShape(many=True)


class Named(Shape):
    """Something by its slug."""

    slug = serializers.CharField()
    name = serializers.CharField()


class TransactionShape(Shape):
    """One transaction."""

    id = serializers.UUIDField()
    event_id = serializers.UUIDField(help_text="what was received, under the id that its sender was given")
    state = serializers.CharField()
    settled = serializers.BooleanField(help_text="nothing more happens by itself")
    title = serializers.CharField()
    headline = serializers.CharField(help_text="what happened, in one sentence")
    advice = serializers.CharField(help_text="what is safe, and what to do")
    integration = Named(allow_null=True)
    team = serializers.CharField(help_text="slug of the team that owns it")
    flow = serializers.CharField(help_text="with its version; empty where no flow took it")
    contract = serializers.CharField(help_text="it was judged by, with its version")
    observed = serializers.CharField(help_text="how it broke it and was let in, as it only observes; else empty")
    event_type = serializers.CharField()
    external_id = serializers.CharField()
    received_at = Moment()
    finished_at = Moment(allow_null=True)
    seconds = serializers.FloatField()
    amount_minor = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField()
    correlation_id = serializers.UUIDField(allow_null=True)
    replay_of = serializers.UUIDField(allow_null=True)
    repeats = serializers.IntegerField(help_text="how often the same id came again; counted to 20")
    keys = KeyShape(many=True)
    cause = serializers.UUIDField(allow_null=True, help_text="of its open dead letter")
    steps = StepPart()


class BodyShape(Shape):
    """A body, as the asker may see it; ``why`` says why it is not there."""

    there = serializers.BooleanField()
    document = serializers.JSONField(help_text="parsed JSON, or text that is none")
    is_json = serializers.BooleanField()
    why = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes as kept")
    at = Moment(allow_null=True)


class TransactionBodies(Shape):
    """What came in, and what it was understood as."""

    seen = serializers.ChoiceField(choices=["masked", "all"], help_text="masked: personal values stand in their shape")
    note = serializers.CharField()
    received = BodyShape()
    edited = BodyShape(allow_null=True, help_text="what somebody made of it before it was released")
    canonical = BodyShape()


class StepBodies(Shape):
    """What a step last sent, and what came back."""

    seen = serializers.ChoiceField(choices=["masked", "all"])
    note = serializers.CharField()
    sent = BodyShape()
    answered = BodyShape()


class JourneyEntry(Shape):
    """A transaction, or a replay, and how it is related."""

    at = Moment()
    relations = serializers.ListField(child=serializers.CharField())
    seconds_later = serializers.FloatField(help_text="than the transaction; negative for earlier")
    transaction = TransactionRow(source="row", allow_null=True)
    replay = serializers.IntegerField(source="replay_id", allow_null=True)


class JourneyShape(Shape):
    """What is related to a transaction, newest first."""

    entries = JourneyEntry(many=True)
    keys = KeyShape(many=True)
    key = KeyShape(allow_null=True, help_text="by which others were found")
    more = serializers.BooleanField(help_text="there are more than are listed")
    missing = serializers.ListField(child=serializers.CharField(), help_text="relations whose search took too long")


class QuarantinedDraft(Shape):
    """A body that can be edited; `hidden`: some values stand as their shape, and stay what they are."""

    body = serializers.DictField()
    basis = serializers.UUIDField()
    hidden = serializers.BooleanField()


class Done(Shape):
    """How many it was done to, and what that means."""

    count = serializers.IntegerField()
    detail = serializers.CharField()
